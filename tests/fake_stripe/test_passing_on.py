"""Money that goes on: refunds, disputes, transfers, reversals, the balance."""

import pytest
import stripe

from tests.fake_stripe.process import FakeStripe
from tests.fake_stripe.till import Till

pytestmark = pytest.mark.machine


def charge_of(intent: stripe.PaymentIntent) -> stripe.Charge:
    assert isinstance(intent.latest_charge, stripe.Charge)
    return intent.latest_charge


def transfer(till: Till, account: str, charge: str, cents: int, group: str = "campaign:1") -> stripe.Transfer:
    return till.client.v1.transfers.create(
        {
            "amount": cents,
            "currency": "eur",
            "destination": account,
            "source_transaction": charge,
            "transfer_group": group,
            "metadata": {"transfer": "1"},
        }
    )


def test_refunds_add_up_to_the_charge_and_no_further(till: Till) -> None:
    intent = till.paid(1000)
    part = till.client.v1.refunds.create({"payment_intent": intent.id, "amount": 400, "metadata": {"refund": "1"}})
    assert (part.status, part.charge) == ("succeeded", charge_of(intent).id)
    with pytest.raises(stripe.InvalidRequestError) as over:
        till.client.v1.refunds.create({"payment_intent": intent.id, "amount": 601})
    assert over.value.param == "amount"
    till.client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as twice:
        till.client.v1.refunds.create({"payment_intent": intent.id})
    assert twice.value.code == "charge_already_refunded"
    charge = till.client.v1.charges.retrieve(charge_of(intent).id, {"expand": ["refunds"]})
    assert (charge.refunded, charge.amount_refunded) == (True, 1000)
    assert charge.refunds is not None
    assert [refund.amount for refund in charge.refunds.data] == [600, 400]
    assert till.events()[-2:] == ["charge.refunded", "refund.created"]


def test_an_unpaid_intent_has_nothing_to_refund(till: Till) -> None:
    intent = till.intent(till.customer().id)
    with pytest.raises(stripe.InvalidRequestError, match="successful charge") as refusal:
        till.client.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code is None


def test_a_refund_that_fails_later_gives_the_money_back_to_the_platform(till: Till, fake: FakeStripe) -> None:
    intent = till.paid(1000, "4000000000005126")
    refund = till.client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    fake.control("clock", offset_seconds=3700)
    failed = till.client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert failed.failure_balance_transaction.amount == 1000
    assert till.client.v1.charges.retrieve(charge_of(intent).id).amount_refunded == 0
    assert till.events()[-2:] == ["refund.updated", "refund.failed"]


def test_a_pending_refund_ends_as_ordered(till: Till, fake: FakeStripe) -> None:
    refunds = till.client.v1.refunds
    pending = [
        refunds.create({"payment_intent": till.paid(1000, "4000000000007726").id, "amount": amount})
        for amount in (100, 200)
    ]
    assert [refund.status for refund in pending] == ["pending", "pending"]
    fake.control("refunds", id=pending[0].id, status="failed")
    fake.control("clock", offset_seconds=3700)
    assert [refunds.retrieve(refund.id).status for refund in pending] == ["failed", "succeeded"]


def test_a_disputed_card_takes_the_money_back_until_it_is_won(till: Till, fake: FakeStripe) -> None:
    intent = till.paid(1000, "4000000000000259")
    [dispute] = till.client.v1.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.amount, dispute.status) == (1000, "needs_response")
    assert till.client.v1.charges.retrieve(charge_of(intent).id).disputed
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        till.client.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code == "charge_disputed"
    fake.control("disputes", id=dispute.id, outcome="won")
    assert till.client.v1.disputes.retrieve(dispute.id).status == "won"
    nets = [entry.net for entry in till.client.v1.balance_transactions.list().data]
    assert nets == [3000, -3000, 960]
    assert till.events()[-2:] == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]


def test_a_dispute_is_opened_and_lost_on_order(till: Till, fake: FakeStripe) -> None:
    charge = charge_of(till.paid(1000)).id
    opened = fake.control("disputes", charge=charge, reason="product_not_received")
    assert fake.control("disputes", id=opened["id"], outcome="lost")["status"] == "lost"
    assert till.client.v1.disputes.list({"charge": charge}).data[0].reason == "product_not_received"


