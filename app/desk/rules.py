"""Deliveries: states, when an address may be asked, how long it is kept. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from app.campaigns.rules import CampaignState
from app.desk.errors import TooEarlyForAddress
from app.pledges.rules import COUNTING, PledgeState


class DeliveryState(StrEnum):
    TO_PREPARE = "to_prepare"
    SENT = "sent"
    RECEIVED = "received"
    PROBLEM = "problem"


SHOWN_TO_TEAM = COUNTING | {PledgeState.DISPUTED}
DELIVERABLE = frozenset({PledgeState.PAID, PledgeState.PART_REFUNDED})
ADDRESS_TIME = frozenset({CampaignState.SUCCEEDED, CampaignState.SETTLED})
KEEP_AFTER_RECEIVED = timedelta(days=30)
KEEP_AT_MOST = timedelta(days=365)
A_PAGE = 50


def check_ask_address(campaign: CampaignState, pledge: PledgeState, has_reward: bool) -> None:
    """Only what is needed, only when it is. Errors: TooEarlyForAddress."""
    if campaign not in ADDRESS_TIME or pledge not in DELIVERABLE or not has_reward:
        raise TooEarlyForAddress


def forget_at(state: DeliveryState, given_at: datetime, changed_at: datetime) -> datetime:
    """When an address given at `given_at` is erased: 30 days after it was received, a year at most."""
    latest = given_at + KEEP_AT_MOST
    return min(latest, changed_at + KEEP_AFTER_RECEIVED) if state == DeliveryState.RECEIVED else latest
