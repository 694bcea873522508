"""/v1/events: readable for 30 days, like Stripe's."""

from typing import Any

from fake_stripe.errors import invalid, missing
from fake_stripe.params import Flag, Many, Text, listing, retrieval
from fake_stripe.store import Obj
from fake_stripe.work import Work, list_object, render

KEPT_SECONDS = 30 * 86_400

RETRIEVE = retrieval()
LIST = listing(type=Text(), types=Many(Text(), most=20), delivery_success=Flag())


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    event = work.get("event", identifier)
    if event["created"] < work.now - KEPT_SECONDS:
        raise missing("event", identifier)
    return event


def listed(work: Work, params: Obj) -> Obj:
    if "type" in params and "types" in params:
        raise invalid("You may only specify one of these parameters: type, types.", "types")
    types = [params["type"]] if "type" in params else params.get("types")
    created: dict[str, int] = dict(params.get("created", {}))
    created["gte"] = max(created.get("gte", 0), work.now - KEPT_SECONDS)
    found, more = _page(work, params, created, types)
    if "delivery_success" in params:
        wanted = params["delivery_success"]
        found = [event for event in found if (event["pending_webhooks"] == 0) is wanted]
    return list_object("/v1/events", [render(event, work.now) for event in found], more)


def _page(work: Work, params: Obj, created: dict[str, int], types: list[str] | None) -> tuple[list[Any], bool]:
    try:
        return work.store.page(
            "event",
            {},
            limit=params.get("limit", 10),
            after=params.get("starting_after"),
            before=params.get("ending_before"),
            created=created,
            types=types,
        )
    except KeyError as unknown:
        name = "starting_after" if unknown.args[0] == params.get("starting_after") else "ending_before"
        raise missing("event", unknown.args[0], name) from unknown
