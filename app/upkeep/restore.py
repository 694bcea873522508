"""Putting a backup back: refused first, changed after, checked before anybody is told that it is done."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import select

from app.accounts import restored_services as accounts
from app.core import clock, storage
from app.core.database import db, enable_migrations, transaction
from app.core.jobs import WorkerBeat
from app.core.journal import JournalEntry
from app.payments import environment
from app.payments import restored_services as payments
from app.payments.operations import installation
from app.upkeep import checks, databases, disk, sealed
from app.upkeep.databases import Side
from app.upkeep.errors import BackupBroken, ChecksFailed, UpkeepRefused
from app.upkeep.queries import facts_of
from app.upkeep.rules import FILES, MANIFEST, BadManifest, Manifest, differences, read_manifest

log = structlog.get_logger()
ALIVE = timedelta(seconds=60)
SUBJECT = "platform"
UNDONE = "What was there before is there again."


@dataclass(frozen=True)
class Restored:
    """What was done. `findings`: contradictions that the operator chose to accept."""

    manifest: Manifest
    migrated_to: str
    open_calls: int
    ended_sessions: int
    findings: list[str]


@contextmanager
def opened(path: Path, key_file: Path | None) -> Iterator[Path]:
    """The folder of a backup: itself, or what a sealed file holds, opened in a private place that is gone afterwards.

    Errors: UpkeepRefused (no key, the wrong one, a file that was cut), OSError.
    """
    if path.is_dir():
        yield path
        return
    if not sealed.is_sealed(path):
        raise UpkeepRefused(f"{path} is neither the folder of a backup nor a sealed one.")
    if key_file is None:
        raise UpkeepRefused("This backup is sealed: name the file of its private key with --key-file.")
    key = sealed.private_key(key_file)
    with tempfile.TemporaryDirectory(prefix=".graine-restore-", dir=path.absolute().parent) as plain:
        with path.open("rb") as source:
            sealed.unseal(source, Path(plain), key)
        yield Path(plain)


def verify(folder: Path) -> Manifest:
    """The manifest of a whole backup: every hash, nothing missing, nothing else. Errors: BackupBroken."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BackupBroken([f"there is no {MANIFEST} in {folder}: the copy was cut, or is something else"])
    try:
        manifest = read_manifest(json.loads(path.read_bytes()))
    except (BadManifest, ValueError) as error:
        raise BackupBroken([str(error)]) from error
    present, wrong = {}, []
    for found in disk.walk(folder):
        name = found.relative_to(folder).as_posix()
        if found.is_symlink() or not found.is_file():
            wrong.append(f"not a file: {name}")
        elif name != MANIFEST:
            present[name] = disk.describe(found, name)
    wrong += differences(manifest, present)
    if wrong:
        raise BackupBroken(wrong)
    return manifest


def restore(folder: Path, *, replace: str = "", accept_findings: bool = False) -> Restored:
    """Put the backup in `folder` back; outside any transaction. Catching up with Stripe comes after it.

    `replace`: the name of the database whose content may be lost; needed when it, or the storage, holds anything.
    `accept_findings`: keep what was restored although it contradicts itself.
    Errors: UpkeepRefused and its kinds; what was there before is there again.
    """
    manifest = verify(folder)
    side = databases.of_this_app()
    _check_fit(manifest, side)
    _check_target(side, replace)
    offset, before = _offset(side), set(storage.names())
    databases.let_go()
    for name in manifest.stored:
        storage.write(name, (folder / FILES / name).read_bytes())
    side.put(folder / manifest.database_file)
    databases.let_go()
    try:
        done = _take_up(manifest, offset, accept_findings)
    except BaseException:
        databases.let_go()
        side.put_back()
        databases.let_go()
        for name in set(manifest.stored) - before:
            storage.delete(name)  # or the next try would find a place that holds something
        raise
    databases.let_go()
    side.forget_former()
    for name in set(storage.names()) - set(manifest.stored):
        storage.delete(name)  # of the life that was replaced: no row names them any more
    log.info("restored", taken_at=manifest.taken_at.isoformat(), open_calls=done.open_calls)
    return done


