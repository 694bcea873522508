"""Refunds of the desk: proposed with words, approved by another, sent once; failed ones tried again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.database import db, transaction
from app.settlement import transfer_services
from app.settlement.models import Charge, Refund, RefundState, Transfer, TransferState
from tests.builders import Visitor
from tests.support.scene import Gift, Scene
from tests.treasury.support import press, treasurer

CARD_REFUND_FAILS = "4000000000005126"


def paid(scene: Scene, **more: object) -> tuple[str, Gift]:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00, **more)
    scene.close(slug)
    return slug, gift


def propose(who: Visitor, gift: Gift, **typed: str) -> str:
    """The address of the proposed refund's page."""
    path = f"/tresorerie/contributions/{gift.public_id}/rembourser"
    filled = {"amount": "10", "reason": "goodwill", "words": "Votre place était perdue, pardon."} | typed
    answer = who.post(path, dict(filled))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def refunds(scene: Scene) -> list[Refund]:
    with scene.app.app_context():
        return list(db.session.scalars(select(Refund).order_by(Refund.id)))


def test_a_part_goes_back_once_two_agree_and_the_contributor_reads_why(scene: Scene) -> None:
    _slug, gift = paid(scene)
    first, second = treasurer(scene), treasurer(scene)
    page = propose(first, gift)
    scene.work()
    assert scene.pledge(gift).refunded_cents == 0
    assert "attend une deuxième personne" in second.get(page).get_data(as_text=True)
    for _ in range(2):
        assert press(second, f"{page}/approuver") == 303
    scene.work()
    assert scene.pledge(gift).refunded_cents == 10_00
    assert [one["amount"] for one in scene.stripe.control("state")["refunds"]] == [10_00]
    told = [mail for mail in scene.mailbox.fetch(gift.email) if mail.subject.startswith("Remboursement")]
    assert len(told) == 1
    assert "Votre place était perdue, pardon." in told[0].text
    assert scene.check().exit_code == 0


def test_who_proposed_does_not_approve_and_may_take_it_back(scene: Scene) -> None:
    _slug, gift = paid(scene)
    first, second = treasurer(scene), treasurer(scene)
    page = propose(first, gift)
    answer = first.post(f"{page}/approuver", {}, page="/tresorerie/approbations", follow_redirects=True)
    assert "Une seconde personne doit approuver" in answer.get_data(as_text=True)
    assert press(first, f"{page}/abandonner") == 303
    late = second.post(f"{page}/approuver", {}, page="/tresorerie/approbations", follow_redirects=True)
    assert "n’attend plus" in late.get_data(as_text=True)
    scene.work()
    assert scene.pledge(gift).refunded_cents == 0


def test_more_than_is_left_is_refused_on_its_field_and_nothing_typed_is_lost(scene: Scene) -> None:
    _slug, gift = paid(scene)
    who, path = treasurer(scene), f"/tresorerie/contributions/{gift.public_id}/rembourser"
    propose(who, gift, amount="60")
    for amount, words in (("50", "dépasse"), ("0", "minimum"), ("dix", "pas lisible"), ("", "Indiquez")):
        answer = who.post(path, {"amount": amount, "reason": "goodwill", "words": "Une phrase."})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, amount
        assert words in page
        assert "Une phrase." in page
    assert len(refunds(scene)) == 1
    forged = who.post(path, {"amount": "5", "reason": "overdue", "words": "x"})
    assert forged.status_code == 422, "only the reasons that people may give"


