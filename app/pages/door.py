"""What create_app() knows of this room: its routes, commands, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.pages import dev, gallery_views, place_views  # noqa: F401  # they add their routes to bp
from app.pages.cli import pages_cli
from app.pages.views import bp

JOBS: list[Job] = []


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(pages_cli)
    dev.init_app(app)
