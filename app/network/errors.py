"""Refusals of this room, each with its sentence."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class NobodyAnswers(DomainError):
    """No offer covers the commune and no fallback organisation exists: `flask network load` was not run."""

    status = 503
    message = _l("Le réseau n’est pas encore installé : aucune structure ne peut répondre.")


class UnknownProgramme(DomainError):
    message = _l("Ce dispositif n’existe pas.")


class FallbackStays(DomainError):
    message = _l("Cette structure répond là où personne d’autre ne répond : elle reste active.")


class SlugTaken(DomainError):
    message = _l("Une structure porte déjà ce nom.")


class RightNotPossible(DomainError):
    message = _l("Ce droit ne peut pas être donné ainsi.")


class OwnRight(DomainError):
    message = _l("Personne ne se donne un droit : demandez-le à une autre personne de l’administration.")


class AccountNotReady(DomainError):
    message = _l("Ce compte est fermé, ou son adresse n’est pas encore confirmée.")


class RightAlreadyHeld(DomainError):
    message = _l("Cette personne a déjà ce droit.")


class RightEnded(MoveNotAllowed):
    message = _l("Ce droit est déjà terminé.")


class LastAdministrator(DomainError):
    message = _l("C’est le dernier droit d’administration : donnez-le d’abord à quelqu’un d’autre.")


class OfferOverlaps(DomainError):
    message = _l("Cette structure propose déjà ce dispositif sur ce territoire à ces dates.")


class AreaIsEmpty(DomainError):
    message = _l("Choisissez au moins une commune, une intercommunalité ou un département.")


class AreaCodeTaken(DomainError):
    message = _l("Ce code est celui d’un lieu officiel : choisissez-en un autre.")


class UnknownPlaces(DomainError):
    """`codes`: those that no official place has."""

    def __init__(self, codes: Sequence[str]):
        super().__init__()
        self.codes = list(codes)

    def __str__(self) -> str:
        return str(_("Ces codes ne sont pas ceux d’un lieu de la région : %(codes)s.", codes=", ".join(self.codes[:8])))


class StepsAreEmpty(DomainError):
    message = _l("Écrivez au moins une étape, une par ligne.")


class SameSteps(DomainError):
    message = _l("Ces étapes sont déjà celles de la version actuelle.")


class AlreadyMember(DomainError):
    message = _l("Cette structure est déjà membre du groupement à ces dates.")


class MembershipEnded(MoveNotAllowed):
    message = _l("Cette adhésion est déjà terminée.")


class LeadIsNoMember(DomainError):
    message = _l("Le mandataire doit être membre du groupement.")


class BadPeriod(DomainError):
    message = _l("Le dernier jour vient avant le premier.")


class OverwriteRefused(DomainError):
    """Somebody saved since the form was opened."""

    status = 409
    message = _l("Quelqu’un a enregistré une autre version pendant que vous écriviez.")
