"""Names of built files, read from the manifest of build.mjs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from flask import Flask

from app.core.assets import Assets, UnknownAsset, init_app
from config import ROOT, Settings


def built(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    content = {"files": {"icons.svg": "icons-0.svg", **files}, "icons": ["gift"]}
    (folder / "manifest.json").write_text(json.dumps(content), "utf-8")
    return folder


def test_an_asset_has_its_hashed_address(tmp_path: Path) -> None:
    assets = Assets(built(tmp_path / "dist", **{"app.css": "style-1a2b.css"}), "/static", reload=False)
    assert assets.asset("app.css") == "/static/dist/style-1a2b.css"


def test_a_name_that_the_build_does_not_make_is_refused(tmp_path: Path) -> None:
    assets = Assets(built(tmp_path / "dist"), "/static", reload=False)
    with pytest.raises(UnknownAsset):
        assets.asset("app.csss")
    with pytest.raises(UnknownAsset):
        assets.icon("gitf")


def test_a_new_build_is_seen_in_debug_only(tmp_path: Path) -> None:
    folder = built(tmp_path / "dist", **{"app.css": "old.css"})
    watching, fixed = (Assets(folder, "/static", reload=reload) for reload in (True, False))
    built(folder, **{"app.css": "new.css"})
    os.utime(folder / "manifest.json", (4_000_000_000, 4_000_000_000))
    assert watching.asset("app.css").endswith("new.css")
    assert fixed.asset("app.css").endswith("old.css")


def test_without_a_build_pages_still_answer(tmp_path: Path) -> None:
    assets = Assets(tmp_path / "missing", "/static", reload=False)
    assert not assets.is_built
    assert assets.asset("app.css") == "/static/dist/app.css"
    assert "#gift" in assets.icon("gift")


def test_an_icon_is_decorative_unless_it_is_named_and_its_name_is_escaped(tmp_path: Path) -> None:
    assets = Assets(built(tmp_path / "dist"), "/static", reload=False)
    assert 'aria-hidden="true"' in assets.icon("gift")
    named = assets.icon("gift", 'un "cadeau"')
    assert 'role="img"' in named
    assert "un &#34;cadeau&#34;" in named
    assert "aria-hidden" not in named


def test_built_files_are_kept_by_browsers_and_sent_compressed() -> None:
    app = Flask("served", static_folder=str(ROOT / "static"))
    app.config["SETTINGS"] = Settings()
    init_app(app)
    if not app.extensions["assets"].is_built:
        pytest.skip("static/dist is missing: make builds it")
    with app.test_request_context():
        address = app.extensions["assets"].asset("app.css")
    with app.test_client().get(address, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert app.test_client().get("/static/dist/../../config.py").status_code == 404
