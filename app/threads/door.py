"""What create_app() knows of this room: its routes and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.threads import news_views, question_views
from app.threads.jobs import forget_unconfirmed, mail_news

JOBS: list[Job] = [Job("news mails", mail_news, 10), Job("questions unconfirmed", forget_unconfirmed, 3600)]
VIEWS = (news_views, question_views)  # importing them fills the blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(news_views.bp)
