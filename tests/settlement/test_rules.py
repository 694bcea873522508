"""Fees to the cent, refusals and their calendar, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settlement import rules
from app.settlement.rules import Collected, DeclineKind

AT = datetime(2027, 3, 4, tzinfo=UTC)


@st.composite
def charges(draw: st.DrawFn, least: int = 1_00) -> list[Collected]:
    amounts = draw(st.lists(st.integers(least, 999_999_99), min_size=1, max_size=40))
    ids = draw(st.permutations(range(1, len(amounts) + 1)))
    return [
        Collected(pledge_id, cents, (cents * 15 + 500) // 1000 + 25)
        for pledge_id, cents in zip(ids, amounts, strict=True)
    ]


@given(charges(), st.integers(0, 5_000))
def test_the_parts_of_the_fee_add_up_to_the_whole_and_none_is_more_than_a_cent_off(
    made: list[Collected], rate_bps: int
) -> None:
    total = sum(one.amount_cents for one in made)
    fee = rules.platform_fee_cents(total, rate_bps)
    parts = rules.share_fee(fee, made)
    assert sum(parts) == fee
    for part, one in zip(parts, made, strict=True):
        assert abs(Fraction(part) - Fraction(fee * one.amount_cents, total)) < 1
        assert part + one.stripe_fee_cents <= one.amount_cents


@given(charges(), st.integers(0, 10_000))
def test_even_at_absurd_rates_no_transfer_is_negative_and_no_cent_is_invented(
    made: list[Collected], rate_bps: int
) -> None:
    fee = rules.platform_fee_cents(sum(one.amount_cents for one in made), rate_bps)
    parts = rules.share_fee(fee, made)
    room = sum(one.amount_cents - one.stripe_fee_cents for one in made)
    assert all(0 <= part <= one.amount_cents - one.stripe_fee_cents for part, one in zip(parts, made, strict=True))
    assert sum(parts) == min(fee, room)


@given(charges(), st.integers(0, 10_000), st.randoms())
def test_the_share_of_a_charge_does_not_depend_on_the_order_of_the_list(
    made: list[Collected], rate_bps: int, random: object
) -> None:
    fee = rules.platform_fee_cents(sum(one.amount_cents for one in made), rate_bps)
    mixed = list(made)
    random.shuffle(mixed)
    first = dict(zip((one.pledge_id for one in made), rules.share_fee(fee, made), strict=True))
    second = dict(zip((one.pledge_id for one in mixed), rules.share_fee(fee, mixed), strict=True))
    assert first == second


def test_ties_go_to_the_older_promise() -> None:
    made = [Collected(2, 10_00, 40), Collected(1, 10_00, 40), Collected(3, 10_00, 40)]
    assert rules.share_fee(10, made) == [3, 4, 3]
    assert rules.share_fee(11, made) == [4, 4, 3]


@pytest.mark.parametrize(
    ("collected", "rate", "fee"), [(100_01, 500, 5_00), (100_10, 500, 5_01), (0, 500, 0), (99, 0, 0), (1, 5_000, 1)]
)
def test_the_fee_is_rounded_half_up_once(collected: int, rate: int, fee: int) -> None:
    assert rules.platform_fee_cents(collected, rate) == fee


@pytest.mark.parametrize(("collected", "rate"), [(-1, 0), (1, -1), (1, 10_001)])
def test_a_fee_without_sense_is_refused(collected: int, rate: int) -> None:
    with pytest.raises(ValueError, match="bad fee"):
        rules.platform_fee_cents(collected, rate)


def test_nothing_collected_shares_nothing_and_too_large_a_fee_is_refused() -> None:
    assert rules.share_fee(0, []) == []
    with pytest.raises(ValueError, match="bad fee"):
        rules.share_fee(1, [])


@pytest.mark.parametrize(
    ("code", "decline_code", "kind"),
    [
        ("authentication_required", "authentication_required", DeclineKind.AUTHENTICATION),
        ("payment_intent_authentication_failure", "", DeclineKind.AUTHENTICATION),
        ("card_declined", "insufficient_funds", DeclineKind.SOFT),
        ("processing_error", "", DeclineKind.SOFT),
        ("card_declined", "lost_card", DeclineKind.HARD),
        ("card_declined", "stolen_card", DeclineKind.HARD),
        ("expired_card", "expired_card", DeclineKind.HARD),
        ("card_declined", "a_code_of_tomorrow", DeclineKind.HARD),
        ("", "", DeclineKind.HARD),
    ],
)
def test_a_card_is_never_tried_again_on_a_guess(code: str, decline_code: str, kind: DeclineKind) -> None:
    assert rules.decline_kind(code, decline_code) is kind


def test_two_automatic_retries_inside_the_window_and_no_more() -> None:
    until = AT + timedelta(hours=168)
    first = rules.next_retry(AT, AT, until)
    assert first == AT + timedelta(days=3)
    second = rules.next_retry(AT, first, until)
    assert second == AT + timedelta(days=6)
    assert rules.next_retry(AT, second, until) is None
    assert rules.next_retry(AT, AT, AT + timedelta(days=2)) is None


def test_reminders_at_two_four_and_six_days() -> None:
    def at(hours: float) -> int | None:
        return rules.reminder_hours(AT, AT + timedelta(hours=hours))

    assert [at(0), at(47.9), at(48), at(95), at(96), at(144), at(500)] == [None, None, 48, 48, 96, 144, 144]
