"""Alembic's environment: it changes the schema over a connection that is given to it, in its transaction."""

from __future__ import annotations

from alembic import context

from tickwise.journal.folds import FOLDED
from tickwise.journal.schema import METADATA, VERSION_TABLE

assert FOLDED, "the tables of the folds belong to the schema"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
