"""The public doors: where and when, a town, booking without account, the page of one booking."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from wtforms import SelectChoice

from app.core import clock, limits
from app.core.access import allow, anyone, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.core.forms import EmptyForm, choices_of
from app.core.i18n import time_short
from app.core.text import public_id
from app.dropins import booking_services, queries
from app.dropins.forms import BookForm, NearForm
from app.dropins.keys import booking_token
from app.dropins.models import DropInBooking, DropInSeries, DropInSession
from app.dropins.rules import KEPT_DAYS, Mode, bookable, slots
from app.dropins.words import MODE_WORDS, STATUS_KINDS, STATUS_WORDS, WEEKDAYS

bp = Blueprint("dropins", __name__)


@bp.get("/permanences")
@allow(anyone)
def where_and_when() -> ResponseReturnValue:
    """Every town with its next dates, the nearest first when a commune is given."""
    has_words = "commune" in asked.args or "commune_text" in asked.args
    form = NearForm(asked.args if has_words else None)
    is_valid = not has_words or form.validate()
    commune = form.commune.commune if has_words else None
    at = clock.now()
    near = (commune.longitude, commune.latitude) if commune else None
    page = render_template(
        "dropins/list.html", form=form, commune=commune, towns=queries.towns(at, near=near), weekdays=WEEKDAYS
    )
    return page, 200 if is_valid or form.is_searching else 422


@bp.get("/permanences/<slug>")
@allow(anyone, subject=queries.get_series)
def series(found: DropInSeries) -> ResponseReturnValue:
    at = clock.now()
    sessions = queries.sessions_of(found.id, at)
    free = queries.free_slots(sessions, at)
    return render_template(
        "dropins/series.html", series=found, sessions=sessions, free=free, weekdays=WEEKDAYS, modes=MODE_WORDS
    )


def _hours(session: DropInSession, *, also_taken: bool) -> list[SelectChoice]:
    at = clock.now()
    if also_taken:  # a second click sends an hour that the first one has taken: the verb knows which it is
        found = bookable(slots(session.starts_at, session.ends_at, session.slot_min), session.kept_free, at)
    else:
        found = queries.free_slots([session], at)[session.id]
    return choices_of((slot.isoformat(), time_short(slot)) for slot in found)


def _book_form(session: DropInSession) -> BookForm:
    form = BookForm()
    form.slot.choices = _hours(session, also_taken=form.is_submitted())
    form.mode.choices = choices_of((mode, MODE_WORDS[Mode(mode)]) for mode in session.series.modes)
    if not form.is_submitted():
        who = viewer()
        form.name.data, form.email.data, form.once.data = who.name, who.email, public_id()
        form.mode.data = session.series.modes[0] if session.series.modes else None
    return form


@bp.route("/permanences/<slug>/<int:session_id>/rendez-vous", methods=["GET", "POST"])
@allow(anyone, subject=queries.get_session_of)
def book(session: DropInSession) -> ResponseReturnValue:
    form, key, slug = _book_form(session), session.id, session.series.slug
    if not form.validate_on_submit():
        return _book_page(session, form, 422 if form.errors and not form.is_searching else 200)
    limits.take("dropin_network", limits.network())
    limits.take("dropin_address", form.email.data or form.phone.data or "")
    try:
        try:
            token = _book(key, form)
        except IntegrityError:  # at the same instant: now the other one is there to be seen
            token = _book(key, form)
    except DomainError as error:
        form.slot.errors = [str(error)]
        return _book_page(queries.get_session_of(slug, key), form, error.status)
    flash(_("Votre rendez-vous est noté."), "success")
    return redirect(url_for("dropins.booking", token=token), 303)


def _book_page(session: DropInSession, form: BookForm, status: int) -> ResponseReturnValue:
    form.slot.choices = _hours(session, also_taken=False)
    page = render_template("dropins/book.html", session=session, series=session.series, form=form, kept_days=KEPT_DAYS)
    return page, status


def _book(session_id: int, form: BookForm) -> str:
    locale = str(get_locale() or "fr")[:2]
    with transaction():
        booking = booking_services.book(
            session_id, form.slot_at, name=form.name.data or "", email=form.email.data or "",
            phone=form.phone.data or "", commune_code=form.commune.data, need=form.need.data or "",
            mode=form.chosen_mode, once=form.once.data or "", locale="en" if locale == "en" else "fr", at=clock.now(),
        )  # fmt: skip
        return booking_token(booking.key)


@bp.get("/permanences/rendez-vous/<token>")
@allow(anyone, subject=queries.get_booking)
def booking(found: DropInBooking) -> ResponseReturnValue:
    """By its signed address, without account: when, where, and a way to take it back. Nothing that was typed."""
    return render_template(
        "dropins/booking.html", booking=found, session=found.session, series=found.session.series,
        token=booking_token(found.key), can_cancel=found.status == "booked" and _is_coming(found.slot_at),
        words=STATUS_WORDS, kinds=STATUS_KINDS,
    )  # fmt: skip


def _is_coming(slot_at: datetime | None) -> bool:
    return slot_at is not None and slot_at > clock.now()


@bp.post("/permanences/rendez-vous/<token>")
@allow(anyone, subject=queries.get_booking)
def take_back(found: DropInBooking) -> ResponseReturnValue:
    token = booking_token(found.key)
    if EmptyForm().validate_on_submit():
        try:
            with transaction():
                booking_services.take_back(queries.get_booking(token), at=clock.now())
        except DomainError as error:
            flash(str(error), "warning")
        else:
            flash(_("Le rendez-vous est annulé. Merci d’avoir prévenu."), "success")
    return redirect(url_for("dropins.booking", token=token), 303)
