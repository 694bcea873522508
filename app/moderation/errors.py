"""Why moderation refuses: each reason with its sentence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed, NotAllowed


class AlreadyTaken(MoveNotAllowed):
    message = _l("Quelqu’un d’autre s’occupe déjà de cette campagne.")


class NotYours(MoveNotAllowed):
    message = _l("Prenez d’abord cette relecture : elle n’est pas à votre nom.")


class OwnOrReferent(NotAllowed):
    message = _l("Une personne qui porte ou accompagne ce projet ne peut ni proposer ni décider.")


class SamePerson(NotAllowed):
    message = _l("La décision revient à une deuxième personne : vous avez fait la proposition.")


class FirstIsTied(MoveNotAllowed):
    message = _l(
        "La personne qui a proposé est liée à ce projet depuis : renvoyez la proposition, quelqu’un d’autre la refera."
    )


class NoRequest(DomainError):
    message = _l("Ajoutez au moins une demande avant de l’envoyer.")


class NotAnswered(DomainError):
    message = _l("Répondez d’abord à chaque demande.")


class ChecklistOpen(DomainError):
    message = _l("La liste de contrôle a encore un point bloquant ouvert.")


class OpinionMissing(DomainError):
    message = _l("Notez l’avis de la personne qui accompagne, ou dites pourquoi vous vous en passez.")


class InterestsUnchecked(DomainError):
    message = _l("Confirmez que vous n’avez aucun lien d’intérêt avec ce projet.")


class RecordMissing(DomainError):
    message = _l("Reliez un dossier d’accompagnement, ou dites pourquoi il n’y en a pas.")


class RefusalIncomplete(DomainError):
    message = _l("Un refus demande une raison de la liste, des mots, et une autre piste pour la personne.")


class GroundNotJudged(DomainError):
    message = _l(
        "Cette raison repose sur la liste de contrôle : jugez d’abord « à corriger » au moins un des points "
        "qu’elle concerne."
    )


class NothingProposed(MoveNotAllowed):
    message = _l("Aucune proposition n’attend de décision.")


class ExplanationMissing(DomainError):
    message = _l("La plateforme a trouvé un lien possible avec ce projet : expliquez-le, ou déportez-vous.")


class NotAnotherOrganisation(NotAllowed):
    message = _l("Cette décision demande une deuxième personne d’une autre structure que la première.")


class NotAdmitted(DomainError):
    message = _l("La recevabilité n’est pas encore établie : répondez d’abord à ses points bloquants.")


class FlagNeedsWords(DomainError):
    message = _l("Dites en une phrase ce qui demande une lecture croisée.")


class AlreadyDone(MoveNotAllowed):
    message = _l("C’est déjà fait, par vous ou par une autre personne.")


class SuspensionIncomplete(DomainError):
    message = _l("Choisissez une raison, et expliquez-la : le porteur ou la porteuse la lira.")


class StatementMissing(DomainError):
    message = _l("Quand une suite est donnée, écrivez aussi les raisons pour le porteur ou la porteuse.")
