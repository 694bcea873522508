"""A coach's day: own records, and what today holds. That somebody is coached elsewhere never shows here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import joinedload

from app.coaching.file_queries import WORKS, closed_to
from app.coaching.level_queries import readable
from app.coaching.levels import MemberRole, Relation
from app.coaching.message_models import RecordMessage, ThreadRead
from app.coaching.models import (
    ActionItem,
    Activity,
    CoachingRecord,
    Person,
    Project,
    ProjectMember,
    RecordMember,
)
from app.coaching.note_models import Note
from app.coaching.note_queries import Noted, latest_of
from app.coaching.opinion_models import RecordOpinion
from app.coaching.path_models import FollowUp
from app.coaching.proposal_models import RecordProposal
from app.coaching.relay_models import Absence, Handover, Referral
from app.coaching.request_models import Assignment
from app.coaching.rules import OPEN, Attendance, RecordState
from app.core import clock
from app.core.access import Viewer
from app.core.database import db
from app.core.text import fold

SILENT_DAYS = 60
AHEAD_DAYS = 7  # how far promises are shown
MOST = 100
KINDS = (
    "message",
    "opinion",
    "appointment",
    "unfinished",
    "promise",
    "waits",
    "sent",
    "handover",
    "unread",
    "received",
    "news",
    "proposal",
)


@dataclass(frozen=True)
class Own:
    """An open record of mine, and the day of the last thing that happened in it."""

    record: CoachingRecord
    last_on: date
    is_shared: bool  # a colleague answers for it: I was added, or cover for them

    def is_silent(self, today: date) -> bool:
        paused = self.record.state == RecordState.ON_HOLD or self.record.state == RecordState.FOLLOW_UP
        return not paused and self.last_on <= today - timedelta(days=SILENT_DAYS)

    def is_late(self, today: date) -> bool:
        """The next action was promised for a day that is past; a record at rest promises nothing."""
        rests = self.record.state in (RecordState.ON_HOLD, RecordState.FOLLOW_UP)
        on = self.record.next_action_on
        return bool(self.record.next_action) and on is not None and on < today and not rests


@dataclass(frozen=True)
class Line:
    """One thing of the day. `what`: one of KINDS."""

    what: str
    id: int
    record_id: int
    reference: str
    title: str
    text: str
    on: date | None
    at: datetime | None

    @property
    def hour(self) -> str:
        """« 14:30 » in Paris; empty without an hour."""
        return clock.paris_day(self.at).strftime("%H:%M") if self.at else ""


def is_own(viewer: Viewer, *, today: date) -> ColumnElement[bool]:
    """Records I answer for, was added to, or cover for a colleague who is away. Rights act at once.

    A union of three short lists, each found by its index: asked as one OR, PostgreSQL reads every record there is.
    """
    me, works_at = viewer.user_id or 0, viewer.organisation_ids(*WORKS)
    answers = select(CoachingRecord.id).where(
        CoachingRecord.referent_id == me, CoachingRecord.organisation_id.in_(works_at)
    )
    covers = (
        select(CoachingRecord.id)
        .join(Absence, Absence.user_id == CoachingRecord.referent_id)
        .where(Absence.covered_by_id == me, Absence.starts_on <= today, Absence.ends_on >= today)
        .where(CoachingRecord.organisation_id.in_(works_at))
    )
    for_themselves = RecordMember.organisation_id.is_(None) if viewer.is_coach else false()
    was_added = select(RecordMember.record_id).where(
        RecordMember.user_id == me,
        RecordMember.ended_at.is_(None),
        or_(RecordMember.role != MemberRole.CO_COACH, RecordMember.organisation_id.in_(works_at), for_themselves),
    )
    return CoachingRecord.id.in_(union(answers, covers, was_added)) & ~shut_to(viewer)


def shut_to(viewer: Viewer) -> ColumnElement[bool]:
    """Records closed to this person: recused, refused by the holder, or about a project of their own."""
    own_projects = (
        select(ProjectMember.project_id)
        .join(Person, Person.id == ProjectMember.person_id)
        .where(ProjectMember.ended_at.is_(None), or_(Person.user_id == viewer.user_id, Person.email == viewer.email))
    )
    return or_(CoachingRecord.id.in_(closed_to(viewer.user_id)), CoachingRecord.project_id.in_(own_projects))


def own_records(viewer: Viewer, *, today: date) -> list[Own]:
    """My open records, what is promised soonest first. One statement."""
    last = (
        select(func.max(Activity.happened_on))
        .where(Activity.record_id == CoachingRecord.id, Activity.attendance == Attendance.HELD)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(CoachingRecord, last)
        .options(
            joinedload(CoachingRecord.project).joinedload(Project.commune),
            joinedload(CoachingRecord.organisation),
            joinedload(CoachingRecord.programme),
        )
        .where(is_own(viewer, today=today), CoachingRecord.state.in_(OPEN))
        .order_by(CoachingRecord.next_action_on.is_(None), CoachingRecord.next_action_on, CoachingRecord.id)
        .limit(MOST)
    )
    return [
        Own(record, max(last_on or record.since, record.since), bool(record.referent_id != viewer.user_id))
        for record, last_on in rows
    ]


def agenda(viewer: Viewer, *, today: date) -> list[Line]:
    """Everything the day holds for me, in one statement."""
    me, works_at = viewer.user_id or 0, viewer.organisation_ids(*WORKS)
    own_open = select(CoachingRecord.id).where(is_own(viewer, today=today), CoachingRecord.state.in_(OPEN)).cte("own")
    own = select(own_open.c.id)  # worked out once, though six kinds ask for it
    # What I did where I work no more is not shown any more; asked so that it is no way in: my rows are fewer than ours.
    here = func.coalesce(CoachingRecord.organisation_id, 0).in_(works_at)
    left = select(Assignment.record_id).where(Assignment.old_organisation_id.in_(works_at))
    planned = (Activity.attendance == Attendance.PLANNED, Activity.record_id.in_(own))
    undone = (ActionItem.done_at.is_(None), ActionItem.dropped_at.is_(None), ActionItem.record_id.in_(own))
    parts = [
        _part("appointment", Activity, Activity.happened_on, Activity.place, starts=Activity.starts_at).where(
            *planned, Activity.happened_on == today
        ),
        _part("unfinished", Activity, Activity.happened_on, Activity.place).where(
            *planned, Activity.happened_on < today
        ),
        _part("promise", ActionItem, ActionItem.due_on, ActionItem.text).where(
            *undone, ActionItem.owner == "coach",
            or_(ActionItem.due_on.is_(None), ActionItem.due_on <= today + timedelta(days=AHEAD_DAYS)),
        ),
        _part("waits", ActionItem, ActionItem.due_on, ActionItem.text).where(*undone, ActionItem.owner == "holder"),
        _part("news", FollowUp, FollowUp.due_on, cast(FollowUp.months, String)).where(
            FollowUp.record_id.in_(own), FollowUp.done_on.is_(None), FollowUp.due_on <= today
        ),
        _part("proposal", RecordProposal, cast(null(), Date), RecordProposal.kind).where(
            RecordProposal.record_id.in_(own), RecordProposal.answered_at.is_(None)
        ),
        _part("sent", Referral, cast(null(), Date), Referral.need).where(
            Referral.from_user_id == me, Referral.state.in_(("sent", "accepted")), here
        ),
        _part("received", Referral, cast(null(), Date), Referral.need).where(
            Referral.to_organisation_id.in_(works_at), Referral.state.in_(("sent", "accepted"))
        ),
        _part("message", RecordMessage, cast(null(), Date), literal("")).where(*_unread(me), here),
        _part("opinion", RecordOpinion, RecordOpinion.due_on, literal("")).where(
            RecordOpinion.asked_to_id == me, RecordOpinion.answered_at.is_(None), RecordOpinion.revoked_at.is_(None)
        ),
        _part("unread", Handover, cast(null(), Date), literal("")).where(
            Handover.from_user_id == me, Handover.read_at.is_(None), or_(here, CoachingRecord.id.in_(left))
        ),
        _part("handover", Handover, cast(null(), Date), Handover.words).where(
            Handover.to_user_id == me, Handover.read_at.is_(None), here
        ),
    ]  # fmt: skip
    everything: Any = union_all(*(part.where(~shut_to(viewer)) for part in parts))
    rows = db.session.execute(everything.order_by("at", "day", "id").limit(400))
    return [Line(*row) for row in rows]


def _unread(me: int) -> list[ColumnElement[bool]]:
    """The last message of each thread that I answer for, when somebody else wrote it and I have not seen it."""
    mine = select(CoachingRecord.id).where(CoachingRecord.referent_id == me, CoachingRecord.state.in_(OPEN))
    last = (
        select(func.max(RecordMessage.id))
        .where(RecordMessage.record_id.in_(mine), RecordMessage.taken_back_at.is_(None))
        .group_by(RecordMessage.record_id)
    )
    seen = (
        select(ThreadRead.last_message_id)
        .where(ThreadRead.record_id == RecordMessage.record_id, ThreadRead.user_id == me)
        .scalar_subquery()
    )
    return [
        CoachingRecord.referent_id == me,  # so are those of `last`; said again, the planner begins with my records
        RecordMessage.id.in_(last),
        RecordMessage.author_id != me,
        RecordMessage.id > func.coalesce(seen, 0),
    ]


def _part(what: str, model: Any, on: Any, text: Any, *, starts: Any = None) -> Any:
    """Rows of one kind with their record: the same columns for every kind."""
    at = starts if starts is not None else cast(null(), DateTime(timezone=True))
    return (
        select(
            literal(what).label("what"), model.id.label("id"), CoachingRecord.id.label("record_id"),
            CoachingRecord.reference, Project.title, text.label("text"), on.label("day"), at.label("at"),
        )
        .join(CoachingRecord, CoachingRecord.id == model.record_id)
        .join(Project, Project.id == CoachingRecord.project_id)
    )  # fmt: skip


def last_words(viewer: Viewer, records: list[CoachingRecord]) -> dict[int, Noted]:
    """Record id → the latest note that I may read and that is not restricted. One statement, none without records."""
    works_at = viewer.organisation_ids(*WORKS)
    conditions = [
        and_(
            Note.record_id == record.id,
            readable(
                Note,
                Relation(
                    user_id=viewer.user_id, owner_id=record.organisation_id, works_at=works_at,
                    is_referent=record.referent_id == viewer.user_id and record.organisation_id in works_at,
                ),
            ),
        )
        for record in records
    ]  # fmt: skip
    return latest_of(or_(*conditions)) if conditions else {}


def search(viewer: Viewer, words: str, *, today: date) -> list[CoachingRecord]:
    """Records that I or my organisations have, by name, theme, commune, need or reference; accents ignored.

    One statement whatever exists elsewhere: nothing about others can be learnt from the answer.
    """
    folded = fold(words).split()[:8]
    if not folded:
        return []
    mine = or_(
        is_own(viewer, today=today),
        CoachingRecord.organisation_id.in_(viewer.organisation_ids(*WORKS)) & ~shut_to(viewer),
    )
    statement = (
        select(CoachingRecord)
        .options(
            joinedload(CoachingRecord.project).joinedload(Project.commune),
            joinedload(CoachingRecord.organisation),
            joinedload(CoachingRecord.programme),
        )
        .where(mine, *(CoachingRecord.search_text.contains(word, autoescape=True) for word in folded))
        .order_by(CoachingRecord.id.desc())
        .limit(MOST)
    )
    return list(db.session.scalars(statement))
