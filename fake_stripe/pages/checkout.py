"""The Checkout page: a card for later (setup mode) or a payment now."""

from datetime import UTC, datetime

from fake_stripe.cards import CARDS, Card
from fake_stripe.errors import Refusal
from fake_stripe.http import Request, Response, redirect
from fake_stripe.pages.render import page
from fake_stripe.resources import (
    checkout_sessions,
    confirmation,
    payment_intents,
    payment_methods,
    setup_intents,
)
from fake_stripe.store import Obj
from fake_stripe.work import Work

# The field names are a promise: tests and the robot customer post them (see README.md).
FIELDS = ("email", "card_number", "card_expiry", "card_cvc", "card_name")

WORDS = {
    "generic_decline": "Votre carte a été refusée. Essayez avec une autre carte.",
    "insufficient_funds": "Votre carte a été refusée\u00a0: les fonds sont insuffisants. Essayez avec une autre carte.",
    "lost_card": "Votre carte a été refusée. Essayez avec une autre carte.",
    "stolen_card": "Votre carte a été refusée. Essayez avec une autre carte.",
    "expired_card": "Votre carte a expiré. Essayez avec une autre carte.",
    "incorrect_cvc": "Le cryptogramme de votre carte est incorrect. Vérifiez-le et réessayez.",
    "processing_error": "Une erreur est survenue pendant le traitement de votre carte. Réessayez dans un instant.",
    "authentication": "Votre banque n’a pas pu vous authentifier. Choisissez une autre carte et réessayez.",
}


def show(work: Work, request: Request, identifier: str) -> Response:
    session = work.store.find(identifier, "checkout.session")
    if session is None:
        return _gone(404, "Cette page de paiement n’existe pas.", None)
    return _closed(session) or _form(session, {}, {})


def submit(work: Work, request: Request, identifier: str) -> Response:
    session = work.store.find(identifier, "checkout.session")
    if session is None:
        return _gone(404, "Cette page de paiement n’existe pas.", None)
    closed = _closed(session)
    if closed is not None:
        return closed
    values = {name: request.form().get(name, "").strip()[:200] for name in FIELDS}
    card, expiry, problems = _read(work, session, values)
    if card is None or problems:
        return _form(session, values, problems)
    if session["customer"] is None and session["mode"] == "payment":
        session["_email"] = values["email"]
    method = payment_methods.new_card(
        work,
        card,
        exp_month=expiry[0],
        exp_year=expiry[1],
        name=values["card_name"],
        email=session["_email"] or values["email"] or None,
    )
    return _set_up(work, session, method, values) if session["mode"] == "setup" else _pay(work, session, method, values)


def come_back(work: Work, request: Request, identifier: str) -> Response:
    """Where the bank's page returns to: the end, or the form again with its message."""
    session = work.store.find(identifier, "checkout.session")
    if session is None:
        return _gone(404, "Cette page de paiement n’existe pas.", None)
    if session["status"] == "complete":
        return redirect(success_url(session))
    closed = _closed(session)
    if closed is not None:
        return closed
    kind = "setup_intent" if session["mode"] == "setup" else "payment_intent"
    if session[kind] is None:
        return _form(session, {}, {})
    intent = work.get(kind, session[kind])
    if intent["status"] == "succeeded":
        return _finish(work, session)
    error = intent["last_setup_error" if kind == "setup_intent" else "last_payment_error"] or {}
    reason = error.get("decline_code") or error.get("code", "")
    if not error:
        return _form(session, session.get("_values", {}), {})
    return _form(session, session.get("_values", {}), {"card": WORDS.get(reason, WORDS["authentication"])})


def success_url(session: Obj) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _set_up(work: Work, session: Obj, method: Obj, values: dict[str, str]) -> Response:
    intent = work.get("setup_intent", session["setup_intent"])
    card = payment_methods.card_of(method)
    if card.attach is not None:
        setup_intents.fail(work, intent, method, card.attach)
        return _form(session, values, {"card": WORDS[card.attach]})
    if card.asks_at_setup:
        back = f"{work.base_url}/c/back/{session['id']}"
        _remember(work, session, values)
        return redirect(setup_intents.ask_for_authentication(work, intent, method, back))
    setup_intents.succeed(work, intent, method)
    return _finish(work, session)


