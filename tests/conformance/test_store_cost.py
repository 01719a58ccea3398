"""Looking for work costs what is due, not what is stored."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Dialect, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.facilitation.changes import Changes
from bot.storage import lanes, reading
from bot.storage.migrate import migrate
from bot.storage.store import SqlStore, open_store
from tests.conformance.postgres import Postgres
from tests.conformance.values import T0, a_cue, a_run, an_opening, an_owed, lane_of

STORED = 100_000
LOOKS: dict[str, Select[Any]] = {
    "claim a lane with posts": lanes.lane_with_posts(T0, T0),
    "claim a lane with edits": lanes.lane_with_edits(T0),
    "bring lanes to rest": lanes.lanes_to_rest(T0),
    "the first cue": reading.first_cue(),
    "the first delivery": reading.first_delivery(),
    "the first busy lane": reading.first_busy_lane(),
    "a stale lane at rest": reading.stale_lane_at_rest(),
}
# Half of what is stored was sent long ago, half is for next year.
MANY = """
INSERT INTO deliveries (key, run, purpose, recipient, parent, due_at, not_after, opening, about, n,
  on_doubt, lane, state, owner, attempt, ref, dirty, edits, turn, problem)
SELECT 'many' || i, run, purpose, recipient, parent, {due_at}, not_after, opening, about, 1,
  on_doubt, lane, CASE WHEN i % 2 = 0 THEN 'sent' ELSE 'waiting' END, '', 0, 'ref' || i, {no},
  0, 0, '""'
FROM deliveries, {numbers} WHERE key = 'k1'
"""
MANY_CUES = """
INSERT INTO cues (run, seq, kind, at, planned, phase, activity, state, waits)
SELECT run, seq + i, kind, {due_at}, planned, phase, activity, 'waiting', waits FROM cues, {numbers}
"""


async def fill(store: SqlStore) -> None:
    async with store.transaction() as tx:
        await tx.add_run(a_run(), (a_cue(0, 0),))
        await tx.apply(Changes(openings=(an_opening(),), owed=(an_owed("k1"),)))
        await tx.apply(Changes(owed=(an_owed("reply", parent="k1"),)))


def sql(look: str, dialect: Dialect) -> str:
    compiled = LOOKS[look].compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return str(compiled)


async def test_on_sqlite_every_look_takes_few_steps(tmp_path: Path) -> None:
    file = tmp_path / "fivefold.db"
    await migrate(f"sqlite:///{file}")
    async with open_store(f"sqlite:///{file}", lane_of=lane_of) as store:
        await fill(store)
    numbers = f"(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT {STORED})"
    values = {
        "due_at": "'2027-01-01 00:00:00.000000'",
        "no": 0,
        "numbers": f"{numbers} SELECT i FROM c)",
    }
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(MANY.format(**values))
        connection.execute(MANY_CUES.format(**values))
        steps = {look: steps_of(connection, sql(look, sqlite.dialect())) for look in LOOKS}
    assert {look: n for look, n in steps.items() if n > 250} == {}


def steps_of(connection: sqlite3.Connection, query: str) -> int:
    """How many steps SQLite's machine takes for the query."""
    steps = 0  # the handler counts on for good, into a number that nobody reads any more

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.set_progress_handler(count, 1)
    connection.execute(query).fetchall()
    return steps


@pytest.mark.postgres
async def test_on_postgres_every_look_reads_few_pages(postgres: Postgres) -> None:
    values = {
        "due_at": "'2027-01-01Z'",
        "no": "false",
        "numbers": f"generate_series(1, {STORED}) i",
    }
    async with postgres.database() as url, open_store(url, lane_of=lane_of) as store:
        await fill(store)
        async with store.database.writing() as connection:
            await connection.exec_driver_sql(MANY.format(**values))
            await connection.exec_driver_sql(MANY_CUES.format(**values))
        async with store.database.writing() as connection:
            await connection.exec_driver_sql("ANALYZE")
            pages = {
                look: await pages_of(connection, sql(look, connection.dialect)) for look in LOOKS
            }
    assert {look: n for look, n in pages.items() if n > 60} == {}


async def pages_of(connection: AsyncConnection, query: str) -> int:
    """How many pages PostgreSQL reads for the query."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}"
    answer = (await connection.exec_driver_sql(explain)).scalar_one()
    (explained,) = json.loads(answer) if isinstance(answer, str) else answer
    plan = explained["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
