"""The peer: a bare Starlette application that commits each vote in a transaction of its own.

It knows no sessions, tokens, runs or activities; it takes a form and keeps a row, with SQLAlchemy
on SQLite (WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE``, one writer), answering after the commit.

``python -m benchmarks.plain_app FILE`` serves it on a free port of this machine.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from sqlalchemy import Column, MetaData, Table, Text, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

metadata = MetaData()
votes = Table("votes", metadata, Column("voter", Text, primary_key=True), Column("option", Text))


def engine_of(file: str) -> AsyncEngine:
    """One connection for writing, set up as Fivefold sets up its own."""
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{file}",
        pool_size=1,
        max_overflow=0,
        connect_args={"isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def build(engine: AsyncEngine) -> Starlette:
    """The application."""

    async def vote(request: Request) -> PlainTextResponse:
        fields = dict(parse_qsl((await request.body()).decode()))
        row = {"voter": fields["voter"], "option": fields["option"]}
        async with engine.begin() as connection:
            await connection.execute(
                insert(votes).values(row).on_conflict_do_update(["voter"], set_=row)
            )
        return PlainTextResponse("saved")

    return Starlette(routes=[Route("/vote", vote, methods=["POST"])])


async def main(file: str) -> None:
    """Serve until told to stop."""
    engine = engine_of(file)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(2048)
        sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        config = uvicorn.Config(build(engine), log_config=None, access_log=False, lifespan="off")
        await uvicorn.Server(config).serve(sockets=[listening])
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
