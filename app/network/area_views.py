"""QPV and custom areas: list, draw, draw anew, import a CSV file."""

from __future__ import annotations

import csv
import io

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.network import area_services, areas, policy
from app.network.area_rules import MOST_LINES, AreaLine, read_lines
from app.network.group_forms import AreaFileForm, AreaForm
from app.network.models import Territory
from app.network.views import bp
from app.network.words import AREA_WORDS, BAD_LINE_WORDS

LARGEST_FILE_BYTES = 2_000_000


def _list(form: AreaFileForm | None = None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "network/areas.html", areas=areas.own_areas(), kinds=AREA_WORDS, form=form or AreaFileForm(formdata=None)
    )
    return page, status


@bp.get("/administration/territoires")
@allow(policy.administers)
def areas_list() -> ResponseReturnValue:
    return _list()


@bp.route("/administration/territoires/nouveau", methods=["GET", "POST"])
@allow(policy.administers)
def new_area() -> ResponseReturnValue:
    form = AreaForm()
    if form.validate_on_submit():
        code = form.code.data or ""
        if any(area.code == code for area in areas.own_areas()):
            form.code.errors = [_("Ce code existe déjà : ouvrez-le pour le modifier.")]
        elif _saved(form):
            flash(_("Le territoire est dessiné : il peut recevoir une offre."), "success")
            return redirect(url_for("network.areas_list"), 303)
    return render_template("network/area.html", form=form, area=None), 422 if form.is_submitted() else 200


def _saved(form: AreaForm) -> bool:
    try:
        with transaction():
            area_services.save_area(form.line, by=viewer().user_id or 0, at=clock.now())
    except DomainError as error:
        form.places.errors = [str(error)]
        return False
    return True


@bp.route("/administration/territoires/<code>", methods=["GET", "POST"])
@allow(policy.administers, subject=areas.get_area)
def area(found: Territory) -> ResponseReturnValue:
    """Draw anew: the places, the days, the name. The code stays."""
    code, name = found.code, found.name
    form = AreaForm(
        data={
            "code": code, "kind": found.kind, "name": name, "starts_on": found.starts_on, "ends_on": found.ends_on,
            "places": "\n".join(f"{part.code} — {part.name}" for part in areas.parts_of(code)),
        }
    )  # fmt: skip
    form.code.data = code  # whatever was sent
    if form.validate_on_submit() and _saved(form):
        flash(_("C’est enregistré : les offres sur ce territoire suivent dès maintenant."), "success")
        return redirect(url_for("network.areas_list"), 303)
    return render_template("network/area.html", form=form, area=name), 422 if form.is_submitted() else 200


@bp.post("/administration/territoires/fichier")
@allow(policy.administers)
def import_areas() -> ResponseReturnValue:
    form = AreaFileForm()
    if not form.validate_on_submit():
        return _list(form, 422)
    lines, errors = _read(form.file.data.read(LARGEST_FILE_BYTES + 1))
    if not errors:
        try:
            with transaction():
                new, changed = area_services.import_areas(lines, by=viewer().user_id or 0, at=clock.now())
        except DomainError as error:
            errors = [str(error)]
    if errors:
        form.file.errors = errors
        return _list(form, 422)
    flash(
        ngettext("%(num)s territoire ajouté", "%(num)s territoires ajoutés", new)
        + ", "
        + ngettext("%(num)s dessiné de nouveau.", "%(num)s dessinés de nouveau.", changed),
        "success",
    )
    return redirect(url_for("network.areas_list"), 303)


def _read(content: bytes) -> tuple[list[AreaLine], list[str]]:
    """The areas of a CSV file, and what is wrong with it in words; nothing is saved when something is."""
    if len(content) > LARGEST_FILE_BYTES:
        return [], [_("Ce fichier est trop lourd : 2 Mo au plus.")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [_("Ce fichier n’est pas en UTF-8. Enregistrez-le de nouveau avec cet encodage.")]
    titles, _nl, _rest = text.partition("\n")
    reader = csv.DictReader(io.StringIO(text.lower()[: len(titles)] + text[len(titles) :]), delimiter=";", strict=True)
    if reader.fieldnames is None or not {"code", "type", "nom", "lieux"} <= {n.strip() for n in reader.fieldnames}:
        return [], [_("La première ligne doit nommer les colonnes : code ; type ; nom ; lieux ; du ; au.")]
    try:
        lines, wrong = read_lines(
            {(k or "").strip(): v for k, v in row.items() if isinstance(v, str)} for row in reader
        )
    except csv.Error:
        return [], [_("Ce fichier n’est pas lisible : un guillemet n’est pas fermé.")]
    said = [_("Ligne %(number)s : %(why)s.", number=bad.number, why=BAD_LINE_WORDS[bad.why]) for bad in wrong[:20]]
    if len(lines) > MOST_LINES:
        said.append(_("Trop de lignes : %(most)s au plus.", most=MOST_LINES))
    if not lines and not said:
        said.append(_("Ce fichier ne contient aucun territoire."))
    return lines, said
