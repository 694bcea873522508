"""Verbs of a contributor, and of the Checkout Session they filled in. None of them calls Stripe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy import update

from app.accounts.models import User
from app.campaigns import services as campaigns
from app.campaigns.errors import StockExhausted
from app.campaigns.models import Campaign, Reward
from app.campaigns.rules import CampaignState, FundingKind
from app.core.database import db
from app.core.journal import record
from app.core.text import public_id
from app.payments.operations import remember
from app.pledges import mails, queries, rules
from app.pledges.checkout import SUBJECT, ask_for_card, number_page, plan_detach, plan_expiry, plan_page
from app.pledges.errors import CampaignClosed, ConsentNeeded, PledgeMoveNotAllowed, TooManyUnfinished
from app.pledges.models import Pledge
from app.pledges.moves import move
from app.pledges.rules import CONSENT_VERSIONS, REPAIRABLE, WITHOUT_CARD, PledgeState

log = structlog.get_logger()


def make_pledge(
    campaign: Campaign,
    *,
    reward: Reward | None,
    amount_cents: int,
    email: str,
    name: str,
    is_anonymous: bool,
    hides_amount: bool,
    message: str,
    user: User | None,
    locale: str,
    at: datetime,
    form_key: str = "",
    area: tuple[str, str] = ("", ""),
) -> Pledge:
    """Write a promise without a card yet, keep its reward, and plan the way to Stripe's card page.

    Both consents were given in the form: the charge (on the day of the verdict if the goal is reached,
    or at once for a flexible campaign), and the terms; `consent_version` says in which words. The
    caller commits, then runs the chain of calls of this pledge. `area`: (département, intercommunality) or "".
    Errors: CampaignClosed, AmountTooSmall, BelowReward, StockExhausted.
    """
    campaign = queries.lock_campaign(campaign.id)
    if reward is not None and reward.campaign_id != campaign.id:
        raise StockExhausted
    rules.check_new(
        is_live=campaign.state == CampaignState.LIVE,
        closes_at=campaign.closes_at,
        at=at,
        amount_cents=amount_cents,
        reward_cents=reward.amount_cents if reward else None,
    )
    if reward is not None:
        campaigns.take_stock(reward.id)
    pledge = Pledge(
        public_id=public_id(),
        form_key=form_key or public_id(),
        campaign=campaign,
        reward_id=reward.id if reward else None,
        user_id=user.id if user else None,
        email=email.strip().lower(),
        name=name,
        is_anonymous=is_anonymous,
        hides_amount=hides_amount,
        message=message,
        locale=locale,
        departement_code=area[0] or None,
        epci_code=area[1] or None,
        amount_cents=amount_cents,
        state=PledgeState.DRAFT,
        consent_version=CONSENT_VERSIONS[FundingKind(campaign.kind)],
        created_at=at,
        session_number=0,
    )
    number_page(pledge, at=at)
    db.session.add(pledge)
    db.session.flush()
    record(
        "pledge.made", on=pledge, by=pledge.user_id, at=at, amount_cents=amount_cents, consent=pledge.consent_version
    )
    plan_page(pledge, at=at)
    return pledge


def check_unfinished(campaign_id: int, *, email: str | None, public_ids: Sequence[str]) -> None:
    """Nobody empties a limited reward with promises that never get a card. Under the campaign's lock.

    `email`: whose unfinished promises count, `public_ids`: those of this browser. Errors: TooManyUnfinished.
    """
    waiting = queries.unfinished(campaign_id, email=email, public_ids=public_ids)
    of_address = sum(one.email == email for one in waiting)
    of_browser = sum(one.public_id in public_ids for one in waiting)
    if max(of_address, of_browser) >= rules.MOST_UNFINISHED:
        raise TooManyUnfinished


def try_again(pledge: Pledge, *, at: datetime) -> None:
    """A new card page for a promise that has none: the Session expired, or Stripe did not answer.

    A page that may still be open is ended first (`jobs.end_draft`): nobody may pay on two of them.
    Errors: CampaignClosed, PledgeMoveNotAllowed, TooManyUnfinished, StockExhausted (the reward has gone meanwhile).
    """
    campaign = queries.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    has_page = pledge.state == PledgeState.DRAFT and pledge.checkout_session is not None
    if pledge.state not in WITHOUT_CARD or pledge.payment_intent is not None or has_page:
        raise PledgeMoveNotAllowed
    if not rules.may_try_again(PledgeState(pledge.state), CampaignState(campaign.state), campaign.closes_at, at):
        raise CampaignClosed
    if pledge.state == PledgeState.ABANDONED:
        check_unfinished(campaign.id, email=pledge.email, public_ids=())
        move(pledge, PledgeState.DRAFT, action="pledge.tried_again", by=pledge.user_id, at=at)
    ask_for_card(pledge, at=at)


def ask_new_card(pledge: Pledge, *, at: datetime) -> None:
    """Replace the card of a promise (until the end), or of one whose charge failed (repair window).

    Errors: PledgeMoveNotAllowed, TooLateToChange.
    """
    campaign = queries.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    if pledge.state in REPAIRABLE:
        rules.check_window(queries.window_end(pledge), at)
    else:
        rules.check_change(PledgeState(pledge.state), CampaignState(campaign.state), campaign.closes_at, at)
    ask_for_card(pledge, at=at)
    record("pledge.new_card_asked", on=pledge, by=pledge.user_id, at=at, session=pledge.session_number)


def authorise(pledge: Pledge, *, payment_method: str, brand: str, last4: str, exp: str, at: datetime) -> None:
    """The card is kept: the promise counts from now on. Errors: StockExhausted for one tried too late."""
    move(pledge, PledgeState.AUTHORISED, action="pledge.authorised", by=None, at=at)
    pledge.authorised_at = at
    pledge.payment_method = payment_method
    remember(payment_method, SUBJECT, pledge.id)
    keep_card(pledge, brand=brand, last4=last4, exp=exp)
    mails.confirmed(pledge, at=at)


def replace_card(pledge: Pledge, *, payment_method: str, brand: str, last4: str, exp: str, at: datetime) -> None:
    """A newer card for the same promise; Stripe forgets the old one.

    A charge that had failed becomes due again: the collection finds it.
    """
    old = pledge.payment_method
    pledge.payment_method = payment_method
    remember(payment_method, SUBJECT, pledge.id)
    keep_card(pledge, brand=brand, last4=last4, exp=exp)
    if old is not None:
        plan_detach(pledge, old, at=at)
    if pledge.state in REPAIRABLE:
        pledge.retry_at = None
        move(pledge, PledgeState.DUE, action="pledge.card_replaced", by=pledge.user_id, at=at)
    else:
        record("pledge.card_replaced", on=pledge, by=pledge.user_id, at=at, state=str(pledge.state))
        mails.card_replaced(pledge, at=at)


def keep_card(pledge: Pledge, *, brand: str, last4: str, exp: str) -> None:
    """What the contributor recognises their card by."""
    pledge.card_brand, pledge.card_last4, pledge.card_exp = brand[:20], last4[:4], exp[:7]


def update_card(pledge: Pledge, *, brand: str, last4: str, exp: str, at: datetime) -> None:
    """The bank has renewed the card that we know: the same card for Stripe, with another end or number."""
    before = (pledge.card_brand, pledge.card_last4, pledge.card_exp)
    keep_card(pledge, brand=brand, last4=last4, exp=exp)
    if before != (pledge.card_brand, pledge.card_last4, pledge.card_exp):
        record("pledge.card_renewed", on=pledge, by=None, at=at, exp=exp)


def warn_of_card(pledge_id: int, *, at: datetime) -> bool:
    """Ask once for another card when this one ends before it may be charged. False: it is not so any more."""
    pledge = queries.get(pledge_id)
    campaign = queries.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    state, closes_at = CampaignState(campaign.state), campaign.closes_at
    if closes_at is None or not rules.may_change(PledgeState(pledge.state), state, closes_at, at):
        return False
    last_charge_at = closes_at + timedelta(hours=current_app.config["SETTINGS"].repair_hours)
    if not rules.expires_before(pledge.card_exp, last_charge_at):
        return False
    mails.card_expires(pledge, last_charge_at=last_charge_at, at=at)
    return True


def forget_customer(pledge: Pledge) -> None:
    """Deleted at Stripe, with its cards and pages: no promise of the same person may ask for it again."""
    same = Pledge.customer == pledge.customer
    db.session.execute(update(Pledge).where(same).values(customer=None, checkout_session=None, checkout_url=None))


def refuse_late(pledge: Pledge, *, payment_method: str, at: datetime) -> None:
    """A card that came when the campaign no longer accepts it: forgotten at once, nothing is charged."""
    plan_detach(pledge, payment_method, at=at)
    if mark_late(pledge, at=at):
        mails.too_late(pledge, at=at)


def mark_late(pledge: Pledge, *, at: datetime) -> bool:
    """A completion that no longer counts: the draft ends. False when that was noted before."""
    if pledge.state == PledgeState.DRAFT:
        move(pledge, PledgeState.ABANDONED, action="pledge.too_late", by=None, at=at)
    if pledge.late_at is not None:
        return False
    pledge.late_at = at
    return True


def abandon(pledge: Pledge, *, reason: str, by: int | None, at: datetime) -> None:
    """The card page was never completed: the reward goes back. `reason` is a code for the journal."""
    queries.lock_campaign(pledge.campaign_id)
    pledge.checkout_url = None
    move(pledge, PledgeState.ABANDONED, action="pledge.abandoned", by=by, at=at, reason=reason)


def give_up_draft(pledge: Pledge, *, at: datetime) -> None:
    """The contributor gives up before giving a card: the open card page is ended first.

    If Stripe says that it was completed a moment before, the completion wins (handler of the expiry).
    Errors: PledgeMoveNotAllowed.
    """
    queries.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    if pledge.state != PledgeState.DRAFT or pledge.payment_intent is not None:
        raise PledgeMoveNotAllowed
    if pledge.checkout_session is None:
        abandon(pledge, reason="given_up", by=pledge.user_id, at=at)
    else:
        plan_expiry(pledge, pledge.checkout_session, at=at)


def withdraw(pledge: Pledge, *, at: datetime) -> None:
    """The contributor takes the promise back, until the end of the campaign; Stripe forgets the card.

    Errors: PledgeMoveNotAllowed, TooLateToChange.
    """
    campaign = queries.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    rules.check_change(PledgeState(pledge.state), CampaignState(campaign.state), campaign.closes_at, at)
    move(pledge, PledgeState.WITHDRAWN, action="pledge.withdrawn", by=pledge.user_id, at=at)
    if pledge.payment_method is not None:
        plan_detach(pledge, pledge.payment_method, at=at)
    mails.withdrawn(pledge, at=at)


def change_amount(pledge: Pledge, amount_cents: int, *, consents: bool, at: datetime) -> None:
    """Another amount for the same promise: lower is free, higher needs a new consent.

    Errors: PledgeMoveNotAllowed, TooLateToChange, AmountTooSmall, BelowReward, ConsentNeeded.
    """
    campaign = queries.lock_campaign(pledge.campaign_id)
    db.session.refresh(pledge)
    rules.check_change(PledgeState(pledge.state), CampaignState(campaign.state), campaign.closes_at, at)
    rules.check_amount(amount_cents, pledge.reward.amount_cents if pledge.reward else None)
    old = pledge.amount_cents
    if amount_cents == old:
        return
    if amount_cents > old:
        if not consents:
            raise ConsentNeeded
        pledge.consent_version = CONSENT_VERSIONS[FundingKind(campaign.kind)]
    pledge.amount_cents = amount_cents
    db.session.flush()
    campaigns.add_to_total(pledge.campaign_id, amount_cents - old, 0)
    record(
        "pledge.changed", on=pledge, by=pledge.user_id, at=at, old_cents=old, amount_cents=amount_cents,
        consent=pledge.consent_version,
    )  # fmt: skip
    mails.changed(pledge, old_cents=old, at=at)


def close_as_test_data(at: datetime) -> int:
    """The Stripe account has changed: every open promise ends without a charge. Returns how many."""
    ends = {PledgeState.DRAFT: PledgeState.ABANDONED, PledgeState.AUTHORISED: PledgeState.RELEASED}
    alive = queries.alive()
    for pledge in alive:
        to = ends.get(PledgeState(pledge.state), PledgeState.DROPPED)
        pledge.checkout_url = None
        move(pledge, to, action="pledge.environment_closed", by=None, at=at)
    return len(alive)
