"""`expand[]`: ids replaced by the objects they name, two levels deep and inside lists."""

from fake_stripe.errors import invalid
from fake_stripe.store import Obj
from fake_stripe.work import Work, list_object, render

EXPANDABLE: dict[str, frozenset[str]] = {
    "balance_transaction": frozenset({"source"}),
    "charge": frozenset(
        {"balance_transaction", "customer", "failure_balance_transaction", "payment_intent", "refunds"}
    ),
    "checkout.session": frozenset({"customer", "line_items", "payment_intent", "setup_intent"}),
    "customer": frozenset(),
    "dispute": frozenset({"charge", "payment_intent"}),
    "payment_intent": frozenset({"customer", "latest_charge", "payment_method"}),
    "payment_method": frozenset({"customer"}),
    "refund": frozenset({"balance_transaction", "charge", "failure_balance_transaction", "payment_intent"}),
    "setup_intent": frozenset({"customer", "payment_method"}),
    "transfer": frozenset({"balance_transaction", "source_transaction"}),
    "transfer_reversal": frozenset({"balance_transaction", "transfer"}),
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
    name, rest = parts[0], parts[1:]
    if name not in EXPANDABLE.get(str(node.get("object")), frozenset()):
        raise _impossible(path)
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
        _walk(work, value, rest, path)


def _lines(work: Work, session: Obj) -> list[Obj]:
    stored = work.store.find(session["id"])
    return list(stored["_lines"]) if stored else []


def _impossible(path: str) -> Exception:
    return invalid(f"This property cannot be expanded ({path}).", "expand")
