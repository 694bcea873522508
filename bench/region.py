"""A region after years of coaching: tens of thousands of records and the campaigns that grew from them, as rows.

Everything hangs on houses of five coaches, each with 40 open records. The reader's own house is made first, from
the same numbers whatever comes after it: its coaches open the same pages alone as among a hundred houses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.coaching import vault
from app.coaching.models import CoachingRecord
from app.coaching.rules import OPEN
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.network.models import Organisation, Programme, Right, Territory, TerritoryKind
from bench import region_campaigns, region_records
from bench.region_records import Ground, House, Made
from bench.rows import Rows

COACHES, MODERATORS = 5, 2
OPEN_EACH, PAST_EACH = 40, 60  # records of one coach
QUEUE = 12  # campaigns that wait at the reader's house
BATCH = 20_000


@dataclass(frozen=True)
class Size:
    """`houses` of 500 records each; `past`: closed records more that the reader's house has, `campaigns` in all."""

    houses: int
    past: int
    campaigns: int

    @property
    def records(self) -> int:
        return self.houses * COACHES * (OPEN_EACH + PAST_EACH) + self.past


SMALL = Size(houses=1, past=0, campaigns=20)
LARGE = Size(houses=96, past=2_000, campaigns=2_000)


@dataclass(frozen=True)
class Region:
    """What the reader's house opens: ids of its people, references of its open records, slugs of its queue."""

    records: int
    campaigns: int
    coaches: tuple[int, ...]
    moderator: int
    references: tuple[str, ...]
    queue: tuple[str, ...]


def settle(size: Size) -> Region:
    """Fill an empty platform that knows its territories and organisations. Inside an app context."""
    now, communes = clock.now(), _communes()
    programmes = list(db.session.scalars(select(Programme.id).where(Programme.is_coaching).order_by(Programme.id)))
    rows, homes = Rows(), _organisations(size.houses)
    with transaction():
        for place, organisation_id in enumerate(homes):
            house = _house(rows, organisation_id, now)
            ground = Ground(rows, house, now, communes, programmes)
            extra = size.past if place == 0 else 0
            made = list(_records(ground, extra))
            share = _share(size, place)
            region_campaigns.write(rows, house, made, share, waiting=QUEUE if place == 0 else 1, at=now)
            rows.send(at_least=BATCH)
        rows.finish()
    if db.engine.dialect.name == "postgresql":  # as its autovacuum does by itself
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return _seen(homes[0])


def _share(size: Size, place: int) -> int:
    """Campaigns of one house; they add up."""
    return size.campaigns // size.houses + (place < size.campaigns % size.houses)


def _records(ground: Ground, extra: int) -> Iterator[Made]:
    for coach in ground.house.coaches:
        for n in range(OPEN_EACH + PAST_EACH + extra // COACHES):
            yield region_records.write(ground, coach, n, is_open=n < OPEN_EACH)


def _house(rows: Rows, organisation_id: int, at: datetime) -> House:
    def people(role: Role, number: int) -> tuple[int, ...]:
        found = []
        for n in range(number):
            user = region_records.user(rows, f"{role}{n}.{organisation_id}", at)
            rows.add(
                Right, user_id=user, role=role, organisation_id=organisation_id, starts_at=at - timedelta(days=900)
            )
            found.append(user)
        return tuple(found)

    coaches, moderators = people(Role.COACH, COACHES), people(Role.MODERATOR, MODERATORS)
    return House(organisation_id, coaches, moderators, vault.make_key(organisation_id, at=at))


def _organisations(number: int) -> list[int]:
    """Those of the reference data, and more of the kind when there are too few; the reader's first."""
    known = list(db.session.scalars(select(Organisation.id).order_by(Organisation.slug != "pes-21", Organisation.id)))
    with transaction():
        for n in range(number - len(known)):
            more = Organisation(slug=f"structure-{n}", name=f"Structure d’appui {n}")
            db.session.add(more)
            db.session.flush()
            known.append(more.id)
    return known[:number]


def _communes() -> list[str]:
    return list(
        db.session.scalars(
            select(Territory.code).where(Territory.kind == TerritoryKind.COMMUNE).order_by(Territory.code)
        )
    )


def _seen(organisation_id: int) -> Region:
    """Read back what there is to open."""
    own = CoachingRecord.organisation_id == organisation_id
    people = {
        role: tuple(
            db.session.scalars(
                select(Right.user_id)
                .where(Right.organisation_id == organisation_id, Right.role == role)
                .order_by(Right.user_id)
            )
        )
        for role in (Role.COACH, Role.MODERATOR)
    }
    return Region(
        records=db.session.scalar(select(func.count(CoachingRecord.id))) or 0,
        campaigns=db.session.scalar(select(func.count(Campaign.id))) or 0,
        coaches=people[Role.COACH],
        moderator=people[Role.MODERATOR][0],
        references=tuple(
            db.session.scalars(
                select(CoachingRecord.reference).where(own, CoachingRecord.state.in_(OPEN)).order_by(CoachingRecord.id)
            )
        ),
        queue=tuple(
            db.session.scalars(
                select(Campaign.slug)
                .where(Campaign.organisation_id == organisation_id, Campaign.state == CampaignState.SUBMITTED)
                .order_by(Campaign.id)
            )
        ),
    )
