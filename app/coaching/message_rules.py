"""How long a message may be taken back, and when its readers are told by mail. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

UNDO = timedelta(minutes=10)
MOST_FILES = 3  # that come with one message


def may_take_back(*, sent_at: datetime, at: datetime) -> bool:
    return at - sent_at < UNDO


def is_settled(*, sent_at: datetime, at: datetime) -> bool:
    """Nobody can take it back any more: now its readers may be told."""
    return not may_take_back(sent_at=sent_at, at=at)
