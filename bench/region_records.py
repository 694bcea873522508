"""The coaching records of a region, as rows: one after the other from its number alone, so that two runs are alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.accounts.models import User
from app.coaching import vault
from app.coaching.message_models import RecordMessage
from app.coaching.models import ActionItem, Activity, CoachingRecord, Consent, Person, Project, ProjectMember
from app.coaching.note_models import Note
from app.coaching.path_models import FollowUp, Objective, Outcome, RecordMove
from app.coaching.rules import ActivityKind, Attendance, Category, ConsentPurpose, RecordState
from app.core import clock
from app.core.journal import JournalEntry
from app.core.text import fold, public_id
from bench.rows import Rows

KINDS = (ActivityKind.WELCOME, ActivityKind.INTERVIEW, ActivityKind.CALL, ActivityKind.WORKSHOP)
OPEN_STATES = (RecordState.COACHED, RecordState.COACHED, RecordState.COACHED, RecordState.EXPLORING)
NOTE = "Le local est trouvé, le prévisionnel est à relire ensemble avant de voir la banque. " * 3
HAPPENED, PROMISED = 6, 3  # activities with their notes, and actions, of a record
MONTHS = (6, 12, 24, 36)
WORDS = "2026-11"


@dataclass(frozen=True)
class House:
    """An organisation with its people; its notes are sealed under `key`."""

    organisation_id: int
    coaches: tuple[int, ...]
    moderators: tuple[int, ...]
    key: vault.DataKey


@dataclass(frozen=True)
class Ground:
    rows: Rows
    house: House
    now: datetime
    communes: list[str]
    programmes: list[int]

    @property
    def today(self) -> date:
        return clock.paris_day(self.now).date()


@dataclass(frozen=True)
class Made:
    """What a campaign needs of the record it hangs on."""

    id: int
    project_id: int
    holder_id: int
    title: str
    commune: str
    is_open: bool


def user(rows: Rows, name: str, at: datetime) -> int:
    """A confirmed account that nobody signs in to with a password."""
    return rows.add(
        User, email=f"{name.lower()}@exemple.invalid", name=name, password_hash="-", created_at=at,
        email_verified_at=at, version=1,
    )  # fmt: skip


def write(ground: Ground, coach: int, n: int, *, is_open: bool) -> Made:
    """The n-th record of a coach: the open ones began this year, the others in the years before."""
    rows, since = ground.rows, ground.today - timedelta(days=20 + 7 * n)
    at = _at(since)
    commune = ground.communes[(coach * 131 + n * 17) % len(ground.communes)]
    name, title = f"Porteuse {coach}-{n}", f"Atelier partagé {coach}-{n}"
    holder = user(rows, name, at)
    person = rows.add(Person, name=name, email=f"{name.lower()}@exemple.invalid", user_id=holder, created_at=at)
    project = rows.add(Project, title=title, search_title=fold(title), commune_code=commune, created_at=at)
    rows.add(ProjectMember, project_id=project, person_id=person, told_name=name)
    state = OPEN_STATES[n % len(OPEN_STATES)] if is_open else RecordState.CLOSED
    reference = f"B{coach}-{n:05d}"
    record = rows.add(
        CoachingRecord, reference=reference, project_id=project,
        programme_id=ground.programmes[n % len(ground.programmes)], organisation_id=ground.house.organisation_id,
        referent_id=coach, state=state, step="Étude du marché", since=since,
        next_action="Relire le prévisionnel" if is_open else "",
        next_action_on=ground.today + timedelta(days=n % 30 - 5) if is_open else None,
        closed_at=None if is_open else at + timedelta(days=300), closing_reason="" if is_open else "Projet abouti",
        search_text=fold(f"{reference} {title} {name}"), created_at=at, version=1,
    )  # fmt: skip
    _happenings(ground, record, coach, n, is_open=is_open)
    _path(ground, record, project, coach, since, is_open=is_open)
    rows.add(
        Consent,
        record_id=record,
        user_id=holder,
        purpose=ConsentPurpose.PUBLIC_MENTION,
        text_version=WORDS,
        given_at=at,
    )
    return Made(record, project, holder, title, commune, is_open)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=clock.now().tzinfo)


def _happenings(ground: Ground, record: int, coach: int, n: int, *, is_open: bool) -> None:
    """Six meetings with a note each; of an open record the next one is planned, of every tenth for today."""
    rows, house, began = ground.rows, ground.house, ground.today - timedelta(days=20 + 7 * n)
    own = {"record_id": record, "organisation_id": house.organisation_id}
    for k in range(HAPPENED):
        day = min(began + timedelta(days=30 * k), ground.today - timedelta(days=1))
        level = "team" if k % 2 else "holder"
        activity = rows.add(
            Activity, **own, author_id=coach, visibility="holder", kind=KINDS[k % len(KINDS)], happened_on=day,
            duration_min=60, attendance=Attendance.HELD, category=Category.TASK, starts_at=None, place=None,
            created_at=_at(day),
        )  # fmt: skip
        name = public_id()
        rows.add(
            Note, **own, author_id=coach, visibility=level, public_id=name, activity_id=activity, key_id=house.key.id,
            sealed=vault.seal_text(NOTE, house.key, name), is_draft=False, created_at=_at(day), version=1,
        )  # fmt: skip
        rows.add(
            JournalEntry, at=_at(day), action="record.activity", subject_kind="coaching_records", subject_id=record,
            actor_id=coach, data={},
        )  # fmt: skip
    if is_open:
        day = ground.today + timedelta(days=n % 10)
        rows.add(
            Activity, **own, author_id=coach, visibility="holder", kind=ActivityKind.INTERVIEW, happened_on=day,
            duration_min=60, attendance=Attendance.PLANNED, category=Category.TASK, starts_at=_at(day),
            place="La Cordée", created_at=_at(began),
        )  # fmt: skip
    for k in range(3):
        name = public_id()
        rows.add(
            RecordMessage, **own, author_id=coach, visibility="holder", public_id=name, key_id=house.key.id,
            sealed=vault.seal_text("À jeudi, avec les devis.", house.key, name), sent_at=_at(began + timedelta(days=k)),
            told_at=_at(began + timedelta(days=k)),
        )  # fmt: skip


def _path(ground: Ground, record: int, project: int, coach: int, since: date, *, is_open: bool) -> None:
    rows, at = ground.rows, _at(since)
    own = {
        "record_id": record, "organisation_id": ground.house.organisation_id, "author_id": coach,
        "visibility": "holder", "created_at": at,
    }  # fmt: skip
    for k in range(PROMISED):
        done_at = at + timedelta(days=30) if k == 0 or not is_open else None
        rows.add(
            ActionItem, **own, text="Demander un devis au menuisier", owner="coach" if k == 1 else "holder",
            due_on=ground.today + timedelta(days=k * 10 - 5), done_at=done_at,
        )  # fmt: skip
    rows.add(Objective, **own, text="Ouvrir au printemps", owner="holder", status="in_progress", changed_at=at)
    moves = [("", RecordState.WELCOMED), (RecordState.WELCOMED, RecordState.EXPLORING)]
    moves += [(RecordState.EXPLORING, RecordState.COACHED)]
    moves += [] if is_open else [(RecordState.COACHED, RecordState.CLOSED)]
    for k, (old, new) in enumerate(moves):
        rows.add(
            RecordMove, record_id=record, at=at + timedelta(days=60 * k), by_id=coach, old_state=old, new_state=new
        )
    if is_open:
        return
    rows.add(
        Outcome, project_id=project, record_id=record, kind="structure_created", happened_on=since,
        recorded_by_id=coach, created_at=at,
    )  # fmt: skip
    for months in MONTHS:
        due = since + timedelta(days=30 * months)
        is_done = due < ground.today
        rows.add(
            FollowUp, record_id=record, months=months, due_on=due, done_on=due if is_done else None,
            alive="yes" if is_done else "",
        )  # fmt: skip
