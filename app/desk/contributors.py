"""Who contributes, as the team may know them: one statement, then chosen and sorted in words. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from app.campaigns.models import Reward
from app.core.database import db
from app.core.text import fold
from app.desk.models import Delivery, Message, MessageRecipient
from app.desk.rules import SHOWN_TO_TEAM, DeliveryState
from app.desk.words import SEGMENTS, THANKED
from app.pledges.models import Pledge
from app.pledges.rules import OPEN_AFTER_VERDICT, PledgeState

MOST = 5000
STATES: dict[str, frozenset[PledgeState]] = {
    "promises": frozenset({PledgeState.AUTHORISED}),
    "payees": frozenset({PledgeState.PAID, PledgeState.PART_REFUNDED}),
    "reparer": OPEN_AFTER_VERDICT,
    "contestees": frozenset({PledgeState.DISPUTED}),
}
WITHOUT = "sans"  # the segment of those who chose no reward


@dataclass(frozen=True)
class Contributor:
    """One contribution. Cents; `name` "" when none was given. The e-mail address stays with the platform."""

    pledge_id: int
    name: str
    is_anonymous: bool
    amount_cents: int
    state: str
    reward_id: int | None
    reward: str
    message: str
    at: datetime
    is_thanked: bool
    delivery: str  # "" without reward


@dataclass(frozen=True)
class Segment:
    """What a team member looks for, read from the address of the page; unknown values mean « all »."""

    words: str = ""
    reward: str = ""
    state: str = ""
    thanked: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Segment:
        reward = args.get("contrepartie", "")
        state, thanked = args.get("etat", ""), args.get("merci", "")
        return cls(
            words=args.get("q", "")[:100].strip(),
            reward=reward if reward == WITHOUT or (reward.isascii() and reward.isdigit() and len(reward) < 10) else "",
            state=state if state in SEGMENTS else "",
            thanked=thanked if thanked in THANKED else "",
        )

    @property
    def args(self) -> dict[str, str]:
        """The address again, without what is not asked."""
        pairs = {"q": self.words, "contrepartie": self.reward, "etat": self.state, "merci": self.thanked}
        return {name: value for name, value in pairs.items() if value}

    def holds(self, one: Contributor) -> bool:
        words = f"{fold(one.name)} {fold(one.message)}"
        return (
            all(word in words for word in fold(self.words).split())
            and (not self.state or one.state in STATES[self.state])
            and (not self.thanked or one.is_thanked is (self.thanked == "oui"))
            and (not self.reward or str(one.reward_id or WITHOUT) == self.reward)
        )


def of_campaign(
    campaign_id: int, segment: Segment | None = None, ids: Sequence[int] | None = None
) -> list[Contributor]:
    """Newest first, at most 5 000. `ids`: only these contributions, when they are of this campaign. One statement."""
    thanked = exists().where(
        MessageRecipient.pledge_id == Pledge.id, MessageRecipient.message_id == Message.id, Message.is_thanks
    )
    query = (
        select(
            Pledge.id, Pledge.name, Pledge.is_anonymous, (Pledge.amount_cents - Pledge.refunded_cents).label("cents"),
            Pledge.state, Pledge.reward_id, Reward.title.label("reward"), Pledge.message,
            func.coalesce(Pledge.authorised_at, Pledge.paid_at, Pledge.created_at).label("at"),
            thanked.label("thanked"), Delivery.state.label("delivery"),
        )
        .outerjoin(Reward, Reward.id == Pledge.reward_id)
        .outerjoin(Delivery, Delivery.pledge_id == Pledge.id)
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(SHOWN_TO_TEAM))
        .order_by(Pledge.id.desc())
        .limit(MOST)
    )  # fmt: skip
    if ids is not None:
        query = query.where(Pledge.id.in_(ids))
    found = [
        Contributor(
            pledge_id=r.id, name=r.name, is_anonymous=r.is_anonymous, amount_cents=r.cents, state=str(r.state),
            reward_id=r.reward_id, reward=r.reward or "", message=r.message, at=r.at, is_thanked=bool(r.thanked),
            delivery=str(r.delivery or DeliveryState.TO_PREPARE) if r.reward_id else "",
        )
        for r in db.session.execute(query)
    ]  # fmt: skip
    return found if segment is None else [one for one in found if segment.holds(one)]
