"""What Alembic runs around the changes: on the connection it is given, in its transaction."""

from __future__ import annotations

from alembic import context

from cropwright.catalog.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
