"""The coach's doors: what comes, the sheet of a day, welcoming, moving and cancelling, the private calendar."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts import queries as account_queries
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed, NotFound
from app.core.forms import BaseForm, EmptyForm
from app.core.links import external_url
from app.core.text import public_id
from app.dropins import booking_services, policy, queries, services
from app.dropins.errors import HoursWrong
from app.dropins.forms import CancelForm, ExtraForm, MoveForm, WelcomeForm
from app.dropins.keys import feed_token
from app.dropins.models import DropInBooking, DropInSeries, DropInSession
from app.dropins.rules import SEATED, Status, slots
from app.dropins.views import bp
from app.dropins.words import MODE_WORDS, STATUS_KINDS, STATUS_WORDS, WEEKDAYS


def mine() -> frozenset[int]:
    return viewer().organisation_ids(*policy.KEEPERS)


@bp.get("/accompagnement/permanences")
@allow(policy.keeps_somewhere)
def desk() -> ResponseReturnValue:
    """What comes, what still waits for its statuses, and the private calendar's address."""
    coming, unset = queries.desk(mine(), clock.now())
    user_id = viewer().user_id or 0
    version = queries.feed_version(user_id)
    feed = external_url("dropins.coach_feed", token=feed_token(user_id, version)) if version else ""
    return render_template(
        "dropins/desk.html", coming=coming, unset=unset, series=queries.series_of(mine()), weekdays=WEEKDAYS, feed=feed
    )


@bp.post("/accompagnement/permanences/agenda")
@allow(policy.keeps_somewhere)
def renew_feed() -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        booking_services.renew_feed(viewer().user_id or 0, at=clock.now())
    flash(_("Voici la nouvelle adresse de votre agenda. L’ancienne ne répond plus."), "success")
    return redirect(url_for("dropins.desk"), 303)


@bp.get("/accompagnement/permanences/<int:session_id>")
@allow(policy.keeps, subject=queries.get_session)
def sheet(session: DropInSession) -> ResponseReturnValue:
    return _sheet(session.id)


