"""What create_app() knows of this room: its table."""

from __future__ import annotations

from flask import Flask

from app.treasury import models  # noqa: F401  # registers the table


def init_app(app: Flask) -> None:
    """Its routes follow."""
