"""The verbs of coaching. The caller commits; each writes its journal line."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Select, select, update

from app.accounts.models import User
from app.coaching import note_services
from app.coaching.errors import NotYourAction, NotYourDraft
from app.coaching.levels import Level
from app.coaching.models import (
    ActionItem,
    Activity,
    CoachingRecord,
    Consent,
    Person,
    Project,
    ProjectMember,
    RecordCounter,
)
from app.coaching.path_services import add_objective, add_outcome, move, set_step, write_move
from app.coaching.rules import CATEGORY_OF, ActivityKind, Attendance, Category, ConsentPurpose, RecordState
from app.coaching.search_services import write_search
from app.core import clock
from app.core.database import db
from app.core.journal import record as journal
from app.core.text import fold
from app.network.models import Organisation, Programme

__all__ = ["add_objective", "add_outcome", "move", "set_step"]  # verbs of the path, for those who open records
MENTION_VERSION = "2026-11"


def person_for(user: User, *, at: datetime) -> Person:
    """The person behind an account; one met before under the same verified e-mail is joined to it."""
    person = db.session.scalar(select(Person).where(Person.user_id == user.id))
    if person is None:
        person = db.session.scalar(_of_address(user.email).where(Person.user_id.is_(None)))
    if person is None:
        person = Person(name=user.name, email=user.email, created_at=at)
        db.session.add(person)
    person.user_id = user.id
    db.session.flush()
    return person


def _of_address(address: str) -> Select[Person]:
    """The person of an address; never one whose address a stranger may have typed."""
    return select(Person).where(Person.email == address, ~Person.is_unconfirmed).order_by(Person.id).limit(1)


def person_met(*, name: str, email: str, at: datetime) -> Person:
    """Somebody met by a coach, with or without an account. `email` may be empty."""
    address = email.strip().lower() or None
    person = db.session.scalar(_of_address(address)) if address else None
    if person is None:
        person = Person(name=name, email=address, created_at=at)
        db.session.add(person)
        db.session.flush()
    return person


def create_project(
    *, title: str, commune_code: str | None, themes: list[str], person: Person, at: datetime, told_name: str = ""
) -> Project:
    """`told_name`: how this person was named to whoever opens the project; "" for somebody who names themselves."""
    project = Project(
        title=title,
        search_title=fold(title)[:160],
        commune_code=commune_code,
        themes=themes,
        created_at=at,
    )
    db.session.add(project)
    db.session.flush()
    db.session.add(ProjectMember(project_id=project.id, person_id=person.id, told_name=told_name or None))
    db.session.flush()
    return project


def open_record(
    *,
    project: Project,
    programme: Programme,
    organisation: Organisation,
    referent: User | None,
    since: date,
    by: int | None,
    at: datetime,
    step: str = "",
    next_action: str = "",
    next_action_on: date | None = None,
) -> CoachingRecord:
    """Open the coaching record of a project; may exist before any campaign, account or referent (a request)."""
    departement = (project.commune.departement_code if project.commune else None) or "00"
    record = CoachingRecord(
        reference=_next_reference(clock.paris_day(at).year, departement),
        project_id=project.id,
        programme_id=programme.id,
        template_version=programme.template_version,
        organisation_id=organisation.id,
        referent_id=referent.id if referent else None,
        since=since,
        step=step,
        next_action=next_action,
        next_action_on=next_action_on,
        created_at=at,
    )
    db.session.add(record)
    db.session.flush()
    write_move(record, RecordState.REQUESTED, by=by, at=at, is_first=True)
    write_search(record)
    journal("record.opened", on=record, by=by, at=at, organisation=organisation.id, referent=record.referent_id)
    return record


def _next_reference(year: int, departement: str) -> str:
    """« 2026-21-0042 »: without gaps per year and département, taken under the row's own lock."""
    key = f"{year}-{departement}"
    taken = db.session.execute(
        update(RecordCounter).where(RecordCounter.year_departement == key).values(last=RecordCounter.last + 1)
    )
    if taken.rowcount == 0:  # type: ignore[attr-defined]  # known to CursorResult only
        db.session.add(RecordCounter(year_departement=key, last=1))
        db.session.flush()
    last = db.session.scalar(select(RecordCounter.last).where(RecordCounter.year_departement == key))
    return f"{key}-{last:04d}"


