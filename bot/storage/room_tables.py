"""The browser room's tables. Columns are named as the values of `bot.platforms.room.board` are."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, Table, Text

from bot.storage.tables import metadata
from bot.storage.types import UTCDateTime, Verbatim, Word

room_channels = Table(
    "room_channels",
    metadata,
    Column("id", Word, primary_key=True),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

room_posts = Table(
    "room_posts",
    metadata,
    Column("channel", Word, primary_key=True),
    Column("id", Word, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("thread", Word, nullable=False),
    Column("author", Word),
    # What people say is kept as they wrote it; the bot's messages are JSON.
    Column("said", Verbatim),
    Column("message", Text),
    Column("at", UTCDateTime, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    ForeignKeyConstraint(["channel"], ["room_channels.id"]),
    Index("ix_room_posts_changed", "channel", "changed"),
)

room_people = Table(
    "room_people",
    metadata,
    Column("channel", Word, primary_key=True),
    Column("id", Word, primary_key=True),
    Column("name", Verbatim, nullable=False),
    Column("seq", Integer, nullable=False),
    # Rises with each time that the person comes in, wherever that is.
    Column("joined", Integer, nullable=False),
    Column("here", Boolean, nullable=False),
    ForeignKeyConstraint(["channel"], ["room_channels.id"]),
    Index("ix_room_people_id", "id"),
)
