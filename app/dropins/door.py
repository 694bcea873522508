"""What create_app() knows of this room: its routes, jobs, and the series of the start."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.dropins import desk_views, feed_views, jobs, series_views, services
from app.dropins.views import bp
from app.network import loading

# Their routes hang on the one blueprint: importing them is what adds them.
ROUTES = (desk_views, feed_views, series_views)

JOBS: list[Job] = [
    Job("drop-in sessions", jobs.plan_ahead, 600),
    Job("drop-in reminders", jobs.remind, 300),
    Job("old drop-in bookings", jobs.erase_old, 3600),
]


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    loading.also(app, "permanences", services.load_first)
