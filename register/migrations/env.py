"""How Alembic reaches the register: by the connection that ``open_register`` holds."""

from alembic import context

from register.engine import VERSION_TABLE
from register.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
