"""The door of a contributor: one page, one promise. What comes after is in `own_views.py`."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.accounts import queries as account_queries
from app.campaigns import rules as campaign_rules
from app.campaigns.errors import StockExhausted
from app.core import clock
from app.core.access import allow, anyone, viewer
from app.core.database import transaction
from app.core.i18n import current as language
from app.network.postcodes import area_of
from app.pledges import queries, services, tries
from app.pledges.counter import Counter, counter
from app.pledges.errors import PledgeRefused, TooManyUnfinished
from app.pledges.forms import NO_REWARD, PledgeForm
from app.pledges.models import Pledge
from app.pledges.rules import MOST_UNFINISHED, SESSION_LASTS, PledgeState
from app.pledges.way_to_card import own_url, to_card_page

bp = Blueprint("pledges", __name__)


@bp.after_request
def keep_private(response: Response) -> Response:
    """These pages name a person and an amount: no cache keeps them."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/campagnes/<slug>/contribuer", methods=["GET", "POST"])
@allow(anyone, subject=counter)
def contribute(campaign: Counter) -> ResponseReturnValue:
    """One page: what, who, and both consents; then Stripe's card page."""
    form, held = PledgeForm().prepare(campaign), list[Pledge]()
    if form.validate_on_submit():
        first = queries.find_by_form_key(str(form.form_key.data))
        if first is not None:
            return _first_pledge(first)
        tries.count()
        try:
            is_many = tries.is_over(campaign.id, str(form.email.data))
            pledge_id = _make(campaign.id, form, is_many=is_many)
        except TooManyUnfinished as refusal:
            form.form_errors.append(str(refusal))
            held = _own_unfinished(campaign.id, str(form.email.data))
        except PledgeRefused as refusal:
            form.amount.errors = [str(refusal)]
        except StockExhausted as refusal:
            form.reward.errors = [str(refusal)]
        except IntegrityError:  # the second click was as fast as the first
            first = queries.find_by_form_key(str(form.form_key.data))
            if first is None:
                raise
            return _first_pledge(first)
        else:
            return to_card_page(pledge_id)
        campaign = counter(campaign.slug)
    elif request.method == "GET":
        _prefill(form, campaign)
    return _contribute_page(campaign, form, held), 422 if form.errors or form.form_errors else 200


def _own_unfinished(campaign_id: int, email: str) -> list[Pledge]:
    """Those that this visitor may see: made in this browser, or by the account that is signed in."""
    who, here = viewer(), tries.of_browser()
    return [
        one
        for one in queries.unfinished(campaign_id, email=email.strip().lower(), public_ids=here)
        if one.public_id in here or (who.is_signed_in and who.email == one.email)
    ]


def _contribute_page(campaign: Counter, form: PledgeForm, held: list[Pledge]) -> str:
    is_open = campaign_rules.is_open(campaign.state, campaign.closes_at, clock.now())
    return render_template(
        "pledges/contribute.html",
        campaign=campaign,
        form=form,
        is_open=is_open,
        held=[(one, own_url("pledges.show", one)) for one in held],
        held_until=clock.now() + SESSION_LASTS,
        gone=[reward.id for reward in campaign.rewards if reward.is_gone],
    )


def _prefill(form: PledgeForm, campaign: Counter) -> None:
    who, chosen = viewer(), request.args.get("contrepartie", "")
    form.email.data, form.name.data = who.email, who.name
    for reward in campaign.rewards:
        if str(reward.id) == chosen and not reward.is_gone:
            form.reward.data, form.amount.data = reward.id, reward.amount_cents


def _make(campaign_id: int, form: PledgeForm, *, is_many: bool = False) -> int:
    """`is_many`: this address has often tried here lately, so its unfinished promises are looked at."""
    who, at, area = viewer(), clock.now(), area_of(form.postcode.data or "")
    email = str(form.email.data).strip().lower() if is_many else None
    here = tries.of_browser()
    with transaction():
        campaign, reward_id = queries.lock_campaign(campaign_id), form.reward.data
        if email is not None or len(here) >= MOST_UNFINISHED:
            services.check_unfinished(campaign_id, email=email, public_ids=here)
        pledge = services.make_pledge(
            campaign,
            reward=None if reward_id == NO_REWARD else queries.get_reward(campaign_id, reward_id),
            amount_cents=form.amount.data or 0,
            email=form.email.data,
            name=form.name.data or "",
            is_anonymous=form.is_anonymous.data,
            hides_amount=form.hides_amount.data,
            message=form.message.data or "",
            user=account_queries.get_user(who.user_id) if who.user_id else None,
            locale=language(),
            at=at,
            form_key=form.form_key.data,
            area=area,
        )
        pledge_id, name = pledge.id, pledge.public_id
    tries.note(name)
    return pledge_id


def _first_pledge(pledge: Pledge) -> ResponseReturnValue:
    """A second click: to the card page of the first promise, or to what has become of it."""
    if pledge.state == PledgeState.DRAFT:
        return to_card_page(pledge.id)
    return redirect(own_url("pledges.show", pledge), 303)
