"""The ledger is balanced, append-only, and books each thing once."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError

from app.core import clock
from app.core.database import db, transaction
from app.payments import ledger
from app.payments.errors import Unbalanced
from app.payments.models import LedgerEntry, LedgerTransaction

pytestmark = pytest.mark.usefixtures("ctx")


def book(kind: str, stripe_id: str, lines: dict[str, int]) -> bool:
    with transaction():
        return ledger.book(kind, stripe_id, subject_kind="charges", subject_id=1, lines=lines, at=clock.now())


def test_a_charge_and_its_transfer_leave_the_platform_its_fee_and_the_campaign_nothing() -> None:
    charge = ledger.charge_lines(7, amount_cents=2500, fee_cents=63)
    assert book("charge", "ch_1", charge)
    assert ledger.balances() == {"campaign:7": -2500, "fees:psp": 63, "psp:available": 2437}
    transfer = ledger.transfer_lines(
        7, amount_cents=2500, transferred_cents=2312, platform_fee_cents=125, stripe_fee_cents=63
    )
    assert book("transfer", "tr_1", transfer)
    assert ledger.balance("campaign:7") == 0
    assert ledger.balance("psp:available") == 125
    assert ledger.balances("fees:") == {"fees:platform": -125, "fees:psp": 0}
    assert sum(ledger.balances().values()) == 0
    assert ledger.unbalanced_ids() == []


def test_the_same_object_is_booked_once_under_one_kind() -> None:
    lines = ledger.charge_lines(7, amount_cents=2500, fee_cents=63)
    assert book("charge", "ch_1", lines) is True
    assert book("charge", "ch_1", lines) is False
    assert ledger.balance("campaign:7") == -2500


def test_what_does_not_add_up_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(Unbalanced):
        book("charge", "ch_1", {"psp:available": 2437, "campaign:7": -2500})
    with pytest.raises(Unbalanced):
        book("charge", "ch_2", {})
    assert ledger.balances() == {}


def test_a_fee_of_nothing_writes_no_line() -> None:
    lines = ledger.transfer_lines(7, amount_cents=100, transferred_cents=90, platform_fee_cents=0, stripe_fee_cents=10)
    assert book("transfer", "tr_1", lines)
    assert "fees:platform" not in ledger.balances()


@pytest.mark.parametrize("model", [LedgerTransaction, LedgerEntry])
def test_the_database_itself_refuses_to_rewrite_the_past(
    model: type[LedgerTransaction | LedgerEntry],
) -> None:
    book("charge", "ch_1", ledger.charge_lines(7, amount_cents=2500, fee_cents=63))
    column = "stripe_id" if model is LedgerTransaction else "account"
    for statement in (update(model).values(**{column: "other"}), delete(model)):
        with pytest.raises(DatabaseError, match="append-only"), transaction():
            db.session.execute(statement)
    assert ledger.balance("campaign:7") == -2500


def test_the_database_itself_refuses_a_second_booking() -> None:
    book("charge", "ch_1", ledger.charge_lines(7, amount_cents=2500, fee_cents=63))
    with pytest.raises(DatabaseError), transaction():
        db.session.execute(
            text(
                "INSERT INTO ledger_transactions (kind, stripe_id, subject_kind, subject_id, at, psp_env) "
                "SELECT kind, stripe_id, subject_kind, subject_id, at, psp_env FROM ledger_transactions"
            )
        )


def test_an_account_name_that_looks_like_a_pattern_is_no_pattern() -> None:
    book("charge", "ch_1", ledger.charge_lines(7, amount_cents=2500, fee_cents=63))
    assert ledger.balances("campaign_") == {}
    assert ledger.balances("%") == {}