def _check_fit(manifest: Manifest, side: Side) -> None:
    if manifest.database != side.kind:
        raise UpkeepRefused(f"The backup is of {manifest.database}, DATABASE_URL names {side.kind}.")
    if manifest.alembic_head not in _known_heads():
        raise UpkeepRefused(
            f"The backup was made by a newer version of the platform (migration {manifest.alembic_head or 'none'}): "
            "check that version out first."
        )
    if manifest.installation != installation():
        raise UpkeepRefused(
            "SECRET_KEY is not the one of the installation that was copied: Stripe would no longer know "
            "whose calls are whose, and cards could be charged twice. Put the same SECRET_KEY back first."
        )


def _known_heads() -> set[str]:
    script = ScriptDirectory(str(current_app.config["ROOT"] / "migrations"))
    return {step.revision for step in script.walk_revisions()}


def _check_target(side: Side, replace: str) -> None:
    """It must be hard to overwrite a living installation."""
    rows, files = side.row_count(), sum(1 for _ in storage.names())
    if (rows or files) and replace != side.name:
        raise UpkeepRefused(
            f"The database {side.name} holds {rows} rows and the storage {files} files: nothing was changed. "
            f"To lose them, stop web and worker, make a backup of them, then say --replace {side.name}."
        )
    if rows and _worker_is_alive():
        raise UpkeepRefused("The worker of this installation was alive a minute ago: stop web and worker first.")
    databases.let_go()
    held = side.in_use()
    if held:
        raise UpkeepRefused(f"The database is in use ({held}): stop web and worker first.")


def _offset(side: Side) -> int:
    """How far the development clock was moved in what is about to be replaced."""
    if not side.row_count():
        return 0
    with db.engine.connect() as connection:
        if not db.engine.dialect.has_table(connection, clock.ClockOffset.__tablename__):
            return 0
        return int(connection.execute(select(clock.ClockOffset.seconds)).scalar() or 0)


def _keep_clock(offset: int) -> datetime:
    """Time goes on: in development the copy's moved clock is behind that of the local Stripe. The present instant."""
    if current_app.config["SETTINGS"].uses_fake_stripe and offset > clock.offset_seconds():
        with transaction():
            clock.set_offset(offset)
    return clock.now()


def _worker_is_alive() -> bool:
    with db.engine.connect() as connection:
        if not db.engine.dialect.has_table(connection, WorkerBeat.__tablename__):
            return False
        beats = connection.execute(select(WorkerBeat.at)).scalars().all()
    return any(clock.real_now() - at < ALIVE for at in beats)


def _take_up(manifest: Manifest, offset: int, accept_findings: bool) -> Restored:
    """From the copied instant to a database that may be used."""
    with db.engine.connect() as connection:
        facts = facts_of(connection)
    if facts.rows != manifest.rows or facts.head != manifest.alembic_head:
        raise ChecksFailed(["the rows are not those that were counted in the copy"], UNDONE)
    _migrate()
    findings = checks.findings()
    if findings and not accept_findings:
        raise ChecksFailed(findings, UNDONE + " To keep the restored state all the same: --accept-findings")
    at = _keep_clock(offset)
    with transaction():
        open_calls = payments.begin(taken_at=manifest.taken_at, at=at)
        ended = accounts.end_everything(clock.real_now())
        life = environment.current_life()[1]
        data = {"taken_at": manifest.taken_at.isoformat(), "open_calls": open_calls, "life": life}
        db.session.add(
            JournalEntry(
                at=at, action="platform.restored", subject_kind=SUBJECT, subject_id=1, actor_id=None, data=data
            )
        )
    with db.engine.connect() as connection:
        head = facts_of(connection).head
    return Restored(manifest, head, open_calls, ended, findings)


def _migrate() -> None:
    if "migrate" not in current_app.extensions:
        enable_migrations(current_app._get_current_object())  # type: ignore[attr-defined]  # the proxy's own way
    import flask_migrate

    flask_migrate.upgrade()
    databases.let_go()
