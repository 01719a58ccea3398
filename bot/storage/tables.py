"""The tables, in one MetaData. Columns are named as the fields of `bot.facilitation.state` are.

The partial indexes keep the cost of looking for work with what is due, not with what is stored.
Their conditions are literals, because a database cannot match a parameter with them, and the
statements that rely on them use the same expressions.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    literal_column,
)

from bot.storage.types import Id, UTCDateTime, Verbatim, Word

REVISION = "0002"
"""The newest migration: what a database must be at to be used."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""A moment that has always passed."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def is_one_of(column: ColumnElement[str], *values: str) -> ColumnElement[bool]:
    """That a column has one of these values, written so that partial indexes serve it."""
    literals: list[ColumnElement[str]] = [literal_column(f"'{value}'") for value in values]
    return column == literals[0] if len(literals) == 1 else column.in_(literals)


def is_given(column: ColumnElement[str]) -> ColumnElement[bool]:
    """That a column is not empty."""
    return column != literal_column("''")


def in_state(table: FromClause, *states: str) -> ColumnElement[bool]:
    """That a row is in one of these states."""
    return is_one_of(table.c.state, *states)


def is_pending(table: FromClause) -> ColumnElement[bool]:
    """That a delivery is still to be sent, or was being sent when last seen."""
    return in_state(table, "waiting", "sending")


def is_stale(table: FromClause) -> ColumnElement[bool]:
    """That a delivery stands as a post which can be edited and no longer shows the state."""
    return and_(table.c.dirty, in_state(table, "sent"), is_given(table.c.ref))


def is_going_rehearsal(table: FromClause) -> ColumnElement[bool]:
    """That a run is a rehearsal and has not ended."""
    return and_(table.c.rehearsal, is_one_of(table.c.status, "scheduled", "running", "paused"))


