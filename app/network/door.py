"""What create_app() knows of this room: its routes, commands, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.network.cli import network_cli

JOBS: list[Job] = []


def init_app(app: Flask) -> None:
    app.cli.add_command(network_cli)
