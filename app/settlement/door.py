"""What create_app() knows of this room: its routes, commands, handlers, bells and jobs."""

from __future__ import annotations

from flask import Flask

from app.core.jobs import Job
from app.payments.dispatch import register_bell, register_open_work
from app.settlement import (
    back_jobs,
    cli,
    collect_jobs,
    gift_jobs,
    gift_views,
    jobs,
    night_check,
    queries,
    sale_views,
    statement_views,
    stripe_handlers,
    transfer_services,
)
from app.settlement.sync import BELLS

JOBS: list[Job] = [
    Job("gifts", gift_jobs.book_paid, 30),
    Job("verdicts", jobs.give_verdicts, 2),
    Job("ends of flexible campaigns", gift_jobs.tell_ends, 5),
    Job("after verdicts", jobs.follow_verdicts, 2),
    Job("collection", collect_jobs.collect_due, 2, is_long=True),
    Job("stuck charges", jobs.look_at_stuck, 60),
    Job("reminders", jobs.remind, 600),
    Job("overdue", jobs.drop_overdue, 60),
    Job("transfers", jobs.pay_out, 5),
    Job("blocked transfers", jobs.retry_blocked, 3600),
    Job("cancelled promises", back_jobs.stop_cancelled, 60),
    Job("cancelled payments", back_jobs.give_back_without_success, 5),
    Job("too little", back_jobs.give_back_too_little, 60),
    Job("refunds", back_jobs.send_refunds, 5),
    Job("pending refunds", back_jobs.look_at_pending, 3600),
    Job("debts", back_jobs.retry_debts, 3600),
    Job("waiting money", back_jobs.follow_overdue, 3600),
    Job("books", night_check.run_when_due, 300),
]


def init_app(app: Flask) -> None:
    for bp in {gift_views.bp, sale_views.bp, statement_views.bp}:  # one blueprint: each file has given it its routes
        app.register_blueprint(bp)
    cli.init_app()
    stripe_handlers.init_app()
    for subject_kind, ring in BELLS.items():
        register_bell(subject_kind, ring)
    register_open_work("charges", count=queries.count_to_pass_on, close=transfer_services.close_as_test_data)
