"""« Renoncer au contrat ici »: the page of a purchase, and its second button that confirms."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow
from app.core.database import transaction
from app.core.forms import EmptyForm
from app.desk import queries as desk_queries
from app.pledges.policy import Visit
from app.pledges.visits import back_to, fresh, visit
from app.settlement import policy, sale_queries, sale_services
from app.settlement.views import bp as bp


@bp.get("/contributions/<public_id>/renoncer-au-contrat")
@allow(policy.may_repair, subject=visit)
def renounce(at_door: Visit) -> ResponseReturnValue:
    """What will be declared; where there is nothing to renounce, the page of the contribution says how it stands."""
    pledge = fresh(at_door.pledge.id)
    received_at, at = desk_queries.received_at(pledge.id), clock.now()
    sale = sale_queries.find_sale(pledge, received_at=received_at, at=at)
    if sale is None or sale.asked_at or not sale.is_open:
        return redirect(back_to(at_door), 303)
    return render_template("settlement/renounce.html", pledge=pledge, key=at_door.key, sale=sale)


@bp.post("/contributions/<public_id>/renoncer-au-contrat")
@allow(policy.may_repair, subject=visit)
def confirm_renounce(at_door: Visit) -> ResponseReturnValue:
    """The second button: written down and acknowledged at once."""
    pledge_id, user_id = at_door.pledge.id, at_door.pledge.user_id
    if not EmptyForm().validate_on_submit():
        return redirect(back_to(at_door, "settlement.renounce"), 303)
    received_at = desk_queries.received_at(pledge_id)
    with transaction():
        is_new = sale_services.renounce(pledge_id, received_at=received_at, by=user_id, at=clock.now())
    if is_new:
        flash(_("Votre rétractation est enregistrée. Un accusé de réception vous est envoyé par courriel."), "success")
    else:
        flash(_("Votre rétractation était déjà enregistrée."), "info")
    return redirect(back_to(at_door), 303)
