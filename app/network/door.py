"""What create_app() knows of this room: its routes, commands, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.accounts import closing
from app.core.jobs import Job
from app.network import (
    admin_views,
    area_views,
    consortium_views,
    leaving,
    offer_views,
    organisation_views,
    programme_views,
    right_views,
    suspension_views,
)
from app.network.cli import network_cli
from app.network.views import bp

# Their routes hang on the one blueprint: importing them is what adds them.
ROUTES = (
    admin_views,
    area_views,
    consortium_views,
    organisation_views,
    programme_views,
    right_views,
    suspension_views,
    offer_views,
)

JOBS: list[Job] = []


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(network_cli)
    closing.register(app, leaving.obstacle)
