"""Why a coaching record refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class RecordMoveNotAllowed(MoveNotAllowed):
    message = _l("Ce dossier ne peut pas passer à cet état.")


class WelcomeNotHeld(DomainError):
    message = _l("Notez d’abord un premier accueil : c’est lui qui ouvre l’étape suivante.")


class EngagementMissing(DomainError):
    message = _l("Indiquez d’abord le jour où l’engagement a été signé.")


class DeclineNeedsReason(DomainError):
    message = _l("Écrivez une raison, et ce que vous proposez à la place : la personne la lira.")


class NotYourAction(DomainError):
    message = _l("Cette action revient à l’accompagnateur ou à l’accompagnatrice.")


class AlreadyMember(DomainError):
    message = _l("Cette personne suit déjà ce dossier.")


class HolderCannotCoach(DomainError):
    message = _l("Cette personne porte le projet : elle ne peut pas aussi l’accompagner.")


class SharingNotAgreed(DomainError):
    message = _l("La personne accompagnée n’a pas donné son accord au partage de ce dossier dans le réseau.")


class ReasonMissing(DomainError):
    message = _l("Écrivez pourquoi : la personne accompagnée et l’équipe le liront.")


class NoteUnreadable(DomainError):
    status, message = 500, _l("Cette note ne peut pas être ouverte : sa clé manque.")


class NotYourDraft(DomainError):
    status, message = 409, _l("Ce brouillon n’est plus là, ou n’est pas le vôtre.")


class LevelNotYours(DomainError):
    message = _l("Seul·e son auteur·rice ou le ou la référent·e peut ouvrir une note à plus de monde.")


class DocumentRefused(DomainError):
    message = _l("Ce fichier n’est pas accepté : envoyez une image JPEG, PNG ou WebP, ou un PDF entier.")


class DocumentTooLarge(DomainError):
    message = _l("Ce fichier est trop lourd : 10\u00a0Mo au plus.")


class TooManyDocuments(DomainError):
    message = _l("Ce dossier contient déjà beaucoup de documents : retirez-en un avant d’en ajouter.")


class ReferentMissing(DomainError):
    message = _l("Le dossier n’a pas encore de référent·e : prenez-le d’abord.")


class ObjectiveMissing(DomainError):
    message = _l("Écrivez d’abord un objectif avec la personne, sur la page du chemin.")


class PauseNeedsDay(DomainError):
    message = _l("Écrivez d’abord la prochaine action et son jour : rien ne sera rappelé avant.")


class OutcomeMissing(DomainError):
    message = _l("Notez d’abord ce qui a abouti, sur la page du chemin.")


class ReferralMissing(DomainError):
    message = _l("Envoyez d’abord une orientation, avec l’accord de la personne.")


class ActionsStillOpen(DomainError):
    message = _l("Des actions sont encore ouvertes : terminez-les ou laissez-les de côté.")


class CannotReopen(MoveNotAllowed):
    message = _l("Ce dossier n’est pas clos, ou n’a pas d’état où revenir.")


class TooLateToUndo(MoveNotAllowed):
    message = _l("Les dix minutes sont passées : un·e responsable peut rouvrir le dossier avec une raison.")


class SiretWrong(DomainError):
    message = _l("Ce numéro SIRET n’est pas juste : 14 chiffres, sans faute de frappe.")


class SameHands(DomainError):
    message = _l("Choisissez quelqu’un d’autre, et des dates dans l’ordre.")


class HasReferent(MoveNotAllowed):
    message = _l("Quelqu’un répond maintenant de ce dossier. Rechargez la page.")


class NotYourColleague(DomainError):
    message = _l("Cette personne n’accompagne pas dans cette structure.")


class ClosedToThem(DomainError):
    message = _l(
        "Ce dossier est fermé à cette personne : elle le porte, s’en est retirée, ou sa lecture y est refusée."
    )


class NotYoursToOpen(DomainError):
    message = _l("Seule une personne qui lit les notes confidentielles de ce dossier les ouvre à quelqu’un d’autre.")


class NobodyThere(DomainError):
    message = _l("Cette personne n’accompagne pas dans la structure choisie.")


class ConsentMissing(DomainError):
    message = _l("Indiquez le jour où la personne a donné son accord : sans lui, rien n’est transmis.")
