"""What create_app() knows of this room: its routes, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.accounts import closing
from app.core.jobs import Job
from app.payments.dispatch import register_open_work
from app.pledges import jobs, leaving, queries, services, stripe_handlers
from app.pledges.checkout import SUBJECT
from app.pledges.own_views import bp  # the blueprint of views.py with the routes of both files

JOBS: list[Job] = [Job("drafts", jobs.end_stale_drafts, 30), Job("ending cards", jobs.warn_of_cards, 3600)]


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    stripe_handlers.init_app()
    closing.register(app, leaving.obstacle)
    register_open_work(SUBJECT, count=queries.count_open, close=services.close_as_test_data)
