"""Paying later and paying now, declines, 3-D Secure: as the table of Stripe's behaviour says."""

import pytest
import stripe

from fake_stripe import shopper
from tests.fake_stripe.process import FakeStripe
from tests.fake_stripe.till import SITE, Till

pytestmark = pytest.mark.machine


def test_a_saved_card_is_charged_while_its_owner_is_away(till: Till) -> None:
    intent = till.paid(2500)
    assert intent.status == "succeeded"
    assert intent.amount_received == 2500
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert charge.transfer_group == "campaign:1"
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (63, 2437)
    assert till.events() == [
        "customer.created",
        "setup_intent.created",
        "setup_intent.succeeded",
        "payment_method.attached",
        "checkout.session.completed",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


@pytest.mark.parametrize(("cents", "fee"), [(50, 26), (100, 27), (1250, 44), (2500, 63), (99_999_999, 1_500_025)])
def test_the_fee_is_one_and_a_half_percent_rounded_half_up_plus_25_cents(till: Till, cents: int, fee: int) -> None:
    charge = till.paid(cents).latest_charge
    assert isinstance(charge, stripe.Charge)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.fee == fee


def test_the_card_that_fails_later_is_saved_then_refused(till: Till) -> None:
    customer, method = till.saved_card("4000000000000341")
    intent = till.intent(customer)
    with pytest.raises(stripe.CardError) as refusal:
        till.confirm(intent.id, method)
    error = refusal.value.error
    assert refusal.value.http_status == 402
    assert error is not None
    assert (error.code, error.decline_code) == ("card_declined", "generic_decline")
    assert error.payment_intent.status == "requires_payment_method"
    assert error.payment_intent.payment_method is None
    assert error.charge == error.payment_intent.latest_charge
    charge = till.client.v1.charges.retrieve(error.charge)
    assert (charge.status, charge.paid, charge.balance_transaction) == ("failed", False, None)
    assert till.events()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_another_card_pays_the_same_intent_after_a_refusal(till: Till) -> None:
    customer, bad = till.saved_card("4000000000000341")
    intent = till.intent(customer)
    with pytest.raises(stripe.CardError):
        till.confirm(intent.id, bad)
    _, good = till.saved_card(customer=customer)
    assert till.confirm(intent.id, good).status == "succeeded"


def test_the_prepared_card_needs_nobody_at_collection(till: Till) -> None:
    assert till.paid(card="4000002500003155").status == "succeeded"


def test_the_same_card_attached_without_preparation_needs_its_owner(till: Till) -> None:
    customer = till.customer().id
    method = till.client.v1.payment_methods.attach("pm_card_authenticationRequiredOnSetup", {"customer": customer})
    with pytest.raises(stripe.CardError) as refusal:
        till.confirm(till.intent(customer).id, method.id)
    assert refusal.value.code == "authentication_required"


def test_the_card_that_always_asks_is_recovered_on_the_same_intent(till: Till) -> None:
    customer, method = till.saved_card("4000002760003184")
    intent = till.intent(customer)
    with pytest.raises(stripe.CardError) as refusal:
        till.confirm(intent.id, method)
    error = refusal.value.error
    assert error is not None
    assert (error.code, error.decline_code) == ("authentication_required", "authentication_required")
    assert error.payment_intent.status == "requires_payment_method"
    assert till.client.v1.charges.list({"payment_intent": intent.id}).data == []

    asked = till.confirm(intent.id, method, off_session=False)
    assert asked.status == "requires_action"
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    back = shopper.authenticate_payment(str(asked.next_action.redirect_to_url.url))
    assert back.startswith(SITE + "/retour?payment_intent=" + intent.id)
    assert back.endswith("redirect_status=succeeded")
    assert till.client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert len(till.client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_refusing_at_the_bank_leaves_the_intent_to_be_tried_again(till: Till) -> None:
    customer, method = till.saved_card("4000002760003184")
    intent = till.intent(customer)
    asked = till.confirm(intent.id, method, off_session=False)
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    url = str(asked.next_action.redirect_to_url.url)
    assert shopper.authenticate_payment(url, authorise=False).endswith("redirect_status=failed")
    failed = till.client.v1.payment_intents.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    with pytest.raises(shopper.PageRefused):
        shopper.authenticate_payment(url)


def test_authenticated_then_without_funds_is_refused(till: Till) -> None:
    customer, method = till.saved_card("4000008260003178")
    intent = till.intent(customer)
    asked = till.confirm(intent.id, method, off_session=False)
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    shopper.authenticate_payment(str(asked.next_action.redirect_to_url.url))
    failed = till.client.v1.payment_intents.retrieve(intent.id)
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.decline_code == "insufficient_funds"


def test_the_already_prepared_card_asks_only_when_its_owner_is_there(till: Till) -> None:
    customer, method = till.saved_card("4000003800000446")
    assert till.confirm(till.intent(customer).id, method).status == "succeeded"
    assert till.confirm(till.intent(customer).id, method, off_session=False).status == "requires_action"


def test_a_paid_intent_is_never_paid_again_nor_cancelled(till: Till) -> None:
    intent = till.paid()
    for call in (
        lambda: till.confirm(intent.id, str(intent.payment_method)),
        lambda: till.client.v1.payment_intents.cancel(intent.id),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            call()
        assert refusal.value.code == "payment_intent_unexpected_state"
        assert refusal.value.error is not None
        assert refusal.value.error.payment_intent.status == "succeeded"
    assert len(till.client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_a_cancelled_intent_is_never_paid(till: Till) -> None:
    customer, method = till.saved_card()
    intent = till.intent(customer)
    gone = till.client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        till.confirm(intent.id, method)


def test_the_amount_changes_until_it_is_paid(till: Till) -> None:
    customer, method = till.saved_card()
    intent = till.intent(customer, 5000)
    till.client.v1.payment_intents.update(intent.id, {"amount": 1200, "metadata": {"note": "moins"}})
    paid = till.confirm(intent.id, method)
    assert paid.amount_received == 1200
    assert paid.metadata["note"] == "moins"
    with pytest.raises(stripe.InvalidRequestError, match="amount could not be updated"):
        till.client.v1.payment_intents.update(intent.id, {"amount": 1300})


def test_a_detached_card_and_somebody_elses_card_do_not_pay(till: Till) -> None:
    customer, method = till.saved_card()
    stranger = till.customer().id
    with pytest.raises(stripe.InvalidRequestError, match="belongs to another Customer"):
        till.confirm(till.intent(stranger).id, method)
    till.client.v1.payment_methods.detach(method)
    with pytest.raises(stripe.InvalidRequestError, match="not be used again"):
        till.confirm(till.intent(customer).id, method)
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        till.client.v1.payment_methods.detach(method)


def test_creating_and_confirming_in_one_call_keeps_the_refused_intent(till: Till) -> None:
    customer, method = till.saved_card("4000000000000341")
    with pytest.raises(stripe.CardError):
        till.client.v1.payment_intents.create(
            {
                "amount": 700,
                "currency": "eur",
                "customer": customer,
                "payment_method": method,
                "confirm": True,
                "off_session": True,
                "return_url": SITE,
            }
        )
    kept = till.client.v1.payment_intents.list({"customer": customer}).data
    assert [intent.status for intent in kept] == ["requires_payment_method"]


def test_a_saved_card_can_be_made_to_decline_for_any_reason(till: Till, fake: FakeStripe) -> None:
    customer, method = till.saved_card()
    fake.control("payment_methods", id=method, decline="lost_card")
    with pytest.raises(stripe.CardError) as refusal:
        till.confirm(till.intent(customer).id, method)
    assert refusal.value.error is not None
    assert refusal.value.error.decline_code == "lost_card"
    fake.control("payment_methods", id=method, decline=None)
    assert till.confirm(till.intent(customer).id, method).status == "succeeded"
