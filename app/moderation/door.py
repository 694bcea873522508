"""What create_app() knows of this room: its routes."""

from __future__ import annotations

from flask import Flask

from app.moderation import (
    holder_views,  # noqa: F401  # adds the holder's routes to the blueprint
    models,  # noqa: F401  # registers the tables
    recusal_views,  # noqa: F401  # adds the route of stepping aside
)
from app.moderation.views import bp


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
