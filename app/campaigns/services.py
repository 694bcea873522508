"""The verbs of a campaign's life, from the first line to the last transfer. The caller commits.

`by` is a user's id, or None for the clock. What the team types is in `drafting.py`.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import select

from app.accounts.models import User
from app.campaigns import mails, readiness, rules, search, snapshots
from app.campaigns.errors import CannotReceive, ChangedSinceApproval, NotReady
from app.campaigns.models import Campaign, CampaignMember
from app.campaigns.rules import CampaignState, Move

# The verbs of the totals are called from other rooms under this one name.
from app.campaigns.totals import add_to_total as add_to_total
from app.campaigns.totals import count_promise as count_promise
from app.campaigns.totals import give_back_stock as give_back_stock
from app.campaigns.totals import take_stock as take_stock
from app.campaigns.totals import touch as touch
from app.campaigns.totals import touch_of_record as touch_of_record
from app.coaching import proposal_services as proposals
from app.coaching import services as coaching
from app.coaching.models import CoachingRecord, Project
from app.core.clock import PARIS, end_of_paris_day, paris_day
from app.core.database import db
from app.core.journal import record as journal
from app.core.text import slugify
from app.core.texts import platform_fee_bps
from app.network import routing
from app.network.communes import get_commune
from app.network.errors import NobodyAnswers
from app.network.models import Organisation
from app.network.reasons import Reason
from app.network.rules import CAMPAIGN_PROGRAMME
from app.payments import payees

TWIN_WITHIN = timedelta(minutes=10)


def start_campaign(
    *, by: User, title: str, commune_code: str, at: datetime, project: Project | None = None
) -> Campaign:
    """A first draft; a second click on the same form gives the same draft. Errors: NotFound (commune)."""
    twin = db.session.scalar(
        select(Campaign).where(
            Campaign.owner_id == by.id, Campaign.title == title, Campaign.commune_code == commune_code,
            Campaign.state == CampaignState.DRAFT, Campaign.created_at > at - TWIN_WITHIN,
        )
    )  # fmt: skip
    if twin is not None:
        return twin
    commune = get_commune(commune_code)
    if project is None:
        person = coaching.person_for(by, at=at)
        project = coaching.create_project(title=title, commune_code=commune_code, themes=[], person=person, at=at)
    campaign = Campaign(
        slug=_free_slug(title), project_id=project.id, owner_id=by.id, title=title, commune_code=commune.code,
        departement_code=commune.departement_code, created_at=at,
    )  # fmt: skip
    campaign.members.append(CampaignMember(user_id=by.id, role="holder"))
    search.refresh(campaign)
    db.session.add(campaign)
    journal("campaign.started", on=campaign, by=by.id, at=at)
    return campaign


def _free_slug(title: str) -> str:
    slug = slugify(title)
    taken = db.session.scalar(select(Campaign.id).where(Campaign.slug == slug))
    return slug if taken is None and slug not in rules.RESERVED_SLUGS else f"{slug}-{secrets.token_hex(3)}"


def submit(campaign: Campaign, *, by: int, at: datetime) -> None:
    """Hand the campaign to the organisation that answers in its commune; the holder reads by when.

    The fee and the terms are frozen at the first submission; a resubmission stays with its reviewers.
    Errors: CampaignMoveNotAllowed, NotReady, NobodyAnswers.
    """
    state = rules.next_state(campaign.state, Move.SUBMIT)
    if readiness.blocking(campaign, account_status(campaign)):
        raise NotReady
    if campaign.submitted_at is None or campaign.organisation_id is None:
        day = paris_day(at).date()
        found = routing.route(CAMPAIGN_PROGRAMME, str(campaign.commune_code), day, sector=campaign.theme)
        campaign.organisation_id, campaign.routing_reason = found.organisation.id, found.why.kept()
        campaign.fee_bps = platform_fee_bps()
        campaign.refund_below_percent = current_app.config["SETTINGS"].refund_below_percent
    campaign.terms_version, campaign.terms_accepted_at = rules.TERMS_VERSION, at
    again = campaign.submitted_at is not None
    campaign.submitted_at = at
    _enter(
        campaign, state, "resubmitted" if again else "submitted", by, at,
        organisation=campaign.organisation_id, terms=rules.TERMS_VERSION,
    )  # fmt: skip
    snapshots.take(campaign, "submitted", at=at)
    _tell_who_answers(campaign, at, again=again)


def account_status(campaign: Campaign) -> str:
    """The holder's payment account: none, new, pending, active or restricted."""
    return payees.status_of(campaign.owner_id)


