"""What create_app() knows of this room: its routes, its command, its job."""

from __future__ import annotations

from flask import Flask

from app.coaching import (  # noqa: F401  # the modules of views and tables register themselves
    models,
    note_models,
    note_views,
    request_models,
)
from app.coaching.cli import coaching_cli
from app.coaching.invitation_views import bp as invitations
from app.coaching.jobs import tidy_notes
from app.coaching.loads import open_records
from app.coaching.request_views import bp as requests
from app.coaching.views import bp
from app.core.jobs import Job
from app.network import loads

JOBS: list[Job] = [Job("coaching notes", tidy_notes, 3600)]


def init_app(app: Flask) -> None:
    for blueprint in (bp, requests, invitations):
        app.register_blueprint(blueprint)
    app.cli.add_command(coaching_cli)
    loads.register(app, open_records)
