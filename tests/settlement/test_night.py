"""The comparison of the night: once, by one worker, later when the night was missed; its findings are tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.payments import ledger
from app.payments.models import LedgerEntry, MoneyTask
from app.settlement import night_check
from app.settlement.models import Charge, Dispute, Refund, RefundState, Reversal, ReversalState, Transfer
from app.settlement.nights import NightRun, night_of, once_a_night
from tests.money import back
from tests.money.support import fault, inside, together
from tests.support.scene import Scene


@pytest.mark.parametrize(
    ("at", "night"),
    [
        (datetime(2026, 1, 10, 1, 59, tzinfo=UTC), "2026-01-09"),  # 2 h 59 in Paris
        (datetime(2026, 1, 10, 2, 0, tzinfo=UTC), "2026-01-10"),
        (datetime(2026, 7, 10, 0, 59, tzinfo=UTC), "2026-07-09"),  # summer
        (datetime(2026, 7, 10, 1, 0, tzinfo=UTC), "2026-07-10"),
        (datetime(2026, 7, 10, 22, 30, tzinfo=UTC), "2026-07-10"),
    ],
)
def test_a_night_begins_at_three_in_paris(at: datetime, night: str) -> None:
    assert night_of(at) == night


def runs(scene: Scene, count: int = 3) -> int:
    """How many of `count` workers did the night's work, all at once."""
    done: list[int] = []

    def one() -> None:
        with once_a_night("essai") as is_mine:
            if is_mine:
                done.append(1)

    together(*(inside(scene, one) for _ in range(count)))
    return len(done)


def test_one_worker_does_it_once_a_night_and_a_missed_night_is_made_up_once(scene: Scene) -> None:
    assert [runs(scene), runs(scene)] == [1, 0]
    scene.travel(days=1)
    assert [runs(scene), runs(scene)] == [1, 0]
    scene.travel(days=9)
    assert [runs(scene), runs(scene)] == [1, 0]


def test_a_run_that_fails_or_dies_is_done_again(scene: Scene) -> None:
    with scene.app.app_context():
        with pytest.raises(ZeroDivisionError), once_a_night("essai"):
            raise ZeroDivisionError
        assert runs(scene, 1) == 1
        scene.travel(days=1)
        with transaction():  # a worker that was killed
            db.session.get_one(NightRun, "essai").claimed_until = clock.now()
    scene.travel(minutes=1)
    assert runs(scene, 1) == 1


def test_a_silent_stripe_is_no_failure_and_the_night_is_made_up_later(scene: Scene) -> None:
    back.collected(scene, 100_00)
    scene.travel(days=1)
    fault(scene, "/v1/charges*", "status", status=503, method="GET", times=0)
    with scene.app.app_context():
        assert night_check.run_when_due() == "unanswered"
    scene.stripe.control("faults", "DELETE")
    with scene.app.app_context():
        assert "1 campaigns" in night_check.run_when_due()
        assert night_check.run_when_due() == ""


def check(scene: Scene) -> list[str]:
    """Every book, now."""
    inside(scene, night_check.run)()
    return back.tasks(scene)


def test_a_difference_is_a_task_with_both_sides_that_closes_when_it_is_gone(scene: Scene) -> None:
    slug, _ = back.collected(scene, 100_00, 60_00)
    assert check(scene) == []
    with scene.app.app_context(), transaction():
        scene_row = db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
        scene_row.raised_cents += 7
    for _ in range(2):  # found again, it stays one
        assert check(scene) == ["books_differ"]
    found = back.task(scene, "books_differ")
    assert (found.data["what"], found.ours_cents, found.theirs_cents) == ("total", 160_07, 160_00)
    assert found.subject_id == scene.row(slug).id
    with scene.app.app_context(), transaction():
        db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one().raised_cents -= 7
    assert check(scene) == []
    with scene.app.app_context():
        closed = db.session.scalars(select(MoneyTask)).one()
        assert (closed.closed_at is not None, closed.closed_by_id) == (True, None)


