"""The way to the card page and back: whoever rings first, one promise, one mail, nothing believed from an address."""

from __future__ import annotations

import threading

import pytest
import stripe
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.payments import inbox, poller
from app.payments.models import StripeOperation
from app.pledges import queries
from app.pledges.keys import pledge_key
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.pledges.sync import apply_session, sync_pledge
from app.settlement.sync import ring_pledge
from fake_stripe import shopper
from tests.builders import a_user, sign_in, token_of
from tests.support.scene import ALWAYS_3DS, GOOD, Gift, Scene, session_in


def promised(scene: Scene, gift: Gift) -> int:
    """How many mails of confirmation were written."""
    with scene.app.app_context():
        occasion = f"pledge:{scene.pledge(gift).id}:confirmed"
        return len(db.session.scalars(select(OutboxMail).where(OutboxMail.occasion == occasion)).all())


def test_back_from_the_card_page_the_promise_counts_and_says_what_will_happen(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug, cents=12_50, is_anonymous="y")
    page = scene.come_back(gift, scene.fill_card(gift)).get_data(as_text=True)
    assert "Merci, votre promesse est enregistrée" in page
    assert "Rien n’est débité aujourd’hui" in page
    pledge = scene.pledge(gift)
    assert (pledge.state, pledge.card_last4) == (PledgeState.AUTHORISED, "4242")
    assert (scene.row(slug).raised_cents, scene.row(slug).backers_count) == (12_50, 1)
    assert scene.charges() == []


def test_the_mail_says_what_is_debited_when_and_how_to_cancel(scene: Scene) -> None:
    gift = scene.give(scene.campaign(), cents=12_50)
    mail = scene.mailbox.last(gift.email)
    assert "12,50\u00a0€ seront débités" in mail.text
    assert "Rien n’est débité aujourd’hui" in mail.text
    assert "annuler en deux clics" in mail.text
    link = next(one for one in mail.links if gift.public_id in one)
    page = scene.app.test_client().get(link.removeprefix("http://127.0.0.1:8000")).get_data(as_text=True)
    assert "Annuler ma promesse" in page


def test_a_refused_card_stays_on_the_card_page_and_a_good_one_still_works_there(scene: Scene) -> None:
    gift = scene.promise(scene.campaign())
    with pytest.raises(shopper.PageRefused):
        scene.fill_card(gift, "4000000000000002")
    assert scene.pledge(gift).state == PledgeState.DRAFT
    scene.come_back(gift, scene.fill_card(gift, GOOD))
    assert scene.pledge(gift).state == PledgeState.AUTHORISED


def test_three_d_secure_at_the_promise(scene: Scene) -> None:
    assert scene.pledge(scene.give(scene.campaign(), card=ALWAYS_3DS)).state == PledgeState.AUTHORISED


def test_who_leaves_the_card_page_finds_the_way_back_to_it(scene: Scene) -> None:
    gift = scene.promise(scene.campaign())
    page = gift.client.get(gift.path()).get_data(as_text=True)
    assert "Donner ma carte" in page
    assert scene.press(gift, "/carte").headers["Location"] == gift.checkout


def test_the_session_of_somebody_else_in_the_return_address_is_refused(scene: Scene) -> None:
    slug = scene.campaign()
    mine, theirs = scene.promise(slug), scene.promise(slug)
    back = scene.fill_card(theirs)
    forged = f"{mine.path('/merci')}&session_id={session_in(back)}"
    assert mine.client.get(forged).status_code == 404
    assert mine.client.get(f"{mine.path('/merci')}&session_id=cs_test_inconnue").status_code == 404
    assert scene.pledge(mine).state == PledgeState.DRAFT
    assert scene.pledge(theirs).state == PledgeState.DRAFT


def test_a_session_that_names_another_promise_changes_nothing(scene: Scene) -> None:
    slug = scene.campaign()
    mine, theirs = scene.promise(slug), scene.give(slug)
    with scene.app.app_context():
        other = scene.pledge(theirs).checkout_session
        with pytest.raises(Exception, match="ne correspond pas"):
            sync_pledge(scene.pledge(mine).id, other)
    assert scene.pledge(mine).state == PledgeState.DRAFT


def test_the_return_page_the_webhook_and_the_poller_make_one_promise_and_one_mail(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug)
    back = scene.fill_card(gift)
    for _ in range(2):
        scene.come_back(gift, back)
        with scene.app.app_context():
            ring_pledge(scene.pledge(gift).id, "checkout.session", session_in(back))
        scene.work(1)
    assert promised(scene, gift) == 1
    assert scene.row(slug).raised_cents == 25_00


def test_bells_at_the_same_moment_make_one_promise(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug)
    back = scene.fill_card(gift)
    pledge_id, wrong = scene.pledge(gift).id, []

    def ring() -> None:
        try:
            with scene.app.app_context():
                ring_pledge(pledge_id, "checkout.session", session_in(back))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=ring) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert promised(scene, gift) == 1
    assert (scene.row(slug).raised_cents, scene.row(slug).backers_count) == (25_00, 1)


def test_a_visitor_who_never_comes_back_is_found_by_the_poller(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug)
    scene.fill_card(gift)
    with scene.app.app_context():
        poller.poll()
        inbox.handle_waiting()
    assert scene.pledge(gift).state == PledgeState.AUTHORISED


