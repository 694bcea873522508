"""`expand[]`: ids replaced by the objects they name, two levels deep and inside lists."""

from fake_stripe.errors import invalid
from fake_stripe.store import Obj
from fake_stripe.work import Work, list_object, render

# kind → field → kind of what it names ("" when it may be several).
EXPANDABLE: dict[str, dict[str, str]] = {
    "balance_transaction": {"source": ""},
    "charge": {
        "balance_transaction": "balance_transaction",
        "customer": "customer",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        "refunds": "refund",
    },
    "checkout.session": {
        "customer": "customer",
        "line_items": "item",
        "payment_intent": "payment_intent",
        "setup_intent": "setup_intent",
    },
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
    "payment_intent": {
        "customer": "customer",
        "latest_charge": "charge",
        "payment_method": "payment_method",
    },
    "payment_method": {"customer": "customer"},
    "refund": {
        "balance_transaction": "balance_transaction",
        "charge": "charge",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
    },
    "setup_intent": {"customer": "customer", "payment_method": "payment_method"},
    "transfer": {"balance_transaction": "balance_transaction", "source_transaction": "charge"},
    "transfer_reversal": {"balance_transaction": "balance_transaction", "transfer": "transfer"},
}


def expand(work: Work, shown: Obj, paths: list[str]) -> Obj:
    """Changes `shown` (a rendered object or list) in place.

    Raises:
        Refusal: 400 when a path names something that cannot be expanded, or is deeper than 4.
    """
    for path in paths:
        parts = path.split(".")
        if len(parts) > 4:
            raise invalid("You cannot expand more than 4 levels of a property.", "expand")
        if shown.get("object") == "list":
            if parts[0] != "data" or len(parts) == 1:
                raise _impossible(path)
            for item in shown["data"]:
                _walk(work, item, parts[1:], path)
        else:
            _walk(work, shown, parts, path)
    return shown


def _walk(work: Work, node: Obj, parts: list[str], path: str) -> None:
    _check(str(node.get("object")), parts, path)
    name, rest = parts[0], parts[1:]
    value = node.get(name)
    if name == "refunds" and value is None:
        found = work.store.every("refund", charge=node["id"])
        value = list_object(f"/v1/charges/{node['id']}/refunds", [render(r, work.now) for r in found[::-1]])
    elif name == "line_items" and value is None:
        value = list_object(f"/v1/checkout/sessions/{node['id']}/line_items", _lines(work, node))
    elif isinstance(value, str):
        target = work.store.find(value)
        value = value if target is None else render(target, work.now)
    node[name] = value
    if rest and isinstance(value, dict):
        for inner in value["data"] if value["object"] == "list" else [value]:
            _walk(work, inner, rest, path)


def _check(kind: str, parts: list[str], path: str) -> None:
    """A path is wrong by its names alone, whether or not there is something to expand today."""
    for name in parts:
        if name not in EXPANDABLE.get(kind, {}):
            raise _impossible(path)
        kind = EXPANDABLE[kind][name]
        if not kind:
            return


def _lines(work: Work, session: Obj) -> list[Obj]:
    stored = work.store.find(session["id"])
    return list(stored["_lines"]) if stored else []


def _impossible(path: str) -> Exception:
    return invalid(f"This property cannot be expanded ({path}).", "expand")
