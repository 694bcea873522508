"""The French words of deliveries and segments."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.desk.rules import DeliveryState
from app.pledges.rules import PledgeState

DELIVERIES = {
    DeliveryState.TO_PREPARE: _l("À préparer"),
    DeliveryState.SENT: _l("Envoyée"),
    DeliveryState.RECEIVED: _l("Reçue"),
    DeliveryState.PROBLEM: _l("Problème"),
}
SEGMENTS = {
    "": _l("Toutes les contributions"),
    "promises": _l("Promises"),
    "payees": _l("Payées"),
    "reparer": _l("En cours de débit ou de réparation"),
    "contestees": _l("Contestées"),
}
THANKED = {"": _l("Remerciées ou non"), "non": _l("Pas encore remerciées"), "oui": _l("Déjà remerciées")}
PLEDGES = {
    PledgeState.AUTHORISED: _l("Promise"),
    PledgeState.DUE: _l("Débit en cours"),
    PledgeState.CHARGING: _l("Débit en cours"),
    PledgeState.NEEDS_ACTION: _l("En réparation"),
    PledgeState.NEEDS_CARD: _l("En réparation"),
    PledgeState.PAID: _l("Payée"),
    PledgeState.PART_REFUNDED: _l("Remboursée en partie"),
    PledgeState.DISPUTED: _l("Contestée"),
}
