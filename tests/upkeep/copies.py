"""Commands and small truths that several tests of this room need."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, make_url, select

from app.campaigns.models import Picture
from app.core import clock, storage
from app.core.database import db, transaction
from app.core.jobs import WorkerBeat
from app.payments import environment
from app.upkeep import catch_up
from app.upkeep import restore as restoring
from app.upkeep.catch_up import Caught


def run(app: Flask, *words: object) -> Any:
    answer = app.test_cli_runner().invoke(args=[str(word) for word in words])
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


def backup(app: Flask, folder: Path) -> Path:
    answer = run(app, "backup", folder)
    assert answer.exit_code == 0, answer.output
    return folder


def restore(app: Flask, folder: Path, *options: str) -> str:
    """Over whatever is there; what was printed."""
    answer = run(app, "restore", folder, "--replace", name_of(app), *options)
    assert answer.exit_code == 0, answer.output
    return str(answer.output)


def restore_and_catch_up(app: Flask, folder: Path) -> Caught:
    """The same without the command: what was found at Stripe."""
    with app.app_context():
        restoring.restore(folder, replace=name_of(app))
        caught = catch_up.catch_up()
        db.session.remove()
    return caught


def name_of(app: Flask) -> str:
    """The name of the app's database, as the operator types it."""
    return Path(str(make_url(app.config["SETTINGS"].database_url).database)).name


def worker_has_stopped(app: Flask) -> None:
    """More than a minute ago."""
    with app.app_context():
        with transaction():
            db.session.execute(delete(WorkerBeat))
        environment.forget()
        db.session.remove()


def a_stored_picture(app: Flask, campaign_id: int, content: bytes = b"RIFF....WEBP") -> str:
    """A file, and the row that names it."""
    with app.app_context():
        name = storage.new_name("images", "webp")
        storage.write(name, content)
        with transaction():
            db.session.add(
                Picture(
                    campaign_id=campaign_id, alternative="Un four", created_at=clock.now(),
                    renditions=[{"name": name, "width": 480, "height": 320}],
                )
            )  # fmt: skip
        return name


def rows(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        found = list(db.session.scalars(select(model)))
        db.session.expunge_all()
        return found


def is_sqlite() -> bool:
    return os.environ.get("TEST_DATABASE", "sqlite") == "sqlite"
