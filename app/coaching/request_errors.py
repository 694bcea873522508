"""Why a request for coaching, or an invitation, refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class RequestGone(MoveNotAllowed):
    message = _l("Cette demande a déjà été prise, orientée ou retirée.")


class ReasonMissing(DomainError):
    message = _l("Écrivez pourquoi : la personne qui a demandé le lira.")


class SameOrganisation(DomainError):
    message = _l("Cette structure a déjà la demande.")


class NoAddress(DomainError):
    message = _l("Aucune adresse e-mail n’est notée pour cette personne : demandez-la lui d’abord.")


class AlreadyLinked(DomainError):
    status = 409
    message = _l("Le dossier est déjà relié au compte de cette personne.")


class OwnRecordTeam(DomainError):
    status = 409
    message = _l("Vous accompagnez ce dossier : vous ne pouvez pas en devenir aussi la personne accompagnée.")
