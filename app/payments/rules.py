"""What may be asked of Stripe, and what to do when an answer stays away. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

# Stripe keeps a key at least 24 hours; after that the same key is a new order
# (docs.stripe.com, "Idempotent requests"). One hour of margin.
KEY_IS_SAFE_FOR = timedelta(hours=23)
LEASE = timedelta(seconds=60)  # longer than two calls at their longest
LONGEST_WAIT_SECONDS = 300.0


class OperationKind(StrEnum):
    CUSTOMER_CREATE = "customer.create"
    SESSION_CREATE = "session.create"
    SESSION_EXPIRE = "session.expire"
    INTENT_CREATE = "intent.create"
    INTENT_CONFIRM = "intent.confirm"  # the contributor is absent
    INTENT_CONFIRM_ON_SESSION = "intent.confirm_on_session"
    INTENT_CANCEL = "intent.cancel"
    INTENT_UPDATE = "intent.update"
    METHOD_DETACH = "method.detach"
    ACCOUNT_CREATE = "account.create"
    TRANSFER_CREATE = "transfer.create"
    REFUND_CREATE = "refund.create"
    REVERSAL_CREATE = "reversal.create"  # a part of a transfer comes back


class OperationState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    REJECTED = "rejected"
    UNKNOWN = "unknown"  # sent, and no answer that can be believed
    LOOK_UP = "look_up"  # its key is worthless: look first, then only a new key may be sent


OPEN_STATES = (OperationState.PLANNED, OperationState.SENT, OperationState.UNKNOWN, OperationState.LOOK_UP)
CREATIONS = frozenset(
    {
        OperationKind.CUSTOMER_CREATE,
        OperationKind.SESSION_CREATE,
        OperationKind.INTENT_CREATE,
        OperationKind.ACCOUNT_CREATE,
        OperationKind.TRANSFER_CREATE,
        OperationKind.REFUND_CREATE,
        OperationKind.REVERSAL_CREATE,
    }
)
CONFIRMATIONS = frozenset({OperationKind.INTENT_CONFIRM, OperationKind.INTENT_CONFIRM_ON_SESSION})
# Money may have moved: never sent a second time without a look.
ALWAYS_LOOKED_UP = CONFIRMATIONS | {
    OperationKind.TRANSFER_CREATE, OperationKind.REFUND_CREATE, OperationKind.REVERSAL_CREATE,
}  # fmt: skip
# Where a lost key could leave a second object. The others are harmless (an empty customer, a page
# that expires) or idempotent by nature (cancel, update, expire, detach).
CAN_BE_LOOKED_UP = ALWAYS_LOOKED_UP | {OperationKind.INTENT_CREATE, OperationKind.ACCOUNT_CREATE}


@dataclass(frozen=True)
class Step:
    """How to send: look first?, and under a new key if nothing was found?"""

    looks_first: bool = False
    needs_new_key: bool = False


def next_step(kind: str, *, first_sent_at: datetime | None, is_doubtful: bool, at: datetime) -> Step:
    """What the next try of an operation is. `is_doubtful`: its key has answered 5xx twice."""
    if first_sent_at is None:
        return Step()
    if is_doubtful or at - first_sent_at >= KEY_IS_SAFE_FOR:
        return Step(looks_first=kind in CAN_BE_LOOKED_UP, needs_new_key=True)
    return Step(looks_first=kind in ALWAYS_LOOKED_UP)


def wait_seconds(tries: int, dice: float) -> float:
    """Exponential, with jitter. `tries` ≥ 1, `dice` between 0 and 1."""
    whole = min(LONGEST_WAIT_SECONDS, 2.0 ** min(tries, 10))
    return whole * (0.5 + dice / 2)


def is_server_error(reason: str) -> bool:
    return reason.startswith("http_5")


def with_marks(kind: str, params: Mapping[str, Any], *, env: str, op: str, subject: str) -> dict[str, Any]:
    """The parameters as they will be frozen: what is created says whose it is and by which order.

    Metadata is how an event that overtakes our own answer finds its row, and how a creation whose
    answer was lost is recognised. A confirmation also asks for what the ledger needs.
    """
    made = dict(params)
    marks = {"env": env, "op": op, "subject": subject}
    if kind in CREATIONS:
        made["metadata"] = {**made.get("metadata", {}), **marks}
    if kind == OperationKind.SESSION_CREATE:
        part = "setup_intent_data" if made.get("mode") == "setup" else "payment_intent_data"
        data = dict(made.get(part, {}))
        data["metadata"] = {**data.get("metadata", {}), **marks}
        made[part] = data
    if kind in CONFIRMATIONS:
        made.setdefault("expand", ["latest_charge.balance_transaction"])
    return made


# The states that we know of. A newer Stripe may say more: they move nothing here, and are written down.
KNOWN_STATUSES = {
    "payment_intent": frozenset(
        {
            "requires_payment_method", "requires_confirmation", "requires_action", "processing",
            "requires_capture", "canceled", "succeeded",
        }
    ),
    "checkout.session": frozenset({"open", "complete", "expired"}),
}  # fmt: skip


def is_known_status(object_type: str, thing: Mapping[str, Any]) -> bool:
    """False for a state that nobody here has heard of."""
    return object_type not in KNOWN_STATUSES or thing.get("status") in KNOWN_STATUSES[object_type]


def is_booked(intent: Mapping[str, Any]) -> bool:
    """True unless a succeeded intent came without the charge and fee that the ledger needs."""
    if intent.get("status") != "succeeded":
        return True
    charge = intent.get("latest_charge")
    return isinstance(charge, Mapping) and isinstance(charge.get("balance_transaction"), Mapping)


def charged_since(intent: Mapping[str, Any], since: datetime) -> bool:
    """True when the newest charge of an intent was made after `since`: it is this try's, not an older one's."""
    charge = intent.get("latest_charge")
    created = charge.get("created") if isinstance(charge, Mapping) else None
    return isinstance(created, int) and created >= int(since.timestamp())


RELATED = (
    "payment_intent",
    "setup_intent",
    "charge",
    "latest_charge",
    "checkout_session",
    "source_transaction",
)


def ids_in(thing: Mapping[str, Any]) -> list[str]:
    """The id of an object of Stripe, then those of its nearest relatives, without repeats."""
    found = [thing.get("id")]
    for name in RELATED:
        value = thing.get(name)
        found.append(value.get("id") if isinstance(value, Mapping) else value)
    return list(dict.fromkeys(one for one in found if isinstance(one, str) and 0 < len(one) <= 120))


# At most 20 fit into one question (docs.stripe.com/api/events/list).
EVENT_TYPES = [
    "checkout.session.completed", "checkout.session.expired",
    "setup_intent.succeeded", "setup_intent.setup_failed",
    "payment_intent.succeeded", "payment_intent.payment_failed",
    "payment_intent.requires_action", "payment_intent.canceled",
    "charge.refunded", "refund.created", "refund.updated", "refund.failed",
    "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
    "payment_method.automatically_updated", "payment_method.detached",
    "transfer.created", "transfer.reversed",
]  # fmt: skip


@dataclass(frozen=True)
class Notice:
    """What is kept of an event: whose it may be. Never a state, never a person's data."""

    event_id: str
    type: str
    created: int  # Stripe's seconds
    livemode: bool
    account: str
    object_type: str
    object_ids: tuple[str, ...]  # the object's own id first
    env: str  # the installation that made the object, if it says so
    subject: str  # `table:id`, if it says so


