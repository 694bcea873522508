"""/v1/transfers and their reversals: money passed on to a connected account."""

from fake_stripe import money
from fake_stripe.errors import Refusal, invalid, refused
from fake_stripe.ids import new_id
from fake_stripe.params import EXPAND, Metadata, Number, Shape, Text, listing, retrieval
from fake_stripe.resources import v2_accounts
from fake_stripe.store import Obj
from fake_stripe.work import Work, list_object, render

CREATE = Shape(
    amount=Number(required=True, least=1),
    currency=Text(required=True, choices=money.CURRENCIES),
    destination=Text(required=True),
    source_transaction=Text(),
    transfer_group=Text(max_length=500),
    description=Text(max_length=1000),
    metadata=Metadata(),
    expand=EXPAND,
)
RETRIEVE = retrieval()
LIST = listing(destination=Text(), transfer_group=Text())
REVERSE = Shape(amount=Number(least=1), description=Text(max_length=1000), metadata=Metadata(), expand=EXPAND)
REVERSALS = listing()


def create(work: Work, params: Obj) -> Obj:
    account = work.store.find(params["destination"], "v2.core.account")
    if account is None:
        raise Refusal(
            400,
            f"No such destination: '{params['destination']}'",
            code="resource_missing",
            param="destination",
        )
    if v2_accounts.transfers_status(account) != "active":
        raise refused(
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    group = params.get("transfer_group")
    if "source_transaction" in params:
        group = _check_source(work, params)
    else:
        held = money.balance_of_platform(work)["available"].get(params["currency"], 0)
        if params["amount"] > held:
            raise refused(
                "You have insufficient available funds in your Stripe account. Try adding funds "
                "directly to your available balance by creating Charges using the "
                "4000000000000077 test card.",
                code="balance_insufficient",
            )
    transfer: Obj = {
        "id": new_id("tr_3" if "source_transaction" in params else "tr_1"),
        "object": "transfer",
        "amount": params["amount"],
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": work.now,
        "currency": params["currency"],
        "description": params.get("description"),
        "destination": account["id"],
        "destination_payment": new_id("py_1"),
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "reversals": None,
        "reversed": False,
        "source_transaction": params.get("source_transaction"),
        "source_type": "card",
        "transfer_group": group,
    }
    transfer["reversals"] = list_object(f"/v1/transfers/{transfer['id']}/reversals", [])
    entry = money.book(work, transfer, kind="transfer", amount=-params["amount"], at_once=True)
    if "source_transaction" in params:
        _available_with(work, entry, params["source_transaction"])
    transfer["balance_transaction"] = entry["id"]
    work.store.insert(transfer)
    work.emit("transfer.created", transfer)
    return transfer


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return work.get("transfer", identifier)


def reverse(work: Work, params: Obj, identifier: str) -> Obj:
    transfer = work.get("transfer", identifier)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = params.get("amount", left)
    if left == 0:
        raise refused(f"Transfer {identifier} is already fully reversed.")
    if amount > left:
        raise refused(
            f"Reversal amount ({amount}) is greater than unreversed amount on transfer ({left})",
            "amount",
        )
    held = money.balance_of_account(work, transfer["destination"])
    if amount > held.get(transfer["currency"], 0):
        raise refused(
            "The connected account does not have enough balance to reverse this transfer.",
            code="balance_insufficient",
        )
    reversal: Obj = {
        "id": new_id("trr_1"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": work.now,
        "currency": transfer["currency"],
        "destination_payment_refund": new_id("pyr_1"),
        "metadata": params.get("metadata", {}),
        "source_refund": None,
        "transfer": identifier,
    }
    entry = money.book(work, reversal, kind="transfer_refund", amount=amount, at_once=True)
    reversal["balance_transaction"] = entry["id"]
    work.store.insert(reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    data = [render(reversal, work.now), *transfer["reversals"]["data"]][:10]
    transfer["reversals"]["data"] = data
    work.store.save(transfer)
    work.emit("transfer.reversed", transfer)
    return reversal


def reversals(work: Work, params: Obj, identifier: str) -> Obj:
    work.get("transfer", identifier)
    found = work.store.every("transfer_reversal", transfer=identifier)
    shown = [render(reversal, work.now) for reversal in reversed(found)]
    return list_object(f"/v1/transfers/{identifier}/reversals", shown)


def retrieve_reversal(work: Work, params: Obj, identifier: str, reversal: str) -> Obj:
    found = work.get("transfer_reversal", reversal)
    if found["transfer"] != identifier:
        raise Refusal(404, f"No such transfer_reversal: '{reversal}'", code="resource_missing", param="id")
    return found


def _check_source(work: Work, params: Obj) -> str | None:
    """The charge can bear this transfer. Returns the transfer group."""
    charge = work.get("charge", params["source_transaction"], "source_transaction")
    if charge["status"] != "succeeded":
        raise refused("The source_transaction must be a successful charge.", "source_transaction")
    if charge["currency"] != params["currency"]:
        raise refused(
            f"The currency of source_transaction's balance transaction ({charge['currency']}) must "
            f"be the same as the transfer currency ({params['currency']})",
            "currency",
        )
    group: str | None = charge["transfer_group"]
    asked: str | None = params.get("transfer_group")
    if group is not None and asked is not None and group != asked:
        raise invalid(
            "The transfer_group of a transfer must be that of its source_transaction.",
            "transfer_group",
        )
    drawn = sum(
        transfer["amount"] - transfer["amount_reversed"]
        for transfer in work.store.every("transfer", source_transaction=charge["id"])
    )
    left = charge["amount"] - charge["amount_refunded"] - drawn
    if params["amount"] > left:
        raise refused(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{charge['amount']} {charge['currency']}. (What is left of it: {left}.)",
            "amount",
        )
    return group if asked is None else asked


def _available_with(work: Work, entry: Obj, charge: str) -> None:
    source = work.get("charge", charge)
    entry["available_on"] = work.get("balance_transaction", source["balance_transaction"])["available_on"]
    work.store.save(entry)
