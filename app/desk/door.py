"""What create_app() knows of this room: its routes and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.desk import delivery_views, views
from app.desk.jobs import draw_curves, forget_addresses, post_messages

JOBS: list[Job] = [
    Job("messages", post_messages, 5),
    Job("addresses to erase", forget_addresses, 3600),
    Job("curves", draw_curves, 20, is_long=True),
]
VIEWS = (views, delivery_views)  # importing them fills the blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(views.bp)