def rewrite_the_ledger() -> None:
    """By hand, with the triggers taken away: only the chain of seals still knows."""
    for trigger in ("UPDATE", "DELETE"):
        db.session.execute(text(f"DROP TRIGGER IF EXISTS ledger_entries_no_{trigger}"))
    db.session.execute(text("UPDATE ledger_entries SET account = 'fees:rien' WHERE account = 'fees:psp'"))


def refund_that_nobody_made() -> None:
    charge = db.session.scalars(select(Charge).order_by(Charge.id)).first()
    assert charge is not None
    db.session.add(
        Refund(reference="inventé", charge_id=charge.id, campaign_id=charge.campaign_id, amount_cents=1,
               reason="goodwill", state=RefundState.SUCCEEDED, created_at=clock.now())
    )  # fmt: skip


def reversal_that_nobody_made() -> None:
    transfer = db.session.scalars(select(Transfer)).first()
    assert transfer is not None
    db.session.add(
        Reversal(reference="inventé", transfer_id=transfer.id, campaign_id=transfer.campaign_id, amount_cents=1,
                 state=ReversalState.DONE, created_at=clock.now())
    )  # fmt: skip


def debt_forgotten() -> None:
    lines = {ledger.of_holder(1): -5, ledger.DISPUTES: 5}
    ledger.book("debt", "invented", subject_kind="reversals", subject_id=99, lines=lines, at=clock.now())


def contested_more() -> None:
    db.session.scalars(select(Dispute)).one().amount_cents += 1


def given_back_in_one_book_only() -> None:
    db.session.scalars(select(Charge).where(Charge.refunded_cents > 0)).one().refunded_cents -= 1


PLANTS = {
    refund_that_nobody_made: "refunded",
    reversal_that_nobody_made: "reversed",
    debt_forgotten: "owed by holders",
    contested_more: "contested",
    given_back_in_one_book_only: "given back",
}


def busy(scene: Scene) -> str:
    """One passed on and partly taken back, one contested, one untouched."""
    slug, (gift, other, _) = back.passed_on(scene, 100_00, 60_00, 40_00)
    back.give_back(scene, gift, 30_00)
    back.contest(scene, other)
    answer = scene.check()
    assert answer.exit_code == 0, answer.output
    return slug


@pytest.mark.parametrize(("plant", "line"), PLANTS.items())
def test_one_cent_in_one_book_of_what_went_back_is_named(scene: Scene, plant: Callable[[], None], line: str) -> None:
    busy(scene)
    with scene.app.app_context(), transaction():
        plant()
    answer = scene.check()
    assert answer.exit_code == 1
    assert [words for words in answer.output.splitlines() if words.startswith("≠") and line in words], answer.output


@pytest.mark.machine  # the triggers are taken away in SQLite's words
def test_a_ledger_rewritten_by_hand_breaks_its_seals(scene: Scene) -> None:
    busy(scene)
    with scene.app.app_context(), transaction():
        rewrite_the_ledger()
    answer = scene.check()
    assert "broken seals" in " ".join(line for line in answer.output.splitlines() if line.startswith("≠"))


def test_the_balance_is_stripes_own_to_the_cent(scene: Scene) -> None:
    busy(scene)
    with scene.app.app_context():
        booked = ledger.balance(ledger.AVAILABLE)
        assert db.session.query(LedgerEntry).count() > 10
    (line,) = [one for one in scene.check().output.splitlines() if " balance " in one]
    assert line.startswith("✓")
    truth = scene.stripe.control("state")["balance"]
    assert booked == sum(truth[part].get("eur", 0) for part in ("available", "pending"))


def test_on_a_shared_account_the_balance_is_not_compared_and_says_so(scene: Scene) -> None:
    back.collected(scene, 100_00)
    card = scene.stripe.control("cards", "POST", count=1)["cards"][0]
    back.dashboard(scene).v1.payment_intents.create(
        {
            "amount": 30_00, "currency": "eur", **card, "confirm": True, "off_session": True,
            "return_url": "http://127.0.0.1:8000/", "metadata": {"env": "another"},
        }
    )  # fmt: skip
    answer = scene.check()
    assert answer.exit_code == 0
    assert "the Stripe account is shared" in answer.output
