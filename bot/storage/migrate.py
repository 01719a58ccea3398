"""Bringing a database to the newest revision, however many processes try at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.service.store import StoreUnavailable
from bot.storage.engine import parse_url, sqlite_engine
from bot.storage.failures import CANNOT_OPEN, failing_as_unavailable
from bot.storage.tables import REVISION

_LOCK = 5_355_313
"""Any number, as long as every process that migrates takes the same."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was done: the revision found (``None`` in a new database), the one it is at now, and
    the copy of the file that was made before, if there was something to copy."""

    before: str | None
    after: str
    backup: Path | None = None


async def migrate(url: str) -> Migrated:
    """Bring the database at ``url`` to the newest revision; a new SQLite file is made.

    All or nothing. A SQLite file with something in it is copied first, beside itself.
    Raises ValueError for a URL that is none, StoreUnavailable if the database cannot be migrated.
    """
    parsed = parse_url(url)
    file = Path(parsed.database or "") if parsed.drivername.startswith("sqlite") else None
    if file is not None and not file.parent.is_dir():
        raise StoreUnavailable(CANNOT_OPEN)
    if file is None:
        engine = create_async_engine(parsed, poolclass=NullPool, hide_parameters=True)
    else:
        # Rebuilding a table, which is how SQLite alters one, would delete what refers to it.
        pragmas: dict[str, str | int] = {"journal_mode": "WAL", "foreign_keys": "OFF"}
        engine = sqlite_engine(parsed, begin="BEGIN IMMEDIATE", pragmas=pragmas, size=1)
    try:
        with failing_as_unavailable(parsed, connecting=True):
            async with engine.begin() as connection:
                return await connection.run_sync(_upgrade, file)
    finally:
        await engine.dispose()


def scripts() -> Path:
    """The folder of the migrations: beside the package, or inside it once it is installed."""
    package = Path(__file__).parent.parent
    inside = package / "_migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def _upgrade(connection: Connection, file: Path | None) -> Migrated:
    """Upgrade within the transaction that is open; nobody else migrates meanwhile."""
    if file is None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    before = MigrationContext.configure(connection).get_current_revision()
    if before == REVISION:
        return Migrated(before, REVISION)
    backup = _back_up(connection, file, before) if file is not None else None
    config = Config()
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailable(
            f"The database is at revision {before}, which this Fivefold does not know: "
            "use the newest Fivefold."
        ) from error
    if file is not None and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise StoreUnavailable(
            "Migrating would have left rows that refer to nothing, so nothing was changed."
        )
    return Migrated(before, REVISION, backup)


def _back_up(connection: Connection, file: Path, before: str | None) -> Path | None:
    """Copy the file while this transaction keeps every other writer out."""
    if not connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar():
        return None
    backup = file.with_name(f"{file.name}.{before or 'unknown'}.backup")
    unfinished = backup.with_name(f"{backup.name}.part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    unfinished.replace(backup)
    return backup
