"""The checker itself: it must notice what is wrong, or the green of the other tests means nothing."""

import dataclasses
import json

import pytest
import stripe

from tests.fake_stripe.conftest import Witness
from tests.fake_stripe.spec import Exchange, problems_of
from tests.fake_stripe.till import Till

pytestmark = pytest.mark.machine


@pytest.fixture
def creation(till: Till, witness: Witness) -> Exchange:
    till.intent(till.customer().id)
    assert problems_of(witness.seen[-1]) == []
    return witness.seen[-1]


def changed(call: Exchange, **fields: object) -> Exchange:
    return dataclasses.replace(call, answer=json.dumps(json.loads(call.answer) | fields))


@pytest.mark.parametrize(
    "sent",
    ["&payment_method_types[0]=card", "&amount_in_euros=12", "&amount=douze", "&off_session[0]=x"],
)
def test_a_call_that_stripe_would_not_understand_is_noticed(creation: Exchange, sent: str) -> None:
    assert problems_of(dataclasses.replace(creation, body=creation.body + sent))


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "2500"},
        {"status": "paid"},
        {"invented": True},
        {"payment_method": 7},
        {"livemode": None},
        {"next_action": {"redirect_to_url": {}}},
    ],
)
def test_an_answer_that_stripe_would_not_give_is_noticed(creation: Exchange, fields: dict[str, object]) -> None:
    assert problems_of(changed(creation, **fields))


def test_a_call_that_stripe_does_not_have_is_noticed(creation: Exchange) -> None:
    assert problems_of(dataclasses.replace(creation, url=creation.url.replace("intents", "intentions")))


def test_a_missing_parameter_is_noticed(creation: Exchange) -> None:
    without = creation.body.replace("currency=eur", "description=x")
    assert problems_of(dataclasses.replace(creation, body=without))


def test_errors_are_checked_too(till: Till, witness: Witness) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        till.client.v1.payment_intents.retrieve("pi_nobody")
    call = witness.seen[-1]
    assert problems_of(call) == []
    assert problems_of(dataclasses.replace(call, answer='{"error": {"message": "x"}}'))
