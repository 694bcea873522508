"""One's own promises: back from the card page, see, change, take back, find again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns.rules import CampaignState, FundingKind
from app.core import clock, limits
from app.core.access import allow, anyone, viewer
from app.core.clock import paris_day
from app.core.database import transaction
from app.core.errors import NotFound
from app.core.forms import EmptyForm
from app.core.i18n import current as language
from app.desk import queries as desk_queries
from app.payments.errors import GatewayUnavailable
from app.payments.runner import run_chain
from app.pledges import jobs, mails, policy, queries, rules, services, tries
from app.pledges.checkout import SUBJECT
from app.pledges.errors import PledgeMoveNotAllowed, PledgeRefused
from app.pledges.forms import AddressForm, AmountForm
from app.pledges.keys import address_of, pledge_key
from app.pledges.policy import Visit
from app.pledges.rules import WITHOUT_CARD, PledgeState
from app.pledges.sync import sync_pledge
from app.pledges.views import bp as bp
from app.pledges.visits import back_to, fresh, visit
from app.pledges.way_to_card import look_again, no_card_page, to_card_page
from app.settlement import queries as settlement_queries


@bp.get("/contributions/<public_id>/merci")
@allow(policy.may_see, subject=visit)
def thanks(at_door: Visit) -> ResponseReturnValue:
    """Back from Stripe. The Session named in the address must be this pledge's; its content is fetched."""
    pledge_id, session_id = at_door.pledge.id, request.args.get("session_id", "")[:200]
    was_waiting, knows_stripe = at_door.pledge.state in WITHOUT_CARD, True
    if session_id:
        if queries.find_by_stripe_id(session_id) != pledge_id:
            raise NotFound
        try:
            sync_pledge(pledge_id, session_id)
        except GatewayUnavailable:
            knows_stripe = False
    if was_waiting and fresh(pledge_id).state == PledgeState.AUTHORISED:
        tries.forget_one()
    return render_template("pledges/thanks.html", pledge=fresh(pledge_id), key=at_door.key, knows_stripe=knows_stripe)


@bp.get("/contributions/<public_id>")
@allow(policy.may_see, subject=visit)
def show(at_door: Visit) -> ResponseReturnValue:
    """The state in words, the next date, and what may still be done."""
    return _page(at_door, AmountForm(formdata=None))


def _page(at_door: Visit, form: AmountForm) -> str:
    pledge = fresh(at_door.pledge.id)
    state, campaign = PledgeState(pledge.state), pledge.campaign
    where = CampaignState(campaign.state), campaign.closes_at, clock.now()
    received_at = desk_queries.received_at(pledge.id) if pledge.reward and pledge.paid_at else None
    return render_template(
        "pledges/show.html",
        pledge=pledge,
        key=at_door.key,
        form=form,
        may_change=rules.may_change(state, *where),
        may_take_back=rules.may_take_back(FundingKind(campaign.kind), state, *where),
        going_back_cents=settlement_queries.being_refunded([pledge.id]).get(pledge.id, 0),
        may_try_again=pledge.payment_intent is None and rules.may_try_again(state, *where),
        repair_until=queries.window_end(pledge),
        sale=settlement_queries.find_sale(pledge, received_at=received_at, at=clock.now()),
    )


@bp.post("/contributions/<public_id>/carte")
@allow(policy.may_see, subject=visit)
def card(at_door: Visit) -> ResponseReturnValue:
    """To Stripe's card page: for the first time, again, or with another card."""
    pledge_id, at = at_door.pledge.id, clock.now()
    if not EmptyForm().validate_on_submit():
        return redirect(back_to(at_door), 303)
    look_again(pledge_id)
    pledge = fresh(pledge_id)
    is_open = pledge.session_expires_at is not None and at < pledge.session_expires_at
    if pledge.state == PledgeState.DRAFT and pledge.payment_intent is None:
        if is_open:
            return to_card_page(pledge_id)
        jobs.end_draft(pledge_id)  # nobody may pay on two pages
        pledge = fresh(pledge_id)
    if pledge.payment_intent is not None and pledge.state in WITHOUT_CARD:  # paid a moment ago
        return redirect(back_to(at_door, "settlement.given"), 303)
    if pledge.state == PledgeState.DRAFT:
        return no_card_page(pledge)
    if pledge.state in WITHOUT_CARD:
        tries.count()
    with transaction():
        pledge = queries.get(pledge_id)
        ask = services.try_again if pledge.state in WITHOUT_CARD else services.ask_new_card
        ask(pledge, at=at)
    return to_card_page(pledge_id)


