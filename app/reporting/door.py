"""What create_app() knows of this room: its routes."""

from __future__ import annotations

from flask import Flask

from app.reporting.views import bp


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
