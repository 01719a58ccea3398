"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
PENDING = "state IN ('waiting', 'sending')"


def upgrade() -> None:
    """To this revision. There is no way back but the backup."""
    create_runs()
    create_answers()
    create_deliveries()
    create_rest()
    create_room()


def some_rows(name: str, table: str, columns: list[str], where: str) -> None:
    """An index of only the rows for which ``where`` holds."""
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def create_runs() -> None:
    """Runs, who leads them, and when what happens."""
    op.create_table(
        "lessons",
        sa.Column("hash", WORD, primary_key=True),
        sa.Column("json", sa.Text, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("id", WORD, primary_key=True),
        sa.Column("lesson", WORD, sa.ForeignKey("lessons.hash"), nullable=False),
        sa.Column("main", WORD, nullable=False),
        sa.Column("channel", WORD, nullable=False, index=True),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("paused_at", MOMENT),
        sa.Column("pause_reason", sa.Text, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("pace", sa.Text),
    )
    op.create_table(
        "facilitators",
        sa.Column("run", WORD, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("person", WORD, primary_key=True, index=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "cues",
        sa.Column("run", WORD, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("planned", MOMENT, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("activity", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("waits", sa.Boolean, nullable=False),
    )
    some_rows("ix_cues_waiting", "cues", ["at", "run"], "state = 'waiting'")


def create_answers() -> None:
    """What people give, and who they are."""
    op.create_table(
        "openings",
        sa.Column("number", ID, primary_key=True),
        sa.Column("id", WORD, nullable=False, unique=True),
        sa.Column("run", WORD, sa.ForeignKey("runs.id"), nullable=False, index=True),
        sa.Column("activity", WORD, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("shown_in", WORD, nullable=False),
    )
    op.create_table(
        "participants",
        sa.Column("number", ID, primary_key=True),
        sa.Column("id", WORD, nullable=False, unique=True),
        sa.Column("run", WORD, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("person", WORD, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT),
        sa.UniqueConstraint("run", "person"),
    )
    op.create_table(
        "responses",
        sa.Column("opening", WORD, primary_key=True),
        sa.Column("owner", WORD, primary_key=True),
        sa.Column("item", WORD, primary_key=True),
        sa.Column("run", WORD, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("given", sa.Text),
        sa.Column("event", WORD, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("by", WORD, nullable=False),
    )
    op.create_table(
        "response_versions",
        sa.Column("number", ID, primary_key=True),
        sa.Column("opening", WORD, nullable=False),
        sa.Column("owner", WORD, nullable=False),
        sa.Column("item", WORD, nullable=False),
        sa.Column("run", WORD, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("given", sa.Text),
        sa.Column("event", WORD, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.UniqueConstraint("opening", "owner", "item", "event"),
    )
    op.create_index("ix_response_versions_run_at", "response_versions", ["run", "at"])
    op.create_table(
        "assignments",
        sa.Column("opening", WORD, primary_key=True),
        sa.Column("who", WORD, primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("run", WORD, sa.ForeignKey("runs.id"), nullable=False, index=True),
        sa.Column("what", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", WORD, nullable=False),
    )


def create_deliveries() -> None:
    """What is owed, and what became of it."""
    native = op.get_bind().dialect.name == "postgresql"
    stale = f"{'dirty' if native else 'dirty = 1'} AND state = 'sent' AND ref != ''"
    op.create_table(
        "lanes",
        sa.Column("id", WORD, primary_key=True),
        sa.Column("owner", WORD, nullable=False),
        sa.Column("busy_until", MOMENT),
        sa.Column("claimed_at", MOMENT, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
    )
    some_rows("ix_lanes_busy", "lanes", ["busy_until"], "busy_until IS NOT NULL")
    op.create_table(
        "deliveries",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", WORD, nullable=False, unique=True),
        sa.Column("run", WORD, sa.ForeignKey("runs.id"), nullable=False, index=True),
        sa.Column("purpose", WORD, nullable=False),
        sa.Column("recipient", WORD, nullable=False),
        sa.Column("parent", WORD, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("not_after", MOMENT, nullable=False),
        sa.Column("opening", WORD, nullable=False),
        sa.Column("about", WORD, nullable=False),
        sa.Column("cue", sa.Integer),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("on_doubt", WORD, nullable=False),
        sa.Column("lane", WORD, sa.ForeignKey("lanes.id"), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("owner", WORD, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("ref", WORD, nullable=False, index=True),
        sa.Column("sent_at", MOMENT),
        sa.Column("dirty", sa.Boolean, nullable=False),
        sa.Column("edits", sa.Integer, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
    )
    some_rows("ix_deliveries_pending", "deliveries", ["due_at", "id"], PENDING)
    some_rows("ix_deliveries_pending_in_lane", "deliveries", ["lane", "due_at", "id"], PENDING)
    some_rows("ix_deliveries_stale", "deliveries", ["lane"], stale)
    some_rows("ix_deliveries_opening", "deliveries", ["opening"], "opening != ''")


def create_rest() -> None:
    """Budgets, events heard, the audit trail and sealed records."""
    op.create_table(
        "budgets",
        sa.Column("name", WORD, primary_key=True),
        sa.Column("calls", sa.Text, nullable=False),
        sa.Column("blocked_until", MOMENT, nullable=False),
    )
    op.create_table(
        "heard",
        sa.Column("tenant", WORD, primary_key=True),
        sa.Column("event", WORD, primary_key=True),
        sa.Column("at", MOMENT, nullable=False, index=True),
    )
    op.create_table(
        "audits",
        sa.Column("number", ID, primary_key=True),
        sa.Column("run", WORD, sa.ForeignKey("runs.id"), nullable=False, index=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "records",
        sa.Column("kind", WORD, primary_key=True),
        sa.Column("key", WORD, primary_key=True),
        sa.Column("sealed_with", WORD, nullable=False),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def create_room() -> None:
    """The browser room."""
    op.create_table(
        "room_channels",
        sa.Column("id", WORD, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "room_posts",
        sa.Column("channel", WORD, primary_key=True),
        sa.Column("id", WORD, primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("thread", WORD, nullable=False),
        sa.Column("author", WORD),
        sa.Column("said", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("edited", sa.Boolean, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["room_channels.id"]),
        sa.Index("ix_room_posts_changed", "channel", "changed"),
    )
    op.create_table(
        "room_people",
        sa.Column("channel", WORD, primary_key=True),
        sa.Column("id", WORD, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("joined", sa.Integer, nullable=False),
        sa.Column("here", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["room_channels.id"]),
        sa.Index("ix_room_people_id", "id"),
    )
