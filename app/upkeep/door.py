"""What create_app() knows of this room: its commands and its job."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Filled in below by the commands of this room."""
