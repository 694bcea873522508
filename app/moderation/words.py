"""The French words of the checklist, of fields, reasons and milestones."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.moderation.interest_rules import Hit
from app.moderation.models import ReviewPhase
from app.moderation.rules import Answer, ChangeReason, OpinionVerdict

_ADMISSIBLE, _PROJECT, _MONEY = _l("Recevabilité"), _l("Projet"), _l("Budget et contreparties")
_PAGE, _HOLDER, _CALENDAR, _HONEST = _l("Page"), _l("Porteur ou porteuse"), _l("Calendrier"), _l("Intégrité")
# code → (group, sentence), in the order of the page
ITEMS = {
    "in_region": (_ADMISSIBLE, _l("Le projet se situe dans l’un des huit départements.")),
    "adult": (_ADMISSIBLE, _l("La personne est majeure, ou la structure est représentée.")),
    "number_valid": (_ADMISSIBLE, _l("Le numéro SIREN, SIRET ou RNA est valide, quand une structure porte le projet.")),
    "lawful": (
        _ADMISSIBLE,
        _l("L’objet est licite : ni haine, ni campagne politique, ni produit réglementé, ni amende à payer."),
    ),
    "added_value": (_ADMISSIBLE, _l("Une valeur ajoutée au moins est argumentée.")),
    "not_private_gain": (_ADMISSIBLE, _l("Le but n’est pas seulement un gain privé.")),
    "clear": (_PROJECT, _l("Une voisine comprend le projet en trois phrases.")),
    "built_with": (_PROJECT, _l("La page dit pour qui est le projet, et avec qui il s’est construit.")),
    "uses_clear": (_PROJECT, _l("On comprend ce que l’argent achète.")),
    "if_missed": (_PROJECT, _l("La page dit ce qui se passe si l’objectif n’est pas atteint.")),
    "risks": (_PROJECT, _l("Les risques sont dits honnêtement.")),
    "figures_sourced": (_PROJECT, _l("Aucun chiffre n’est donné sans source, aucune parole citée sans accord.")),
    "budget_balances": (_MONEY, _l("Les dépenses égalent les ressources.")),
    "goal_usable": (_MONEY, _l("L’objectif permet de réaliser une partie utilisable.")),
    "funders_agree": (_MONEY, _l("Les autres financeurs sont nommés avec leur accord.")),
    "rewards_deliverable": (_MONEY, _l("Les contreparties sont réalisables, datées et chiffrées.")),
    "tax_words": (_MONEY, _l("Aucun reçu fiscal n’est promis par qui n’y a pas droit.")),
    "stock": (_MONEY, _l("Les quantités et les envois sont prévus.")),
    "picture_rights": (
        _PAGE,
        _l("Les droits sur l’image sont acquis et les personnes visibles sont d’accord."),
    ),
    "text_alternative": (_PAGE, _l("L’image a un texte de remplacement qui la décrit.")),
    "no_third_party": (_PAGE, _l("Aucune donnée personnelle d’un tiers n’est publiée.")),
    "readable": (_PAGE, _l("La langue est lisible par tout le monde.")),
    "calendar_fits": (_CALENDAR, _l("La durée et le jour de départ évitent le creux des vacances.")),
    "first_circle": (_CALENDAR, _l("Un premier cercle de personnes est prêt à contribuer.")),
    "account_checked": (
        _HOLDER,
        _l("Le compte de paiement est ouvert au nom du porteur, de la porteuse ou de la structure."),
    ),
    "receiver_is_holder": (_HOLDER, _l("Une autre personne que l’accompagnateur l’a vérifié dans l’état du compte.")),
    "not_twice": (_HONEST, _l("Ce n’est pas le double d’une autre campagne.")),
    "earlier_delivered": (_HONEST, _l("Une campagne précédente a remis ses contreparties.")),
}
ANSWERS = {Answer.OK: _l("bon"), Answer.TO_FIX: _l("à corriger"), Answer.NOT_APPLICABLE: _l("sans objet")}
FIELDS = {
    "title": _l("Titre"),
    "tagline": _l("Phrase de présentation"),
    "commune": _l("Commune"),
    "theme": _l("Thème"),
    "holder": _l("Qui porte la campagne, légalement"),
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
PHASES = {
    ReviewPhase.TAKEN: _l("prise en main"),
    ReviewPhase.ADMISSIBILITY: _l("recevabilité"),
    ReviewPhase.IN_REVIEW: _l("lecture du projet"),
    ReviewPhase.WAITING_FOR_HOLDER: _l("attend le porteur ou la porteuse"),
    ReviewPhase.PROPOSED: _l("attend une deuxième personne"),
    ReviewPhase.DECIDED: _l("décidée"),
    ReviewPhase.ENDED: _l("close"),
}
VERDICTS = {
    OpinionVerdict.READY: _l("prêt"),
    OpinionVerdict.READY_IF: _l("prêt sous réserve"),
    OpinionVerdict.NOT_YET: _l("pas encore"),
}
HITS = {
    Hit.TEAM: _l("Vous faites partie de ce projet, ou en avez fait partie."),
    Hit.COACH: _l("Vous accompagnez ce projet."),
    Hit.BACKER: _l("Vous avez contribué à cette campagne."),
    Hit.DECIDED_BEFORE: _l("Vous avez pris part au refus contre lequel la personne fait recours."),
    Hit.SAME_DOMAIN: _l("Votre adresse e-mail et celle du porteur ou de la porteuse viennent de la même maison."),
    Hit.SAME_HOUSE: _l("Le porteur ou la porteuse a un rôle dans une structure où vous en avez un aussi."),
    Hit.DECLARED: _l("Un nom de votre déclaration annuelle figure dans la campagne."),
    Hit.SAME_PHONE: _l("Un numéro de téléphone vous est commun avec une personne qui porte le projet."),
    Hit.SAME_ADDRESS: _l("Une adresse postale vous est commune avec une personne qui porte le projet."),
    Hit.SAME_ACCOUNT: _l("Le compte qui recevra l’argent est au même nom que vous, ou que votre propre compte."),
}
HITS_OTHER = {
    Hit.SAME_DOMAIN: _l("adresse e-mail de la même maison que le porteur ou la porteuse"),
    Hit.SAME_HOUSE: _l("rôle dans une structure où le porteur ou la porteuse en a un aussi"),
    Hit.DECLARED: _l("nom de sa déclaration annuelle dans la campagne"),
    Hit.SAME_PHONE: _l("téléphone commun avec une personne qui porte le projet"),
    Hit.SAME_ADDRESS: _l("adresse postale commune avec une personne qui porte le projet"),
    Hit.SAME_ACCOUNT: _l("compte qui recevra l’argent au même nom"),
}
CROSS = {
    "amount": _l("l’objectif est élevé"),
    "flag": _l("un point de vigilance est signalé"),
    "own_house": _l("le projet est porté par une personne de la structure qui relit"),
}
MILESTONES = {
    "campaign.started": _l("Brouillon commencé"),
    "campaign.submitted": _l("Envoyée en relecture"),
    "campaign.resubmitted": _l("Renvoyée après modifications"),
    "campaign.record_linked": _l("Reliée à un dossier d’accompagnement"),
    "campaign.opening_delayed": _l("Ouverture repoussée"),
    "campaign.taken": _l("Relecture commencée"),
    "campaign.admitted": _l("Jugée recevable"),
    "campaign.passed_on": _l("Confiée à une autre structure"),
    "campaign.reopen_review": _l("Revenue en relecture après un changement important"),
    "campaign.request_changes": _l("Modifications demandées"),
    "campaign.approve": _l("Campagne approuvée"),
    "campaign.refuse": _l("Campagne refusée"),
    "campaign.appealed": _l("Recours déposé"),
    "campaign.withdraw": _l("Campagne retirée"),
    "campaign.opening_chosen": _l("Jour d’ouverture choisi"),
    "campaign.open": _l("Campagne en ligne"),
    "campaign.suspend": _l("Campagne suspendue"),
    "campaign.lift": _l("Suspension levée"),
    "campaign.edited": _l("Page modifiée"),
    "campaign.cancel": _l("Campagne annulée"),
    "campaign.close": _l("Fin de la collecte"),
    "campaign.succeed": _l("Objectif atteint"),
    "campaign.fail": _l("Objectif non atteint"),
    "campaign.settle": _l("Argent versé"),
}