def test_a_page_left_open_ends_by_itself_and_gives_the_reward_back(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug, reward=str(scene.reward(slug).id))
    assert scene.reward(slug).stock_left == 9
    scene.travel(minutes=61)
    scene.work(2)
    assert scene.pledge(gift).state == PledgeState.ABANDONED
    assert scene.reward(slug).stock_left == 10
    assert scene.row(slug).raised_cents == 0


def test_an_abandoned_promise_is_tried_again_with_a_new_page(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug, reward=str(scene.reward(slug).id))
    scene.travel(minutes=61)
    scene.work(2)
    gift.checkout, old = scene.press(gift, "/carte").headers["Location"], gift.checkout
    assert gift.checkout != old
    assert scene.reward(slug).stock_left == 9
    scene.come_back(gift, scene.fill_card(gift))
    assert scene.pledge(gift).state == PledgeState.AUTHORISED


def test_a_reward_that_went_to_somebody_else_meanwhile_is_said(scene: Scene) -> None:
    slug = scene.campaign(stock=1)
    reward = str(scene.reward(slug).id)
    gift = scene.promise(slug, reward=reward)
    scene.travel(minutes=61)
    scene.work(2)
    scene.give(slug, reward=reward)
    answer = scene.press(gift, "/carte")
    assert answer.status_code == 422
    assert "épuisée" in answer.get_data(as_text=True)
    assert scene.pledge(gift).state == PledgeState.ABANDONED


def test_a_card_that_comes_after_the_verdict_is_forgotten_at_once(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug)
    scene.fill_card(gift)
    with scene.app.app_context(), transaction():
        db.session.get_one(Campaign, scene.pledge(gift).campaign_id).state = "failed"
    scene.come_back(gift, gift.back)
    scene.work(1)
    pledge = scene.pledge(gift)
    assert pledge.state == PledgeState.ABANDONED
    assert pledge.late_at is not None
    assert "trop tard" in scene.mails(gift)[-1]
    with scene.app.app_context():
        kinds = set(db.session.scalars(select(StripeOperation.kind).where(StripeOperation.state == "done")))
    assert "method.detach" in kinds
    assert scene.row(slug).raised_cents == 0


def test_an_account_has_one_customer_at_stripe_for_all_its_promises(scene: Scene) -> None:
    slug = scene.campaign()
    with scene.app.app_context():
        visitor = sign_in(scene.app, a_user("Lise Roy", "lise@exemple.fr"))
    for _ in range(2):
        scene.give(slug, client=visitor.client, email="lise@exemple.fr")
    assert len(scene.stripe.control("state")["customers"]) == 1
    assert scene.row(slug).backers_count == 1
    assert scene.row(slug).raised_cents == 50_00


def test_the_order_of_session_states_does_not_matter(scene: Scene) -> None:
    gift = scene.give(scene.campaign())
    with scene.app.app_context():
        pledge = scene.pledge(gift)
        late_news = {
            "id": pledge.checkout_session, "status": "expired", "client_reference_id": pledge.public_id,
            "customer": pledge.customer,
        }  # fmt: skip
        with transaction():
            apply_session(pledge.id, late_news, at=clock.now())
    assert scene.pledge(gift).state == PledgeState.AUTHORISED


def test_a_key_opens_its_own_promise_only(scene: Scene) -> None:
    slug = scene.campaign()
    mine, theirs = scene.give(slug), scene.give(slug)
    stranger = scene.app.test_client()
    with scene.app.app_context():
        of_nobody = pledge_key("inconnue")
    for address in (
        f"/contributions/{theirs.public_id}?cle={mine.key}",
        f"/contributions/{theirs.public_id}?cle=faux",
        f"/contributions/{theirs.public_id}",
        "/contributions/inconnue",
        f"/contributions/inconnue?cle={of_nobody}",
    ):
        answer = stranger.get(address)
        assert answer.status_code == 303, "what exists and what does not answer alike"
        assert answer.location.startswith("/connexion?next="), address
    with scene.app.app_context():
        assert db.session.query(Pledge).count() == 2


def test_a_customer_deleted_at_stripe_shuts_nobody_out(scene: Scene) -> None:
    slug = scene.campaign()
    with scene.app.app_context():
        visitor = sign_in(scene.app, a_user("Lise Roy", "lise@exemple.fr"))
    first = scene.give(slug, client=visitor.client, email="lise@exemple.fr")
    stripe.StripeClient(scene.stripe.key, base_addresses={"api": scene.stripe.url}).v1.customers.delete(
        str(scene.pledge(first).customer)
    )
    path, fields = scene.form(slug, visitor.client, email="lise@exemple.fr")
    refused = visitor.client.post(path, data=fields).headers["Location"]
    page = visitor.client.get(refused).get_data(as_text=True)
    assert "refusé" in page
    with scene.app.app_context():
        second = queries.find_by_form_key(fields["form_key"])
        assert second is not None
        again = visitor.client.post(
            f"/contributions/{second.public_id}/carte", data={"csrf_token": token_of(visitor.client, "/contributions")}
        )
    assert again.headers["Location"].startswith(scene.stripe.url)
