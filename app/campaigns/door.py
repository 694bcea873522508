"""What create_app() knows of this room: its routes, commands, handlers and jobs."""

from __future__ import annotations

from flask import Flask

from app.accounts import closing
from app.campaigns import (
    closing_views,
    desk_views,
    draft_views,
    identity_queries,
    identity_words,
    leaving,
    mention_views,
    record_views,
    reward_views,
    share_views,
    story_views,
    team_views,
    views,
)
from app.campaigns.blueprint import bp
from app.campaigns.cli import campaigns_cli
from app.campaigns.jobs import close_due, index_new, open_due
from app.campaigns.kept import KeptPages, mark_of
from app.campaigns.totals import touch_of_record
from app.coaching.erasure_services import on_erasure
from app.coaching.privacy_export import on_export
from app.core.jobs import Job

JOBS: list[Job] = [
    Job("campaigns to open", open_due, 5), Job("campaigns to close", close_due, 5),
    Job("words of campaigns", index_new, 300),
]  # fmt: skip
VIEWS = (  # importing them fills the blueprint
    views, draft_views, reward_views, desk_views, share_views, story_views, team_views, closing_views,
    record_views,
)  # fmt: skip


def init_app(app: Flask) -> None:
    app.extensions["kept_pages"] = KeptPages(mark_of(app.config["ROOT"]))
    app.register_blueprint(bp)
    app.register_blueprint(mention_views.bp)
    app.cli.add_command(campaigns_cli)
    closing.register(app, leaving.obstacle)
    closing.register_farewell(app, leaving.forget_holder)
    on_export(app, identity_queries.told_of_holder)
    app.jinja_env.globals["identity_lines"] = identity_words.lines
    on_erasure(app, touch_of_record)  # the public line about its coaching goes with a record
