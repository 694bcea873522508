"""The queue: a query over submitted campaigns, not a list of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from app.accounts.models import User
from app.campaigns.mails import answer_days
from app.campaigns.models import Campaign, CampaignMember
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.calendar import working_days_between
from app.core.database import db
from app.moderation.models import Recusal, Review, ReviewPhase
from app.moderation.queries import OPEN_PHASES
from app.network.communes import departements
from app.network.models import Organisation


@dataclass(frozen=True)
class QueueLine:
    """One campaign of the queue. `age_days` in working days since its last submission."""

    slug: str
    title: str
    organisation: str
    departement: str
    goal_cents: int
    submitted_at: datetime
    age_days: int
    answer_by: date  # what was promised: the first answer while nobody has answered, then the decision
    is_late: bool
    state: str
    phase: str
    taken_by_id: int | None
    taken_by: str
    is_second: bool  # asked of us for a second person; another organisation reviews it
    is_appeal: bool

    @property
    def waits_for_holder(self) -> bool:
        return self.state == CampaignState.CHANGES_REQUESTED

    @property
    def is_proposed(self) -> bool:
        return self.phase == ReviewPhase.PROPOSED


@dataclass(frozen=True)
class Queue:
    """The same lines in the five ways a reviewer looks for them, each oldest first."""

    to_decide: list[QueueLine]
    mine: list[QueueLine]
    to_take: list[QueueLine]
    others: list[QueueLine]
    waiting: list[QueueLine]

    @property
    def is_empty(self) -> bool:
        return not (self.to_decide or self.mine or self.to_take or self.others or self.waiting)


def queue(organisation_ids: frozenset[int], *, viewer_id: int) -> Queue:
    """Everything submitted, proposed or waiting for its holder in these organisations. Two statements.

    Left out: campaigns the viewer carries or carried, and those the viewer stepped aside from.
    """
    found = _lines(organisation_ids, viewer_id)
    calm = [x for x in found if not x.is_proposed and not x.waits_for_holder and not x.is_second]
    return Queue(
        to_decide=[x for x in found if x.is_proposed],
        mine=[x for x in calm if x.taken_by_id == viewer_id],
        to_take=[x for x in calm if x.taken_by_id is None],
        others=[x for x in calm if x.taken_by_id not in {None, viewer_id}],
        waiting=[x for x in found if x.waits_for_holder],
    )


def _lines(organisation_ids: frozenset[int], viewer_id: int) -> list[QueueLine]:
    own = select(CampaignMember.campaign_id).where(CampaignMember.user_id == viewer_id)
    recused = (
        select(Review.campaign_id).join(Recusal, Recusal.review_id == Review.id).where(Recusal.user_id == viewer_id)
    )
    asked = Review.second_organisation_id.in_(organisation_ids) & (Review.phase == ReviewPhase.PROPOSED)
    rows = db.session.execute(
        select(
            Campaign.slug, Campaign.title, Organisation.name.label("organisation"), Campaign.departement_code,
            Campaign.goal_cents, Campaign.submitted_at, Campaign.state, Campaign.organisation_id,
            Campaign.appealed_at, Review.phase, Review.taken_by_id, Review.first_answer_at,
            User.name.label("taken_by"),
        )
        .join(Organisation, Organisation.id == Campaign.organisation_id)
        .outerjoin(Review, (Review.campaign_id == Campaign.id) & Review.phase.in_(OPEN_PHASES))
        .outerjoin(User, User.id == Review.taken_by_id)
        .where(
            or_(Campaign.organisation_id.in_(organisation_ids), asked),
            Campaign.state.in_([CampaignState.SUBMITTED, CampaignState.CHANGES_REQUESTED]),
            Campaign.owner_id != viewer_id,
            Campaign.id.not_in(own),
            Campaign.id.not_in(recused),
        )
        .order_by(Campaign.submitted_at, Campaign.id)
        .limit(200)
    )  # fmt: skip
    now = clock.now()
    today = clock.paris_day(now).date()
    names = {departement.code: departement.name for departement in departements()}
    lines = []
    for row in rows:
        sent = row.submitted_at or now
        first, decision = answer_days(sent)
        answer_by = first if row.first_answer_at is None else decision
        lines.append(
            QueueLine(
                slug=row.slug, title=row.title, organisation=row.organisation,
                departement=names.get(row.departement_code or "", ""), goal_cents=row.goal_cents or 0,
                submitted_at=sent, age_days=working_days_between(clock.paris_day(sent).date(), today),
                answer_by=answer_by, is_late=today > answer_by, state=str(row.state), phase=str(row.phase or ""),
                taken_by_id=row.taken_by_id, taken_by=row.taken_by or "",
                is_second=row.organisation_id not in organisation_ids, is_appeal=row.appealed_at is not None,
            )
        )  # fmt: skip
    return lines