def partial_index(name: str, *columns: Column[object], where: ColumnElement[bool]) -> Index:
    """An index of only those rows."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


lessons = Table(
    "lessons",
    metadata,
    Column("hash", Word, primary_key=True),
    Column("json", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Word, primary_key=True),
    Column("lesson", Word, ForeignKey("lessons.hash"), nullable=False),
    Column("main", Word, nullable=False),
    Column("channel", Word, nullable=False, index=True),  # the channel of main
    Column("zone", Text, nullable=False),
    Column("start", UTCDateTime, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("status", Word, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("paused_at", UTCDateTime),
    Column("pause_reason", Verbatim, nullable=False),
    Column("ended_at", UTCDateTime),
    Column("pace", Text),  # JSON; NULL for a live run
    Column("rehearsal", Boolean, nullable=False, server_default=false()),
)
partial_index("ix_runs_rehearsal", runs.c.start, where=is_going_rehearsal(runs))

facilitators = Table(
    "facilitators",
    metadata,
    Column("run", Word, ForeignKey("runs.id"), primary_key=True),
    Column("person", Word, primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

cues = Table(
    "cues",
    metadata,
    Column("run", Word, ForeignKey("runs.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Word, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("planned", UTCDateTime, nullable=False),
    Column("phase", Text, nullable=False),
    Column("activity", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("done_at", UTCDateTime),
    Column("waits", Boolean, nullable=False),
)
partial_index("ix_cues_waiting", cues.c.at, cues.c.run, where=in_state(cues, "waiting"))

openings = Table(
    "openings",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Word, nullable=False, unique=True),
    Column("run", Word, ForeignKey("runs.id"), nullable=False, index=True),
    Column("activity", Word, nullable=False),
    Column("n", Integer, nullable=False),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("closes_at", UTCDateTime),
    Column("closed_at", UTCDateTime),
    Column("shown_in", Word, nullable=False),
)

participants = Table(
    "participants",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Word, nullable=False, unique=True),
    Column("run", Word, ForeignKey("runs.id"), nullable=False),
    Column("person", Word, nullable=False, index=True),
    Column("name", Verbatim, nullable=False),
    Column("role", Word, nullable=False),
    Column("joined_at", UTCDateTime, nullable=False),
    Column("left_at", UTCDateTime),
    UniqueConstraint("run", "person"),
)


def _response_columns() -> tuple[Column[object], ...]:
    return (
        Column("run", Word, ForeignKey("runs.id"), nullable=False),
        Column("at", UTCDateTime, nullable=False),
        Column("given", Text),  # JSON; NULL where it was withdrawn
        Column("event", Word, nullable=False),
        Column("late", Boolean, nullable=False),
        Column("by", Word, nullable=False),
    )


responses = Table(
    "responses",
    metadata,
    Column("opening", Word, primary_key=True),
    Column("owner", Word, primary_key=True),
    Column("item", Word, primary_key=True),
    *_response_columns(),
)

response_versions = Table(
    "response_versions",
    metadata,
    Column("number", Id, primary_key=True),
    Column("opening", Word, nullable=False),
    Column("owner", Word, nullable=False),
    Column("item", Word, nullable=False),
    *_response_columns(),
    UniqueConstraint("opening", "owner", "item", "event"),
)
Index("ix_response_versions_run_at", response_versions.c.run, response_versions.c.at)

assignments = Table(
    "assignments",
    metadata,
    Column("opening", Word, primary_key=True),
    Column("who", Word, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("run", Word, ForeignKey("runs.id"), nullable=False, index=True),
    Column("what", Word, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("state", Word, nullable=False),
)

lanes = Table(
    "lanes",
    metadata,
    Column("id", Word, primary_key=True),
    Column("owner", Word, nullable=False),
    Column("busy_until", UTCDateTime),  # end of a lease or a pause; NULL while at rest
    Column("claimed_at", UTCDateTime, nullable=False),
    Column("turn", Integer, nullable=False),  # how many edits were begun in it
)
partial_index("ix_lanes_busy", lanes.c.busy_until, where=lanes.c.busy_until.is_not(None))

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Word, nullable=False, unique=True),
    Column("run", Word, ForeignKey("runs.id"), nullable=False, index=True),
    Column("purpose", Word, nullable=False),
    Column("recipient", Word, nullable=False),
    Column("parent", Word, nullable=False),  # key of the delivery that it replies to
    Column("due_at", UTCDateTime, nullable=False),
    Column("not_after", UTCDateTime, nullable=False),
    Column("opening", Word, nullable=False),
    Column("about", Word, nullable=False),
    Column("cue", Integer),
    Column("n", Integer, nullable=False),
    Column("on_doubt", Word, nullable=False),
    Column("lane", Word, ForeignKey("lanes.id"), nullable=False),
    Column("state", Word, nullable=False),
    Column("owner", Word, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("ref", Word, nullable=False, index=True),
    Column("sent_at", UTCDateTime),
    Column("dirty", Boolean, nullable=False),
    Column("edits", Integer, nullable=False),
    Column("turn", Integer, nullable=False),  # the turn of its lane that last edited it
    Column("problem", Verbatim, nullable=False),
)
_d = deliveries.c
partial_index("ix_deliveries_pending", _d.due_at, _d.id, where=is_pending(deliveries))
partial_index(
    "ix_deliveries_pending_in_lane", _d.lane, _d.due_at, _d.id, where=is_pending(deliveries)
)
partial_index("ix_deliveries_stale", _d.lane, where=is_stale(deliveries))
partial_index("ix_deliveries_opening", _d.opening, where=is_given(_d.opening))

budgets = Table(
    "budgets",
    metadata,
    Column("name", Word, primary_key=True),
    Column("calls", Text, nullable=False),  # JSON: microseconds since 1970 of late calls
    Column("blocked_until", UTCDateTime, nullable=False),
)

heard = Table(
    "heard",
    metadata,
    Column("tenant", Word, primary_key=True),
    Column("event", Word, primary_key=True),
    Column("at", UTCDateTime, nullable=False, index=True),
)

audits = Table(
    "audits",
    metadata,
    Column("number", Id, primary_key=True),
    Column("run", Word, ForeignKey("runs.id"), nullable=False, index=True),
    Column("at", UTCDateTime, nullable=False),
    Column("by", Word, nullable=False),
    Column("what", Verbatim, nullable=False),
    Column("revision", Integer, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("key", Word, primary_key=True),
    Column("sealed_with", Word, nullable=False),  # names the secret, is not it
    Column("nonce", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
