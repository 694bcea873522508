"""What create_app() knows of this room: its routes and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.moderation import (
    decision_views,
    figure_views,
    habit_views,
    holder_views,
    models,  # noqa: F401  # registers the tables
    opinion_views,
    recusal_views,
    request_views,
    watch_models,  # noqa: F401  # registers the tables of campaigns on line
    watch_views,
)
from app.moderation.jobs import chase, tell, watch
from app.moderation.views import bp

JOBS: list[Job] = [
    Job("reviews that wait too long", chase, 3600),
    Job("suspensions that must end", watch, 300),
    Job("contributors of suspended campaigns", tell, 30),
]
VIEWS = (
    decision_views,
    figure_views,
    habit_views,
    holder_views,
    opinion_views,
    recusal_views,
    request_views,
    watch_views,
)  # fill the blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
