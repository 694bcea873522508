"""The scene as a fixture: built once a process, copied for each test like the migrated database itself."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import close_all_sessions

from app.core.database import db
from config import Settings
from tests.access.scene import World, a_week_later, build
from tests.support.databases import Database


class Scenes:
    """Worlds by name, with the database and the stored files that belong to each."""

    def __init__(self, app: Flask, database: Database, settings: Settings, folder: Path):
        self.app, self.database, self.kept = app, database, dict[str, World]()
        self.files, self.folder = Path(settings.storage_url.removeprefix("file://")), folder

    def get(self, name: str, make: Callable[[], World]) -> World:
        """The world of this name; what is in the database and in the store is its own afterwards."""
        if name in self.kept:
            self._leave()
            self.database.go_back(name)
            shutil.copytree(self.folder / name, self.files, dirs_exist_ok=True)
        else:
            self.kept[name] = make()
            self._leave()
            self.database.keep(name)
            shutil.copytree(self.files, self.folder / name)
        return copy.copy(self.kept[name])

    def _leave(self) -> None:
        close_all_sessions()
        with self.app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def scenes(
    migrated_app: Flask, database: Database, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Scenes:
    return Scenes(migrated_app, database, settings, tmp_path_factory.mktemp("scenes"))


@pytest.fixture
def world(app: Flask, scenes: Scenes) -> World:
    """Everybody and everything of the matrix."""
    return scenes.get("scene", lambda: build(app))


@pytest.fixture
def world_later(app: Flask, scenes: Scenes) -> World:
    """The same, after accounts were suspended and rights ran out; only those to whom it happened are there."""

    def make() -> World:
        made = scenes.get("scene", lambda: build(app))
        a_week_later(made)
        return made

    return scenes.get("later", make)
