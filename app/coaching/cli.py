"""Commands about coaching records."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.coaching import document_jobs, note_queries, note_services, sealed_services
from app.core import clock
from app.core.database import transaction
from app.core.errors import DomainError

coaching_cli = AppGroup("coaching", help="Coaching records: the keys of their notes.")
AT_A_TIME = 500


@coaching_cli.command("rotate-keys")
@click.option("--fresh", is_flag=True, help="New data keys too: every note is sealed again, older keys destroyed.")
def rotate_keys(fresh: bool) -> None:
    """Wrap every data key under the first key of NOTES_MASTER_KEY (the others still open until then)."""
    try:
        with transaction():
            wrapped = note_services.wrap_again(at=clock.now())
        click.echo(f"{wrapped} data keys wrapped under the master key in use.")
        for organisation_id in note_queries.organisations_with_keys() if fresh else ():
            click.echo(f"Organisation {organisation_id}: {_seal_again(organisation_id)} notes sealed again.")
    except DomainError as refusal:
        raise click.ClickException(
            "A data key cannot be opened: add the master key it was wrapped under to NOTES_MASTER_KEY, after a comma."
        ) from refusal


def _seal_again(organisation_id: int) -> int:
    """In short transactions: may be stopped, and started again. Notes written meanwhile use the new key."""
    with transaction():
        note_services.begin_fresh_key(organisation_id, at=clock.now())
    total = 0
    while True:
        with transaction():
            done = note_services.seal_again(organisation_id, at=clock.now(), limit=AT_A_TIME)
            done += sealed_services.seal_again(organisation_id, at=clock.now(), limit=AT_A_TIME)
        total += done
        if done < AT_A_TIME:
            break
    while sealed := document_jobs.seal_again(organisation_id):
        total += sealed
    with transaction():
        sealed_services.drop_old_keys(organisation_id, at=clock.now())
    return total
