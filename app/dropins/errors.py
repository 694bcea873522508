"""Why a drop-in day refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class SlotTaken(MoveNotAllowed):
    message = _l("Cette heure vient d’être prise : choisissez-en une autre.")


class SlotNotOpen(DomainError):
    message = _l("Cette heure ne se réserve pas, ou plus.")


class SessionCancelled(MoveNotAllowed):
    message = _l("Cette permanence est annulée.")


class SessionOver(MoveNotAllowed):
    message = _l("Cette permanence est passée.")


class BookingOver(MoveNotAllowed):
    message = _l("Ce rendez-vous est passé, ou déjà annulé.")


class StatusNotPossible(MoveNotAllowed):
    message = _l("Ce rendez-vous ne peut pas passer à cet état.")


class AlreadyWelcomed(MoveNotAllowed):
    message = _l("Un dossier est déjà ouvert pour ce rendez-vous.")


class OwnProject(DomainError):
    message = _l("Vous ne pouvez pas ouvrir un dossier pour vous-même : demandez-le à une autre personne.")


class ReasonMissing(DomainError):
    message = _l("Dites pourquoi, en une phrase : les personnes inscrites la liront.")


class HoursWrong(DomainError):
    message = _l("La fin vient après le début, et il faut au moins un créneau.")


class DayTaken(MoveNotAllowed):
    message = _l("Il y a déjà une permanence ce jour-là.")


class SlugTaken(DomainError):
    message = _l("Une permanence porte déjà ce nom.")
