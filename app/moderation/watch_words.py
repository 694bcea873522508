"""The French words of suspensions and reports."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

SUSPENSIONS = {
    "legal_request": _l("Une autorité le demande."),
    "serious_report": _l("Un signalement sérieux est à vérifier."),
    "identity": _l("L’identité ou le compte de paiement est à vérifier."),
    "holder_asks": _l("Le porteur ou la porteuse le demande."),
    "misleading": _l("La page semble tromper les personnes qui contribuent."),
}
CATEGORIES = {
    "illegal": _l("l’objet semble illégal"),
    "misleading": _l("la page semble trompeuse"),
    "hate": _l("des propos haineux ou violents"),
    "personal_data": _l("des données personnelles sans accord"),
    "copyright": _l("une image ou un texte utilisé sans droit"),
    "money": _l("un doute sur l’usage de l’argent"),
    "other": _l("autre chose"),
}
OUTCOMES = {"kept": _l("la campagne reste telle quelle"), "upheld": _l("une suite est donnée")}
ENDINGS = {
    "lifted": _l("levée par deux personnes"),
    "unconfirmed": _l("levée : personne ne l’a confirmée à temps"),
    "cancelled": _l("terminée avec la campagne"),
}
