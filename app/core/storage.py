"""Files: on disk, in memory or in S3, by one URL. Names are random, contents never executable."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from obstore.store import LocalStore, MemoryStore, S3Store


class FileMissing(Exception):
    """The store has no file of that name."""


def init_app(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    url = urlsplit(settings.storage_url)
    store: Any
    if url.scheme == "file":
        Path(url.path).mkdir(parents=True, exist_ok=True)
        store = LocalStore(prefix=url.path)
    elif url.scheme == "memory":
        store = MemoryStore()
    else:
        options: Any = dict(settings.storage_options)  # the operator's words; the library checks them
        patience = timedelta(seconds=20)
        store = S3Store.from_url(settings.storage_url, config=options, client_options={"timeout": patience})
    app.extensions["storage"] = store


def new_name(folder: str, suffix: str) -> str:
    """A name nobody can guess: `folder/1f…​.suffix`, 128 random bits."""
    return f"{folder}/{secrets.token_hex(16)}.{suffix}"


def write(name: str, content: bytes) -> None:
    """Store a file before the transaction that names it: an orphan harms nobody, a hole does."""
    current_app.extensions["storage"].put(name, content)


def read(name: str) -> bytes:
    """Errors: FileMissing."""
    try:
        return bytes(current_app.extensions["storage"].get(name).bytes())
    except FileNotFoundError as error:
        raise FileMissing(name) from error


def exists(name: str) -> bool:
    try:
        current_app.extensions["storage"].head(name)
    except FileNotFoundError:
        return False
    return True


def names() -> Iterator[str]:
    """Every file of the store, in no order."""
    for page in current_app.extensions["storage"].list():
        yield from (str(one["path"]) for one in page)


def delete(name: str) -> None:
    """Remove a file; silent when it is already gone."""
    try:
        current_app.extensions["storage"].delete(name)
    except FileNotFoundError:
        return