def test_transfers_draw_on_one_charge_and_never_exceed_it(till: Till) -> None:
    account, charge = till.holder(), charge_of(till.paid(2500)).id
    first = transfer(till, account, charge, 2000)
    assert first.transfer_group == "campaign:1"
    with pytest.raises(stripe.InvalidRequestError, match="must not exceed") as over:
        transfer(till, account, charge, 501)
    assert over.value.param == "amount"
    transfer(till, account, charge, 500)
    listed = till.client.v1.transfers.list({"transfer_group": "campaign:1"}).data
    assert [found.amount for found in listed] == [500, 2000]
    assert till.client.v1.transfers.list({"destination": "acct_other"}).data == []
    entry = till.client.v1.transfers.retrieve(first.id, {"expand": ["balance_transaction"]}).balance_transaction
    assert isinstance(entry, stripe.BalanceTransaction)
    assert (entry.amount, entry.type, entry.status) == (-2000, "transfer", "pending")


def test_a_refunded_part_cannot_be_passed_on(till: Till) -> None:
    account, intent = till.holder(), till.paid(2500)
    till.client.v1.refunds.create({"payment_intent": intent.id, "amount": 1500})
    with pytest.raises(stripe.InvalidRequestError, match="must not exceed"):
        transfer(till, account, charge_of(intent).id, 1001)


def test_transfers_wait_for_the_account_to_be_ready(till: Till, fake: FakeStripe) -> None:
    account, charge = till.holder("later"), charge_of(till.paid(2500)).id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        transfer(till, account, charge, 100)
    assert refusal.value.code == "insufficient_capabilities_for_transfer"
    assert fake.control("accounts", id=account, status="active")["status"] == "active"
    assert transfer(till, account, charge, 100).amount == 100
    fake.control("accounts", id=account, status="restricted")
    with pytest.raises(stripe.InvalidRequestError):
        transfer(till, account, charge, 100)


def test_a_transfer_of_another_group_or_to_nobody_is_refused(till: Till) -> None:
    account, charge = till.holder(), charge_of(till.paid(2500)).id
    with pytest.raises(stripe.InvalidRequestError, match="transfer_group"):
        transfer(till, account, charge, 100, group="campaign:2")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        transfer(till, "acct_nobody", charge, 100)
    assert (refusal.value.code, refusal.value.param) == ("resource_missing", "destination")


def test_without_a_source_a_transfer_needs_money_that_is_available(till: Till) -> None:
    account = till.holder()
    till.paid(2500)

    def send() -> stripe.Transfer:
        return till.client.v1.transfers.create({"amount": 2000, "currency": "eur", "destination": account})

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        send()
    assert refusal.value.code == "balance_insufficient"
    till.paid(2500, "4000000000000077")
    assert send().source_transaction is None


def test_a_reversal_brings_back_what_the_holder_still_has(till: Till, fake: FakeStripe) -> None:
    account, charge = till.holder(), charge_of(till.paid(2500)).id
    sent = transfer(till, account, charge, 2000)
    back = till.client.v1.transfers.reversals.create(sent.id, {"amount": 500})
    assert back.transfer == sent.id
    assert till.client.v1.transfers.reversals.retrieve(sent.id, back.id).amount == 500
    assert [found.id for found in till.client.v1.transfers.reversals.list(sent.id).data] == [back.id]
    assert till.client.v1.transfers.retrieve(sent.id).amount_reversed == 500
    assert till.events()[-1] == "transfer.reversed"
    with pytest.raises(stripe.InvalidRequestError, match="greater than unreversed"):
        till.client.v1.transfers.reversals.create(sent.id, {"amount": 1501})
    assert fake.control("accounts", id=account, payout=True)["balance"] == {"eur": 0}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        till.client.v1.transfers.reversals.create(sent.id)
    assert refusal.value.code == "balance_insufficient"


def test_the_books_add_up_and_become_available_in_time(till: Till, fake: FakeStripe) -> None:
    account, intent = till.holder(), till.paid(10_000)
    transfer(till, account, charge_of(intent).id, 9000)
    till.client.v1.refunds.create({"payment_intent": till.paid(500).id})
    expected = (10_000 - 175) - 9000 + (500 - 33) - 500

    def amounts() -> tuple[int, int]:
        found = till.client.v1.balance.retrieve()
        return found.available[0].amount, found.pending[0].amount

    assert sum(amounts()) == expected
    fake.control("clock", offset_seconds=4 * 86_400)
    assert amounts() == (expected, 0)
    state = fake.control("state")
    assert state["balance"]["available"] == {"eur": expected}
    assert [(a["id"], a["balance"], a["transfers_status"]) for a in state["accounts"]] == [
        (account, {"eur": 9000}, "active")
    ]
    held = till.client.v1.balance.retrieve(options={"stripe_account": account})
    assert held.available[0].amount == 9000
