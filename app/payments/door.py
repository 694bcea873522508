"""What create_app() knows of this room: its routes, commands, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.payments import dispatch, runner

JOBS: list[Job] = [Job("operations", runner.run_due, 0.5)]


def init_app(app: Flask) -> None:
    dispatch.init_app(app)