def request_changes(campaign: Campaign, *, by: int, at: datetime) -> None:
    """Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.REQUEST_CHANGES, by, at)


def approve(campaign: Campaign, *, by: int, at: datetime) -> None:
    """Decided by the second person; the holder chooses the day. Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.APPROVE, by, at)
    campaign.approved_at = at
    snapshots.take(campaign, "approved", at=at)


def refuse(campaign: Campaign, *, by: int, at: datetime) -> None:
    """Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.REFUSE, by, at)
    campaign.refused_at = at


def appeal(campaign: Campaign, *, words: str, by: int, at: datetime) -> None:
    """Once, within thirty days; another organisation decides: the network's own, or the next by name.

    Errors: AppealNotAllowed, CampaignMoveNotAllowed, NobodyAnswers.
    """
    state = rules.next_state(campaign.state, Move.APPEAL)
    rules.check_appeal(mails.appeal_until(campaign.refused_at), campaign.appealed_at, at)
    campaign.appealed_at, campaign.appeal_words, campaign.submitted_at = at, words, at
    other = _another_reader(campaign.organisation_id)
    campaign.organisation_id = other.id
    campaign.routing_reason = Reason("appeal").kept()
    _enter(campaign, state, "appealed", by, at, organisation=other.id)
    snapshots.take(campaign, "appealed", at=at)
    _tell_who_answers(campaign, at, again=True)


def _tell_who_answers(campaign: Campaign, at: datetime, *, again: bool) -> None:
    db.session.flush()
    db.session.expire(campaign, ["organisation"])  # read before its id was set: the mail names the new one
    mails.submitted(campaign, at=at, again=again)


def _another_reader(organisation_id: int | None) -> Organisation:
    found = db.session.scalar(
        select(Organisation)
        .where(Organisation.is_active, Organisation.id != organisation_id)
        .order_by(Organisation.is_fallback.desc(), Organisation.name, Organisation.id)
        .limit(1)
    )
    if found is None:
        raise NobodyAnswers
    return found


def pass_on(campaign: Campaign, organisation: Organisation, *, at: datetime) -> None:
    """Nobody of the organisation is free to read it: another one answers, and the holder learns who."""
    campaign.organisation_id, campaign.routing_reason = organisation.id, Reason("pool").kept()
    journal("campaign.passed_on", on=campaign, by=None, at=at, organisation=organisation.id)
    _tell_who_answers(campaign, at, again=True)


def reopen_review(campaign: Campaign, *, by: int, at: datetime) -> None:
    """A major change after approval goes back to the reviewers. Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.REOPEN_REVIEW, by, at)
    campaign.opens_at = campaign.closes_at = campaign.approved_at = campaign.edited_at = None
    campaign.submitted_at = campaign.reopened_at = at


def take_in_hand(campaign: Campaign, *, at: datetime) -> None:
    """Somebody reads it now: what went back to review may no longer be changed, and stands as it was sent."""
    if campaign.reopened_at is not None:
        campaign.reopened_at = None
        snapshots.take(campaign, "submitted", at=at)


