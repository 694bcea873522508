"""The French words of a campaign: themes, added values, natures of rewards, and the desk's sentences."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.campaigns.rules import AddedValue, RewardNature, Theme

THEMES = {
    Theme.FOOD: _l("Alimentation"),
    Theme.HOUSING: _l("Habitat"),
    Theme.MOBILITY: _l("Mobilité"),
    Theme.CULTURE: _l("Culture"),
    Theme.SOLIDARITY: _l("Solidarité"),
    Theme.NATURE: _l("Nature"),
    Theme.ENERGY: _l("Énergie"),
    Theme.REPAIR: _l("Réemploi et réparation"),
    Theme.EDUCATION: _l("Éducation"),
    Theme.HEALTH: _l("Santé"),
    Theme.RURAL: _l("Vie des villages"),
}
VALUES = {
    AddedValue.SOCIAL: _l("Sociale"),
    AddedValue.SOCIETAL: _l("Sociétale"),
    AddedValue.ENVIRONMENTAL: _l("Environnementale"),
}
VALUE_HINTS = {
    AddedValue.SOCIAL: _l("Pour des personnes : emploi, lien, accès aux droits, soin, entraide."),
    AddedValue.SOCIETAL: _l("Pour la vie ensemble : citoyenneté, culture, éducation, vie du territoire."),
    AddedValue.ENVIRONMENTAL: _l("Pour le vivant : sols, eau, énergie, réemploi, biodiversité."),
}
NATURES = {
    RewardNature.THANKS: _l("Un remerciement"),
    RewardNature.TOKEN: _l("Un petit cadeau"),
    RewardNature.PRE_SALE: _l("Une prévente"),
}
NATURE_NOTES = {
    RewardNature.THANKS: _l("Un mot, un nom sur un mur : la contribution reste un don."),
    RewardNature.TOKEN: _l("Un objet de petite valeur : la contribution reste un don."),
    RewardNature.PRE_SALE: _l("Un produit ou un service à son prix : c’est une vente, avec droit de rétractation."),
}
STATES = {
    "en-cours": _l("En cours"),
    "reussies": _l("Réussies"),
    "arretees": _l("Objectif non atteint ou annulées"),
    "toutes": _l("Toutes"),
}
SORTS = {"recentes": _l("Les plus récentes"), "fin": _l("Celles qui finissent bientôt")}