@bp.post("/contributions/<public_id>/annuler")
@allow(policy.may_see, subject=visit)
def withdraw(at_door: Visit) -> ResponseReturnValue:
    """The second of the two clicks: a promise is taken back, a draft is given up."""
    pledge_id = at_door.pledge.id
    if EmptyForm().validate_on_submit():
        try:
            with transaction():
                pledge = queries.get(pledge_id)
                give_up = services.give_up_draft if pledge.state == PledgeState.DRAFT else services.withdraw
                give_up(pledge, at=clock.now())
        except PledgeMoveNotAllowed:
            if not rules.is_given_up(PledgeState(fresh(pledge_id).state)):
                raise
            flash(_("C’était déjà annulé : rien ne sera débité."), "info")  # a second click, or another tab
            return redirect(back_to(at_door), 303)
        run_chain(SUBJECT, pledge_id)
        look_again(pledge_id)
        if rules.is_given_up(PledgeState(fresh(pledge_id).state)):
            flash(_("C’est annulé : rien ne sera débité."), "success")
    return redirect(back_to(at_door), 303)


@bp.post("/contributions/<public_id>/montant")
@allow(policy.may_see, subject=visit)
def change(at_door: Visit) -> ResponseReturnValue:
    """Another amount, lower or higher."""
    form = AmountForm()
    if form.validate_on_submit():
        try:
            with transaction():
                pledge = queries.get(at_door.pledge.id)
                services.change_amount(pledge, form.amount.data or 0, consents=form.consents.data, at=clock.now())
        except PledgeRefused as refusal:
            form.amount.errors = [str(refusal)]
        else:
            flash(_("Le nouveau montant est enregistré."), "success")
            return redirect(back_to(at_door), 303)
    return _page(at_door, form), 422


@bp.get("/contributions")
@allow(anyone)
def mine() -> ResponseReturnValue:
    """By account, or by the link mailed to an address; anybody may ask for such a link."""
    return _list(AddressForm(formdata=None))


def _list(form: AddressForm) -> str:
    who, key = viewer(), request.args.get("cle", "")[:500]
    address = who.email if who.is_signed_in else (address_of(key) if key else None)
    pledges = queries.mine(who.user_id, address) if address else []
    return render_template(
        "pledges/mine.html",
        pledges=pledges,
        address=address,
        form=form,
        going_back=settlement_queries.being_refunded(one.id for one in pledges),
        key_is_dead=bool(key) and not address,
        list_key=None if who.is_signed_in else key,
        years=sorted({paris_day(one.paid_at).year for one in pledges if one.paid_at}, reverse=True),
        keys={} if who.is_signed_in else {one.public_id: pledge_key(one.public_id) for one in pledges},
    )


@bp.post("/contributions/lien")
@allow(anyone)
def mail_link() -> ResponseReturnValue:
    """The same answer whether the address has promised anything or not."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _list(form), 422
    limits.check("mail_link_address", form.email.data)
    limits.hit("mail_link_address", form.email.data)
    with transaction():
        mails.list_of(form.email.data, locale=language(), at=clock.now())
    flash(
        _("Si des contributions ont été faites avec cette adresse, un lien vient de lui être envoyé."),
        "success",
    )
    return redirect(url_for("pledges.mine"), 303)
