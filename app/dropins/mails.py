"""What is mailed about a booking. The need is not repeated: the address may be somebody else’s."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.i18n import datetime_long
from app.core.links import external_url
from app.core.outbox import post_mail
from app.dropins.keys import booking_token
from app.dropins.models import DropInBooking, DropInSession


def _write(booking: DropInBooking, occasion: str, title: str, paragraphs: list[str], *, at: datetime) -> None:
    if not booking.email:
        return
    post_mail(
        "message",
        to=booking.email,
        subject=title,
        occasion=f"dropin:{booking.key}:{occasion}",
        at=at,
        locale=booking.locale,
        title=title,
        paragraphs=paragraphs,
        action_label=_("Voir ou annuler le rendez-vous"),
        action_url=external_url("dropins.booking", token=booking_token(booking.key)),
        reason=_("Vous recevez ce message parce que cette adresse a servi à prendre rendez-vous à une permanence."),
    )


def _where(session: DropInSession) -> str:
    series = session.series
    parts = [part for part in (series.place, series.address, series.commune.name) if part]
    return ", ".join(parts)


def _when(booking: DropInBooking, session: DropInSession) -> str:
    return str(datetime_long(booking.slot_at or session.starts_at))


def _expected(session: DropInSession) -> str:
    """What the person may count on: an unconfirmed series promises nothing that the place has not said."""
    organisation = session.series.organisation.name
    words = (
        _(
            "%(organisation)s n’a pas encore confirmé ses jours, ses heures ni l’adresse. Elle vous répondra pour "
            "confirmer, ou proposer une autre heure : attendez sa réponse avant de vous déplacer.",
            organisation=organisation,
        )
        if session.series.to_confirm
        else _("%(organisation)s vous attend. C’est gratuit.", organisation=organisation)
    )
    return str(words)


def confirm(booking: DropInBooking, session: DropInSession, *, at: datetime) -> None:
    with force_locale(booking.locale):
        _write(
            booking, "booked", _("Votre rendez-vous est noté"),
            [
                _("%(when)s, %(where)s.", when=_when(booking, session), where=_where(session)),
                _expected(session),
                _("Un empêchement ? Annulez en un clic : l’heure servira à quelqu’un d’autre."),
            ],
            at=at,
        )  # fmt: skip


def confirm_taken_back(booking: DropInBooking, session: DropInSession, *, at: datetime) -> None:
    with force_locale(booking.locale):
        _write(
            booking, "taken back", _("Votre rendez-vous est annulé"),
            [_("%(when)s, %(where)s. Merci d’avoir prévenu.", when=_when(booking, session), where=_where(session))],
            at=at,
        )  # fmt: skip


def tell_cancelled(booking: DropInBooking, session: DropInSession, *, at: datetime) -> None:
    other = external_url("dropins.series", slug=session.series.slug)
    with force_locale(booking.locale):
        _write(
            booking, "cancelled", _("La permanence n’a pas lieu"),
            [
                _("%(when)s, %(where)s.", when=_when(booking, session), where=_where(session)),
                _("Pourquoi\u00a0: %(reason)s", reason=session.cancel_reason),
                _("Vous pouvez choisir une autre date\u00a0: %(url)s", url=other),
            ],
            at=at,
        )  # fmt: skip


def tell_moved(booking: DropInBooking, session: DropInSession, *, at: datetime) -> None:
    with force_locale(booking.locale):
        _write(
            booking, f"moved:{session.starts_at:%Y%m%d%H%M}:{at:%Y%m%d%H%M%S}", _("Votre rendez-vous est déplacé"),
            [
                _(
                    "Il a maintenant lieu\u00a0: %(when)s, %(where)s.",
                    when=_when(booking, session), where=_where(session),
                ),
                _("Cela ne vous convient pas ? Annulez, puis choisissez une autre date."),
            ],
            at=at,
        )  # fmt: skip


def remind(booking: DropInBooking, session: DropInSession, *, at: datetime) -> None:
    with force_locale(booking.locale):
        _write(
            booking, f"reminder:{session.starts_at:%Y%m%d}", _("Votre rendez-vous est demain"),
            [
                _("%(when)s, %(where)s.", when=_when(booking, session), where=_where(session)),
                _("Un empêchement ? Annulez en un clic : l’heure servira à quelqu’un d’autre."),
            ],
            at=at,
        )  # fmt: skip
