"""Files and folders of a backup: private from their first byte, hashed, and on the disk before anything is promised."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from app.upkeep.rules import Item

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
A_PIECE = 1024 * 1024


def new_folder(path: Path) -> None:
    """Mode 0700 whatever the umask says. Errors: FileExistsError, OSError."""
    path.mkdir(PRIVATE_FOLDER)
    path.chmod(PRIVATE_FOLDER)


def new_file(path: Path) -> BinaryIO:
    """A new file of mode 0600, open for writing; the folders above it are made. Errors: FileExistsError, OSError."""
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        new_folder(folder)
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    os.fchmod(number, PRIVATE_FILE)
    return os.fdopen(number, "wb")


def write(path: Path, content: bytes) -> None:
    with new_file(path) as out:
        out.write(content)


def describe(path: Path, name: str) -> Item:
    """Size and hash of a file, under the name that the manifest gives it."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while piece := source.read(A_PIECE):
            digest.update(piece)
            size += len(piece)
    return Item(name, size, digest.hexdigest())


def walk(folder: Path) -> Iterator[Path]:
    """Everything below `folder` that is not a plain folder: files, links, whatever else."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from walk(path)
        else:
            yield path


def sync_all(folder: Path) -> None:
    """Every file and every folder of a tree, down to the disk."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
