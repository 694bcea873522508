"""What a campaign's money still waits for, as a checklist in words (invariant I11)."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.i18n import datetime_long
from app.settlement.payout_rules import Situation


def checklist(now: Situation) -> list[dict[str, object]]:
    """Lines for the macro `readiness`: each condition, whether it holds, and what is missing."""
    return [
        _line(_("La campagne a réussi, et n’est ni suspendue ni annulée"), now.has_succeeded, ""),
        _line(
            _("Plus aucune contribution n’est en cours de débit ou de règlement"), not now.has_open_pledge,
            _("Les personnes dont la banque a refusé ont encore le temps de régler."),
        ),
        _line(
            _("Deux personnes ont donné leur accord pour cette somme et ce compte"), now.is_approved,
            _("Une deuxième personne doit approuver.") if now.prepared_id else _("Le versement est à préparer."),
        ),
        _line(
            _("Les %(days)s jours de garde sont passés", days=now.hold_days), now.hold_is_over,
            _("Jusqu’au %(moment)s.", moment=datetime_long(now.hold_ends_at)) if now.hold_ends_at
            else _("Ils commencent au résultat de la campagne."),
        ),
        _line(
            _("Le compte de paiement est vérifié par Stripe"), bool(now.account) and now.account_is_active,
            _("Le porteur ou la porteuse doit le compléter.") if now.account
            else _("Le porteur ou la porteuse doit en ouvrir un."),
        ),
        _line(
            _("Ce compte est connu depuis plus de trois jours"), bool(now.account) and now.cools_until is None,
            _("Jusqu’au %(moment)s.", moment=datetime_long(now.cools_until)) if now.cools_until else "",
        ),
        _line(
            _("Le porteur ou la porteuse se connecte avec la double vérification"), now.has_second_factor,
            _("La personne a reçu un courriel qui l’explique, ou le recevra à la fin de la garde."),
        ),
    ]  # fmt: skip


def _line(label: str, is_done: bool, why: str) -> dict[str, object]:
    return {"label": label, "is_done": is_done, "is_blocking": True, "why": why, "url": ""}


def waits_for(now: Situation) -> str:
    """One sentence for a list: what the money waits for first."""
    missing = [line for line in checklist(now) if not line["is_done"]]
    if not missing:
        return str(_("Tout est prêt : le versement part."))
    return str(missing[0]["why"] or missing[0]["label"])
