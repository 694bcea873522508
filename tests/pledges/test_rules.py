"""The rules of a promise, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.campaigns.rules import CampaignState, FundingKind
from app.pledges import rules
from app.pledges.errors import AmountTooSmall, BelowReward, CampaignClosed, PledgeMoveNotAllowed, TooLateToTakeBack
from app.pledges.rules import COUNTING, HOLDS_STOCK, NEXT, PledgeState, check_take_back

END = datetime(2027, 3, 3, 22, 59, 59, tzinfo=UTC)


def test_the_instant_of_the_end_is_too_late_and_the_one_before_is_not() -> None:
    rules.check_new(
        is_live=True, closes_at=END, at=END - timedelta(microseconds=1), amount_cents=100, reward_cents=None
    )
    with pytest.raises(CampaignClosed):
        rules.check_new(is_live=True, closes_at=END, at=END, amount_cents=100, reward_cents=None)


@pytest.mark.parametrize("cents", [99, 0, -1, 100_000_000])
def test_amounts_outside_the_bounds_are_refused(cents: int) -> None:
    with pytest.raises(AmountTooSmall):
        rules.check_amount(cents, None)


def test_the_bounds_themselves_and_the_price_of_a_reward_are_accepted() -> None:
    rules.check_amount(1_00, 1_00)
    rules.check_amount(999_999_99, None)
    with pytest.raises(BelowReward):
        rules.check_amount(24_99, 25_00)


def test_a_session_lasts_an_hour_and_never_more_than_an_hour_after_the_end() -> None:
    assert rules.session_expiry(END - timedelta(days=1), END) == END - timedelta(hours=23)
    assert rules.session_expiry(END - timedelta(seconds=1), END) == END + timedelta(minutes=59, seconds=59)
    assert rules.session_expiry(END + timedelta(minutes=10), END) == END + timedelta(minutes=60)
    with pytest.raises(CampaignClosed):
        rules.session_expiry(END + timedelta(minutes=30), END)


def test_no_move_leads_out_of_a_terminal_state() -> None:
    for state in (PledgeState.WITHDRAWN, PledgeState.RELEASED, PledgeState.LOST):
        for other in PledgeState:
            with pytest.raises(PledgeMoveNotAllowed):
                rules.check_move(state, other)


def test_what_counts_holds_its_reward() -> None:
    assert COUNTING < HOLDS_STOCK
    assert PledgeState.DRAFT in HOLDS_STOCK
    assert not {PledgeState.DRAFT, PledgeState.DROPPED, PledgeState.RELEASED} & COUNTING


def test_only_a_charge_under_way_a_repair_or_a_late_discovery_leads_to_paid() -> None:
    before_verdict = {PledgeState.AUTHORISED, PledgeState.WITHDRAWN, PledgeState.RELEASED}
    assert all(PledgeState.PAID not in NEXT.get(state, frozenset()) for state in before_verdict)


def test_changes_end_with_the_campaign_and_hold_while_it_is_suspended() -> None:
    early, state = END - timedelta(days=1), PledgeState.AUTHORISED
    assert rules.may_change(state, CampaignState.LIVE, END, early)
    assert rules.may_change(state, CampaignState.SUSPENDED, END, early)
    assert not rules.may_change(state, CampaignState.LIVE, END, END)
    assert not rules.may_change(state, CampaignState.CLOSING, END, early)
    assert not rules.may_change(PledgeState.DRAFT, CampaignState.LIVE, END, early)


def test_a_gift_is_taken_back_only_while_its_flexible_campaign_runs() -> None:
    flexible, live = FundingKind.FLEXIBLE, CampaignState.LIVE
    before, end = END - timedelta(seconds=1), END
    check_take_back(flexible, PledgeState.PAID, live, end, before)
    check_take_back(flexible, PledgeState.PART_REFUNDED, CampaignState.SUSPENDED, end, before)
    for state, kind in ((PledgeState.PAID, FundingKind.ALL_OR_NOTHING), (PledgeState.REFUNDED, flexible),
                        (PledgeState.DISPUTED, flexible), (PledgeState.DRAFT, flexible)):  # fmt: skip
        with pytest.raises(PledgeMoveNotAllowed):
            check_take_back(kind, state, live, end, before)
    for campaign, at in ((live, end), (CampaignState.CLOSING, before), (CampaignState.SUCCEEDED, before)):
        with pytest.raises(TooLateToTakeBack):
            check_take_back(flexible, PledgeState.PAID, campaign, end, at)
