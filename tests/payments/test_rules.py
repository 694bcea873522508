"""What to do with a call whose answer stayed away; what a PaymentIntent and an account say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.payments.outcomes import Declined, Done, Rejected, of_confirmation, settled
from app.payments.rules import (
    CREATIONS,
    EVENT_TYPES,
    OperationKind,
    Step,
    account_status,
    ids_in,
    is_known_status,
    next_step,
    subject_of,
    wait_seconds,
    with_marks,
)

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
SEND, RESEND = Step(), Step()
LOOK_THEN_RESEND = Step(looks_first=True)
LOOK_THEN_RENEW = Step(looks_first=True, needs_new_key=True)
RENEW = Step(needs_new_key=True)


@pytest.mark.parametrize("kind", list(OperationKind))
def test_what_was_never_sent_is_sent(kind: OperationKind) -> None:
    assert next_step(kind, first_sent_at=None, is_doubtful=False, at=AT) == SEND


@pytest.mark.parametrize(
    ("kind", "young", "old"),
    [
        (OperationKind.CUSTOMER_CREATE, RESEND, RENEW),
        (OperationKind.SESSION_CREATE, RESEND, RENEW),
        (OperationKind.INTENT_CREATE, RESEND, LOOK_THEN_RENEW),
        (OperationKind.INTENT_CONFIRM, LOOK_THEN_RESEND, LOOK_THEN_RENEW),
        (OperationKind.INTENT_CONFIRM_ON_SESSION, LOOK_THEN_RESEND, LOOK_THEN_RENEW),
        (OperationKind.TRANSFER_CREATE, LOOK_THEN_RESEND, LOOK_THEN_RENEW),
        (OperationKind.ACCOUNT_CREATE, RESEND, LOOK_THEN_RENEW),
        (OperationKind.INTENT_CANCEL, RESEND, RENEW),
        (OperationKind.METHOD_DETACH, RESEND, RENEW),
    ],
)
def test_money_is_looked_up_before_anything_is_sent_again(kind: OperationKind, young: Step, old: Step) -> None:
    at_23_hours = AT - timedelta(hours=23)
    assert next_step(kind, first_sent_at=at_23_hours + timedelta(seconds=1), is_doubtful=False, at=AT) == young
    assert next_step(kind, first_sent_at=at_23_hours, is_doubtful=False, at=AT) == old
    assert next_step(kind, first_sent_at=AT, is_doubtful=True, at=AT) == old


def test_waiting_grows_and_stays_bounded() -> None:
    waits = [wait_seconds(tries, 1.0) for tries in range(1, 40)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (2.0, 300.0)
    assert wait_seconds(1, 0.0) == 1.0


@pytest.mark.parametrize("kind", list(OperationKind))
def test_only_creations_are_marked_and_the_features_own_marks_stay(kind: OperationKind) -> None:
    params = {"metadata": {"pledge": "abc"}} if kind in CREATIONS else {}
    made = with_marks(kind, params, env="e", op="o", subject="s:1")
    if kind in CREATIONS:
        assert made["metadata"] == {"pledge": "abc", "env": "e", "op": "o", "subject": "s:1"}
    else:
        assert "metadata" not in made
    assert params.get("metadata", {}).keys() <= {"pledge"}


@pytest.mark.parametrize(("mode", "part"), [("setup", "setup_intent_data"), ("payment", "payment_intent_data")])
def test_what_a_session_makes_is_marked_too(mode: str, part: str) -> None:
    params = {"mode": mode, part: {"metadata": {"pledge": "abc"}}}
    made = with_marks(OperationKind.SESSION_CREATE, params, env="e", op="o", subject="s:1")
    assert made[part]["metadata"]["env"] == "e"
    assert made[part]["metadata"]["pledge"] == "abc"


def intent(status: str, **more: Any) -> dict[str, Any]:
    return {"id": "pi_1", "status": status, **more}


def failed_at(at: datetime) -> dict[str, Any]:
    return {
        "last_payment_error": {"code": "card_declined", "decline_code": "lost_card", "message": "No."},
        "latest_charge": {"id": "ch_1", "created": int(at.timestamp())},
    }


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (intent("succeeded"), Done),
        (intent("processing"), Done),
        (intent("requires_action"), Done),
        (intent("canceled"), Rejected),
        (intent("requires_confirmation"), type(None)),
        (intent("requires_payment_method", last_payment_error=None), type(None)),
        (intent("requires_payment_method", **failed_at(AT + timedelta(seconds=3))), Declined),
        # The refusal of an older try says nothing about this one.
        (intent("requires_payment_method", **failed_at(AT - timedelta(days=3))), type(None)),
        (intent("a_status_of_the_future"), type(None)),
    ],
)
def test_what_a_retrieved_intent_says_about_a_confirmation(shown: dict[str, Any], expected: type) -> None:
    assert isinstance(of_confirmation(shown, sent_at=AT), expected)


def test_a_refusal_that_only_says_already_so_is_a_success() -> None:
    unexpected = "payment_intent_unexpected_state"
    paid, gone = intent("succeeded"), intent("canceled")
    assert settled(OperationKind.INTENT_CONFIRM, "pi_1", Rejected(unexpected, "", paid)) == Done(paid)
    assert settled(OperationKind.INTENT_CANCEL, "pi_1", Rejected(unexpected, "", gone)) == Done(gone)
    for kind, shown in ((OperationKind.INTENT_CANCEL, paid), (OperationKind.INTENT_CONFIRM, gone)):
        refusal = Rejected(unexpected, "", shown)
        assert settled(kind, "pi_1", refusal) is refusal
    detached = settled(OperationKind.METHOD_DETACH, "pm_1", Rejected("resource_missing", "", None))
    assert isinstance(detached, Done)
    other = Rejected("amount_too_small", "", None)
    assert settled(OperationKind.INTENT_CREATE, "", other) is other


def account(status: str | None, *, filled: bool, why: str = "requirements_past_due") -> dict[str, Any]:
    details = [{"code": why, "resolution": "provide_info"}]
    capability = {"stripe_transfers": {"status": status, "status_details": details}} if status else None
    return {
        "configuration": {"recipient": {"capabilities": {"stripe_balance": capability}}},
        "identity": {"individual": {"given_name": "Ana"} if filled else None, "business_details": None},
    }


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        (account("active", filled=True), "active"),
        (account("pending", filled=True), "pending"),
        (account("restricted", filled=True), "restricted"),
        (account("unsupported", filled=True), "restricted"),
        (account("a_status_of_the_future", filled=True), "restricted"),
        (account("restricted", filled=False), "new"),
        (account("restricted", filled=False, why="requirements_pending_verification"), "restricted"),
        (account(None, filled=False), "new"),
        ({}, "new"),
        ({"configuration": None, "identity": None}, "new"),
    ],
)
def test_an_account_may_receive_only_when_its_capability_is_active(shown: dict[str, Any], status: str) -> None:
    assert account_status(shown) == status


def test_ids_of_an_object_and_its_relatives() -> None:
    thing = {"id": "cs_1", "payment_intent": {"id": "pi_1"}, "setup_intent": "seti_1", "charge": None}
    assert ids_in(thing) == ["cs_1", "pi_1", "seti_1"]
    assert ids_in({"id": 5, "payment_intent": ["x"]}) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pledges:12", ("pledges", 12)), ("pledges:-1", None), ("pledges:", None), (":1", None),
        ("Pledges:1", None), ("pledges:1;drop", None), ("pledges:9999999999999999999", None), ("", None),
    ],
)  # fmt: skip
def test_a_subject_is_a_table_and_a_number(text: str, found: tuple[str, int] | None) -> None:
    assert subject_of(text) == found


def test_the_types_asked_for_fit_into_one_question() -> None:
    assert len(EVENT_TYPES) == len(set(EVENT_TYPES)) <= 20


@pytest.mark.parametrize(
    ("kind", "status", "is_known"),
    [
        ("payment_intent", "succeeded", True), ("payment_intent", "contemplated", False),
        ("payment_intent", None, False), ("checkout.session", "open", True),
        ("checkout.session", "considered", False), ("account", None, True),
    ],
)  # fmt: skip
def test_a_state_that_nobody_has_heard_of_is_noticed(kind: str, status: str | None, is_known: bool) -> None:
    assert is_known_status(kind, {"status": status}) is is_known
