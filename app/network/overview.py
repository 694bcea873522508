"""What the administrator sees first: counts, the worker's health, mails that wait, recent changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from app.accounts.models import User, UserState
from app.accounts.queries import names_of
from app.core import clock
from app.core.database import db
from app.core.jobs import newest_beat
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from app.core.texts import DEFAULTS, SiteText, all_texts, platform_fee_bps
from app.network.models import Consortium, Offer, Organisation, Programme, Right
from app.network.queries import LARGEST_ID, coverage, in_force
from app.network.rules import CAMPAIGN_PROGRAMME

PREFIXES = (
    "organisation.", "offer.", "right.", "text.", "fee.", "area.", "consortium.", "programme.", "account.suspended",
    "account.restored",
)  # fmt: skip
PAGE = 50


@dataclass(frozen=True)
class Overview:
    """The counts of the first page."""

    organisations: int
    people: int
    rights: int
    communes_without_campaign_operator: int
    mails_waiting: int
    mails_given_up: int
    worker_seen_at: datetime | None
    worker_is_well: bool
    texts_missing: int


def overview() -> Overview:
    at = clock.now()
    cells = coverage(clock.paris_day(at).date())
    seen = newest_beat()
    unsent = select(func.count()).select_from(OutboxMail).where(OutboxMail.sent_at.is_(None))
    return Overview(
        organisations=_count(select(func.count()).where(Organisation.is_active)),
        people=_count(select(func.count()).where(User.state == UserState.ACTIVE)),
        rights=_count(select(func.count()).where(in_force(at))),
        communes_without_campaign_operator=sum(
            cell.communes - cell.answered for (code, _), cell in cells.items() if code == CAMPAIGN_PROGRAMME
        ),
        mails_waiting=_count(unsent.where(OutboxMail.given_up_at.is_(None))),
        mails_given_up=_count(unsent.where(OutboxMail.given_up_at.is_not(None))),
        worker_seen_at=seen.at if seen else None,
        worker_is_well=seen is not None and seen.is_well(clock.real_now()),
        texts_missing=len(missing_texts()),
    )


def _count(query: object) -> int:
    return int(db.session.scalar(query) or 0)  # type: ignore[call-overload]  # any SELECT count(*)


OPTIONAL = {"announcement", "orias_number", "publisher_phone"}


@dataclass(frozen=True)
class Text:
    """An editable text; `version` 0 when it was never set."""

    key: str
    value: str
    version: int
    changed_at: datetime | None


def texts() -> list[Text]:
    """Every text in the order of DEFAULTS, without the fee (it has its own form)."""
    rows = {row.key: row for row in db.session.scalars(select(SiteText))}
    values = all_texts()
    return [_text(key, values[key], rows.get(key)) for key in DEFAULTS if key != "platform_fee_bps"]


def missing_texts() -> list[str]:
    """The keys of the texts that pages show as missing."""
    return [row.key for row in texts() if not row.value and row.key not in OPTIONAL]


def find_text(key: str) -> Text | None:
    """The fee's value is in basis points, the setting's when nobody edited it."""
    if key not in DEFAULTS:
        return None
    row = db.session.scalar(select(SiteText).where(SiteText.key == key))
    value = str(platform_fee_bps()) if key == "platform_fee_bps" else (row.value if row else DEFAULTS[key])
    return _text(key, value, row)


def _text(key: str, value: str, row: SiteText | None) -> Text:
    return Text(key, value, row.version if row else 0, row.changed_at if row else None)


@dataclass(frozen=True)
class Change:
    """A line of the journal with its names: who, what, on what."""

    id: int
    at: datetime
    action: str
    actor: str
    subject: str
    person: str
    data: dict[str, object]


def changes(*, before: int | None = None) -> list[Change]:
    """The changes of the administration, newest first, PAGE at most (one more says that there are older)."""
    query = (
        select(JournalEntry)
        .where(or_(*(JournalEntry.action.startswith(prefix) for prefix in PREFIXES)))
        .order_by(JournalEntry.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(JournalEntry.id < min(before, LARGEST_ID))
    entries = list(db.session.scalars(query))
    people = names_of(
        {e.actor_id for e in entries if e.actor_id} | {int(e.data["user"]) for e in entries if "user" in e.data}
    )
    subjects = _subject_names(entries)
    return [
        Change(
            id=e.id,
            at=e.at,
            action=e.action,
            actor=people.get(e.actor_id or 0, ""),
            subject=str(e.data.get("area") or subjects.get((e.subject_kind, e.subject_id), "")),
            person=people.get(int(e.data.get("user") or 0), ""),
            data=e.data,
        )
        for e in entries
    ]


def why_suspended(user: User) -> JournalEntry | None:
    """The line of the journal about the suspension in force."""
    if user.state != UserState.SUSPENDED:
        return None
    return db.session.scalar(
        select(JournalEntry)
        .where(
            JournalEntry.subject_kind == "users",
            JournalEntry.subject_id == user.id,
            JournalEntry.action == "account.suspended",
        )
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )


def _subject_names(entries: list[JournalEntry]) -> dict[tuple[str, int], str]:
    ids = {
        kind: {e.subject_id for e in entries if e.subject_kind == kind}
        for kind in ("organisations", "offers", "rights", "consortia", "programmes")
    }
    names: dict[tuple[str, int], str] = {}
    for o in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids["organisations"]))):
        names["organisations", o.id] = o.name
    for offer in db.session.scalars(select(Offer).where(Offer.id.in_(ids["offers"]))):
        names["offers", offer.id] = f"{offer.organisation.name}, {offer.programme.name}, {offer.territory.name}"
    for right in db.session.scalars(select(Right).where(Right.id.in_(ids["rights"]))):
        names["rights", right.id] = right.organisation.name if right.organisation else ""
    for group in db.session.scalars(select(Consortium).where(Consortium.id.in_(ids["consortia"]))):
        names["consortia", group.id] = group.name
    for programme in db.session.scalars(select(Programme).where(Programme.id.in_(ids["programmes"]))):
        names["programmes", programme.id] = programme.name
    for row in db.session.scalars(select(SiteText)):
        names["site_texts", row.id] = row.key
    return names
