"""What a person sees: Checkout, the bank, onboarding."""

import re

import pytest
import stripe

from fake_stripe import shopper
from tests.fake_stripe.process import FakeStripe
from tests.fake_stripe.till import SITE, Till

pytestmark = pytest.mark.machine

CARD = {"card_number": "4242 4242 4242 4242", "card_expiry": "12 / 34", "card_cvc": "123", "card_name": "Ada"}


def url_of(session: stripe.checkout.Session) -> str:
    assert session.url is not None
    return session.url


def test_the_page_says_what_it_is_and_what_it_costs(till: Till) -> None:
    session = till.payment_session(
        123_456, custom_text={"submit": {"message": "Débité aujourd’hui <même> si l’objectif est manqué."}}
    )
    status, _, html = shopper.request("GET", url_of(session))
    assert status == 200
    assert '<html lang="fr">' in html
    assert "Test&nbsp;: aucun argent réel." in html
    assert "1\u202f234,56\u00a0€" in html
    assert "Débité aujourd’hui &lt;même&gt; si l’objectif est manqué." in html
    assert f'href="{SITE}/annule"' in html
    for name in ("email", "card_number", "card_expiry", "card_cvc", "card_name"):
        assert f'name="{name}"' in html
        assert f'for="{name}"' in html


def test_saving_a_card_shows_that_nothing_is_debited_today(till: Till) -> None:
    _, _, html = shopper.request("GET", url_of(till.setup_session(till.customer().id)))
    assert "0,00&nbsp;€ débité aujourd’hui" in html
    assert "ada@example.org" in html
    assert 'name="email"' not in html


def test_success_goes_back_to_the_site_with_the_sessions_id(till: Till) -> None:
    session = till.payment_session()
    assert shopper.complete_checkout(url_of(session)) == f"{SITE}/retour?cs={session.id}"
    done = till.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "line_items"]})
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert (done.payment_intent.amount, done.payment_intent.transfer_group) == (2500, "campaign:1")
    assert done.payment_intent.metadata["pledge"] == "2"
    assert done.customer_details is not None
    assert done.customer_details.email == "robot@example.org"
    assert till.events() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("4000000000000002", "refusée"),
        ("4000000000009995", "fonds sont insuffisants"),
        ("4000000000000069", "a expiré"),
        ("4000000000000127", "cryptogramme"),
        ("4000000000000119", "Une erreur est survenue"),
    ],
)
def test_a_refused_card_is_explained_and_can_be_replaced(till: Till, card: str, words: str) -> None:
    for session in (till.setup_session(till.customer().id), till.payment_session()):
        with pytest.raises(shopper.PageRefused, match=words) as refused:
            shopper.complete_checkout(url_of(session), card, name="Ada <Lovelace>")
        assert 'value="Ada &lt;Lovelace&gt;"' in refused.value.html
        assert card not in re.sub(r"<code>\d+</code>", "", refused.value.html)
        assert till.client.v1.checkout.sessions.retrieve(session.id).status == "open"
        assert shopper.complete_checkout(url_of(session)).startswith(SITE)


