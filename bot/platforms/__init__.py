"""The chat platforms, one module or package each: calls out, events in, and one renderer.

A platform imports the chat vocabulary and the bot's words, never lessons, never another platform.
What several need that post a message in parts is in `parts`.
"""
