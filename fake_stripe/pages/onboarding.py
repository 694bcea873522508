"""Connect onboarding: the holder completes the account, or leaves it for later."""

from fake_stripe.http import Request, Response, redirect
from fake_stripe.ids import new_id
from fake_stripe.pages.render import page
from fake_stripe.resources import v2_accounts
from fake_stripe.store import Obj
from fake_stripe.work import Work


def open_link(work: Work, request: Request, account: str, token: str) -> Response:
    """A link opens once and for ten minutes; after that it sends back to `refresh_url`."""
    link = work.store.find(f"acctlink_{token}", "v2.core.account_link")
    if link is None or link["account"] != account:
        return _unknown()
    if link["_used"] or link["_expires"] <= work.now:
        return redirect(link["use_case"]["account_onboarding"]["refresh_url"])
    link |= {"_used": True, "_visit": new_id("")}
    work.store.save(link)
    work.store.insert(
        {
            "id": f"visit_{link['_visit']}",
            "object": "visit",
            "created": work.now,
            "account": account,
            "return_url": link["use_case"]["account_onboarding"]["return_url"],
            "refresh_url": link["use_case"]["account_onboarding"]["refresh_url"],
        }
    )
    return redirect(f"{work.base_url}/setup/s/{account}/{link['_visit']}")


def show(work: Work, request: Request, account: str, visit: str) -> Response:
    found = _find(work, account, visit)
    if found is None:
        return _unknown()
    holder = work.get("v2.core.account", account)
    return page(200, "onboarding.html", account=holder, status=v2_accounts.transfers_status(holder))


def submit(work: Work, request: Request, account: str, visit: str) -> Response:
    """Form field `decision`: complete, restricted or later."""
    found = _find(work, account, visit)
    if found is None:
        return _unknown()
    holder = work.get("v2.core.account", account)
    decision = request.form().get("decision")
    if decision == "complete":
        v2_accounts.identify(holder, request.form())
        v2_accounts.set_status(work, holder, "active")
    elif decision == "restricted":
        v2_accounts.set_status(work, holder, "restricted", "requirements_pending_verification")
    elif decision != "later":
        return show(work, request, account, visit)
    return redirect(found["return_url"] or found["refresh_url"])


def _find(work: Work, account: str, visit: str) -> Obj | None:
    found = work.store.find(f"visit_{visit}", "visit")
    return found if found is not None and found["account"] == account else None


def _unknown() -> Response:
    return page(404, "message.html", title="Lien inconnu", text="Ce lien n’existe pas.")
