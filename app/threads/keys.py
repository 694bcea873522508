"""Signed keys of the links we mail about news and questions. No row is needed."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.threads.errors import LinkDead
from app.threads.rules import UNCONFIRMED_LASTS

LASTS_SECONDS = 3 * 365 * 24 * 3600  # a mail kept for years still opens what it announced, and still stops the next


def _signer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=salt)


def news_key(campaign_id: int, email: str) -> str:
    """Stops the news of one campaign to one address, and opens those that are meant for it."""
    return str(_signer("news-of").dumps([campaign_id, email]))


def read_news_key(key: str) -> tuple[int, str]:
    """(campaign id, address). Errors: LinkDead."""
    try:
        campaign_id, email = _signer("news-of").loads(key[:600], max_age=LASTS_SECONDS)
    except (BadSignature, ValueError, TypeError) as error:
        raise LinkDead from error
    return int(campaign_id), str(email)


def question_key(public_id: str) -> str:
    return str(_signer("question").dumps(public_id))


def read_question_key(key: str) -> str:
    """The public id of the question. Errors: LinkDead."""
    try:
        return str(_signer("question").loads(key[:300], max_age=int(UNCONFIRMED_LASTS.total_seconds())))
    except BadSignature as error:
        raise LinkDead from error
