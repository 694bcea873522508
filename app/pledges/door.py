"""What create_app() knows of this room: its routes, commands, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job

JOBS: list[Job] = []


def init_app(app: Flask) -> None:
    from app.pledges import models  # noqa: F401  # registers the tables
