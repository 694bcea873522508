"""What is kept and for how long, with today's dry run, for those who lead an organisation."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.coaching import privacy_policy as policy
from app.coaching.retention_queries import due
from app.coaching.retention_table import RULES
from app.core import clock
from app.core.access import Role, allow, viewer

bp = Blueprint("retention", __name__)


@bp.get("/accompagnement/conservation")
@allow(policy.leads_somewhere)
def shown() -> ResponseReturnValue:
    """Each rule with the records of one's own organisations that it would act on now."""
    at, mine = clock.now(), viewer().organisation_ids(Role.ORGANISATION_LEAD)
    lines = [(rule, [reference for _row_id, reference in due(rule.key, at, mine)]) for rule in RULES]
    return render_template("coaching/retention.html", lines=lines)
