"""Why a campaign refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class NotInvited(MoveNotAllowed):
    message = _l("Cette invitation n’est plus valable. Demandez à l’équipe de vous en envoyer une autre.")


class InvitedElsewhere(DomainError):
    status, message = 403, _l("Cette invitation est pour une autre adresse que celle de votre compte.")


class HolderStays(MoveNotAllowed):
    message = _l("La personne qui porte la campagne reste dans l’équipe.")


class AlreadyInTheTeam(DomainError):
    message = _l("Cette personne fait déjà partie de l’équipe.")


class NothingToTellYet(MoveNotAllowed):
    message = _l("Le bilan s’écrit quand l’argent est versé.")


class CampaignMoveNotAllowed(MoveNotAllowed):
    message = _l("Cette campagne n’est plus dans l’état qui permet cette action.")


class NotEditable(MoveNotAllowed):
    message = _l("Cette campagne ne peut plus être modifiée : elle est en relecture ou déjà publiée.")


class KindLocked(MoveNotAllowed):
    message = _l(
        "Ce qui se passe si l’objectif n’est pas atteint ne change plus une fois la campagne envoyée en relecture."
    )


class Overtaken(MoveNotAllowed):
    """Somebody saved the same step meanwhile; the form shows both texts."""

    message = _l("Une autre personne a enregistré cette étape pendant que vous écriviez.")
    own_message = _l("Vous avez enregistré cette étape dans une autre fenêtre pendant que vous écriviez ici.")


class NotReady(DomainError):
    message = _l("Il manque encore des éléments : la liste les montre un par un.")


class CannotReceive(DomainError):
    """The holder's payment account may not receive money yet: nothing is opened to the public."""

    message = _l("Le compte de paiement ne peut pas encore recevoir d’argent.")


class ChangedSinceApproval(DomainError):
    message = _l("La campagne a changé depuis son approbation : elle doit être relue avant d’être mise en ligne.")


class OpeningNotAllowed(DomainError):
    """The chosen day is in the past, too far, or before the earliest day the holder gave."""

    message = _l("Cette date d’ouverture n’est pas possible.")


class AppealNotAllowed(DomainError):
    message = _l("Un recours se demande une seule fois, dans le délai annoncé avec le refus.")


class StockExhausted(DomainError):
    message = _l("Cette contrepartie vient d’être épuisée. Choisissez-en une autre, ou donnez sans contrepartie.")


class TooMany(DomainError):
    message = _l("Il y en a déjà autant que possible. Retirez-en d’abord.")


class NoAccountYet(DomainError):
    """A coach prepares a campaign for a person who has no account."""

    message = _l("La personne accompagnée n’a pas encore de compte : invitez-la d’abord à ouvrir son dossier.")
