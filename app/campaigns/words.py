"""The French words of a campaign: themes, added values, natures of rewards, and the desk's sentences."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.campaigns.rules import MAX_DAYS, AddedValue, FundingKind, MemberRole, RewardNature
from app.network.words import SECTOR_WORDS

THEMES = SECTOR_WORDS
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
    RewardNature.PRE_SALE: _l(
        "Un produit ou un service à son prix : c’est une vente, avec droit de rétractation. "
        "Si vous êtes professionnel, le montant est un prix toutes taxes comprises."
    ),
}
STATES = {
    "en-cours": _l("En cours"),
    "reussies": _l("Réussies"),
    "arretees": _l("Objectif non atteint ou annulées"),
    "toutes": _l("Toutes"),
}
SORTS = {
    "pertinence": _l("Celles qui répondent le mieux"),
    "recentes": _l("Les plus récentes"),
    "fin": _l("Celles qui finissent bientôt"),
    "proche": _l("Celles qui touchent au but"),
    "moins": _l("Celles qui ont reçu le moins de contributions"),
}


def orders(*, has_words: bool) -> list[tuple[str, LazyString]]:
    """The orders of the catalogue, the usual one first under an empty value: it changes with the words typed."""
    usual = "pertinence" if has_words else "recentes"
    others = [(name, said) for name, said in SORTS.items() if name not in (usual, "pertinence")]
    return [("", SORTS[usual]), *others]


RULES = {"tout-ou-rien": _l("Tout ou rien"), "garde": _l("Garde ce qui est réuni")}
ROLES = {
    MemberRole.HOLDER: _l("Porte la campagne"),
    MemberRole.MANAGER: _l("Gère avec vous"),
    MemberRole.EDITOR: _l("Écrit"),
    MemberRole.THANKS: _l("Remercie et remet"),
}
ROLE_NOTES = {
    MemberRole.MANAGER.value: _l(
        "Tout, sauf envoyer en relecture, choisir le jour, retirer la campagne et recevoir l’argent."
    ),
    MemberRole.EDITOR.value: _l(
        "La page, les nouvelles et les réponses. Ne voit ni les personnes qui contribuent, ni l’argent."
    ),
    MemberRole.THANKS.value: _l(
        "Les personnes qui contribuent, les remerciements et les contreparties. Ne change pas la page."
    ),
}
KINDS = {
    FundingKind.ALL_OR_NOTHING: _l("Tout ou rien"),
    FundingKind.FLEXIBLE: _l("Garde ce qui est réuni"),
}

HAPPENED = {
    "campaign.approve": _l("Approuvée par deux personnes"),
    "campaign.open": _l("Mise en ligne"),
    "campaign.edited": _l("Modifiée"),
    "campaign.suspend": _l("Suspendue pendant une vérification"),
    "campaign.lift": _l("Suspension levée"),
    "campaign.close": _l("Fin de la collecte"),
    "campaign.succeed": _l("Collecte réussie"),
    "campaign.fail": _l("Objectif non atteint"),
    "campaign.settle": _l("Argent versé"),
    "campaign.cancel": _l("Annulée"),
}

# What a coaching record says of its campaigns.
MILESTONES = {
    "campaign.started": _l("Brouillon commencé"),
    "campaign.submitted": _l("Envoyée en relecture"),
    "campaign.resubmitted": _l("Renvoyée après modifications"),
    "campaign.appealed": _l("Recours déposé"),
    "campaign.request_changes": _l("Modifications demandées"),
    "campaign.refuse": _l("Non retenue"),
    "campaign.fulfil": _l("Contreparties remises"),
    "campaign.withdraw": _l("Retirée"),
    "share.25": _l("Un quart de l’objectif"),
    "share.50": _l("La moitié de l’objectif"),
    "share.100": _l("Objectif atteint"),
    **HAPPENED,
}


def kind_notes(hold_days: int) -> dict[str, str]:
    """What a holder must know before choosing: the cards, the money's day, and a missed goal on an example."""
    return {
        FundingKind.ALL_OR_NOTHING.value: _(
            "Les cartes ne sont débitées qu’à la fin, et seulement si l’objectif est atteint ; quelques paiements "
            "peuvent alors être refusés. %(days)s jours au plus. L’argent arrive au moins %(hold)s jours après la "
            "fin. Exemple : 900 € promis pour un objectif de 1 000 €, personne n’est débité et vous recevez 0 €.",
            days=MAX_DAYS[FundingKind.ALL_OR_NOTHING],
            hold=hold_days,
        ),
        FundingKind.FLEXIBLE.value: _(
            "Chaque carte est débitée le jour même, et chaque personne peut se faire rembourser jusqu’à la fin. "
            "%(days)s jours au plus. L’argent arrive au moins %(hold)s jours après la fin. Exemple : 900 € réunis "
            "pour un objectif de 1 000 €, vous recevez 900 € moins les frais, et vous faites ce que vous avez dit "
            "pouvoir faire avec moins.",
            days=MAX_DAYS[FundingKind.FLEXIBLE],
            hold=hold_days,
        ),
    }
