"""Runs migrations on the connection that `bot.storage.migrate` opened and locked."""

from alembic import context

from bot.storage.room_tables import room_channels
from bot.storage.tables import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Migrations are run by `fivefold migrate`.")

# Whoever imports the room's tables adds them to the others.
assert room_channels.metadata is metadata
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
