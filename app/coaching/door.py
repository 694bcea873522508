"""What create_app() knows of this room: its routes, its command, its job."""

from __future__ import annotations

from flask import Flask

from app.coaching import (  # noqa: F401  # the modules of views and tables register themselves
    day_views,
    document_models,
    kept_views,
    message_models,
    models,
    note_models,
    note_views,
    opinion_models,
    path_models,
    path_views,
    privacy_models,
    promise_jobs,
    proposal_models,
    proposal_views,
    referral_jobs,
    referral_views,
    relay_models,
    relay_views,
    request_models,
    retention_cli,
    situation_models,
    succession_views,
)
from app.coaching.cli import coaching_cli
from app.coaching.document_jobs import seal_files
from app.coaching.document_views import bp as documents
from app.coaching.holder_views import bp as mine
from app.coaching.invitation_views import bp as invitations
from app.coaching.jobs import index_records, say_farewell, tidy_notes
from app.coaching.loads import open_records
from app.coaching.message_jobs import tell_waiting
from app.coaching.message_views import bp as messages
from app.coaching.opinion_jobs import remind_due
from app.coaching.opinion_views import bp as opinions
from app.coaching.privacy_views import bp as privacy
from app.coaching.reminder_jobs import remind_holders
from app.coaching.request_views import bp as requests
from app.coaching.retention_jobs import run_rules
from app.coaching.retention_views import bp as retention
from app.coaching.situation_views import bp as situations
from app.coaching.views import bp
from app.core.jobs import Job
from app.network import loads

JOBS: list[Job] = [
    Job("coaching notes", tidy_notes, 3600),
    Job("coaching files", seal_files, 3600),
    Job("coaching messages", tell_waiting, 30),
    Job("coaching opinions", remind_due, 600),
    Job("farewells", say_farewell, 60),
    Job("record index", index_records, 60),
    Job("coaching retention", run_rules, 86_400),
    Job("coaching reminders", remind_holders, 3600),
    Job("referral reminders", referral_jobs.remind, 3600),
    Job("promised answers", promise_jobs.remind, 3600),
]


def init_app(app: Flask) -> None:
    for blueprint in (bp, requests, invitations, messages, documents, opinions, mine, privacy, retention, situations):
        app.register_blueprint(blueprint)
    app.cli.add_command(coaching_cli)
    loads.register(app, open_records)
