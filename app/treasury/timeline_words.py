"""The words of a contribution's timeline: what happened, in the language of who reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.i18n import current, date_long, euros_exact
from app.treasury.timeline import Moment
from app.treasury.words import CALL_WORDS

KIND_WORDS = {
    "journal": _l("Étapes"),
    "attempt": _l("Essais de débit"),
    "call": _l("Appels à Stripe"),
    "event": _l("Événements de Stripe"),
    "booking": _l("Écritures"),
    "mail": _l("Courriels"),
}
KIND_ICONS = {
    "journal": "flag", "attempt": "credit-card", "call": "upload", "event": "bell", "booking": "file-earmark-text",
    "mail": "envelope",
}  # fmt: skip
WHAT_WORDS = {
    "pledge.started": _l("Contribution commencée"),
    "pledge.made": _l("Contribution commencée"),
    "pledge.authorised": _l("Promesse enregistrée : la carte est connue"),
    "pledge.changed": _l("Montant ou contrepartie changé"),
    "pledge.new_card_asked": _l("Une autre carte est demandée"),
    "pledge.card_replaced": _l("Carte remplacée"),
    "pledge.abandoned": _l("Abandonnée avant la carte"),
    "pledge.tried_again": _l("Reprise par son auteur ou son autrice"),
    "pledge.withdrawn": _l("Annulée par son auteur ou son autrice"),
    "pledge.renounced": _l("A renoncé à la prévente qu’elle contient"),
    "pledge.taken_back": _l("Annulée par son auteur ou son autrice, à rembourser"),
    "pledge.released": _l("Levée : rien n’est débité"),
    "pledge.due": _l("À débiter : la campagne a réussi"),
    "pledge.charging": _l("Débit en cours"),
    "pledge.declined": _l("Refusée par la banque"),
    "pledge.asked_by_bank": _l("La banque attend l’accord de son client"),
    "pledge.paid": _l("Débitée"),
    "pledge.paid_too_late": _l("Payée trop tard, à rembourser"),
    "pledge.too_late": _l("Terminée trop tard"),
    "pledge.given_up": _l("Règlement abandonné"),
    "pledge.dropped": _l("Abandonnée : non débitée"),
    "pledge.refunded": _l("Somme remboursée comptée"),
    "pledge.refund_failed": _l("Remboursement revenu : la somme compte de nouveau"),
    "pledge.reward_lost": _l("La contrepartie est allée à quelqu’un d’autre"),
    "pledge.card_renewed": _l("Carte prolongée par la banque"),
    "pledge.found_again": _l("Retrouvée après une restauration"),
    "pledge.environment_closed": _l("Fermée : le compte Stripe a changé"),
    "charge.environment_closed": _l("Débit laissé à l’ancien compte Stripe"),
    "pledge.contested": _l("Contestée à la banque"),
    "pledge.contest_won": _l("Contestation rejetée par la banque"),
    "pledge.contest_counted": _l("Somme contestée comptée"),
    "pledge.contest_lost": _l("Contestation acceptée par la banque"),
    "refund.asked": _l("Remboursement demandé"),
    "refund.proposed": _l("Remboursement proposé"),
    "refund.approved": _l("Remboursement approuvé par une deuxième personne"),
    "refund.accepted": _l("Remboursement accepté par Stripe"),
    "refund.succeeded": _l("Remboursement arrivé"),
    "refund.failed": _l("Remboursement échoué"),
    "refund.tried_again": _l("Remboursement ordonné de nouveau"),
    "refund.given_up": _l("Remboursement abandonné"),
    "refund.replaced": _l("Remboursement remplacé par un autre"),
    "refund.overtaken": _l("Remboursement dépassé par un autre"),
    "refund.found": _l("Remboursement fait dans le tableau de bord de Stripe"),
    "dispute.opened": _l("Contestation ouverte"),
    "dispute.won": _l("Contestation gagnée"),
    "dispute.lost": _l("Contestation perdue"),
    "transfer.prepared": _l("Versement préparé : toutes les conditions sont réunies"),
    "transfer.done": _l("Versement fait"),
    "transfer.blocked": _l("Versement refusé par Stripe"),
    "transfer.tried_again": _l("Versement ordonné de nouveau"),
    "transfer.ended": _l("Versement sans objet"),
    "reversal.asked": _l("Reprise demandée sur le compte du porteur ou de la porteuse"),
    "reversal.done": _l("Reprise faite"),
    "reversal.owed": _l("Reprise impossible pour l’instant : dette"),
    "reversal.tried_again": _l("Reprise ordonnée de nouveau"),
    "reversal.found": _l("Reprise faite dans le tableau de bord de Stripe"),
    "attempt.started": _l("Essai de débit commencé"),
    "attempt.succeeded": _l("Essai de débit réussi"),
    "attempt.declined": _l("Essai de débit refusé"),
    "attempt.unknown": _l("Essai de débit dépassé"),
    "call.planned": _l("Appel prévu"),
    "call.sent": _l("Appel envoyé"),
    "call.done": _l("Réponse : fait"),
    "call.rejected": _l("Réponse : refusé"),
    "call.unknown": _l("Sans réponse sûre : à regarder"),
    "call.look_up": _l("À regarder avant tout nouvel envoi"),
    "booking.charge": _l("Écriture : débit"),
    "booking.refund": _l("Écriture : remboursement"),
    "booking.refund_failure": _l("Écriture : remboursement revenu"),
    "booking.fee_left": _l("Écriture : reste des frais de Stripe"),
    "booking.transfer": _l("Écriture : versement"),
    "booking.reversal": _l("Écriture : reprise"),
    "booking.debt": _l("Écriture : dette"),
    "booking.dispute": _l("Écriture : somme retenue par la banque"),
    "booking.dispute_won": _l("Écriture : somme rendue par la banque"),
    "booking.dispute_lost": _l("Écriture : contestation perdue"),
}
FACT_WORDS = {
    "amount_cents": _l("montant"), "covers_cents": _l("jusqu’à"), "refunded_cents": _l("remboursé en tout"),
    "fee_cents": _l("frais"), "was": _l("avant"), "state": _l("état"), "number": _l("numéro"), "tries": _l("essais"),
    "attempt": _l("essai"), "code": _l("code"), "decline_code": _l("motif"), "error": _l("erreur"),
    "request": _l("requête"), "result": _l("objet"), "object": _l("objet"), "source": _l("par"),
    "event": _l("événement"), "key": _l("clé"), "reason": _l("raison"), "charge": _l("débit"),
    "payout": _l("accord"), "consent": _l("conditions"), "old_cents": _l("montant d’avant"),
    "reward": _l("contrepartie"),
    "session": _l("page de carte"), "exp": _l("carte valable jusqu’à"), "refund": _l("remboursement"),
    "count": _l("nombre"),
    "why": _l("raison"), "prepared_by": _l("préparé par le compte"), "approved_by": _l("approuvé par le compte"),
    "verdict_at": _l("résultat"), "hold_days": _l("jours de garde"), "account": _l("compte Stripe"),
    "account_active": _l("compte vérifié"), "second_factor": _l("double vérification"),
    "open_pledges": _l("contributions ouvertes"), "mail_state": _l("courriel"), "on_session": _l("avec la personne"),
}  # fmt: skip
VALUE_WORDS = {
    "sent": _l("envoyé"), "given_up": _l("abandonné"), "waiting": _l("en attente"), "webhook": _l("notification"),
    "poll": _l("lecture"), "draft": _l("en attente de carte"), "authorised": _l("promise"),
    "abandoned": _l("non terminée"),
    "withdrawn": _l("annulée"), "released": _l("levée"), "due": _l("à débiter"), "charging": _l("débit en cours"),
    "needs_action": _l("à confirmer avec la banque"), "needs_card": _l("carte à remplacer"), "paid": _l("débitée"),
    "dropped": _l("non aboutie"), "part_refunded": _l("remboursée en partie"), "refunded": _l("remboursée"),
    "disputed": _l("contestée"), "lost": _l("perdue"), "received": _l("reçu"), "done": _l("traité"),
    "ignored": _l("sans objet"), "failed": _l("abandonné"), "refused": _l("refusé"),
}  # fmt: skip
MAIL_WORDS = {
    "confirmed": _l("Promesse enregistrée"), "changed": _l("Promesse changée"), "withdrawn": _l("Promesse annulée"),
    "succeeded": _l("La campagne a réussi"), "paid": _l("Reçu de paiement"), "released": _l("Rien n’est débité"),
    "repair": _l("Règlement à refaire"), "reminder": _l("Rappel"), "dropped": _l("Contribution abandonnée"),
    "refunded": _l("Remboursement"), "refund_failed": _l("Remboursement pas arrivé"), "card": _l("Carte changée"),
    "too_late": _l("Paiement trop tardif"), "taken_back": _l("Contribution annulée"),
    "ended": _l("La campagne est terminée"), "contested": _l("Contestation"), "cancelled": _l("Campagne annulée"),
    "card_expires": _l("Carte bientôt périmée"), "suspended": _l("Campagne suspendue"),
    "lifted": _l("Suspension levée"),
}  # fmt: skip


def title_of(moment: Moment) -> str:
    """What happened, in words; a code that nobody has translated yet is shown as it is."""
    if moment.kind == "mail":
        occasion = moment.what.split(":")[0]
        return str(_("Courriel : %(occasion)s", occasion=MAIL_WORDS.get(occasion, occasion)))
    said = str(WHAT_WORDS.get(moment.what, moment.what))
    call = dict(moment.facts).get("call") if moment.kind == "call" else None
    return f"{said} ({CALL_WORDS.get(call, call)})" if call else said


def facts_of(moment: Moment) -> str:
    """The ids, codes and sums of a line: « montant 25,00 €, essais 2 »."""
    return " · ".join(_fact(name, value) for name, value in moment.facts if name != "call" and value not in (None, ""))


def _fact(name: str, value: Any) -> str:
    if name.startswith("account "):
        return f"{name.removeprefix('account ')} {euros_exact(value)}"
    if isinstance(value, bool):
        said = str(_("oui") if value else _("non"))
    else:
        said = euros_exact(value) if name.endswith("_cents") else str(VALUE_WORDS.get(str(value), value))
    return f"{FACT_WORDS.get(name, name)} {said}"


def to_the_second(at: datetime) -> str:
    """« 3 mars 2027 à 23 h 59 min 12 s »: calls follow each other within seconds."""
    local = at.astimezone(clock.PARIS)
    if current() == "fr":
        return f"{date_long(at)} à {local:%H}\u00a0h\u00a0{local:%M}\u00a0min\u00a0{local:%S}\u00a0s"
    return f"{date_long(at)} at {local:%H:%M:%S}"


def as_events(found: list[Moment]) -> list[dict[str, object]]:
    """As the macro `timeline` shows them."""
    return [
        {
            "at": to_the_second(one.at), "title": title_of(one), "text": facts_of(one), "by": one.by,
            "icon": KIND_ICONS[one.kind],
        }
        for one in found
    ]  # fmt: skip
