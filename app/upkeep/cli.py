"""`flask backup`, `flask backup-key` and `flask restore`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from app.core.database import db
from app.payments.errors import GatewayRefused, GatewayUnavailable, WrongEnvironment
from app.settlement.books import compare
from app.upkeep import backup, catch_up, disk, sealed
from app.upkeep import restore as restoring
from app.upkeep.errors import UpkeepRefused
from app.upkeep.rules import MANIFEST

KEY_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--accept-missing", is_flag=True, help="Go on without stored files that are lost already.")
@click.option("--recipient", default="", metavar="PUBLICKEY", help="Seal it into one file for this key's owner.")
@with_appcontext
def make_backup(folder: Path, accept_missing: bool, recipient: str) -> None:
    """Copy database and files into the new FOLDER, while everything runs. No secret is inside.

    With --recipient FOLDER is the name of one sealed file.
    """
    try:
        if recipient:
            manifest = backup.make_sealed(folder, recipient, accept_missing=accept_missing)
        else:
            manifest = backup.make(folder, accept_missing=accept_missing)
    except (UpkeepRefused, OSError) as error:
        raise click.ClickException(str(error)) from error
    size = sum(item.size for item in manifest.items)
    rows = sum(manifest.rows.values())
    click.echo(
        f"Copied            {rows} rows of {len(manifest.rows)} tables, {len(manifest.stored)} files, {size} bytes"
    )
    for name in manifest.missing:
        click.echo(f"Missing           {name}")
    click.echo(f"Taken at          {manifest.taken_at.isoformat()} (migration {manifest.alembic_head})")
    if not recipient:
        click.echo(f"Manifest          sha256 {disk.describe(folder / MANIFEST, MANIFEST).sha256}")
    click.echo(f"Whole and on the disk: {folder}")


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--key-file", type=KEY_FILE, help="The private key of a sealed backup.")
@click.option("--replace", default="", metavar="NAME", help="Name of the database whose content may be lost.")
@click.option("--accept-findings", is_flag=True, help="Keep what was restored although it contradicts itself.")
@click.option("--check-only", is_flag=True, help="Only say whether FOLDER is a whole backup.")
@with_appcontext
def put_back(folder: Path, key_file: Path | None, replace: str, accept_findings: bool, check_only: bool) -> None:
    """Put the backup in FOLDER back, check it, find again what Stripe did since. Ends with 1 unless all is well."""
    try:
        with restoring.opened(folder, key_file) as plain:
            if check_only:
                manifest = restoring.verify(plain)
                taken_at = manifest.taken_at.isoformat()
                click.echo(f"Whole: {len(manifest.items)} files, every hash is right, taken at {taken_at}.")
                return
            done = restoring.restore(plain, replace=replace, accept_findings=accept_findings)
    except (UpkeepRefused, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored          the state of {done.manifest.taken_at.isoformat()}, migration {done.migrated_to}")
    click.echo(f"Checked           {len(done.findings)} contradictions")
    for line in done.findings:
        click.echo(f"  {line}")
    click.echo(f"Ended             {done.ended_sessions} sessions: everybody signs in again")
    click.echo(f"Calls             {done.open_calls} were under way: each is looked up before it is made")
    _catch_up()
    _compare()
    click.echo("Done. Start web and worker." if not done.findings else "Kept, with contradictions.")
    raise SystemExit(1 if done.findings else 0)


def _catch_up() -> None:
    """Stripe's side. When it does not answer the worker does it later, before it sends anything."""
    try:
        caught = catch_up.catch_up()
    except (GatewayUnavailable, GatewayRefused) as error:
        why = getattr(error, "reason", "") or getattr(error, "code", "")
        click.echo(f"Stripe            no answer ({why}): the worker catches up before it sends anything")
        return
    except WrongEnvironment:
        click.echo("Stripe            the key opens another account than the one of these rows: nothing will be sent")
        return
    click.echo(f"Stripe            {caught.found_again} promises found again, {caught.events} events heard again")
    if caught.unknown:
        click.echo(
            f"Stripe            {len(caught.unknown)} promises made after the copy are lost here "
            f"({caught.unknown_cents} cents taken for them); each is a task of the money desk:"
        )
        for stripe_id in caught.unknown:
            click.echo(f"  {stripe_id}")


def _compare() -> None:
    """For information: what was charged after the copy is booked by the worker's first rounds."""
    try:
        differing = [one for one in compare() if not one.is_equal]
    except (GatewayUnavailable, GatewayRefused):
        click.echo("Books             not compared with Stripe’s: no answer. Later: flask payments check")
        return
    finally:
        db.session.rollback()
    if not differing:
        click.echo("Books             equal to Stripe’s")
        return
    click.echo(f"Books             {len(differing)} figures (cents) differ from Stripe’s until the worker has run:")
    for one in differing:
        figures = ", ".join(f"{book} {figure}" for book, figure in one.values)
        click.echo(f"  {one.campaign} {one.name}: {figures}")


@click.command("backup-key")
@click.argument("file", type=KEY_FILE)
@with_appcontext
def make_key(file: Path) -> None:
    """Make a key pair for sealed backups, the private half into the new FILE: on another machine, to stay there."""
    try:
        public = sealed.new_key(file)
    except OSError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Private half      {file} (without it no sealed backup can be read)")
    click.echo(f"Public half       {public}")


def init_app(app: Flask) -> None:
    app.cli.add_command(make_key)
    app.cli.add_command(make_backup)
    app.cli.add_command(put_back)