def _pay(work: Work, session: Obj, method: Obj, values: dict[str, str]) -> Response:
    intent = _intent(work, session)
    back = f"{work.base_url}/c/back/{session['id']}"
    _remember(work, session, values)
    if intent["setup_future_usage"] == "off_session":
        method["_prepared"] = True
        work.store.save(method)
    try:
        params = {"payment_method": method["id"], "return_url": back}
        intent = confirmation.confirm(work, intent, params)
    except Refusal as refusal:
        reason = refusal.error.get("decline_code") or refusal.error.get("code", "")
        return _form(session, values, {"card": WORDS.get(reason, WORDS["generic_decline"])})
    if intent["status"] == "requires_action":
        return redirect(intent["next_action"]["redirect_to_url"]["url"])
    return _finish(work, session)


def _intent(work: Work, session: Obj) -> Obj:
    """The PaymentIntent is made at the first attempt and kept for the next ones."""
    if session["payment_intent"] is not None:
        return work.get("payment_intent", session["payment_intent"])
    data = session["_intent_data"]
    intent = payment_intents.new_intent(
        work,
        {
            **data,
            "amount": session["amount_total"],
            "currency": session["currency"],
            "customer": session["customer"],
            "allowed_payment_method_types": session["allowed_payment_method_types"],
        },
    )
    intent["_session"] = session["id"]
    work.store.save(intent)
    session["payment_intent"] = intent["id"]
    work.store.save(session)
    return intent


def _finish(work: Work, session: Obj) -> Response:
    checkout_sessions.complete(work, session)
    return redirect(success_url(session))


def _remember(work: Work, session: Obj, values: dict[str, str]) -> None:
    """What was typed, without the card, for the form after the bank's page."""
    session["_values"] = {name: values[name] for name in ("email", "card_name")}
    work.store.save(session)


def _read(work: Work, session: Obj, values: dict[str, str]) -> tuple[Card | None, tuple[int, int], dict[str, str]]:
    problems: dict[str, str] = {}
    number = values["card_number"].replace(" ", "").replace("-", "")
    card = CARDS.get(number)
    if not number:
        problems["card_number"] = "Indiquez le numéro de votre carte."
    elif card is None:
        problems["card_number"] = "Ce numéro n’est pas celui d’une carte de test. Essayez 4242 4242 4242 4242."
    expiry = _expiry(values["card_expiry"])
    today = datetime.fromtimestamp(work.now, UTC)
    if expiry is None:
        problems["card_expiry"] = "Indiquez la date d’expiration sous la forme MM/AA."
    elif (expiry[1], expiry[0]) < (today.year, today.month):
        problems["card_expiry"] = "Cette date d’expiration est passée."
    if not (values["card_cvc"].isascii() and values["card_cvc"].isdigit() and len(values["card_cvc"]) == 3):
        problems["card_cvc"] = "Le cryptogramme a trois chiffres, au dos de la carte."
    if not values["card_name"]:
        problems["card_name"] = "Indiquez le nom du titulaire de la carte."
    if not session["_email"] and "@" not in values["email"]:
        problems["email"] = "Indiquez votre adresse e-mail."
    return card, expiry or (0, 0), problems


def _expiry(text: str) -> tuple[int, int] | None:
    """« 12/34 » or « 12 / 2034 » → (12, 2034)."""
    month, slash, year = text.replace(" ", "").partition("/")
    if not slash or not (month + year).isascii() or not (month + year).isdigit():
        return None
    if len(year) not in (2, 4) or not 1 <= int(month or 0) <= 12:
        return None
    return int(month), int(year) + (2000 if len(year) == 2 else 0)


def _closed(session: Obj) -> Response | None:
    if session["status"] == "complete":
        return _gone(200, "C’est déjà fait\u00a0: il n’y a plus rien à faire ici.", success_url(session))
    if session["status"] == "expired":
        return _gone(200, "Cette page de paiement a expiré. Rien n’a été débité.", session["cancel_url"])
    return None


def _gone(status: int, text: str, back: str | None) -> Response:
    return page(status, "message.html", title="Paiement", text=text, back=back)


def _form(session: Obj, values: dict[str, str], problems: dict[str, str]) -> Response:
    kept = {name: values.get(name, "") for name in ("email", "card_name")}
    return page(
        200,
        "checkout.html",
        session=session,
        lines=session["_lines"],
        setup=session["mode"] == "setup",
        values=kept,
        problems=problems,
        cards=CARDS.values(),
    )
