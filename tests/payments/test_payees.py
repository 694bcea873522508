"""A holder opens the payment account, fills it in at Stripe, and comes back."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask

from app.accounts.models import User
from app.core import clock
from app.core.database import db, transaction
from app.core.journal import history
from app.core.prints import Kind, of_name, read, shared
from app.payments import payees
from app.payments.models import PaymentAccount, StripeOperation
from fake_stripe import shopper
from tests import builders
from tests.payments.conftest import Feature, outside

BACK = "/aide"
OPEN = f"/compte/paiement/ouvrir?retour={BACK}"


@pytest.fixture
def holder(feature: Feature, app: Flask) -> builders.Visitor:
    return builders.sign_in(app, builders.a_user())


def click(visitor: builders.Visitor, path: str = OPEN) -> str:
    """Press the button; where one is sent."""
    answer = outside(visitor.post, path, page="/compte")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def accounts(feature: Feature) -> list[dict[str, object]]:
    return list(feature.stripe.control("state")["accounts"])


def test_the_whole_way_to_stripe_and_back(feature: Feature, holder: builders.Visitor) -> None:
    assert payees.status_of(holder.user_id) == "none"
    link = click(holder)
    assert link.startswith(feature.stripe.url)
    db.session.rollback()
    assert payees.status_of(holder.user_id) == "new"
    back = urlsplit(shopper.complete_onboarding(link))
    answer = outside(holder.get, f"{back.path}?{back.query}")
    assert (answer.status_code, answer.headers["Location"]) == (303, BACK)
    db.session.rollback()
    account = payees.get_account(holder.user_id)
    assert account is not None
    assert account.can_receive
    name = db.session.get_one(User, holder.user_id).name
    assert Kind.NAME in shared(read(account.prints), {of_name(name)}), "as a fingerprint only"
    assert name not in str(account.prints)
    actions = {line.action for line in history(account)}
    assert actions == {"payee.account_asked", "payee.account_created", "payee.status_changed"}


def test_a_second_click_opens_no_second_account(feature: Feature, holder: builders.Visitor) -> None:
    first, second = click(holder), click(holder)
    assert first != second
    assert len(accounts(feature)) == 1


def test_an_account_left_half_filled_can_be_taken_up_again(feature: Feature, holder: builders.Visitor) -> None:
    shopper.complete_onboarding(click(holder), "later")
    assert payees.refresh(holder.user_id) == "new"
    shopper.complete_onboarding(click(holder), "complete")
    assert payees.refresh(holder.user_id) == "active"


def test_an_account_for_which_stripe_wants_more_is_restricted(feature: Feature, holder: builders.Visitor) -> None:
    shopper.complete_onboarding(click(holder), "restricted")
    assert payees.refresh(holder.user_id) == "restricted"


def test_while_stripe_is_away_a_sentence_and_the_same_account_later(feature: Feature, holder: builders.Visitor) -> None:
    feature.fault("/v2/core/accounts", "status", status=503, times=1)
    assert click(holder) == BACK
    assert "service de paiement ne répond pas" in outside(holder.get, "/compte").get_data(as_text=True)
    feature.travel(10)
    assert click(holder).startswith(feature.stripe.url)
    assert len(accounts(feature)) == 1


def test_an_answer_lost_on_the_way_makes_no_second_account(feature: Feature, holder: builders.Visitor) -> None:
    feature.fault("/v2/core/accounts", "drop", phase="after", times=1)
    assert click(holder) == BACK
    feature.travel(10)
    assert click(holder).startswith(feature.stripe.url)
    assert len(accounts(feature)) == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/a%0d%0aSet-Cookie:x=1",
    ],
)
def test_nobody_is_sent_to_another_site(feature: Feature, holder: builders.Visitor, elsewhere: str) -> None:
    answer = outside(holder.get, "/compte/paiement/retour", query_string={"lien": "perime", "retour": elsewhere})
    location = answer.headers["Location"]
    assert location.startswith("/")
    assert "evil" not in urlsplit(location).netloc
    assert "\n" not in location


def test_the_link_needs_the_forms_token_and_somebody_signed_in(
    feature: Feature, holder: builders.Visitor, app: Flask
) -> None:
    assert outside(holder.client.post, OPEN).headers["Location"] == BACK
    assert "connexion" in outside(app.test_client().post, OPEN).headers["Location"]
    assert accounts(feature) == []


def test_accounts_that_wait_are_asked_about_once_an_hour(feature: Feature, holder: builders.Visitor) -> None:
    shopper.complete_onboarding(click(holder))
    assert payees.refresh_waiting() == "1 accounts"
    assert payees.status_of(holder.user_id) == "active"
    other = builders.sign_in(holder.client.application, builders.a_user())
    click(other)
    assert payees.refresh_waiting() == "1 accounts"
    assert payees.refresh_waiting() == ""
    feature.travel(3700)
    assert payees.refresh_waiting() == "1 accounts"


def test_an_account_deleted_at_stripe_cannot_receive(feature: Feature, holder: builders.Visitor) -> None:
    click(holder)
    account = payees.get_account(holder.user_id)
    assert account is not None
    account.stripe_account = "acct_gone"
    db.session.commit()
    assert payees.refresh(holder.user_id) == "restricted"
    assert db.session.get(User, holder.user_id) is not None


def test_a_database_begun_anew_is_not_answered_with_the_account_of_somebody_else(feature: Feature) -> None:
    keys, numbers = [], []
    for days in (0, 40):
        feature.travel(days * 86_400)
        user_id = builders.a_user().id
        with transaction():
            made = payees.start_account(db.session.get_one(User, user_id), at=clock.now())
            made_id = made.id
            keys.append(db.session.query(StripeOperation).one().idempotency_key)
            numbers.append(made_id)
            db.session.query(StripeOperation).delete()
            db.session.query(PaymentAccount).filter_by(id=made_id).delete()
    # on PostgreSQL numbers go on; a database begun anew would give the first one again
    assert keys[1].replace(f"acct:{numbers[1]}:", f"acct:{numbers[0]}:") != keys[0]
