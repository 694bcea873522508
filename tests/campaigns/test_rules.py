"""States, moves, calendar and budget of a campaign, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns import rules
from app.campaigns.errors import AppealNotAllowed, CampaignMoveNotAllowed, OpeningNotAllowed
from app.campaigns.rules import CampaignState, Move

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
# An independent copy of the table of the domain: state → what may follow.
ARROWS = {
    "draft": {"submitted", "withdrawn"},
    "submitted": {"changes_requested", "approved", "refused", "withdrawn"},
    "changes_requested": {"submitted", "withdrawn"},
    "refused": {"submitted", "withdrawn"},
    "approved": {"submitted", "live", "withdrawn"},
    "live": {"suspended", "closing", "cancelled"},
    "suspended": {"live", "closing", "cancelled"},
    "closing": {"succeeded", "failed"},
    "succeeded": {"settled", "cancelled"},
    "settled": {"fulfilled"},
    "failed": set(), "fulfilled": set(), "withdrawn": set(), "cancelled": set(),
}  # fmt: skip


@given(st.lists(st.sampled_from(list(Move)), max_size=40))
def test_whatever_is_tried_a_campaign_only_moves_along_the_arrows(moves: list[Move]):
    state = CampaignState.DRAFT
    for move in moves:
        try:
            new = rules.next_state(state, move)
        except CampaignMoveNotAllowed:
            continue
        assert new.value in ARROWS[state.value]
        state = new


def test_every_arrow_of_the_domain_can_be_taken():
    reachable: dict[str, set[str]] = {state.value: set() for state in CampaignState}
    for (state, _move), new in rules.NEXT.items():
        reachable[state.value].add(new.value)
    assert reachable == ARROWS


def test_nothing_before_the_opening_is_public_and_nothing_public_is_withdrawn():
    assert not rules.BEFORE_LIVE & rules.PUBLIC
    assert CampaignState.WITHDRAWN not in rules.PUBLIC


@pytest.mark.parametrize(
    ("state", "before_end", "expected"),
    [("live", 1, True), ("live", 0, False), ("live", -1, False), ("suspended", 1, False), ("approved", 1, False)],
)
def test_a_promise_is_only_taken_while_live_and_strictly_before_the_end(state: str, before_end: int, expected: bool):
    assert rules.is_open(CampaignState(state), NOON + timedelta(seconds=before_end), NOON) is expected


@pytest.mark.parametrize(
    ("day", "earliest", "allowed"),
    [
        (date(2026, 11, 3), None, True),
        (date(2026, 11, 2), None, False),
        (date(2027, 2, 1), None, True),  # 90 days on
        (date(2027, 2, 2), None, False),
        (date(2026, 11, 9), date(2026, 11, 10), False),
        (date(2026, 11, 10), date(2026, 11, 10), True),
        (date(2027, 6, 1), date(2027, 6, 1), True),  # later than 90 days, because the holder said so
    ],
)
def test_the_opening_day_lies_between_the_earliest_day_and_ninety_days(day: date, earliest: date | None, allowed: bool):
    if allowed:
        rules.check_opening(day, earliest=earliest, today=date(2026, 11, 3))
    else:
        with pytest.raises(OpeningNotAllowed):
            rules.check_opening(day, earliest=earliest, today=date(2026, 11, 3))


@pytest.mark.parametrize(
    ("until", "appealed_at"),
    [(None, None), (NOON - timedelta(seconds=1), None), (NOON + timedelta(days=1), NOON)],
)
def test_an_appeal_comes_once_and_until_its_last_day(until: datetime | None, appealed_at: datetime | None):
    with pytest.raises(AppealNotAllowed):
        rules.check_appeal(until, appealed_at, NOON)
    rules.check_appeal(NOON, None, NOON)


@pytest.mark.parametrize(("raised", "goal", "expected"), [(0, 0, 0), (99_999, 100_000, 99), (100_000, 100_000, 100)])
def test_a_hundred_per_cent_is_only_shown_when_the_goal_is_reached(raised: int, goal: int, expected: int):
    assert rules.percent(raised, goal) == expected


@pytest.mark.parametrize("state", list(CampaignState))
def test_only_a_draft_changes_whole_and_only_two_steps_change_once_approved(state: CampaignState):
    may = {step for step in ("projet", "histoire", "image", "budget", "contreparties") if rules.may_change(state, step)}
    if state in {CampaignState.DRAFT, CampaignState.CHANGES_REQUESTED}:
        assert len(may) == 5
    elif state in {CampaignState.APPROVED, CampaignState.LIVE, CampaignState.SUSPENDED, CampaignState.CLOSING}:
        assert may == {"histoire", "image"}
    else:
        assert may == set()