def _sheet(session_id: int, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    session = queries.get_session(session_id)
    lines = queries.sheet_lines(session_id)
    every = slots(session.starts_at, session.ends_at, session.slot_min)
    taken = {line.slot_at for line in lines if line.status in SEATED}
    welcome = forms.get("welcome") or WelcomeForm(formdata=None, data={"once": public_id()})
    return render_template(
        "dropins/sheet.html", session=session, series=session.series, lines=lines, at=clock.now(),
        free=[slot for slot in every if slot not in taken], kept=every[len(every) - session.kept_free :],
        welcome=welcome, cancel=(forms.get("cancel") or CancelForm(formdata=None)).apart("annuler"),
        move=(forms.get("move") or MoveForm(formdata=None)).apart("deplacer"), words=STATUS_WORDS, kinds=STATUS_KINDS,
        modes=MODE_WORDS,
    ), status  # fmt: skip


def get_line(session_id: int, booking_id: int) -> tuple[DropInSession, DropInBooking]:
    """Errors: NotFound."""
    return queries.get_session(session_id), queries.get_line(session_id, booking_id)


@bp.post("/accompagnement/permanences/<int:session_id>/accueil")
@allow(policy.keeps, subject=queries.get_session)
def welcome(session: DropInSession) -> ResponseReturnValue:
    """A stranger came in: three fields, and the record is open."""
    form, key, coach_id = WelcomeForm(), session.id, viewer().user_id or 0
    if not form.validate_on_submit():
        return _sheet(key, 422 if not form.is_searching else 200, welcome=form)
    with transaction():
        reference = booking_services.welcome_stranger(
            queries.get_session(key), account_queries.get_user(coach_id), name=form.name.data or "",
            commune_code=form.commune.data or "", need=form.need.data or "", once=form.once.data or "", at=clock.now(),
        ).reference  # fmt: skip
    flash(_("Le dossier %(reference)s est ouvert. Vous en êtes référent·e.", reference=reference), "success")
    return redirect(url_for("dropins.sheet", session_id=key), 303)


@bp.post("/accompagnement/permanences/<int:session_id>/personnes/<int:booking_id>")
@allow(policy.keeps_line, subject=get_line)
def set_status(subject: tuple[DropInSession, DropInBooking]) -> ResponseReturnValue:
    """Came, did not come, excused; `open`: came, and a record opens."""
    key, booking_id, coach_id = subject[0].id, subject[1].id, viewer().user_id or 0
    wanted = asked.form.get("status", "")
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    try:
        with transaction():
            line, coach = queries.get_line(key, booking_id), account_queries.get_user(coach_id)
            if wanted == "open":
                record = booking_services.welcome_booked(line, coach, at=clock.now())
                flash(_welcomed(record, coach_id), "success")
            elif wanted in set(Status):
                booking_services.write_status(line, Status(wanted), by=coach_id, at=clock.now())
            else:
                raise NotFound
    except DomainError as error:
        flash(str(error), "warning")
    return redirect(url_for("dropins.sheet", session_id=key), 303)


def _welcomed(record: CoachingRecord, coach_id: int) -> str:
    if record.referent_id == coach_id:
        return str(_("Le dossier %(reference)s est ouvert. Vous en êtes référent·e.", reference=record.reference))
    return str(_("L’accueil est noté dans le dossier %(reference)s, que suit une ou un collègue.",
                 reference=record.reference))  # fmt: skip


@bp.post("/accompagnement/permanences/<int:session_id>/annuler")
@allow(policy.keeps, subject=queries.get_session)
def cancel(session: DropInSession) -> ResponseReturnValue:
    form, key = CancelForm(), session.id
    if not form.validate_on_submit():
        return _sheet(key, 422, cancel=form)
    try:
        with transaction():
            told = services.cancel_session(
                services.lock_session(key), reason=form.reason.data or "", by=viewer().user_id or 0, at=clock.now()
            )
    except DomainError as error:
        form.reason.errors = [str(error)]
        return _sheet(key, error.status, cancel=form)
    flash(_("La permanence est annulée.") + " " + _told(told), "success")
    return redirect(url_for("dropins.sheet", session_id=key), 303)


def _told(count: int) -> str:
    return str(
        ngettext("%(num)s personne inscrite est prévenue.", "%(num)s personnes inscrites sont prévenues.", count)
    )


@bp.post("/accompagnement/permanences/<int:session_id>/deplacer")
@allow(policy.keeps, subject=queries.get_session)
def move(session: DropInSession) -> ResponseReturnValue:
    form, key = MoveForm(), session.id
    if not form.validate_on_submit():
        return _sheet(key, 422, move=form)
    try:
        with transaction():
            told = services.move_session(
                services.lock_session(key), form.day.data, form.starts.minutes or 0, by=viewer().user_id or 0,
                at=clock.now(),
            )  # fmt: skip
    except DomainError as error:
        form.day.errors = [str(error)]
        return _sheet(key, error.status, move=form)
    flash(_("La permanence est déplacée.") + " " + _told(told), "success")
    return redirect(url_for("dropins.sheet", session_id=key), 303)


@bp.route("/accompagnement/permanences/<slug>/date", methods=["GET", "POST"])
@allow(policy.keeps_series, subject=queries.get_series)
def extra(series: DropInSeries) -> ResponseReturnValue:
    """One more date than planned."""
    slug, form = series.slug, ExtraForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with transaction():
                key = services.add_session(
                    queries.get_series(slug), form.day.data, form.starts.minutes or 0, form.ends.minutes or 0,
                    by=viewer().user_id or 0, at=clock.now(),
                ).id  # fmt: skip
        except DomainError as error:
            (form.ends if isinstance(error, HoursWrong) else form.day).errors, status = [str(error)], error.status
        else:
            flash(_("La date est ajoutée : elle est déjà publique."), "success")
            return redirect(url_for("dropins.sheet", session_id=key), 303)
    return render_template("dropins/extra.html", series=queries.get_series(slug), form=form), status
