"""How projects are reviewed, and the figures of a year, for everybody."""

from __future__ import annotations

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.campaigns.rules import APPEAL_WITHIN, DECISION_WORKING_DAYS, FIRST_ANSWER_WORKING_DAYS
from app.core import clock
from app.core.access import allow, anyone
from app.moderation import figures as figures_of
from app.moderation import words
from app.moderation.views import bp

FIRST_YEAR = 2026


@bp.get("/comment-nous-relisons")
@allow(anyone)
def figures() -> ResponseReturnValue:
    now = clock.paris_day(clock.now()).year
    asked = request.args.get("annee", "")
    years = range(now, FIRST_YEAR - 1, -1)
    year = next((one for one in years if str(one) == asked), now)
    return render_template(
        "moderation/figures.html",
        figures=figures_of.of_year(year),
        years=years,
        first_days=FIRST_ANSWER_WORKING_DAYS,
        last_days=DECISION_WORKING_DAYS,
        appeal_days=APPEAL_WITHIN.days,
        cross_from=current_app.config["SETTINGS"].cross_review_from_cents,
        words=words,
    )
