"""Runs migrations inside the transaction that ``portal.store.migrate`` opened."""

from alembic import context

from portal.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
