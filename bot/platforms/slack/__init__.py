"""Slack: messages and forms as Block Kit, and what people press and send there.

Here live Block Kit and Slack's limits. Here lives no lesson and no rule of facilitation.
All text, the author's and the learners', travels as rich text elements or plain text objects:
nothing in it can become markup, a mention or a link, and nothing needs escaping.
"""
