"""How long what is kept, why, and what then: one table, run dry or for real. Pure.

Source: retention of coaching records (the durations are to be confirmed by the network's data officer).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

MONTH = timedelta(days=30)
NOTICE = MONTH  # between telling and doing
SILENT_PROMPT, SILENT_NOTICE, SILENT_CLOSED = 18 * MONTH, 23 * MONTH, 24 * MONTH
ARCHIVE = 5 * timedelta(days=365)
WITHDRAWN, DEAD_LINK = MONTH, MONTH


@dataclass(frozen=True)
class Rule:
    """`key` names the query and the act; the rest is read on the page and in the register of processing."""

    key: str
    what: Any
    basis: Any
    after: Any
    then: Any


RULES = (
    Rule("prompt", _l("Dossier ouvert et silencieux"), _l("mission d’intérêt public"), _l("18 mois sans activité"),
         _l("le référent ou la référente est invité à reprendre contact ou à clore")),
    Rule("closing", _l("Dossier ouvert et silencieux"), _l("mission d’intérêt public"), _l("23 mois sans activité"),
         _l("la personne est prévenue de la clôture, un mois avant")),
    Rule("close", _l("Dossier ouvert et silencieux"), _l("mission d’intérêt public"),
         _l("24 mois sans activité, un mois après l’avis"), _l("le dossier est clos")),
    Rule("deletion", _l("Dossier clos"), _l("contrôle des financeurs"), _l("5 ans moins un mois après la clôture"),
         _l("la personne est prévenue de l’effacement, un mois avant")),
    Rule("erase", _l("Dossier clos : noms, notes, messages, documents"), _l("contrôle des financeurs"),
         _l("5 ans après la clôture, un mois après l’avis"), _l("effacé ; une ligne sans nom reste, pour les totaux")),
    Rule("withdrawn", _l("Demande retirée par la personne"), _l("demande de la personne"), _l("30 jours"),
         _l("effacée")),
    Rule("links", _l("Invitation qui ne sert plus"), _l("sécurité"), _l("30 jours après sa fin"), _l("supprimée")),
)  # fmt: skip