def notice(event: Mapping[str, Any]) -> Notice | None:
    """The notice of a snapshot event; None when it is not one."""
    event_id, kind, created = event.get("id"), event.get("type"), event.get("created")
    is_event = isinstance(event_id, str) and re.fullmatch(r"evt_\w{1,110}", event_id, re.ASCII)
    if not is_event or event.get("object") != "event" or not isinstance(kind, str):
        return None
    thing = _dig(event, "data", "object")
    thing = thing if isinstance(thing, Mapping) else {}
    metadata = thing.get("metadata")
    marks = metadata if isinstance(metadata, Mapping) else {}
    is_time = isinstance(created, int) and 0 <= created < 2**31
    return Notice(
        event_id=str(event_id),
        type=_plain_word(kind)[:80],
        created=int(created) if is_time and isinstance(created, int) else 0,
        livemode=event.get("livemode") is True,
        account=_plain_word(event.get("account"))[:120],
        object_type=_plain_word(thing.get("object"))[:80],
        object_ids=tuple(one for one in ids_in(thing) if one == _plain_word(one)),
        env=_plain_word(marks.get("env"))[:40],
        subject=_plain_word(marks.get("subject"))[:80],
    )


def _plain_word(value: Any) -> str:
    """Ids, types and codes are plain; anything else is not worth keeping."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w.:-]*", value, re.ASCII) else ""


def subject_of(text: str) -> tuple[str, int] | None:
    """`pledges:12` → ("pledges", 12)."""
    found = re.fullmatch(r"([a-z_]{1,40}):(\d{1,15})", text, re.ASCII)
    return (found[1], int(found[2])) if found else None


def account_status(account: Mapping[str, Any]) -> str:
    """new (nothing filled in yet), pending, active or restricted, of a v2 account with its parts included.

    Readiness is the recipient's capability `stripe_balance.stripe_transfers`.
    """
    path = ("configuration", "recipient", "capabilities", "stripe_balance", "stripe_transfers")
    capability = _dig(account, *path)
    status = _dig(capability, "status")
    if status in ("active", "pending"):
        return str(status)
    identity = account.get("identity") or {}
    is_filled = bool(identity.get("individual") or identity.get("business_details"))
    why = {_dig(one, "code") for one in _dig(capability, "status_details") or []}
    return "restricted" if is_filled or why - {"requirements_past_due"} else "new"


def _dig(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
