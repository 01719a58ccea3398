"""What a database's own complaints mean, in a sentence for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy import URL
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.service.store import Conflict, StoreUnavailable

NEVER_MIGRATED = "The database has not been set up: run `fivefold migrate`."
BUSY = "The database is busy with something else: try again in a moment."
FULL = "The disk that holds the database is full: make room, then try again."
READ_ONLY = "The database can be read but not written: check who may write to it."
CANNOT_OPEN = (
    "The database file cannot be opened: check that its folder is there and who may write to it."
)

_SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: CANNOT_OPEN,
    sqlite3.SQLITE_NOTADB: "The database file is not a SQLite database: check its path.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged: put a backup in its place.",
    sqlite3.SQLITE_IOERR: "The disk that holds the database reports an error: check the disk.",
}
_POSTGRES = {
    "42P01": NEVER_MIGRATED,
    "53100": FULL,
    "25006": READ_ONLY,
    "42501": READ_ONLY,
    "40P01": BUSY,
    "40001": BUSY,
    "55P03": BUSY,
    "53300": "The database has no connection left to give: allow it more, or run fewer processes.",
    "28P01": "The database refuses the password: check the database URL.",
    "28000": "The database refuses the user: check the database URL.",
    "3D000": "There is no database of that name on the server: check the database URL.",
}
_CONFLICTS = ("40P01", "40001")
"""A circle of locks, and a snapshot that somebody else's commit overtook."""

# What only a mistake in the program causes, and no sentence would help against.
_BUGS = (IntegrityError, DataError, NotSupportedError, ProgrammingError)


@contextmanager
def failing_as_unavailable(url: URL, *, connecting: bool = False) -> Iterator[None]:
    """Raise StoreUnavailable where the database fails; leave alone what is a mistake of ours.

    Only while ``connecting`` are errors of the network taken for the database's: elsewhere they
    may be anybody's.
    """
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        sentence = explain(error, url)
        if sentence is None:
            raise
        if getattr(_driver_error(error), "sqlstate", None) in _CONFLICTS:
            raise Conflict(sentence) from error
        raise StoreUnavailable(sentence) from error
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        if not connecting:
            raise
        raise StoreUnavailable(explain(error, url)) from error


def explain(error: BaseException, url: URL) -> str | None:
    """What happened and what to do; ``None`` if the program is to blame, not the database."""
    if isinstance(error, PoolTimeout):
        return BUSY
    cause = _driver_error(error)
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None and "no such table" not in str(cause):
        if known := _SQLITE.get(code & 0xFF):
            return known
    elif code is not None:
        return NEVER_MIGRATED
    if known := _POSTGRES.get(getattr(cause, "sqlstate", None) or ""):
        return known
    if isinstance(error, _BUGS):
        return None
    if url.host is not None and isinstance(cause, (OSError, asyncpg.InterfaceError)):
        return f"The database at {url.host} does not answer: check that it runs and its address."
    first_line = str(cause).partition("\n")[0] or type(cause).__name__
    return f"The database could not do its work: {first_line}"


def _driver_error(error: BaseException) -> BaseException:
    """The driver's own error, below what SQLAlchemy puts around it."""
    cause: BaseException = error
    while isinstance(cause, DBAPIError) or hasattr(cause, "pgcode"):
        below = cause.orig if isinstance(cause, DBAPIError) else cause.__cause__
        if below is None:
            break
        cause = below
    return cause
