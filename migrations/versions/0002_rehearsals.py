"""Runs that are rehearsals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision. There is no way back but the backup."""
    op.add_column(
        "runs",
        sa.Column("rehearsal", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    native = op.get_bind().dialect.name == "postgresql"
    rehearsal = "rehearsal" if native else "rehearsal = 1"
    going = sa.text(f"{rehearsal} AND status IN ('scheduled', 'running', 'paused')")
    op.create_index(
        "ix_runs_rehearsal", "runs", ["start"], sqlite_where=going, postgresql_where=going
    )
