"""The French words of who holds a campaign in law, and of how a reward is sent."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.campaigns.identity_rules import HolderKind, Identity
from app.campaigns.rules import Postage
from app.core.registration import is_rna, spaced

KINDS = {
    HolderKind.PERSON: _l("Une personne, en son propre nom"),
    HolderKind.ASSOCIATION: _l("Une association"),
    HolderKind.COMPANY: _l("Une entreprise, une coopérative ou une autre structure"),
}
KIND_NOTES = {
    HolderKind.PERSON.value: _l("La page montre le nom et la commune du projet, jamais une adresse."),
    HolderKind.ASSOCIATION.value: _l("Son nom déclaré, son numéro RNA ou SIREN, et qui la représente."),
    HolderKind.COMPANY.value: _l("Micro-entreprise et collectivité comprises : tout ce qui a un numéro SIREN."),
}
MISSING = {
    "kind": _l("le choix entre une personne, une association ou une autre structure"),
    "name": _l("le nom légal"),
    "form": _l("la forme juridique"),
    "number": _l("le numéro SIREN ou RNA"),
    "representative": _l("la personne qui représente la structure"),
}
POSTAGE = {
    Postage.NONE: _l("Rien à envoyer"),
    Postage.INCLUDED: _l("Envoi compris dans le montant"),
    Postage.EXTRA: _l("Envoi en plus, payé à part"),
}


def lines(identity: Identity) -> list[tuple[str, str]]:
    """(name, value) of what is said, in the order of the form; [] while the kind is not."""
    if not identity.is_given:
        return []
    forms: dict[str, str] = {
        HolderKind.PERSON: _("Une personne, en son propre nom"), HolderKind.ASSOCIATION: _("Association"),
    }  # fmt: skip
    found = [
        (_("Au nom de"), identity.name),
        (_("Forme juridique"), forms.get(identity.kind, identity.form)),
        ("RNA" if is_rna(identity.number) else "SIREN", spaced(identity.number)),
        (_("Représentée par"), identity.representative),
    ]
    return [(name, value) for name, value in found if value]