def withdraw(campaign: Campaign, *, by: int, at: datetime) -> None:
    """The holder gives up before the public saw it. Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.WITHDRAW, by, at)


def choose_opening(campaign: Campaign, *, opens_on: date, by: int, at: datetime) -> None:
    """The day the public sees it: midnight in Paris, or at once when it is today; the end follows.

    Errors: CampaignMoveNotAllowed (not approved), OpeningNotAllowed.
    """
    rules.next_state(campaign.state, Move.OPEN)
    today = paris_day(at).date()
    rules.check_opening(opens_on, earliest=campaign.earliest_start_on, today=today)
    midnight = datetime(opens_on.year, opens_on.month, opens_on.day, tzinfo=PARIS)
    _set_calendar(campaign, at if opens_on == today else midnight)
    journal("campaign.opening_chosen", on=campaign, by=by, at=at, day=opens_on.isoformat())


def _set_calendar(campaign: Campaign, opens_at: datetime) -> None:
    campaign.opens_at = opens_at
    campaign.closes_at = end_of_paris_day(opens_at, days_later=campaign.duration_days or rules.MIN_DAYS)
    _raise_page(campaign)


def go_live(campaign: Campaign, *, at: datetime) -> None:
    """Open it to the public. Opened on a later day than chosen, the whole calendar moves.

    Errors: CampaignMoveNotAllowed, CannotReceive, ChangedSinceApproval.
    """
    state = rules.next_state(campaign.state, Move.OPEN)
    if campaign.approved_at is None or snapshots.has_changed_since_approval(campaign):
        raise ChangedSinceApproval
    if account_status(campaign) != "active":
        raise CannotReceive
    if campaign.opens_at is None or paris_day(campaign.opens_at).date() != paris_day(at).date():
        _set_calendar(campaign, at)
    _enter(campaign, state, "open", None, at)
    mails.live(campaign, at=at)


def delay_opening(campaign: Campaign, *, reason: str, at: datetime) -> None:
    """Say once, in the journal and to the holder, why the chosen day passes without opening."""
    if mails.opening_delayed(campaign, reason=reason, at=at):
        journal("campaign.opening_delayed", on=campaign, by=None, at=at, reason=reason)


def suspend(campaign: Campaign, *, by: int, at: datetime) -> None:
    """Takes no new pledge. Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.SUSPEND, by, at)


def lift(campaign: Campaign, *, by: int | None, at: datetime) -> None:
    """Live again, or closing when its end has passed meanwhile. Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.CLOSE if campaign.closes_at and at >= campaign.closes_at else Move.LIFT, by, at)


def close(campaign: Campaign, *, at: datetime) -> None:
    """The end has come: no new pledge; the verdict follows. Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.CLOSE, None, at)


def conclude(campaign: Campaign, *, succeeded: bool, at: datetime) -> None:
    """The verdict, once, with the totals frozen in the row. Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.SUCCEED if succeeded else Move.FAIL, None, at)
    campaign.verdict_at = at
    campaign.verdict_raised_cents = campaign.raised_cents
    campaign.verdict_backers_count = campaign.backers_count
    if campaign.coaching_record_id is not None:
        proposals.after_campaign(campaign.coaching_record_id, campaign_id=campaign.id, succeeded=succeeded, at=at)


def settle(campaign: Campaign, *, at: datetime) -> None:
    """Every pledge is paid or dropped, every transfer done. Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.SETTLE, None, at)


def fulfil(campaign: Campaign, *, by: int, at: datetime) -> None:
    """Rewards delivered or excused. Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.FULFIL, by, at)


def cancel(campaign: Campaign, *, by: int | None, at: datetime) -> None:
    """Errors: CampaignMoveNotAllowed."""
    _move(campaign, Move.CANCEL, by, at)


def link_record(campaign: Campaign, record: CoachingRecord, *, by: int, at: datetime) -> None:
    """Hang the campaign on its coaching record. It hangs there already: a second click, and nothing happens."""
    if campaign.coaching_record_id == record.id:
        return
    campaign.coaching_record_id, campaign.no_record_reason = record.id, ""
    _raise_page(campaign)
    journal("campaign.record_linked", on=campaign, by=by, at=at, record=record.id)


def set_no_record(campaign: Campaign, reason: str, *, by: int, at: datetime) -> None:
    """A campaign without record says why."""
    campaign.coaching_record_id, campaign.no_record_reason = None, reason
    _raise_page(campaign)
    journal("campaign.no_record", on=campaign, by=by, at=at)


def _move(campaign: Campaign, move: Move, by: int | None, at: datetime) -> None:
    _enter(campaign, rules.next_state(campaign.state, move), move.value, by, at)


def _enter(
    campaign: Campaign, state: CampaignState, action: str, by: int | None, at: datetime, **data: int | str | None
) -> None:
    old, campaign.state = str(campaign.state), state
    _raise_page(campaign)
    journal(f"campaign.{action}", on=campaign, by=by, at=at, old=old, new=state.value, **data)


def _raise_page(campaign: Campaign) -> None:
    """In SQL, so that a pledge written meanwhile is not undone."""
    campaign.page_version = Campaign.page_version + 1
