"""The verbs of messages and deliveries. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.campaigns.models import Campaign
from app.core.database import db
from app.core.journal import record as journal
from app.desk import mails, queries, rules, seals
from app.desk.contributors import Contributor
from app.desk.errors import AddressNotWanted, NobodyChosen
from app.desk.models import Delivery, Message, MessageRecipient
from app.desk.rules import DeliveryState
from app.pledges.models import Pledge


def write_message(
    campaign: Campaign, people: Sequence[Contributor], *, subject: str, text: str, is_thanks: bool, form_key: str,
    by: int, at: datetime,
) -> Message:  # fmt: skip
    """Words to contributors; the job writes the mails. A second click gives the same message. Errors: NobodyChosen."""
    known = queries.find_message_by_form(form_key)
    if known is not None:
        return known
    if not people:
        raise NobodyChosen
    message = Message(
        form_key=form_key, campaign_id=campaign.id, author_id=by, subject=subject, text=text, is_thanks=is_thanks,
        created_at=at,
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    db.session.add_all(MessageRecipient(message_id=message.id, pledge_id=one.pledge_id) for one in people)
    journal("message.written", on=message, by=by, at=at, campaign=campaign.id, recipients=len(people))
    return message


def post_next_mails(*, at: datetime, limit: int) -> int:
    """Write the mails that wait; returns how many contributions are done with. Who gave twice is written to once."""
    found = queries.recipients_to_post(limit)
    for recipient in found:
        if not queries.has_been_written(recipient):
            mails.message(recipient.message, recipient.pledge, at=at)
        recipient.posted_at = at
        db.session.flush()
    return len(found)


def mark(
    campaign: Campaign, pledges: Sequence[Pledge], state: DeliveryState, *, note: str, by: int, at: datetime
) -> int:
    """The state of one or many deliveries; a note replaces the one before when it is given. Returns how many changed.

    Errors: NobodyChosen.
    """
    if not pledges:
        raise NobodyChosen
    changed = 0
    for delivery in _rows(campaign, pledges, at):
        if delivery.state == state and (not note or note == delivery.note):
            continue
        delivery.state, delivery.changed_at, delivery.note = state, at, note or delivery.note
        if delivery.address_given_at is not None:
            delivery.forget_at = rules.forget_at(state, delivery.address_given_at, at)
        journal("delivery.marked", on=delivery, by=by, at=at, state=state.value, pledge=delivery.pledge_id)
        changed += 1
    return changed


def ask_addresses(campaign: Campaign, pledges: Sequence[Pledge], *, by: int, at: datetime) -> int:
    """One mail with a signed link to each person whose address is not known. Returns how many were asked.

    Errors: NobodyChosen, TooEarlyForAddress.
    """
    if not pledges:
        raise NobodyChosen
    for pledge in pledges:
        rules.check_ask_address(campaign.state, pledge.state, pledge.reward_id is not None)
    by_id, asked = {pledge.id: pledge for pledge in pledges}, 0
    for delivery in _rows(campaign, pledges, at):
        if delivery.address_sealed or _asked_today(delivery, at):
            continue
        delivery.address_asked_at = at
        mails.ask_address(by_id[delivery.pledge_id], at=at)
        journal("delivery.address_asked", on=delivery, by=by, at=at, pledge=delivery.pledge_id)
        asked += 1
    return asked


def _asked_today(delivery: Delivery, at: datetime) -> bool:
    """A second click, or a second member of the team, does not write twice in a day."""
    return delivery.address_asked_at is not None and (at - delivery.address_asked_at).days < 1


def _rows(campaign: Campaign, pledges: Sequence[Pledge], at: datetime) -> list[Delivery]:
    """A row for each, made where there is none yet."""
    known = queries.deliveries_by_pledge([pledge.id for pledge in pledges])
    for pledge in pledges:
        if pledge.id not in known:
            known[pledge.id] = Delivery(
                pledge_id=pledge.id, campaign_id=campaign.id, state=DeliveryState.TO_PREPARE, note="", changed_at=at,
                address_sealed="",
            )  # fmt: skip
            db.session.add(known[pledge.id])
    db.session.flush()
    return [known[pledge.id] for pledge in pledges]


def give_address(pledge: Pledge, lines: dict[str, str], *, by: int | None, at: datetime) -> None:
    """Keep it sealed. Errors: AddressNotWanted (never asked, or already delivered)."""
    delivery = queries.find_delivery(pledge.id)
    if not wants_address(delivery):
        raise AddressNotWanted
    assert delivery is not None
    delivery.address_sealed = seals.seal(lines, context=str(pledge.id))
    delivery.address_given_at = at
    delivery.forget_at = rules.forget_at(DeliveryState(delivery.state), at, delivery.changed_at)
    journal("delivery.address_given", on=delivery, by=by, at=at, pledge=pledge.id)


def wants_address(delivery: Delivery | None) -> bool:
    """Asked for, and still to be delivered."""
    return (
        delivery is not None
        and delivery.address_asked_at is not None
        and delivery.state in {DeliveryState.TO_PREPARE, DeliveryState.PROBLEM}
    )


def forget_addresses(*, at: datetime, limit: int = 200) -> int:
    """Erase what is needed no more; returns how many."""
    found = queries.addresses_to_forget(at, limit)
    for delivery in found:
        delivery.address_sealed, delivery.forget_at = "", None
        journal("delivery.address_erased", on=delivery, by=None, at=at, pledge=delivery.pledge_id)
    return len(found)
