"""The bank's page: the person says yes or no, then goes back where they came from."""

import hmac

from fake_stripe.errors import Refusal
from fake_stripe.http import Request, Response, redirect
from fake_stripe.pages.render import page, with_query
from fake_stripe.resources import checkout_sessions, confirmation, setup_intents
from fake_stripe.store import Obj
from fake_stripe.work import Work


def show(work: Work, request: Request, identifier: str, token: str) -> Response:
    intent = _intent(work, identifier, token)
    if intent is None:
        return _nothing()
    method = work.get("payment_method", intent["payment_method"])
    return page(200, "three_d_secure.html", intent=intent, card=method["card"])


def submit(work: Work, request: Request, identifier: str, token: str) -> Response:
    """Form field `decision`: authorise or refuse."""
    intent = _intent(work, identifier, token)
    if intent is None:
        return _nothing()
    decision = request.form().get("decision")
    if decision not in ("authorise", "refuse"):
        return show(work, request, identifier, token)
    back = intent["next_action"]["redirect_to_url"]["return_url"]
    method = work.get("payment_method", intent["payment_method"])
    if identifier.startswith("seti_"):
        if decision == "authorise":
            setup_intents.succeed(work, intent, method)
            _complete_session(work, intent)
        else:
            setup_intents.fail(work, intent, method, "authentication_failure")
    elif decision == "authorise":
        try:
            confirmation.pay(work, intent, method, authenticated=True)
            _complete_session(work, intent)
        except Refusal:
            # Written on the intent (last_payment_error); the page that comes next tells it.
            decision = "refuse"
    else:
        confirmation.authentication_failed(work, intent, method)
    if back is None:
        return page(200, "message.html", title="Banque", text="C’est fait, vous pouvez fermer cette page.")
    kind = "setup_intent" if identifier.startswith("seti_") else "payment_intent"
    outcome = "succeeded" if decision == "authorise" else "failed"
    facts = {
        kind: identifier,
        f"{kind}_client_secret": intent["client_secret"],
        "redirect_status": outcome,
    }
    return redirect(with_query(back, **facts))


def _complete_session(work: Work, intent: Obj) -> None:
    """The Session ends here, even if the person closes the tab before coming back to it."""
    session = work.store.find(intent.get("_session") or "", "checkout.session")
    if session is not None:
        checkout_sessions.complete(work, session)


def _intent(work: Work, identifier: str, token: str) -> Obj | None:
    intent = work.store.find(identifier)
    if intent is None or intent["status"] != "requires_action":
        return None
    return intent if hmac.compare_digest(intent["_token"], token) else None


def _nothing() -> Response:
    return page(
        404,
        "message.html",
        title="Rien à confirmer",
        text="Il n’y a rien à confirmer ici\u00a0: c’est déjà fait, ou la demande a été annulée.",
    )
