"""Addresses of our own pages: absolute ones, also in jobs, and the check of those that people bring."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

from flask import Flask, current_app, has_request_context, url_for


def external_url(endpoint: str, **values: object) -> str:
    """`https://host/path` from PUBLIC_URL: a forged Host header never reaches a mail."""
    base: str = current_app.config["SETTINGS"].public_url.rstrip("/")
    if has_request_context():
        return base + url_for(endpoint, **values)  # type: ignore[arg-type]  # names of URL parts
    adapter = current_app.url_map.bind("anywhere")  # a request made up for each link would cost half a millisecond
    return base + adapter.build(endpoint, values)


LONGEST_PATH = 1000


def local_path(text: str | None) -> str | None:
    """`text` when it is a path of this site (« /campagnes?theme=food »), else None.

    Browsers read a backslash as a slash and drop control characters: both are refused, and so is
    whatever becomes unsafe when it is decoded once more.
    """
    path = text or ""
    if len(path) > LONGEST_PATH or " " in path:
        return None
    for _attempt in range(4):
        if not _stays_here(path):
            return None
        decoded = unquote(path)
        if decoded == path:
            return text
        path = decoded
    return None


def _stays_here(path: str) -> bool:
    before_query = path.partition("?")[0].partition("#")[0]
    hidden = any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in path)
    return path.startswith("/") and not hidden and "\\" not in path and "//" not in before_query


def init_app(app: Flask) -> None:
    """Templates write absolute addresses too: for mails, feeds, pictures of links, frames of other sites."""
    app.jinja_env.globals["external_url"] = external_url
