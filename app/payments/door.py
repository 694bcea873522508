"""What create_app() knows of this room: its routes, commands, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job, on_gap
from app.payments import dispatch, inbox, outages, payees, poller, runner
from app.payments.cli import payments_cli
from app.payments.views import bp

JOBS: list[Job] = [
    Job("operations", runner.run_due, 0.5),
    Job("events", inbox.handle_waiting, 0.5),
    Job("poll", poller.poll_when_due, 5),
    Job("payees", payees.refresh_waiting, 60),  # each account once an hour
]


def init_app(app: Flask) -> None:
    dispatch.init_app(app)
    payees.register_handlers()
    on_gap(app, outages.note_worker_gap)
    app.register_blueprint(bp)
    app.cli.add_command(payments_cli)
