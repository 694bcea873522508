"""Names of built files: `asset('app.css')` gives the hashed address, `icon('gift')` an inline icon.

`static/dist/manifest.json` is written by build.mjs. It is read once; in debug again when it changes.
A built file never changes under its name: WhiteNoise serves it compressed, and browsers keep it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from app.core.headers import always


class UnknownAsset(LookupError):
    """A template names a file or an icon that the build does not make (icons: static/icons.json)."""


class Assets:
    """What the build made. Without a build the addresses stay plain, and pages have no look."""

    def __init__(self, folder: Path, url: str, *, reload: bool) -> None:
        self.manifest, self.url, self.reload = folder / "manifest.json", url, reload
        self.files: dict[str, str] = {}
        self.icons: frozenset[str] = frozenset()
        self._read_at: float | None = None
        self._read()

    @property
    def is_built(self) -> bool:
        return bool(self.files)

    def _read(self) -> None:
        try:
            changed_at = self.manifest.stat().st_mtime
            if changed_at == self._read_at:
                return
            content = json.loads(self.manifest.read_text("utf-8"))
        except FileNotFoundError:
            return
        self.files, self.icons = content["files"], frozenset(content["icons"])
        self._read_at = changed_at

    def asset(self, name: str) -> str:
        """Address of a built file, without host. Errors: UnknownAsset."""
        if self.reload:
            self._read()
        if not self.is_built:
            return f"{self.url}/dist/{name}"
        if name not in self.files:
            raise UnknownAsset(name)
        return f"{self.url}/dist/{self.files[name]}"

    def icon(self, name: str, label: str = "") -> Markup:
        """An inline icon of the size of the text; decorative unless a label says what it means.

        Errors: UnknownAsset.
        """
        address = self.asset("icons.svg")
        if self.is_built and name not in self.icons:
            raise UnknownAsset(f"icon {name}")
        meaning = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        return Markup('<svg class="icon" width="16" height="16" {}><use href="{}#{}"></use></svg>').format(
            meaning, address, name
        )


def init_app(app: Flask) -> None:
    """Give templates `asset` and `icon`, serve what was built. Says so in the log when nothing was."""
    folder = Path(app.static_folder or "static") / "dist"
    assets = Assets(folder, app.static_url_path or "/static", reload=app.debug)
    if not assets.is_built and not app.testing:
        app.logger.error("static/dist is missing: run `python npmw.py ci && python npmw.py run build`.")
    app.extensions["assets"] = assets
    app.jinja_env.globals.update(asset=assets.asset, icon=assets.icon)
    if assets.is_built:
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # Flask documents this assignment
            app.wsgi_app, root=str(folder), prefix=f"{assets.url}/dist/", autorefresh=app.debug,
            allow_all_origins=False, immutable_file_test=_never_changes, add_headers_function=_protection(app),
        )  # fmt: skip


def _never_changes(path: str, url: str) -> bool:
    return not path.endswith("manifest.json")


def _protection(app: Flask) -> Callable[[Headers, str, str], None]:
    """The headers of every answer, for files that never reach Flask."""
    said = always(app.config["SETTINGS"])

    def protect(headers: Headers, path: str, url: str) -> None:
        for name, value in said.items():
            headers[name] = value

    return protect
