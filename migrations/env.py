"""Alembic's environment: both databases, batch mode, the models' own metadata."""

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"]
database = migrate.db


def plain_time(kind: str, item: object, _context: object) -> str | bool:
    """A migration must not depend on the application's own types: they may change later."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def is_of_models(name: str | None, kind: str, _parents: object) -> bool:
    """The index of the searched words is made by hand: FTS5 keeps it in tables that no model knows."""
    return not (kind in {"table", "index"} and str(name).startswith("campaign_search"))


def run() -> None:
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":  # batch mode rebuilds tables that others point at
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        options = {
            "compare_type": True,
            "render_as_batch": True,
            "render_item": plain_time,
            "include_name": is_of_models,
            **migrate.configure_args,
        }
        context.configure(connection=connection, target_metadata=database.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
    database.engine.dispose()


run()
