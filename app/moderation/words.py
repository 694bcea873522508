"""The French words of the checklist, of fields, reasons and milestones."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.moderation.rules import Answer, ChangeReason

_ADMISSIBLE, _PROJECT, _MONEY = _l("Recevabilité"), _l("Projet"), _l("Budget et contreparties")
_PAGE, _HOLDER = _l("Page"), _l("Porteur ou porteuse")
# code → (group, sentence), in the order of the page
ITEMS = {
    "in_region": (_ADMISSIBLE, _l("Le projet se situe dans l’un des huit départements.")),
    "adult": (_ADMISSIBLE, _l("La personne est majeure, ou la structure est représentée.")),
    "lawful": (
        _ADMISSIBLE,
        _l("L’objet est licite : ni haine, ni campagne politique, ni produit réglementé, ni amende à payer."),
    ),
    "added_value": (_ADMISSIBLE, _l("Une valeur ajoutée au moins est argumentée.")),
    "not_private_gain": (_ADMISSIBLE, _l("Le but n’est pas seulement un gain privé.")),
    "clear": (_PROJECT, _l("Une voisine comprend le projet en trois phrases.")),
    "if_missed": (_PROJECT, _l("La page dit ce qui se passe si l’objectif n’est pas atteint.")),
    "budget_balances": (_MONEY, _l("Les dépenses égalent les ressources.")),
    "goal_usable": (_MONEY, _l("L’objectif permet de réaliser une partie utilisable.")),
    "rewards_deliverable": (_MONEY, _l("Les contreparties sont réalisables, datées et chiffrées.")),
    "picture_rights": (
        _PAGE,
        _l("Les droits sur l’image sont acquis et les personnes visibles sont d’accord."),
    ),
    "text_alternative": (_PAGE, _l("L’image a un texte de remplacement qui la décrit.")),
    "no_third_party": (_PAGE, _l("Aucune donnée personnelle d’un tiers n’est publiée.")),
    "account_checked": (
        _HOLDER,
        _l("Le compte de paiement est ouvert au nom du porteur, de la porteuse ou de la structure."),
    ),
}
ANSWERS = {Answer.OK: _l("bon"), Answer.TO_FIX: _l("à corriger"), Answer.NOT_APPLICABLE: _l("sans objet")}
FIELDS = {
    "title": _l("Titre"),
    "tagline": _l("Phrase de présentation"),
    "commune": _l("Commune"),
    "theme": _l("Thème"),
    "story": _l("Histoire"),
    "if_missed": _l("Si l’objectif n’est pas atteint"),
    "picture": _l("Photographie et son texte"),
    "values": _l("Valeurs ajoutées"),
    "goal": _l("Objectif"),
    "budget": _l("Budget"),
    "rewards": _l("Contreparties"),
    "calendar": _l("Durée et calendrier"),
    "account": _l("Compte de paiement"),
}
REASONS = {
    ChangeReason.INCOMPLETE: _l("à compléter"),
    ChangeReason.INCORRECT: _l("à corriger"),
    ChangeReason.OUTDATED: _l("à mettre à jour"),
}
REFUSALS = {
    "outside_region": _l("Le projet se situe hors de la région."),
    "no_added_value": _l("La valeur ajoutée sociale, sociétale ou environnementale n’est pas établie."),
    "not_lawful": _l("L’objet n’est pas autorisé sur la plateforme."),
    "too_early": _l("Le projet n’est pas encore assez avancé."),
    "not_feasible": _l("Le budget ou le calendrier ne permettent pas de réaliser le projet."),
    "duplicate": _l("Une campagne semblable existe déjà."),
    "no_answer": _l("Les demandes sont restées sans réponse."),
}
MILESTONES = {
    "campaign.started": _l("Brouillon commencé"),
    "campaign.submitted": _l("Envoyée en relecture"),
    "campaign.resubmitted": _l("Renvoyée après modifications"),
    "campaign.record_linked": _l("Reliée à un dossier d’accompagnement"),
    "campaign.opening_delayed": _l("Ouverture repoussée"),
    "campaign.taken": _l("Relecture commencée"),
    "campaign.request_changes": _l("Modifications demandées"),
    "campaign.approve": _l("Campagne approuvée"),
    "campaign.refuse": _l("Campagne refusée"),
    "campaign.appealed": _l("Recours déposé"),
    "campaign.withdraw": _l("Campagne retirée"),
    "campaign.opening_chosen": _l("Jour d’ouverture choisi"),
    "campaign.open": _l("Campagne en ligne"),
    "campaign.close": _l("Fin de la collecte"),
    "campaign.succeed": _l("Objectif atteint"),
    "campaign.fail": _l("Objectif non atteint"),
    "campaign.settle": _l("Argent versé"),
}
