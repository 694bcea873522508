"""Absolute addresses of our own pages, also in jobs, always on the configured host."""

from __future__ import annotations

from flask import current_app, has_request_context, url_for


def external_url(endpoint: str, **values: object) -> str:
    """`https://host/path` from PUBLIC_URL: a forged Host header never reaches a mail."""
    base = current_app.config["SETTINGS"].public_url.rstrip("/")
    if has_request_context():
        return base + url_for(endpoint, **values)  # type: ignore[arg-type]
    with current_app.test_request_context("/", base_url=base):
        return base + url_for(endpoint, **values)  # type: ignore[arg-type]
