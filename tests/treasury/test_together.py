"""Two persons click at the same instant: one decision, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.payments.models import StripeOperation
from app.settlement.models import Payout, RefundReason
from app.treasury import queries, services
from app.treasury.models import Cancellation
from tests.money.support import inside, together
from tests.support.scene import Scene
from tests.treasury.support import collected, press, treasurer


def count(scene: Scene, *conditions: object) -> int:
    with scene.app.app_context():
        return int(db.session.scalar(select(func.count()).where(*conditions)) or 0)


def test_two_approvers_at_once_approve_a_payout_once(scene: Scene) -> None:
    slug = collected(scene)
    first, _ = scene.treasurers()
    people = [treasurer(scene) for _ in range(3)]
    with scene.app.app_context(), transaction():
        payout_id = services.prepare_payout(queries.campaign_case(slug).campaign, by=first, at=clock.now()).id
    statuses: list[int] = []
    together(
        *(
            lambda who=who: statuses.append(press(who, f"/tresorerie/versements/{payout_id}/approuver"))
            for who in people
        )
    )
    assert statuses == [303, 303, 303]
    assert count(scene, JournalEntry.action == "payout.approved") == 1
    scene.travel(days=8)
    scene.work()
    assert len(scene.stripe.control("state")["transfers"]) == 1


def test_two_who_prepare_at_once_make_one_payout(scene: Scene) -> None:
    slug = collected(scene)
    people = [treasurer(scene) for _ in range(3)]
    together(*(lambda who=who: press(who, f"/tresorerie/campagnes/{slug}/preparer") for who in people))
    assert count(scene, Payout.id > 0) == 1


def test_two_approvers_at_once_send_a_refund_once(scene: Scene) -> None:
    slug = collected(scene)
    first, _ = scene.treasurers()
    people = [treasurer(scene) for _ in range(3)]
    with scene.app.app_context():
        from app.pledges.models import Pledge

        pledge_id = db.session.scalars(select(Pledge.id)).one()
        with transaction():
            reference = services.propose_refund(
                db.session.get_one(Pledge, pledge_id), reason=RefundReason.GOODWILL, amount_cents=30_00, words="x",
                by=first, at=clock.now(),
            ).reference  # fmt: skip
    together(*(lambda who=who: press(who, f"/tresorerie/remboursements/{reference}/approuver") for who in people))
    scene.work()
    assert count(scene, StripeOperation.kind == "refund.create") == 1
    assert [one["amount"] for one in scene.stripe.control("state")["refunds"]] == [30_00]
    assert scene.row(slug).raised_cents == 70_00


@pytest.mark.parametrize("other", ["abandonner", "approuver"])
def test_a_cancellation_is_approved_or_given_up_never_both(scene: Scene, other: str) -> None:
    slug = scene.campaign()
    first, _ = scene.treasurers()
    yes, no = treasurer(scene), treasurer(scene)
    with scene.app.app_context(), transaction():
        made = services.propose_cancellation(queries.campaign_case(slug).campaign, words="x", by=first, at=clock.now())
        page = f"/tresorerie/annulations/{made.id}"
    together(lambda: press(yes, f"{page}/approuver"), lambda: press(no, f"{page}/{other}"))
    with scene.app.app_context():
        state = str(db.session.scalars(select(Cancellation.state)).one())
    is_cancelled = scene.row(slug).state == "cancelled"
    assert is_cancelled is (state == "approved")
    assert count(scene, JournalEntry.action == "campaign.cancel") == int(is_cancelled)


def test_the_job_and_a_stop_at_once_leave_with_an_approval_or_not_at_all(scene: Scene) -> None:
    from app.settlement import jobs

    slug = collected(scene)
    payout_id = scene.approve_payout(slug)
    scene.travel(days=8)
    who = treasurer(scene)
    together(
        inside(scene, jobs.pay_out), lambda: press(who, f"/tresorerie/versements/{payout_id}/arreter")
    )  # fmt: skip
    scene.work()
    sent = len(scene.stripe.control("state")["transfers"])
    with scene.app.app_context():
        state = str(db.session.get_one(Payout, payout_id).state)
        prepared = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "transfer.prepared")).all()
        assert [line.data["payout"] for line in prepared] == [payout_id] * sent
    assert (sent, state) in ((1, "approved"), (0, "withdrawn"))
