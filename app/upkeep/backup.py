"""Making a copy of everything: database, files, manifest. Under another name until it is whole and on the disk."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

import structlog

from app.core import clock, storage
from app.payments.operations import installation
from app.upkeep import databases, disk, sealed
from app.upkeep.errors import UpkeepRefused
from app.upkeep.rules import DATABASES, FILES, MANIFEST, Item, Manifest

log = structlog.get_logger()
TRIES = 5  # a picture replaced between the copy of the database and that of the files
UNFINISHED = ".part"


def make(folder: Path, *, accept_missing: bool = False) -> Manifest:
    """Copy everything into the new folder `folder`; outside any transaction.

    `accept_missing`: go on without stored files that rows name and the storage has lost.
    Errors: UpkeepRefused (the folder exists, a tool is missing, files are missing), OSError.
    """
    folder = folder.absolute()
    if folder.exists():
        raise UpkeepRefused(f"{folder} exists: a backup is never written over another.")
    if not folder.parent.is_dir():
        raise UpkeepRefused(f"There is no folder {folder.parent}.")
    part = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}{UNFINISHED}")
    disk.new_folder(part)
    try:
        manifest = _fill(part, accept_missing)
        disk.sync_all(part)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    disk.sync(folder.parent)
    log.info("backup_made", files=len(manifest.items), bytes=sum(item.size for item in manifest.items))
    return manifest


def make_sealed(file: Path, public_key: str, *, accept_missing: bool = False) -> Manifest:
    """The same as one file that only the owner of the private key reads; the plain copy is gone before it has its name.

    Errors: those of `make`.
    """
    to, file = sealed.recipient(public_key), file.absolute()
    if file.exists():
        raise UpkeepRefused(f"{file} exists: a backup is never written over another.")
    token = secrets.token_hex(4)
    plain, part = file.with_name(f".{file.name}.{token}"), file.with_name(f".{file.name}.{token}.sealed{UNFINISHED}")
    try:
        manifest = make(plain, accept_missing=accept_missing)
        with disk.new_file(part) as out:
            sealed.seal(plain, out, to)
        disk.sync(part)
        shutil.rmtree(plain)
        part.rename(file)
    except BaseException:
        shutil.rmtree(plain, ignore_errors=True)
        part.unlink(missing_ok=True)
        raise
    disk.sync(file.parent)
    return manifest


def _fill(part: Path, accept_missing: bool) -> Manifest:
    side = databases.of_this_app()
    file = DATABASES[side.kind]
    created_at, taken_at = clock.real_now(), clock.now()
    for _attempt in range(TRIES):
        (part / file).unlink(missing_ok=True)
        facts = side.copy_to(part / file)
        missing = copy_files(facts.names, part / FILES)
        if not missing:
            break
    if missing and not accept_missing:
        lines = "\n".join(f"  {name}" for name in missing)
        raise UpkeepRefused(f"The database names files that the storage does not have:\n{lines}")
    kept = facts.names - set(missing)
    for extra in set(_stored(part)) - kept:  # named by an earlier try's copy only
        (part / FILES / extra).unlink()
    named = [f"{FILES}/{name}" for name in sorted(kept)]
    manifest = Manifest(
        created_at=created_at,
        taken_at=taken_at,
        alembic_head=facts.head,
        database=side.kind,
        database_version=side.version(),
        psp_env=facts.psp_env,
        installation=installation(),
        rows=facts.rows,
        items=tuple(_describe(part, [file, *named])),
        missing=tuple(missing),
    )
    disk.write(part / MANIFEST, as_json(manifest))
    return manifest


def as_json(manifest: Manifest) -> bytes:
    return json.dumps(manifest.as_dict(), indent=1, ensure_ascii=False).encode() + b"\n"


def copy_files(names: Iterable[str], folder: Path) -> list[str]:
    """Copy stored files; those copied by an earlier try stay. Returns the names that the storage does not have."""
    missing = []
    for name in sorted(names):
        path = folder / name
        if path.exists():
            continue
        try:
            disk.write(path, storage.read(name))
        except storage.FileMissing:
            missing.append(name)
    return missing


def _stored(part: Path) -> list[str]:
    folder = part / FILES
    return [str(path.relative_to(folder)) for path in disk.walk(folder)] if folder.is_dir() else []


def _describe(part: Path, paths: list[str]) -> list[Item]:
    return [disk.describe(part / path, path) for path in paths]
