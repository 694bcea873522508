"""What create_app() knows of this room: its routes and jobs."""

from __future__ import annotations

from flask import Flask

from app.accounts import closing
from app.core.jobs import Job
from app.following import queries, services
from app.following.jobs import forget_unconfirmed, remind_ending, tell_coaches, weekly_digest
from app.following.views import bp
from app.threads import readers

JOBS: list[Job] = [
    Job("followers to remind", remind_ending, 60),
    Job("weekly summaries", weekly_digest, 300),
    Job("coaches to tell", tell_coaches, 900),
    Job("followers to forget", forget_unconfirmed, 3600),
]


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    readers.register(app, queries.news_readers)
    readers.register_refusals(app, queries.refusing_news)
    closing.register_farewell(app, services.forget_address)