def test_a_refund_that_the_bank_sends_back_is_shown_and_ordered_again(scene: Scene) -> None:
    slug, gift = paid(scene, card=CARD_REFUND_FAILS)
    first, second = treasurer(scene), treasurer(scene)
    page = propose(first, gift)
    press(second, f"{page}/approuver")
    for _ in range(3):
        scene.work()
        scene.travel(days=1)
    assert [str(one.state) for one in refunds(scene)] == ["failed"]
    desk = first.get("/tresorerie").get_data(as_text=True)
    assert "Un remboursement n’est pas arrivé" in desk
    assert "échoué" in first.get("/tresorerie/listes/remboursements").get_data(as_text=True)
    assert press(first, f"{page}/recommencer") == 303
    assert press(first, f"{page}/recommencer") == 303
    assert [(str(one.state), one.tries) for one in refunds(scene)] == [("planned", 2)]
    assert "Un remboursement n’est pas arrivé" not in first.get("/tresorerie").get_data(as_text=True)
    assert scene.row(slug).raised_cents in (90_00, 100_00)


@pytest.mark.parametrize(
    ("passed_on_first", "said"),
    [(False, "suivra son versement"), (True, "elle lui reste"), (None, "sur le solde de la plateforme")],
)
def test_giving_up_says_where_the_sum_stays(scene: Scene, passed_on_first: bool | None, said: str) -> None:
    """Before the payout, and after it; None: the payout left without it, as the bank sent it back only then."""
    slug, gift = paid(scene, card=CARD_REFUND_FAILS)
    first, second = treasurer(scene), treasurer(scene)
    page = propose(first, gift)
    press(second, f"{page}/approuver")
    scene.work()
    scene.travel(days=1)
    scene.work()
    refund = refunds(scene)[0]
    assert refund.state == RefundState.FAILED
    if passed_on_first is not False:
        at = scene.row(slug).closes_at
        with scene.app.app_context(), transaction():
            charge = db.session.scalars(select(Charge)).one()
            left = charge.amount_cents - (0 if passed_on_first else refund.amount_cents)
            transfer = Transfer(
                charge_id=charge.id, campaign_id=charge.campaign_id, account="acct_test", amount_cents=left - 2_00,
                platform_fee_cents=0, base_cents=left, state=TransferState.PLANNED, created_at=at,
            )  # fmt: skip
            db.session.add(transfer)
            db.session.flush()
            transfer_services.done(transfer, "tr_test", at=at)
    html = first.get(page).get_data(as_text=True)
    words = ("suivra son versement", "elle lui reste", "sur le solde de la plateforme")
    assert [one for one in words if one in html] == [said]
    assert ("versée sans 10,00" in html) is (passed_on_first is None), "the ten euros of the refund stand there"


def test_the_same_part_is_not_proposed_twice_while_it_waits(scene: Scene) -> None:
    _slug, gift = paid(scene)
    first, second = treasurer(scene), treasurer(scene)
    page = propose(first, gift)
    for who in (first, second):  # a second click, then somebody else
        assert propose(who, gift) == page
    assert "attend déjà une deuxième personne" in second.get(page).get_data(as_text=True)
    assert propose(second, gift, amount="12") != page, "another amount is another proposal"
    assert [one.amount_cents for one in refunds(scene)] == [10_00, 12_00]
    assert press(second, f"{page}/abandonner") == 303
    assert propose(first, gift) != page, "what no longer waits may be proposed again"


def test_the_database_itself_refuses_an_approver_who_proposed_and_an_equal_proposal(scene: Scene) -> None:
    _slug, gift = paid(scene)
    first = treasurer(scene)
    propose(first, gift)

    def agree_alone(one: Refund) -> None:
        one.approved_by_id, one.state = one.proposed_by_id, RefundState.PLANNED

    def write_again(one: Refund) -> None:
        about = {"charge_id": one.charge_id, "campaign_id": one.campaign_id, "created_at": one.created_at}
        again = Refund(reference="twin", amount_cents=one.amount_cents, reason=one.reason, state=one.state, **about)
        db.session.add(again)

    def write(change: Callable[[Refund], None]) -> None:
        with scene.app.app_context(), transaction():
            change(db.session.scalars(select(Refund)).one())

    for change in (agree_alone, write_again):
        with pytest.raises(IntegrityError):
            write(change)
