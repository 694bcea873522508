"""Why a piece of news or a question is refused."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class LinkDead(DomainError):
    status, message = (
        410,
        _l("Ce lien n’est plus valable. Le dernier message reçu en contient peut-être un plus récent."),
    )


class NotPublicYet(MoveNotAllowed):
    message = _l("Une nouvelle se publie quand la campagne est en ligne. Votre texte est gardé.")


class NothingToSay(DomainError):
    message = _l("Écrivez un titre et un texte avant de publier.")


class NoQuestionNow(DomainError):
    status, message = 409, _l("Cette campagne ne prend pas de questions en ce moment.")


class AlreadySettled(MoveNotAllowed):
    message = _l("Cette question a déjà reçu une réponse.")


class NewsGone(MoveNotAllowed):
    message = _l("Cette nouvelle a été retirée.")


class NewsOvertaken(MoveNotAllowed):
    message = _l("Une autre personne a enregistré cette nouvelle pendant que vous écriviez.")
