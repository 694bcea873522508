"""Drawing a series: place, days, hours, how many. The coaches of its organisation do it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotFound
from app.core.forms import choices_of
from app.dropins import policy, queries, services
from app.dropins.desk_views import mine
from app.dropins.errors import HoursWrong, SlugTaken
from app.dropins.forms import SeriesForm
from app.dropins.models import DropInSeries
from app.dropins.rules import Mode
from app.dropins.views import bp
from app.network import queries as network_queries


def _form(series: DropInSeries | None = None) -> SeriesForm:
    about = (
        _opened(series)
        if series
        else {"modes": [Mode.ON_SITE.value], "slot_min": 45, "starts": "9:00", "ends": "17:00"}
    )
    form = SeriesForm(data=about)
    form.organisation.choices = choices_of((o.id, o.name) for o in network_queries.organisations() if o.id in mine())
    form.programme.choices = choices_of((p.code, p.name) for p in network_queries.programmes(coaching_only=True))
    return form


def _opened(s: DropInSeries) -> dict[str, object]:
    return {
        "organisation": s.organisation_id, "programme": s.programme.code, "commune": s.commune_code, "place": s.place,
        "address": s.address, "access_notes": s.access_notes, "weekdays": s.weekdays, "modes": s.modes,
        "starts": f"{s.starts_min // 60}:{s.starts_min % 60:02d}", "ends": f"{s.ends_min // 60}:{s.ends_min % 60:02d}",
        "slot_min": s.slot_min, "seats": s.seats, "kept_free": s.kept_free, "first_on": s.first_on,
        "last_on": s.last_on, "to_confirm": s.to_confirm, "version": s.version,
    }  # fmt: skip


def _page(form: SeriesForm, series: DropInSeries | None, status: int | None = None) -> ResponseReturnValue:
    found = status or (422 if form.is_submitted() and not form.is_searching else 200)
    return render_template("dropins/series_form.html", form=form, series=series), found


@bp.route("/accompagnement/permanences/nouvelle", methods=["GET", "POST"])
@allow(policy.keeps_somewhere)
def new_series() -> ResponseReturnValue:
    form = _form()
    if not form.validate_on_submit():
        return _page(form, None)
    try:
        with transaction():
            slug = _create(form)
    except (HoursWrong, SlugTaken) as error:
        (form.ends if isinstance(error, HoursWrong) else form.place).errors = [str(error)]
        return _page(form, None, error.status)
    flash(_("La permanence est créée, avec ses premières dates."), "success")
    return redirect(url_for("dropins.series", slug=slug), 303)


def _create(form: SeriesForm) -> str:
    organisation = network_queries.find_organisation(form.organisation.data)
    if organisation is None or form.commune.commune is None:
        raise NotFound
    programme = network_queries.get_programme(form.programme.data)
    return services.create_series(
        organisation=organisation, town=form.commune.commune.name, programme_id=programme.id,
        by=viewer().user_id or 0, at=clock.now(), **form.values(),
    ).slug  # fmt: skip


@bp.route("/accompagnement/permanences/<slug>/modifier", methods=["GET", "POST"])
@allow(policy.keeps_series, subject=queries.get_series)
def edit_series(series: DropInSeries) -> ResponseReturnValue:
    slug, form = series.slug, _form(series)
    if not form.validate_on_submit():
        return _page(form, series)
    try:
        with transaction():
            services.change_series(
                queries.get_series(slug), programme_id=network_queries.get_programme(form.programme.data).id,
                version=form.version.number, by=viewer().user_id or 0, at=clock.now(), **form.values(),
            )  # fmt: skip
    except DomainError as error:
        (form.ends if isinstance(error, HoursWrong) else form.place).errors = [str(error)]
        form.version.data = str(queries.get_series(slug).version)
        return _page(form, queries.get_series(slug), error.status)
    flash(_("C’est enregistré. Les dates déjà réservées restent comme elles sont."), "success")
    return redirect(url_for("dropins.desk"), 303)
