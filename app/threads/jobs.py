"""The clock's part: mails of news in batches, questions that nobody confirmed. Safe to stop, repeat, or run twice."""

from __future__ import annotations

from collections import Counter

from sqlalchemy.orm.exc import StaleDataError

from app.core import clock
from app.core.database import db, transaction
from app.threads import queries, services

A_BATCH = 50  # mails written in one transaction: nobody else waits long for the database


def mail_news() -> Counter[str]:
    """Post the mails of what was published. Another worker at the same piece of news is left to it."""
    report: Counter[str] = Counter()
    for news_id in queries.ids_to_mail():
        posted = A_BATCH
        while posted == A_BATCH:
            try:
                with transaction():
                    posted = services.post_next_mails(queries.fresh_news(news_id), at=clock.now(), limit=A_BATCH)
            except StaleDataError:
                break
            report["mails"] += posted
    db.session.rollback()
    return +report


def forget_unconfirmed() -> int:
    with transaction():
        return services.forget_unconfirmed(at=clock.now())
