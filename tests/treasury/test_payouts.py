"""Two persons let the money leave; who may not, cannot; and the journal tells why it left."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.settlement import payout_queries
from app.settlement.models import Payout, PayoutState, Transfer
from tests.support.scene import FAILS_LATER, Scene
from tests.treasury.support import collected, lead, prepare, press, treasurer


def state_of(scene: Scene, payout_id: int) -> str:
    with scene.app.app_context():
        return str(payout_queries.get_payout(payout_id).state)


def sent(scene: Scene) -> list[dict[str, object]]:
    found: list[dict[str, object]] = scene.stripe.control("state")["transfers"]
    return found


def test_nothing_leaves_without_two_persons_and_all_of_it_with_them(scene: Scene) -> None:
    slug = collected(scene)
    scene.travel(days=8)
    scene.work()
    assert sent(scene) == []
    first, second = treasurer(scene), treasurer(scene)
    payout_id = prepare(scene, first, slug)
    scene.work()
    assert sent(scene) == [], "one person is not enough"
    page = second.get(f"/tresorerie/versements/{payout_id}").get_data(as_text=True)
    assert "100,00\u00a0€" in page
    assert "Approuver le versement" in page
    assert press(second, f"/tresorerie/versements/{payout_id}/approuver") == 303
    scene.work()
    assert len(sent(scene)) == 1
    assert scene.row(slug).state == "settled"


def test_the_journal_proves_every_condition_of_a_transfer(scene: Scene) -> None:
    slug = collected(scene)
    payout_id = scene.approve_payout(slug)
    first, second = scene.treasurers()
    scene.travel(days=8)
    scene.work()
    with scene.app.app_context():
        transfer = db.session.scalars(select(Transfer)).one()
        line = db.session.scalars(
            select(JournalEntry).where(
                JournalEntry.action == "transfer.prepared", JournalEntry.subject_id == transfer.id
            )
        ).one()
        assert line.data["payout"] == payout_id
        assert (line.data["prepared_by"], line.data["approved_by"]) == (first, second)
        assert line.data["verdict_at"] == scene.row(slug).verdict_at.isoformat()
        assert line.data["hold_days"] == 7
        assert line.data["account"] == transfer.account
        assert line.data["account_active"] is line.data["second_factor"] is True
        assert line.data["open_pledges"] is False


def test_who_prepared_cannot_approve(scene: Scene) -> None:
    slug, first = collected(scene), treasurer(scene)
    payout_id = prepare(scene, first, slug)
    answer = first.post(
        f"/tresorerie/versements/{payout_id}/approuver", {}, page="/tresorerie/approbations", follow_redirects=True
    )
    assert "Une seconde personne doit approuver" in answer.get_data(as_text=True)
    assert state_of(scene, payout_id) == PayoutState.PREPARED


def test_the_database_itself_wants_two_persons(scene: Scene) -> None:
    slug = collected(scene)
    first, _ = scene.treasurers()
    with scene.app.app_context(), pytest.raises(IntegrityError), transaction():
        db.session.add(
            Payout(
                campaign_id=scene.row(slug).id, covers_cents=1, prepared_by_id=first, approved_by_id=first,
                prepared_at=scene.row(slug).verdict_at, state=PayoutState.APPROVED,
            )
        )  # fmt: skip


def test_the_lead_of_the_reviewing_organisation_approves_and_no_other_lead(scene: Scene) -> None:
    slug, first = collected(scene), treasurer(scene)
    payout_id = prepare(scene, first, slug)
    elsewhere, here = lead(scene, "active-71"), lead(scene)
    assert press(elsewhere, f"/tresorerie/versements/{payout_id}/approuver") == 404
    assert elsewhere.get(f"/tresorerie/versements/{payout_id}").status_code == 404
    assert press(here, f"/tresorerie/versements/{payout_id}/approuver") == 303
    assert state_of(scene, payout_id) == PayoutState.APPROVED


def test_a_second_click_on_each_button_changes_nothing(scene: Scene) -> None:
    slug, first, second = collected(scene), treasurer(scene), treasurer(scene)
    payout_id = prepare(scene, first, slug)
    assert prepare(scene, first, slug) == prepare(scene, second, slug) == payout_id
    for _ in range(2):
        assert press(second, f"/tresorerie/versements/{payout_id}/approuver") == 303
    with scene.app.app_context():
        approvals = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "payout.approved")).all()
        assert len(approvals) == 1


def test_nothing_is_prepared_while_a_contribution_is_being_repaired(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    scene.give(slug, card=FAILS_LATER)
    scene.close(slug)
    first = treasurer(scene)
    answer = first.post(
        f"/tresorerie/campagnes/{slug}/preparer", {}, page="/tresorerie/approbations", follow_redirects=True
    )
    assert "encore en cours d’encaissement ou de règlement" in answer.get_data(as_text=True)
    with scene.app.app_context():
        assert payout_queries.payouts_of(scene.row(slug).id) == []


def test_one_person_is_enough_to_stop_and_two_are_needed_again(scene: Scene) -> None:
    slug = collected(scene)
    payout_id = scene.approve_payout(slug)
    anybody = treasurer(scene)
    assert press(anybody, f"/tresorerie/versements/{payout_id}/arreter") == 303
    scene.travel(days=8)
    scene.work()
    assert sent(scene) == []
    scene.approve_payout(slug)
    scene.work()
    assert len(sent(scene)) == 1
    answer = anybody.post(
        f"/tresorerie/versements/{payout_id}/approuver", {}, page="/tresorerie/approbations", follow_redirects=True
    )
    assert "n’attend plus" in answer.get_data(as_text=True)


def test_money_waits_for_the_holders_second_factor_and_they_are_told_once(scene: Scene) -> None:
    from app.accounts import second_factor_services

    slug = collected(scene)
    scene.approve_payout(slug)
    owner_id = scene.row(slug).owner_id
    with scene.app.app_context(), transaction():
        second_factor_services.forget(owner_id)
    with scene.app.app_context():
        assert payout_queries.waits_for_holder(scene.row(slug).id) is False, "the hold is not over"
    scene.travel(days=8)
    scene.work()
    scene.work()
    assert sent(scene) == []
    with scene.app.app_context():
        from app.accounts.queries import get_user

        assert payout_queries.waits_for_holder(scene.row(slug).id) is True
        email = get_user(owner_id).email
    subjects = [mail.subject for mail in scene.mailbox.fetch(email)]
    assert subjects.count("Activez la double vérification pour recevoir l’argent") == 1
    with scene.app.app_context():
        scene.protect(owner_id)
    scene.work()
    assert len(sent(scene)) == 1


def test_an_account_that_is_new_waits_for_three_days_and_for_two_persons_who_saw_it(scene: Scene) -> None:
    slug = collected(scene, account=False)
    scene.approve_payout(slug)
    scene.travel(days=8)
    scene.open_account(scene.row(slug).owner_id)
    scene.work()
    with scene.app.app_context():
        now = payout_queries.situation(scene.row(slug).id, at=scene.row(slug).verdict_at)
        assert not now.is_approved
    scene.approve_payout(slug)
    scene.travel(hours=71)
    scene.work()
    assert sent(scene) == []
    scene.travel(hours=1, minutes=1)
    scene.work()
    assert len(sent(scene)) == 1
