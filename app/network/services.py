"""Verbs of the network: rights, organisations, offers, texts. The caller commits; each writes the journal."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.session_services import end_sessions
from app.core.access import Role
from app.core.database import db
from app.core.journal import record
from app.core.text import slugify
from app.core.texts import SiteText, platform_fee_bps, set_text
from app.network import mails
from app.network.errors import (
    AccountNotReady,
    BadPeriod,
    FallbackStays,
    LastAdministrator,
    OfferOverlaps,
    OverwriteRefused,
    OwnRight,
    RightAlreadyHeld,
    RightEnded,
    RightNotPossible,
    SlugTaken,
)
from app.network.models import Offer, OfferLevel, Organisation, Right
from app.network.queries import in_force
from app.network.rules import overlap, role_fits

HIGHEST_FEE_BPS = 3_000


def give_right(
    user_id: int, role: Role, organisation_id: int | None, by: int | None, at: datetime, *,
    starts_at: datetime | None = None, ends_at: datetime | None = None,
) -> Right:  # fmt: skip
    """Give a role from `starts_at` (now) to `ends_at` (until ended). `by` None: a command or a seed, and no mail.

    Errors: OwnRight (to themself), AccountNotReady, RightNotPossible (role and organisation), BadPeriod,
    RightAlreadyHeld.
    """
    if by == user_id:
        raise OwnRight
    user = db.session.get(User, user_id)
    if user is None or not user.is_active:
        raise AccountNotReady
    organisation = db.session.get(Organisation, organisation_id) if organisation_id is not None else None
    if organisation_id is not None and (organisation is None or not organisation.is_active):
        raise RightNotPossible
    if not role_fits(role, has_organisation=organisation is not None):
        raise RightNotPossible
    start = starts_at or at
    if ends_at is not None and ends_at <= start:
        raise BadPeriod
    _refuse_twin(user_id, role, organisation_id, start, ends_at)
    right = Right(
        user_id=user_id, role=role, organisation_id=organisation_id, starts_at=start, ends_at=ends_at,
        given_by_id=by,
    )  # fmt: skip
    db.session.add(right)
    db.session.flush()
    record("right.given", on=right, by=by, at=at, user=user_id, role=str(role), organisation=organisation_id)
    if by is not None:
        mails.right_given(right, user, at=at)
    end_sessions(user_id, by=by, at=at)  # a key taken before must not grow with the role (decision D3)
    return right


def _refuse_twin(user_id: int, role: Role, organisation_id: int | None, start: datetime, end: datetime | None) -> None:
    same = select(Right).where(
        Right.user_id == user_id,
        Right.role == role,
        Right.organisation_id.is_(None) if organisation_id is None else Right.organisation_id == organisation_id,
    )
    for other in db.session.scalars(same):
        ended = other.ends_at is not None and other.ends_at <= start
        later = end is not None and other.starts_at >= end
        if not ended and not later and other.ends_at != other.starts_at:
            raise RightAlreadyHeld


def end_right(right: Right, by: int | None, at: datetime) -> None:
    """End a right at once; the row stays. Errors: RightEnded (already), LastAdministrator."""
    if right.ends_at is not None and right.ends_at <= at:
        raise RightEnded
    if right.role == Role.PLATFORM_ADMIN and _administrators(at) - {right.user_id} == set():
        raise LastAdministrator
    right.ends_at = max(at, right.starts_at)  # one that had not begun never begins
    record(
        "right.ended", on=right, by=by, at=at,
        user=right.user_id, role=str(right.role), organisation=right.organisation_id,
    )  # fmt: skip
    end_sessions(right.user_id, by=by, at=at)


def _administrators(at: datetime) -> set[int]:
    return set(db.session.scalars(select(Right.user_id).where(Right.role == Role.PLATFORM_ADMIN, in_force(at))))


def create_organisation(*, name: str, by: int, at: datetime, **about: object) -> Organisation:
    """Add a support organisation; its address part is made once, from its name. Errors: SlugTaken."""
    slug = slugify(name, 80)
    if db.session.scalar(select(Organisation.id).where(Organisation.slug == slug)) is not None:
        raise SlugTaken
    organisation = Organisation(slug=slug, name=name, **about)
    db.session.add(organisation)
    record("organisation.created", on=organisation, by=by, at=at)
    return organisation


def change_organisation(organisation: Organisation, *, version: int, by: int, at: datetime, **about: object) -> None:
    """Save what was edited from `version`. Errors: OverwriteRefused when somebody saved since."""
    if organisation.version != version:
        raise OverwriteRefused
    for name, value in about.items():
        setattr(organisation, name, value)
    record("organisation.changed", on=organisation, by=by, at=at, fields=",".join(sorted(about)))


def set_active(organisation: Organisation, *, is_active: bool, by: int, at: datetime) -> None:
    """Close or reopen: a closed one answers nowhere and its people lose its rights at once.

    Errors: FallbackStays.
    """
    if organisation.is_fallback:
        raise FallbackStays
    if organisation.is_active != is_active:
        organisation.is_active = is_active
        record(f"organisation.{'reopened' if is_active else 'closed'}", on=organisation, by=by, at=at)


def add_offer(
    *, organisation_id: int, programme_id: int, territory_code: str, starts_on: date, ends_on: date | None,
    to_confirm: bool, reason: str, by: int, at: datetime, capacity: int | None = None, accepts: bool = True,
    level: OfferLevel | None = None, sectors: list[str] | None = None,
) -> Offer:  # fmt: skip
    """Say that an organisation answers for a programme on a territory, both days included.

    Errors: BadPeriod, OfferOverlaps, FallbackStays (the fallback answers where nobody offers).
    """
    if ends_on is not None and ends_on < starts_on:
        raise BadPeriod
    organisation = db.session.get_one(Organisation, organisation_id)
    if organisation.is_fallback:
        raise FallbackStays
    twins = select(Offer).where(
        Offer.organisation_id == organisation_id,
        Offer.programme_id == programme_id,
        Offer.territory_code == territory_code,
    )
    if any(overlap((o.starts_on, o.ends_on), (starts_on, ends_on)) for o in db.session.scalars(twins)):
        raise OfferOverlaps
    offer = Offer(
        organisation_id=organisation_id, programme_id=programme_id, territory_code=territory_code,
        starts_on=starts_on, ends_on=ends_on, to_confirm=to_confirm, reason=reason, capacity=capacity,
        accepts=accepts, level=level, sectors=sectors or None,
    )  # fmt: skip
    db.session.add(offer)
    record("offer.added", on=offer, by=by, at=at, organisation=organisation_id, territory=territory_code)
    return offer


def change_offer(
    offer: Offer, *, capacity: int | None, accepts: bool, level: OfferLevel | None, to_confirm: bool, by: int,
    at: datetime, sectors: list[str] | None = None,
) -> None:  # fmt: skip
    """How much an organisation takes on; requests of now on follow. `capacity`: records at a time, None no limit."""
    offer.capacity, offer.accepts, offer.level, offer.to_confirm = capacity, accepts, level, to_confirm
    offer.sectors = sectors or None
    record(
        "offer.changed",
        on=offer,
        by=by,
        at=at,
        accepts=accepts,
        capacity=capacity,
        level=str(level or ""),
        sectors=" ".join(sectors or []),
    )


def end_offer(offer: Offer, *, last_day: date, reason: str, by: int, at: datetime) -> None:
    """Let an offer end after `last_day` (included). Errors: BadPeriod when it would end before it began."""
    if last_day < offer.starts_on:
        raise BadPeriod
    offer.ends_on, offer.ended_reason = last_day, reason
    record("offer.ended", on=offer, by=by, at=at, last_day=last_day.isoformat())


def change_text(key: str, value: str, *, version: int, by: int, at: datetime) -> None:
    """Save a text edited from `version` (0: never set). Errors: KeyError, OverwriteRefused."""
    row = db.session.scalar(select(SiteText).where(SiteText.key == key))
    if (row.version if row else 0) != version:
        raise OverwriteRefused
    set_text(key, value, by=by, at=at)


def change_fee(bps: int, *, version: int, by: int, at: datetime) -> None:
    """The platform's rate for campaigns submitted from now on, 0 to 3000 basis points.

    Errors: ValueError outside these bounds, OverwriteRefused.
    """
    if not 0 <= bps <= HIGHEST_FEE_BPS:
        raise ValueError(f"bad fee: {bps=}")
    before = platform_fee_bps()
    change_text("platform_fee_bps", str(bps), version=version, by=by, at=at)
    row = db.session.execute(select(SiteText).where(SiteText.key == "platform_fee_bps")).scalar_one()
    record("fee.changed", on=row, by=by, at=at, from_bps=before, to_bps=bps)
