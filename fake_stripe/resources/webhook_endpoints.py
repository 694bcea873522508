"""/v1/webhook_endpoints. Unlike Stripe's, an address must be on this machine."""

from urllib.parse import urlsplit

from fake_stripe.errors import invalid
from fake_stripe.ids import new_id
from fake_stripe.params import EXPAND, Flag, Many, Metadata, Shape, Text, listing, retrieval
from fake_stripe.store import Obj
from fake_stripe.work import API_VERSION, Work

CREATE = Shape(
    url=Text(required=True),
    enabled_events=Many(Text(), required=True, most=500),
    api_version=Text(choices=(API_VERSION,)),
    description=Text(unset=True),
    connect=Flag(),
    metadata=Metadata(),
    expand=EXPAND,
)
RETRIEVE = retrieval()
DELETE = Shape()
LIST = listing()


def create(work: Work, params: Obj) -> Obj:
    url = urlsplit(params["url"])
    if url.scheme != "http" or url.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise invalid(
            "Invalid URL: this local stand-in only delivers to http addresses of this machine.",
            "url",
            "url_invalid",
        )
    if not params["enabled_events"]:
        raise invalid("Missing required param: enabled_events.", "enabled_events", "parameter_missing")
    endpoint: Obj = {
        "id": new_id("we_1"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": work.now,
        "description": params.get("description") or None,
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "status": "enabled",
        "url": params["url"],
    }
    secret = new_id("whsec_")
    work.store.insert(endpoint | {"_secret": secret})
    return endpoint | {"secret": secret}


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return work.get("webhook_endpoint", identifier)


def delete(work: Work, params: Obj, identifier: str) -> Obj:
    work.get("webhook_endpoint", identifier)
    work.store.remove(identifier)
    work.store.db.execute("DELETE FROM delivery WHERE endpoint = ?", (identifier,))
    return {"id": identifier, "object": "webhook_endpoint", "deleted": True}
