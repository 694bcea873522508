"""Public doors: the commune search and « Qui peut m’aider ? »."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import allow, anyone
from app.core.texts import all_texts
from app.dropins import queries as dropin_queries
from app.network import areas, queries, routing
from app.network.forms import WhoHelpsForm

bp = Blueprint("network", __name__)
SHOWN = 12
CACHE_SECONDS = 3600


@bp.get("/communes.json")
@allow(anyone)
def communes_json() -> ResponseReturnValue:
    """[{code, name, departement, label}] for what was typed: a dozen at most, the same for everybody."""
    found = queries.search_communes(request.args.get("q", ""), SHOWN)
    answer = jsonify([{"code": c.code, "name": c.name, "departement": c.departement, "label": c.label} for c in found])
    answer.cache_control.public = True
    answer.cache_control.max_age = CACHE_SECONDS
    return answer


@bp.get("/qui-peut-m-aider")
@allow(anyone)
def who_helps() -> ResponseReturnValue:
    """For a commune, who answers for each programme and why; a shareable address, nothing is kept."""
    asked = "commune" in request.args or "commune_text" in request.args
    form = WhoHelpsForm(request.args if asked else None)
    is_valid = asked and form.validate()
    commune = form.commune.commune if is_valid or form.is_searching else None
    answers, quarters, towns, today = [], [], [], clock.paris_day(clock.now()).date()
    if commune is not None:
        quarters = areas.quarters_of(commune.code, today)
        found = routing.route_all(commune, today, qpv=form.quartier.data or "", sector=form.domaine.data or "")
        answers = [(programme, found[programme.code]) for programme in queries.programmes()]
        towns = dropin_queries.towns(clock.now(), near=(commune.longitude, commune.latitude), limit=2)
    status = 422 if asked and not is_valid and not form.is_searching else 200
    page = render_template(
        "network/who_helps.html", form=form, commune=commune, answers=answers, quarters=quarters, towns=towns,
        contact_email=all_texts()["contact_email"],
    )  # fmt: skip
    return page, status
