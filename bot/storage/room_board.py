"""The browser room's memory in the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import codec
from bot.chat.message import Message
from bot.chat.text import UserText
from bot.platforms.room.board import BoardUnavailable, Channel, Inhabitant, Post
from bot.service.store import StoreUnavailable
from bot.storage.engine import Database
from bot.storage.room_tables import room_channels, room_people, room_posts


class SqlBoard:
    """Implements `bot.platforms.room.board.Board`.

    Whoever changes a channel raises its version first, which locks its row: so ``seq`` and
    ``changed`` rise in the order of the commits, and no reader misses a change.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_channel(self, channel: str, title: str) -> None:
        """Have a channel with this id and title; one that exists gets the title."""
        row = {"id": channel, "title": title, "version": 1}
        async with self._writing() as connection:
            await connection.execute(
                self._insert(room_channels)
                .values(row)
                .on_conflict_do_update(
                    index_elements=["id"],
                    set_={"title": title, "version": room_channels.c.version + 1},
                    where=room_channels.c.title != title,
                )
            )

    async def channels(self) -> tuple[Channel, ...]:
        """All rooms, by title; private columns are not among them."""
        query = select(room_channels).where(~room_channels.c.id.startswith("@"))
        async with self._reading() as connection:
            rows = await connection.execute(query.order_by(room_channels.c.title))
            return tuple(Channel(row.id, row.title, row.version) for row in rows)

    async def channel(self, channel: str) -> Channel | None:
        """The channel with this id."""
        query = select(room_channels).where(room_channels.c.id == channel)
        async with self._reading() as connection:
            row = (await connection.execute(query)).one_or_none()
            return Channel(row.id, row.title, row.version) if row else None

    async def versions(self, channels: Collection[str]) -> Mapping[str, int]:
        """The versions of those of the channels that exist."""
        query = select(room_channels.c.id, room_channels.c.version)
        async with self._reading() as connection:
            rows = await connection.execute(query.where(room_channels.c.id.in_(channels)))
            return {row.id: row.version for row in rows}

    async def put(self, post: Post) -> bool:
        """Keep a new post; one whose id is known changes nothing. False: no such channel."""
        async with self._writing() as connection:
            version = await _raise(connection, post.channel)
            if version is None:
                return False
            row = {
                "channel": post.channel,
                "id": post.id,
                "seq": version,
                "changed": version,
                "thread": post.thread,
                "author": post.author,
                "at": post.at,
                "edited": post.edited,
                "deleted": post.deleted,
                **_columns(post.body),
            }
            await connection.execute(self._insert(room_posts).values(row).on_conflict_do_nothing())
            return True

    async def change(
        self,
        channel: str,
        post: str,
        body: Message | UserText,
        *,
        edited: bool = False,
        deleted: bool = False,
    ) -> bool:
        """Make the post read ``body``; doing it twice is doing it once. False if unknown."""
        async with self._writing() as connection:
            version = await _raise(connection, channel)
            changed = await connection.execute(
                update(room_posts)
                .where(room_posts.c.channel == channel, room_posts.c.id == post)
                .values(changed=version, edited=edited, deleted=deleted, **_columns(body))
            )
            return changed.rowcount == 1

    async def post(self, channel: str, post: str) -> Post | None:
        """The post with this id in this channel."""
        query = select(room_posts).where(room_posts.c.channel == channel, room_posts.c.id == post)
        async with self._reading() as connection:
            row = (await connection.execute(query)).one_or_none()
            return _post(row) if row else None

    async def posts(self, channel: str, *, since: int = 0) -> tuple[Post, ...]:
        """Those of the channel and its threads that changed after this version, by ``seq``."""
        query = select(room_posts).where(
            room_posts.c.channel == channel, room_posts.c.changed > since
        )
        async with self._reading() as connection:
            rows = await connection.execute(query.order_by(room_posts.c.seq))
            return tuple(map(_post, rows))

    async def join(self, channel: str, person: str, name: UserText) -> bool:
        """Have the person there, under this name. False if there is no such channel."""
        async with self._writing() as connection:
            version = await _raise(connection, channel)
            if version is None:
                return False
            last = await connection.scalar(
                select(func.max(room_people.c.joined)).where(room_people.c.id == person)
            )
            now = {"name": name.text, "here": True, "joined": (last or 0) + 1}
            await connection.execute(
                self._insert(room_people)
                .values(channel=channel, id=person, seq=version, **now)
                .on_conflict_do_update(index_elements=["channel", "id"], set_=now)
            )
            return True

    async def leave(self, channel: str, person: str) -> None:
        """The person is there no more; what they said stays."""
        async with self._writing() as connection:
            await _raise(connection, channel)
            await connection.execute(
                update(room_people)
                .where(room_people.c.channel == channel, room_people.c.id == person)
                .values(here=False)
            )

    async def people(self, channel: str) -> tuple[Inhabitant, ...]:
        """Everybody who is or was there, in the order of joining."""
        query = select(room_people).where(room_people.c.channel == channel)
        async with self._reading() as connection:
            rows = await connection.execute(query.order_by(room_people.c.seq))
            return tuple(Inhabitant(row.id, UserText(row.name), row.here) for row in rows)

    async def here(self, channel: str, people: Collection[str]) -> tuple[Inhabitant, ...]:
        """Those of these people who are there now, in the order of joining."""
        query = select(room_people).where(
            room_people.c.channel == channel, room_people.c.id.in_(people), room_people.c.here
        )
        async with self._reading() as connection:
            rows = await connection.execute(query.order_by(room_people.c.seq))
            return tuple(Inhabitant(row.id, UserText(row.name), row.here) for row in rows)

    async def name_of(self, person: str) -> UserText | None:
        """The name that the person last came in with, anywhere."""
        query = select(room_people.c.name).where(room_people.c.id == person)
        async with self._reading() as connection:
            name = await connection.scalar(query.order_by(room_people.c.joined.desc()).limit(1))
            return None if name is None else UserText(name)

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        if self._database.is_sqlite:
            return sqlite.insert(table)
        return postgresql.insert(table)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._database.reading() as connection:
                yield connection
        except StoreUnavailable as error:
            raise BoardUnavailable(str(error)) from error

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._database.writing() as connection:
                yield connection
        except StoreUnavailable as error:
            raise BoardUnavailable(str(error)) from error


async def _raise(connection: AsyncConnection, channel: str) -> int | None:
    """The channel's version, one higher; ``None`` if there is no such channel."""
    version: int | None = await connection.scalar(
        update(room_channels)
        .where(room_channels.c.id == channel)
        .values(version=room_channels.c.version + 1)
        .returning(room_channels.c.version)
    )
    return version


def _columns(body: Message | UserText) -> dict[str, str | None]:
    if isinstance(body, UserText):
        return {"said": body.text, "message": None}
    return {"said": None, "message": codec.dumps(body)}


# Every page shows the same few messages, again and again.
@lru_cache(maxsize=1024)
def _message(text: str) -> Message:
    message = codec.loads(text)
    if not isinstance(message, Message):
        raise TypeError("a form is no post")
    return message


def _post(row: Row[Any]) -> Post:
    return Post(
        id=row.id,
        channel=row.channel,
        thread=row.thread,
        author=row.author,
        body=UserText(row.said) if row.message is None else _message(row.message),
        at=row.at,
        seq=row.seq,
        changed=row.changed,
        edited=row.edited,
        deleted=row.deleted,
    )