def add_activity(
    record: CoachingRecord,
    *,
    kind: ActivityKind,
    happened_on: date,
    duration_min: int,
    summary: str,
    by: int,
    at: datetime,
    visibility: Level = Level.HOLDER,
    draft_id: str = "",
    attendance: Attendance = Attendance.HELD,
    starts_at: datetime | None = None,
    place: str = "",
    session: Activity | None = None,
) -> Activity:
    """Something that happened, which the holder may know of, and words about it at the level of `visibility`.

    `draft_id`: the draft that these words were until now; `session`: the appointment that it was.
    Errors: NotYourDraft.
    """
    if draft_id and db.session.scalar(select(Activity.id).where(Activity.once == draft_id)) is not None:
        raise NotYourDraft
    made = Activity(
        record_id=record.id,
        kind=kind,
        happened_on=happened_on,
        duration_min=duration_min,
        attendance=attendance,
        category=CATEGORY_OF.get(kind, Category.TASK),
        starts_at=starts_at,
        place=place or None,
        once=draft_id or None,
        author_id=by,
        organisation_id=record.organisation_id,
        created_at=at,
    )
    activity = made if session is None else _complete(session, made)
    db.session.add(activity)
    db.session.flush()
    journal("record.activity", on=record, by=by, at=at, kind=kind.value, minutes=duration_min)
    if summary.strip():
        note_services.write_note(
            record, text=summary, visibility=visibility, by=by, at=at, activity=activity, draft_id=draft_id
        )
    return activity


def _complete(session: Activity, made: Activity) -> Activity:
    """An appointment becomes what happened at it."""
    for name in ("kind", "happened_on", "duration_min", "attendance", "category", "place", "once", "author_id"):
        setattr(session, name, getattr(made, name))
    return session


def plan_meeting(record: CoachingRecord, *, on: date, hour: time | None, place: str, by: int, at: datetime) -> Activity:
    """An appointment: an activity that is still to come. `hour`: Paris time."""
    starts_at = datetime.combine(on, hour, clock.PARIS) if hour else None
    return add_activity(
        record, kind=ActivityKind.INTERVIEW, happened_on=on, duration_min=60, summary="", by=by, at=at,
        attendance=Attendance.PLANNED, starts_at=starts_at, place=place,
    )  # fmt: skip


def add_action(
    record: CoachingRecord, *, text: str, owner: str, due_on: date | None, by: int, at: datetime
) -> ActionItem:
    """An action that is open with the same words, person and day is this one: a second click adds nothing."""
    same = select(ActionItem).where(
        ActionItem.record_id == record.id, ActionItem.text == text, ActionItem.owner == owner,
        ActionItem.due_on.is_not_distinct_from(due_on), ActionItem.done_at.is_(None), ActionItem.dropped_at.is_(None),
    )  # fmt: skip
    if found := db.session.scalars(same).first():
        return found
    item = ActionItem(
        record_id=record.id, text=text, owner=owner, due_on=due_on, author_id=by,
        organisation_id=record.organisation_id, created_at=at,
    )  # fmt: skip
    db.session.add(item)
    journal("record.action_added", on=record, by=by, at=at, owner=owner)
    return item


def tick_action(
    record: CoachingRecord, item: ActionItem, *, done: bool, is_holder: bool, by: int, at: datetime
) -> None:
    """Done, or not done after all; said twice it is as said once. Errors: NotYourAction (the holder's own only)."""
    if is_holder and item.owner != "holder":
        raise NotYourAction
    if done is (item.done_at is not None):
        return
    item.done_at = at if done else None
    journal("record.action_ticked", on=record, by=by, at=at, item=item.id, done=item.done_at is not None)


def set_path(
    record: CoachingRecord, *, step: str, next_action: str, next_action_on: date | None, by: int, at: datetime
) -> None:
    """Where we are (a free step) and what comes next."""
    record.step, record.next_action, record.next_action_on = step, next_action, next_action_on
    journal("record.path", on=record, by=by, at=at)


def sign_engagement(record: CoachingRecord, *, on: date, by: int, at: datetime) -> None:
    """The day the holder and the organisation signed what they owe each other."""
    record.engagement_signed_on = on
    journal("record.engagement", on=record, by=by, at=at)


def give_public_mention(record: CoachingRecord, *, by: int, at: datetime) -> None:
    """The holder agrees to the public line « accompagné par … »; a second time changes nothing."""
    if _mention_consent(record, by) is None:
        db.session.add(
            Consent(
                record_id=record.id,
                user_id=by,
                purpose=ConsentPurpose.PUBLIC_MENTION,
                text_version=MENTION_VERSION,
                given_at=at,
            )
        )
        journal("record.mention_given", on=record, by=by, at=at, version=MENTION_VERSION)


def withdraw_public_mention(record: CoachingRecord, *, by: int, at: datetime) -> None:
    consent = _mention_consent(record, by)
    if consent is not None:
        consent.withdrawn_at = at
        journal("record.mention_withdrawn", on=record, by=by, at=at)


def _mention_consent(record: CoachingRecord, user_id: int) -> Consent | None:
    return db.session.scalar(
        select(Consent).where(
            Consent.record_id == record.id,
            Consent.user_id == user_id,
            Consent.purpose == ConsentPurpose.PUBLIC_MENTION,
            Consent.withdrawn_at.is_(None),
        )
    )
