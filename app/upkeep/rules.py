"""What stands in a manifest, and when a folder is the backup that its manifest describes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files"
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
STORED_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9_./-]*", re.ASCII)


class BadManifest(ValueError):
    """The manifest cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True)
class Item:
    """One file of the backup: its path inside the folder, its size in bytes, its SHA-256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Facts:
    """What a copy says of itself. `rows`: table → count; `names`: stored files that its rows name."""

    head: str
    psp_env: str
    rows: dict[str, int]
    names: frozenset[str]


@dataclass(frozen=True)
class Manifest:
    """`created_at`: the system's time. `taken_at`: the platform's, just before the copy."""

    created_at: datetime
    taken_at: datetime
    alembic_head: str
    database: str  # sqlite, postgresql
    database_version: str
    psp_env: str
    installation: str  # ten characters that name the SECRET_KEY at Stripe, never the key
    rows: dict[str, int]
    items: tuple[Item, ...]
    missing: tuple[str, ...] = ()  # named by rows and absent from the storage, with the operator's consent

    @property
    def database_file(self) -> str:
        return DATABASES[self.database]

    @property
    def stored(self) -> list[str]:
        """The names of the files as the storage knows them."""
        prefix = f"{FILES}/"
        return [item.path.removeprefix(prefix) for item in self.items if item.path.startswith(prefix)]

    def as_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "created_at": self.created_at.isoformat(),
            "taken_at": self.taken_at.isoformat(),
            "alembic_head": self.alembic_head,
            "database": {"kind": self.database, "version": self.database_version},
            "psp_env": self.psp_env,
            "installation": self.installation,
            "rows": dict(sorted(self.rows.items())),
            "missing": list(self.missing),
            "files": [{"path": item.path, "bytes": item.size, "sha256": item.sha256} for item in self.items],
        }


def read_manifest(said: Any) -> Manifest:
    """A manifest from its JSON value. Errors: BadManifest."""
    if not isinstance(said, Mapping):
        raise BadManifest(f"{MANIFEST} is not an object")
    if said.get("format") != FORMAT:
        raise BadManifest(f"{MANIFEST} is of format {said.get('format')!r}; this version reads {FORMAT}")
    try:
        found = Manifest(
            created_at=datetime.fromisoformat(said["created_at"]),
            taken_at=datetime.fromisoformat(said["taken_at"]),
            alembic_head=str(said["alembic_head"]),
            database=str(said["database"]["kind"]),
            database_version=str(said["database"]["version"]),
            psp_env=str(said["psp_env"]),
            installation=str(said["installation"]),
            rows={str(table): int(count) for table, count in said["rows"].items()},
            items=tuple(Item(str(one["path"]), int(one["bytes"]), str(one["sha256"])) for one in said["files"]),
            missing=tuple(str(name) for name in said["missing"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadManifest(f"{MANIFEST} cannot be read: {type(error).__name__} {error}") from error
    _check(found)
    return found


def _check(found: Manifest) -> None:
    if found.database not in DATABASES:
        raise BadManifest(f"{MANIFEST} names an unknown database: {found.database}")
    if None in (found.created_at.tzinfo, found.taken_at.tzinfo):
        raise BadManifest(f"{MANIFEST} has a time without its zone")
    paths = [item.path for item in found.items]
    if paths.count(found.database_file) != 1 or len(set(paths)) != len(paths):
        raise BadManifest(f"{MANIFEST} names no database, or a file twice")
    for path in paths:
        is_stored = path.startswith(f"{FILES}/") and STORED_NAME.fullmatch(path.removeprefix(f"{FILES}/"))
        if path != found.database_file and not is_stored:
            raise BadManifest(f"{MANIFEST} names a file where none belongs: {path}")


def differences(manifest: Manifest, present: Mapping[str, Item]) -> list[str]:
    """Where the folder is not what its manifest says; `present`: path → what stands there, the manifest left out."""
    lines = []
    for item in manifest.items:
        there = present.get(item.path)
        if there is None:
            lines.append(f"missing: {item.path}")
        elif there != item:
            lines.append(f"changed: {item.path} ({there.size} bytes, {item.size} expected)")
    known = {item.path for item in manifest.items}
    return lines + [f"not of this backup: {path}" for path in sorted(present.keys() - known)]


def major_version(words: str) -> int:
    """The first number of `pg_dump (PostgreSQL) 15.18 (Debian …)`; 0 when there is none."""
    found = re.search(r"\b(\d+)(?:\.\d+)*", words)
    return int(found[1]) if found else 0
