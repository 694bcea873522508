"""What create_app() knows of this room: its commands and its job."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.upkeep import cli, smoke_cli
from app.upkeep.catch_up import catch_up_when_asked

JOBS: list[Job] = [Job("after a restore", catch_up_when_asked, 5)]


def init_app(app: Flask) -> None:
    cli.init_app(app)
    smoke_cli.init_app()
