"""The chat platforms, one module or package each: calls out, events in, and one renderer.

A platform imports the chat vocabulary and the bot's words, never lessons, never another platform.
What several of them need stands beside them: `acts` (what people did), `sentences` (answers as
messages), `parts` (messages of several posts), `planning` (who plans lessons, and how that is asked
for), `reaching` (whether a call was sent at all) and `checking` (what `doctor` is told).
"""