def test_two_refusals_and_a_payment_are_one_intent(till: Till) -> None:
    session = till.payment_session()
    for _ in range(2):
        with pytest.raises(shopper.PageRefused):
            shopper.complete_checkout(url_of(session), "4000000000000002")
    shopper.complete_checkout(url_of(session))
    charges = till.client.v1.charges.list({"transfer_group": "campaign:1"}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed", "failed"]
    assert len({charge.payment_intent for charge in charges}) == 1


@pytest.mark.parametrize("card", ["4000002500003155", "4000002760003184"])
def test_the_bank_may_be_refused_and_then_satisfied(till: Till, card: str) -> None:
    for session in (till.setup_session(till.customer().id), till.payment_session()):
        with pytest.raises(shopper.PageRefused, match="n’a pas pu vous authentifier"):
            shopper.complete_checkout(url_of(session), card, authenticate=False)
        shopper.complete_checkout(url_of(session), card, authenticate=True)
        assert till.client.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_tab_closed_at_the_bank_after_yes_still_completes_the_session(till: Till) -> None:
    session = till.payment_session()
    _, bank, _ = shopper.post_form(url_of(session), email="a@b.fr", **CARD | {"card_number": "4000002760003184"})
    shopper.authenticate_payment(bank)
    assert till.client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_completed_page_does_not_charge_twice(till: Till) -> None:
    session = till.payment_session()
    url = url_of(session)
    shopper.complete_checkout(url)
    with pytest.raises(shopper.PageRefused, match="déjà fait"):
        shopper.complete_checkout(url)
    assert len(till.client.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("card_number", "", "Indiquez le numéro"),
        ("card_number", "4111111111111111", "carte de test"),
        ("card_number", "٤٢٤٢", "carte de test"),
        ("card_expiry", "13/34", "MM/AA"),
        ("card_expiry", "12/20", "passée"),
        ("card_expiry", "²/34", "MM/AA"),
        ("card_cvc", "12", "trois chiffres"),
        ("card_name", " ", "titulaire"),
        ("email", "nobody", "adresse e-mail"),
    ],
)
def test_a_wrong_field_is_named_and_the_others_are_kept(till: Till, field: str, value: str, words: str) -> None:
    typed = {"email": "ada@example.org"} | CARD | {field: value}
    status, location, html = shopper.post_form(url_of(till.payment_session()), **typed)
    assert (status, location) == (200, "")
    assert words in html
    assert f'id="{field}-problem"' in html
    if field != "card_name":
        assert 'value="Ada"' in html
    assert 'value="4242' not in html


def test_an_expired_session_takes_no_money(till: Till, fake: FakeStripe) -> None:
    session = till.payment_session()
    url = url_of(session)
    with pytest.raises(shopper.PageRefused):
        shopper.complete_checkout(url, "4000000000000002")
    fake.control("clock", offset_seconds=25 * 3600)
    with pytest.raises(shopper.PageRefused, match="expiré"):
        shopper.complete_checkout(url)
    gone = till.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert gone.status == "expired"
    assert isinstance(gone.payment_intent, stripe.PaymentIntent)
    assert gone.payment_intent.status == "canceled"
    assert till.events()[-1] == "checkout.session.expired"


def test_expiring_a_session_by_hand(till: Till) -> None:
    session = till.setup_session(till.customer().id)
    gone = till.client.v1.checkout.sessions.expire(session.id)
    assert (gone.status, gone.url) == ("expired", None)
    assert till.client.v1.setup_intents.retrieve(str(gone.setup_intent)).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        till.client.v1.checkout.sessions.expire(session.id)


def test_unknown_pages_are_404_in_french(fake: FakeStripe) -> None:
    for path in (
        "/c/pay/cs_test_nobody",
        "/3ds/pi_x/y",
        "/setup/e/acct_x/y",
        "/setup/s/acct_x/y",
        "/nothing",
    ):
        status, _, html = shopper.request("GET", fake.url + path)
        assert status == 404
        assert '<html lang="fr">' in html


def test_onboarding_completes_waits_or_leaves_something_missing(till: Till) -> None:
    def status(account: str) -> str:
        found = till.client.v2.core.accounts.retrieve(account, {"include": ["configuration.recipient", "requirements"]})
        recipient = found.configuration and found.configuration.recipient
        assert recipient
        assert recipient.capabilities
        assert recipient.capabilities.stripe_balance
        assert recipient.capabilities.stripe_balance.stripe_transfers
        assert found.requirements
        assert bool(found.requirements.entries) == (
            recipient.capabilities.stripe_balance.stripe_transfers.status != "active"
        )
        return str(recipient.capabilities.stripe_balance.stripe_transfers.status)

    assert status(till.holder("complete")) == "active"
    assert status(till.holder("later")) == "restricted"
    assert status(till.holder("restricted")) == "restricted"


def test_an_account_link_opens_once_and_for_ten_minutes(till: Till, fake: FakeStripe) -> None:
    account = till.holder("later")

    def link() -> str:
        return till.client.v2.core.account_links.create(
            {
                "account": account,
                "use_case": {
                    "type": "account_onboarding",
                    "account_onboarding": {"refresh_url": SITE + "/encore", "return_url": SITE + "/compte"},
                },
            }
        ).url

    used = link()
    assert shopper.complete_onboarding(used) == SITE + "/compte"
    assert shopper.complete_onboarding(used) == SITE + "/encore"
    old = link()
    fake.control("clock", offset_seconds=601)
    assert shopper.complete_onboarding(old) == SITE + "/encore"
