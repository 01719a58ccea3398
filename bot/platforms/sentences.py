"""Sentences as messages, where a platform answers somebody by a message."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.message import Message, Text


def as_message(sentence: str) -> Message:
    """A sentence as a message."""
    return Message(sentence, (Text((sentence,)),), invites_replies=False)


def under(note: str, message: Message) -> Message:
    """The message with what was done at its head."""
    return replace(message, blocks=(Text((note,)), *message.blocks)) if note else message
