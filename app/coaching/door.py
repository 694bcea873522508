"""What create_app() knows of this room: its routes."""

from __future__ import annotations

from flask import Flask

from app.coaching import models, note_models, request_models  # noqa: F401  # registers the tables
from app.coaching.invitation_views import bp as invitations
from app.coaching.loads import open_records
from app.coaching.request_views import bp as requests
from app.coaching.views import bp
from app.network import loads


def init_app(app: Flask) -> None:
    for blueprint in (bp, requests, invitations):
        app.register_blueprint(blueprint)
    loads.register(app, open_records)
