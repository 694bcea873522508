"""The first figures, and the lists behind them for those who could open the records anyway."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import allow, viewer
from app.network.models import Organisation
from app.reporting import policy, queries, words
from app.reporting.counted import Indicator
from app.reporting.forms import ScopeForm
from app.reporting.queries import Scope
from app.reporting.rules import Period, ratios

bp = Blueprint("reporting", __name__, url_prefix="/bilan")


@bp.after_request
def keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.context_processor
def give_words() -> dict[str, object]:
    return {"words": words, "Indicator": Indicator}


@dataclass(frozen=True)
class Asked:
    form: ScopeForm
    scope: Scope
    is_fine: bool
    organisations: list[Organisation]


@bp.get("")
@allow(policy.reads_figures)
def overview() -> ResponseReturnValue:
    """Three numbers, by organisation and of the whole, with what they count."""
    asked, opened = _asked(), policy.opened_to(viewer())
    scope = asked.scope
    columns = queries.columns(scope, opened)
    shown = {one: column.of(scope.organisation_id) for one, column in columns.items()}
    is_mine = scope.organisation_id in opened
    page = render_template(
        "reporting/overview.html",
        form=asked.form,
        scope=scope,
        columns=columns,
        shown=shown,
        organisations=[one for one in asked.organisations if any(one.id in c.cells for c in columns.values())],
        opened=opened,
        opens_all=is_mine or (scope.organisation is None and bool(opened)),
        also_met=queries.also_met(scope) if is_mine else 0,
        ratios=ratios(*(shown[one].value for one in Indicator)),
        query=scope.as_query(),
    )
    return page, 200 if asked.is_fine else 422


@bp.get("/<name>")
@allow(policy.opens_lists)
def figure_list(name: str) -> ResponseReturnValue:
    """Behind one number: the records that this viewer may open, newest first."""
    indicator, scope, number = queries.get_indicator(name), _asked().scope, _number()
    found = queries.lines(
        indicator, scope, opened=policy.opened_to(viewer()), user_id=viewer().user_id or 0, page=number
    )

    def url(page: int) -> str:
        return url_for("reporting.figure_list", name=name, page=page, **scope.as_query())

    return render_template(
        "reporting/list.html",
        indicator=indicator,
        scope=scope,
        found=found,
        previous_url=url(number - 1) if number > 1 else "",
        next_url=url(number + 1) if found.has_next else "",
        query=scope.as_query(),
    )


def _number() -> int:
    """The page asked for; anything else than a number is the first."""
    typed = request.args.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


def _asked() -> Asked:
    """What is asked: this year of the whole network when nothing is, or when it cannot be read."""
    organisations, programmes = queries.choices()
    this_year = Period.of_year(clock.paris_day(clock.now()).year)
    is_asked = "du" in request.args
    form = ScopeForm(request.args if is_asked else None, du=this_year.first, au=this_year.last)
    form.offer(organisations, programmes)
    if not is_asked or not form.validate():
        return Asked(form, Scope(this_year), not is_asked, organisations)
    organisation = next((one for one in organisations if one.slug == form.structure.data), None)
    programme = next((one for one in programmes if one.code == form.dispositif.data), None)
    assert form.du.data is not None
    assert form.au.data is not None
    return Asked(form, Scope(Period(form.du.data, form.au.data), organisation, programme), True, organisations)
