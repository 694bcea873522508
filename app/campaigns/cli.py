"""`flask campaigns`: what the operator does with the catalogue."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.campaigns import queries, search
from app.core.database import transaction

campaigns_cli = AppGroup("campaigns", help="The catalogue of campaigns.")
AT_ONCE = 100


@campaigns_cli.command("reindex")
def reindex() -> None:
    """Take the searched words of every campaign anew. Safe to stop and to repeat."""
    ids, changed = queries.all_ids(), 0
    with transaction():
        search.rebuild()
    for start in range(0, len(ids), AT_ONCE):
        with transaction():
            changed += search.reindex(ids[start : start + AT_ONCE])
    click.echo(f"{len(ids)} campaigns read, {changed} changed.")
