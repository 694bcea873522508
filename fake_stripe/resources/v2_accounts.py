"""/v2/core/accounts and /v2/core/account_links: the holders who receive transfers.

Answers leave `configuration`, `defaults`, `identity` and `requirements` null unless they are named
in `include`. No event is emitted (Stripe's are thin and go elsewhere): poll the account.
"""

from datetime import UTC, datetime

from fake_stripe.errors import Refusal, invalid, missing
from fake_stripe.ids import new_id
from fake_stripe.params import Flag, Many, Metadata, Number, Shape, Text
from fake_stripe.store import Obj
from fake_stripe.work import Work

INCLUDABLE = (
    "configuration.customer",
    "configuration.merchant",
    "configuration.recipient",
    "defaults",
    "future_requirements",
    "identity",
    "requirements",
)
INCLUDE = Many(Text(choices=INCLUDABLE))
ENTITIES = ("company", "government_entity", "individual", "non_profit")
LINK_SECONDS = 600

CREATE = Shape(
    contact_email=Text(max_length=800),
    display_name=Text(),
    dashboard=Text(choices=("express", "full", "none")),
    identity=Shape(country=Text(max_length=2), entity_type=Text(choices=ENTITIES)),
    configuration=Shape(
        recipient=Shape(capabilities=Shape(stripe_balance=Shape(stripe_transfers=Shape(requested=Flag(required=True)))))
    ),
    defaults=Shape(
        currency=Text(choices=("eur",)),
        locales=Many(Text(choices=("fr-FR", "fr", "en-GB", "en"))),
        profile=Shape(business_url=Text(), doing_business_as=Text(), product_description=Text()),
        responsibilities=Shape(
            fees_collector=Text(required=True, choices=("application", "stripe")),
            losses_collector=Text(required=True, choices=("application", "stripe")),
        ).wanted(),
    ),
    include=INCLUDE,
    metadata=Metadata(),
)
RETRIEVE = Shape(include=INCLUDE)
LIST = Shape(
    applied_configurations=Many(Text(choices=("customer", "merchant", "recipient"))),
    closed=Flag(),
    limit=Number(least=1, most=100),
    page=Text(),
)
ONBOARDING = Shape(
    refresh_url=Text(required=True),
    return_url=Text(),
    collection_options=Shape(
        fields=Text(choices=("currently_due", "eventually_due")),
        future_requirements=Text(choices=("include", "omit")),
    ),
).wanted()
LINK = Shape(
    account=Text(required=True),
    use_case=Shape(
        type=Text(required=True, choices=("account_onboarding",)),
        account_onboarding=ONBOARDING,
    ).wanted(),
)


def create(work: Work, params: Obj) -> Obj:
    recipient = params.get("configuration", {}).get("recipient")
    identity = params.get("identity", {})
    if recipient is not None and "country" not in identity:
        raise invalid("identity.country is required.", "identity.country", "parameter_missing")
    if "defaults" in params and params.get("dashboard") == "full":
        raise invalid("dashboard=full does not go with these responsibilities.", "dashboard")
    wanted = (recipient or {}).get("capabilities", {}).get("stripe_balance", {})
    requested = wanted.get("stripe_transfers", {}).get("requested", False)
    defaults = params.get("defaults", {})
    account: Obj = {
        "id": new_id("acct_"),
        "object": "v2.core.account",
        "applied_configurations": ["recipient"] if recipient is not None else [],
        "closed": False,
        "contact_email": params.get("contact_email"),
        "contact_phone": None,
        "created": iso(work.now),
        "dashboard": params.get("dashboard", "none"),
        "display_name": params.get("display_name"),
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "_created": work.now,
        "_identity": {
            "attestations": None,
            "business_details": None,
            "country": identity.get("country"),
            "entity_type": identity.get("entity_type"),
            "individual": None,
        },
        "_defaults": {
            "currency": defaults.get("currency", "eur"),
            "locales": defaults.get("locales"),
            "profile": defaults.get("profile"),
            "responsibilities": defaults.get("responsibilities", {}) | {"requirements_collector": "stripe"},
        },
        "_requested": requested,
        "_status": "restricted",
        "_why": "requirements_past_due",
    }
    work.store.insert(account)
    return shown(account, params.get("include", []))


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return shown(work.get("v2.core.account", identifier), params.get("include", []))


def listed(work: Work, params: Obj) -> Obj:
    """Pages by `page`, the id of the last account seen; `next_page_url` carries it."""
    limit = params.get("limit", 20)
    try:
        found, more = work.store.page("v2.core.account", {}, limit=limit, after=params.get("page"))
    except KeyError as unknown:
        raise invalid("This page does not exist.", "page") from unknown
    following = f"/v2/core/accounts?limit={limit}&page={found[-1]['id']}" if more else None
    return {
        "data": [shown(account, []) for account in found],
        "next_page_url": following,
        "previous_page_url": None,
    }


