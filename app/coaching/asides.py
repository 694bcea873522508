"""The small things of a record in one statement: what is to do, what is wanted, how many messages are new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, String, and_, case, cast, func, literal, null, select, union_all

from app.coaching.level_queries import readable
from app.coaching.levels import Relation
from app.coaching.message_models import RecordMessage, ThreadRead
from app.coaching.models import ActionItem, Consent
from app.coaching.path_models import Objective
from app.coaching.rules import ConsentPurpose
from app.core.database import UtcDateTime, db

MOST = 300


@dataclass(frozen=True)
class Aside:
    """An action (`word`: holder or coach) or an objective (`word`: its status)."""

    id: int
    text: str
    word: str
    due_on: date | None
    done_at: datetime | None

    @property
    def owner(self) -> str:
        return self.word

    @property
    def state(self) -> str:
        return self.word


@dataclass(frozen=True)
class Asides:
    """Open ones first."""

    actions: list[Aside]
    objectives: list[Aside]
    unread: int
    mention: bool  # this holder agrees to the public line about the coaching


def of_record(record_id: int, tie: Relation) -> Asides:
    """Only what this viewer reads; new messages are counted for who has a part in the thread."""
    no_day, no_time = cast(null(), Date), cast(null(), UtcDateTime())
    actions = select(
        literal("action").label("what"), ActionItem.id.label("id"), ActionItem.text.label("text"),
        ActionItem.owner.label("word"), ActionItem.due_on.label("due_on"), ActionItem.done_at.label("done_at"),
    ).where(ActionItem.record_id == record_id, ActionItem.dropped_at.is_(None), readable(ActionItem, tie))  # fmt: skip
    settled = case((Objective.status.in_(("done", "dropped")), Objective.changed_at))
    objectives = select(
        literal("objective"), Objective.id, Objective.text, Objective.status, Objective.due_on, settled
    ).where(Objective.record_id == record_id, readable(Objective, tie))
    me = tie.user_id or 0
    unread = (
        select(literal("unread"), func.count(RecordMessage.id), literal(""), cast(literal(""), String), no_day, no_time)
        .outerjoin(ThreadRead, and_(ThreadRead.record_id == RecordMessage.record_id, ThreadRead.user_id == me))
        .where(
            RecordMessage.record_id == record_id,
            RecordMessage.taken_back_at.is_(None),
            RecordMessage.author_id.is_distinct_from(me),
            RecordMessage.id > func.coalesce(ThreadRead.last_message_id, 0),
            readable(RecordMessage, tie),
        )
    )
    mention = select(literal("mention"), Consent.id, literal(""), cast(literal(""), String), no_day, no_time).where(
        Consent.record_id == record_id,
        Consent.user_id == me,
        Consent.purpose == ConsentPurpose.PUBLIC_MENTION,
        Consent.withdrawn_at.is_(None),
    )
    rows: list[Any] = list(db.session.execute(union_all(actions, objectives, unread, mention).limit(MOST)))
    found: dict[str, list[Aside]] = {"action": [], "objective": [], "unread": [], "mention": []}
    for row in rows:
        found[row.what].append(Aside(row.id, row.text, row.word, row.due_on, row.done_at))
    for lines in found.values():
        lines.sort(key=lambda one: (one.done_at is not None, one.due_on or date.max, one.id))
    has_a_part = tie.is_holder or tie.is_in_team
    new = found["unread"][0].id if has_a_part and found["unread"] else 0
    return Asides(found["action"], found["objective"], new, bool(found["mention"]))
