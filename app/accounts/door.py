"""What create_app() knows of this room: its routes, commands, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.accounts import (  # noqa: F401  # they add their routes to bp
    code_views,
    profile_views,
    recovery_views,
    second_factor_views,
    sessions,
)
from app.accounts.cli import accounts_cli
from app.accounts.jobs import forget_old_sessions
from app.accounts.views import bp
from app.core.jobs import Job

JOBS: list[Job] = [Job("old sessions", forget_old_sessions, 3600)]


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(accounts_cli)
    sessions.init_app(app)