def link(work: Work, params: Obj) -> Obj:
    work_account = work.store.find(params["account"], "v2.core.account")
    if work_account is None:
        raise Refusal(400, f"No such account: '{params['account']}'", code="resource_missing", param="account")
    case = params["use_case"]
    token = new_id("")
    made: Obj = {
        "id": f"acctlink_{token}",
        "object": "v2.core.account_link",
        "account": params["account"],
        "created": iso(work.now),
        "expires_at": iso(work.now + LINK_SECONDS),
        "livemode": False,
        "url": f"{work.base_url}/setup/e/{params['account']}/{token}",
        "use_case": {
            "type": case["type"],
            "account_onboarding": {"collection_options": None, "return_url": None} | case["account_onboarding"],
        },
    }
    work.store.insert(made | {"_created": work.now, "_expires": work.now + LINK_SECONDS, "_used": False})
    return {name: value for name, value in made.items() if name != "id"}


def transfers_status(account: Obj) -> str:
    """active, pending, restricted… of stripe_balance.stripe_transfers; `restricted` if never asked."""
    return str(account["_status"]) if account["_requested"] else "restricted"


def set_status(work: Work, account: Obj, status: str, why: str | None = None) -> Obj:
    account |= {"_status": status, "_why": None if status == "active" else why}
    return work.store.save(account)


def identify(account: Obj, typed: Obj) -> None:
    """What the person typed on the onboarding pages; what they left out is made of the account's name and id."""
    name = str(account["display_name"] or "Sans Nom")
    address = {
        "line1": typed.get("line1") or f"{account['_created'] % 90 + 1} rue {account['id'][-8:]}",
        "postal_code": typed.get("postal_code") or "21000",
        "country": "fr",
    }
    number = int.from_bytes(str(account["id"]).encode()[-4:], "big") % 10**8
    known = {"phone": typed.get("phone") or f"+336{number:08d}", "address": address}
    if account["_identity"]["entity_type"] in {None, "individual"}:
        given_name, _, surname = name.partition(" ")
        account["_identity"]["individual"] = {
            "id": f"person_{account['id'].removeprefix('acct_')}",
            "object": "v2.core.account_person",
            "account": account["id"],
            "created": account["created"],
            "updated": account["created"],
            "given_name": given_name,
            "surname": surname,
            **known,
        }
    else:
        account["_identity"]["business_details"] = {"registered_name": name, **known}


def shown(account: Obj, include: list[str]) -> Obj:
    seen = {name: value for name, value in account.items() if not name.startswith("_")}
    seen |= dict.fromkeys(("configuration", "defaults", "identity", "requirements"))
    seen["future_requirements"] = None
    if any(name.startswith("configuration.") for name in include):
        recipient = None
        if "configuration.recipient" in include and account["applied_configurations"]:
            recipient = _recipient(account)
        seen["configuration"] = {"customer": None, "merchant": None, "recipient": recipient}
    if "identity" in include:
        seen["identity"] = account["_identity"]
    if "defaults" in include:
        seen["defaults"] = account["_defaults"]
    if "requirements" in include:
        seen["requirements"] = _requirements(account)
    return seen


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def find_link(work: Work, account: str, token: str) -> Obj:
    found = work.store.find(f"acctlink_{token}", "v2.core.account_link")
    if found is None or found["account"] != account:
        raise missing("account_link", token)
    return found


def _recipient(account: Obj) -> Obj:
    capability = None
    if account["_requested"]:
        details = []
        if account["_why"] is not None:
            details = [{"code": account["_why"], "resolution": "provide_info"}]
        capability = {"status": account["_status"], "status_details": details}
    return {
        "applied": True,
        "capabilities": {
            "stripe_balance": {"payouts": None, "stripe_transfers": capability},
        },
    }


def _requirements(account: Obj) -> Obj:
    if account["_status"] == "active":
        return {"entries": [], "summary": None}
    document = account["_why"] == "requirements_pending_verification"
    entry = {
        "awaiting_action_from": "user",
        "description": "identity.individual.documents.primary_verification"
        if document
        else "identity.individual.given_name",
        "errors": [],
        "impact": {
            "restricts_capabilities": [
                {
                    "capability": "stripe_balance.stripe_transfers",
                    "configuration": "recipient",
                    "deadline": {"status": "past_due"},
                }
            ]
        },
        "minimum_deadline": {"status": "past_due"},
        "reference": None,
        "requested_reasons": [{"code": "routine_onboarding"}],
    }
    return {
        "entries": [entry],
        "summary": {"minimum_deadline": {"status": "past_due", "time": None}},
    }
