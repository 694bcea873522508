"""A backup is whole or has another name, private, complete, and without a secret inside."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import JSON, String, Text, cast, select

from app.campaigns.models import StoryPicture
from app.core import clock, storage
from app.core.database import db, transaction
from app.upkeep.errors import UpkeepRefused
from app.upkeep.postgres_copy import find_tool, places
from app.upkeep.queries import NAMING
from app.upkeep.rules import STORED_NAME
from config import ROOT
from tests.support.scene import Scene
from tests.upkeep.copies import a_stored_picture, backup, is_sqlite, run


def manifest_of(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text("utf-8"))


def test_database_files_and_manifest_are_in_one_private_folder(scene: Scene, tmp_path: Path) -> None:
    slug = scene.campaign()
    scene.give(slug)
    name = a_stored_picture(scene.app, scene.row(slug).id)
    folder = backup(scene.app, tmp_path / "copy")
    found = manifest_of(folder)
    assert found["rows"]["pledges"] == 1
    assert found["alembic_head"]
    assert found["psp_env"].startswith("acct_")
    assert (folder / "files" / name).read_bytes() == b"RIFF....WEBP"
    assert {one["path"] for one in found["files"]} == {
        f"files/{name}",
        f"database.{'sqlite' if is_sqlite() else 'dump'}",
    }
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert [path.name for path in tmp_path.iterdir()] == ["copy"], "nothing unfinished stays behind"


def test_no_secret_is_inside(scene: Scene, tmp_path: Path) -> None:
    scene.give(scene.campaign())
    folder = backup(scene.app, tmp_path / "copy")
    settings = scene.app.config["SETTINGS"]
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert settings.secret_key.encode() not in content
            assert settings.stripe_secret_key.encode() not in content


def test_a_folder_that_exists_is_never_written_over(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    answer = run(scene.app, "backup", tmp_path / "copy")
    assert answer.exit_code == 1
    assert "never written over" in answer.output
    assert list((tmp_path / "copy").iterdir()) == []
    assert run(scene.app, "backup", tmp_path / "no" / "such" / "place").exit_code == 1


def test_a_file_that_the_storage_has_lost_is_named_and_leaves_no_copy(scene: Scene, tmp_path: Path) -> None:
    name = a_stored_picture(scene.app, scene.row(scene.campaign()).id)
    with scene.app.app_context():
        storage.delete(name)
    answer = run(scene.app, "backup", tmp_path / "copy")
    assert answer.exit_code == 1
    assert name in answer.output
    assert list(tmp_path.iterdir()) == []
    accepted = run(scene.app, "backup", tmp_path / "copy", "--accept-missing")
    assert accepted.exit_code == 0, accepted.output
    assert manifest_of(tmp_path / "copy")["missing"] == [name]


KILLED = """
import os, sys
from app import create_app
from app.campaigns.models import StoryPicture
from app.core import clock, storage
from app.upkeep import backup
app = create_app()
real = storage.read
def read(name):
    os.kill(os.getpid(), 9)
storage.read = read
with app.app_context():
    backup.make(__import__("pathlib").Path(sys.argv[1]))
"""


def test_a_killed_backup_is_never_mistaken_for_a_whole_one(scene: Scene, tmp_path: Path) -> None:
    a_stored_picture(scene.app, scene.row(scene.campaign()).id)
    settings = scene.app.config["SETTINGS"]
    environment = os.environ | {
        "APP_ENV": "test", "DATABASE_URL": settings.database_url, "STORAGE_URL": settings.storage_url,
        "SECRET_KEY": settings.secret_key, "STRIPE_SECRET_KEY": settings.stripe_secret_key,
        "STRIPE_API_BASE": settings.stripe_api_base,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path / "copy"], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert done.returncode == -9, done.stderr
    assert not (tmp_path / "copy").exists()
    (left,) = tmp_path.iterdir()
    assert left.name.endswith(".part")
    answer = run(scene.app, "restore", left, "--check-only")
    assert answer.exit_code == 1
    assert "the copy was cut" in answer.output


def test_every_column_that_names_stored_files_is_known(scene: Scene) -> None:
    """A new kind of file must be added to NAMING: its name is looked for in every text of the database."""
    campaign_id = scene.row(scene.campaign()).id
    name = a_stored_picture(scene.app, campaign_id)
    assert STORED_NAME.fullmatch(name)
    with scene.app.app_context(), transaction():
        shown = [{"name": name, "width": 480, "height": 320, "kind": "WEBP"}]
        db.session.add(
            StoryPicture(public_id="a" * 16, campaign_id=campaign_id, renditions=shown, created_at=clock.now())
        )
    pattern = "%/" + "_" * 32 + ".%"
    found = set()
    with scene.app.app_context():
        for table in db.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, String | JSON):
                    said = db.session.scalars(select(cast(column, Text)).where(cast(column, Text).like(pattern)))
                    if said.first():
                        found.add(str(column))
    known = {str(naming.property.columns[0]) for naming in NAMING}
    assert {"pictures.renditions", "story_pictures.renditions"} <= found <= known


@pytest.mark.machine  # PostgreSQL finds it by its checksums, while it reads
def test_a_damaged_database_is_said_not_copied(scene: Scene, tmp_path: Path) -> None:
    path = Path(scene.app.config["SETTINGS"].database_url.removeprefix("sqlite:///"))
    with scene.app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    content = bytearray(path.read_bytes())
    content[-60_000:-20_000] = os.urandom(40_000)
    path.write_bytes(content)
    answer = run(scene.app, "backup", tmp_path / "copy")
    assert answer.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def a_tool(folder: Path, version: str) -> str:
    folder.mkdir()
    path = folder / "pg_dump"
    path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    path.chmod(0o755)
    return str(folder)


def test_a_program_older_than_the_server_is_passed_over(tmp_path: Path) -> None:
    old, new = a_tool(tmp_path / "old", "13.4"), a_tool(tmp_path / "new", "17.2 (Debian 17.2-1)")
    assert find_tool("pg_dump", 15, [old, new]) == f"{new}/pg_dump"
    with pytest.raises(UpkeepRefused, match=r"of version 13, older than the server \(15\)"):
        find_tool("pg_dump", 15, [old])
    with pytest.raises(UpkeepRefused, match="is not on this machine"):
        find_tool("pg_dump", 15, [str(tmp_path)])
    assert places(tmp_path)[1:] == []
