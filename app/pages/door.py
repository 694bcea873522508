"""What create_app() knows of this room: its routes, commands, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.pages import dev, gallery_views  # noqa: F401  # the gallery adds its route to bp
from app.pages.views import bp

JOBS: list[Job] = []


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    dev.init_app(app)
