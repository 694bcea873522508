"""What must be true when the storm is over, by Stripe's own books, our own, and what people were told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import func, select

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.database import db
from app.core.outbox import OutboxMail
from app.payments.models import EventState, MoneyTask, StripeEvent, StripeObject, StripeOperation
from app.payments.rules import OPEN_STATES
from app.pledges.models import Pledge
from app.settlement import books
from app.settlement.models import Charge, Refund, RefundReason, RefundState, Transfer, TransferState
from app.settlement.queries import IS_LIVING, charges_to_pass_on
from tests.money.crash.citizens import Memory
from tests.money.crash.world import World

OVER = frozenset({"paid", "dropped", "withdrawn", "released", "abandoned", "refunded", "part_refunded", "lost"})
WAS_CHARGED = frozenset({"paid", "refunded", "part_refunded", "disputed", "lost"})
CAMPAIGN_OVER = frozenset({CampaignState.SETTLED, CampaignState.FAILED, CampaignState.CANCELLED})


class Truth:
    """Both sides, read once, after the last work is done."""

    def __init__(
        self,
        world: World,
        memories: Iterable[Memory] = (),
        forgettings: Iterable[int] = (),
        ends: Mapping[str, set[str]] | None = None,
    ):
        self.world, self.memories, self.forgettings = world, list(memories), list(forgettings)
        self.ends = ends or {}
        self.stripe: dict[str, Any] = world.fake.control("state")
        self.orders: list[dict[str, Any]] = world.fake.control("orders")["orders"]
        self.pledges: dict[str, Pledge] = {}
        self.campaigns: dict[int, Campaign] = {}
        self.charged: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in self.stripe["charges"]:
            if one["status"] == "succeeded":
                self.charged[str(one["metadata"].get("pledge"))].append(one)

    def findings(self) -> list[str]:
        """Sentences; none when all is well."""
        with self.world.app.app_context():
            self.pledges = {one.public_id: one for one in db.session.scalars(select(Pledge))}
            self.campaigns = {one.id: one for one in db.session.scalars(select(Campaign))}
            found = [
                *self.of_charges(), *self.of_intents(), *self.of_transfers(), *self.of_refunds(), *self.of_ends(),
                *self.of_tasks(), *self.of_mails(), *self.of_events(), *self.of_card_pages(),
            ]  # fmt: skip
            for memory in self.memories:
                found += [f"acknowledged, then lost: {memory.email}: {words}" for words in self.of_memory(memory)]
                found += [f"{memory.email} saw: {words}" for words in memory.surprises]
            db.session.rollback()
            found += [f"books differ: {one.campaign} {one.name} {one.values}" for one in differences()]
        return found

    def of_charges(self) -> Iterator[str]:
        """I3, I4, I5: one charge a promise at most, of its amount, and only where it is due."""
        for public_id, charges in self.charged.items():
            pledge = self.pledges.get(public_id)
            if len(charges) > 1:
                yield f"double charge: {public_id} has {len(charges)}"
            if pledge is None:
                yield f"charge without a promise: {public_id}"
            elif pledge.state not in WAS_CHARGED and not (pledge.late_at and is_given_back(charges)):
                yield f"charged though {pledge.state}: {public_id}"
            elif any(one["amount"] != pledge.amount_cents for one in charges):
                yield f"charged another amount: {public_id}"
            elif self.campaigns[pledge.campaign_id].state == CampaignState.FAILED and not is_given_back(charges):
                yield f"charged for a campaign that failed: {public_id}"

    def of_intents(self) -> Iterator[str]:
        """One PaymentIntent a promise, unless Stripe forgot the key of its creation meanwhile."""
        made = Counter(str(one["metadata"].get("pledge")) for one in self.stripe["payment_intents"])
        asked: dict[str, list[int]] = defaultdict(list)
        for order in self.orders:
            if order["path"] == "/v1/payment_intents":
                asked[parse_qs(order["params"]).get("metadata[pledge]", [""])[0]].append(order["seq"])
        for public_id, number in made.items():
            seqs = asked[public_id] or [0]
            excused = sum(seqs[0] <= at < seqs[-1] for at in self.forgettings)
            if number > 1 + excused:
                yield (
                    f"{number} PaymentIntents for one promise, and no key was forgotten: {public_id} "
                    f"(only the separate confirmation kept it from {number} charges)"
                )

    def of_transfers(self) -> Iterator[str]:
        """I12: once a charge at most, never more than was taken, to the holder who is owed it."""
        sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in self.stripe["transfers"]:
            sent[str(one["metadata"].get("pledge"))].append(one)
        for public_id, transfers in sent.items():
            if len(transfers) > 1:
                yield f"double transfer: {public_id} has {len(transfers)}"
            taken = sum(one["amount"] - one["amount_refunded"] for one in self.charged[public_id])
            if sum(one["amount"] - one["amount_reversed"] for one in transfers) > taken:
                yield f"more passed on than was taken: {public_id}"
        waiting = db.session.scalars(select(Transfer.id).where(Transfer.state != TransferState.DONE, IS_LIVING)).all()
        if waiting:
            yield f"transfers that never ended: {len(waiting)}"
        if left := charges_to_pass_on():
            yield f"charges that were never passed on: {[one.pledge.public_id for one in left]}"

    def of_refunds(self) -> Iterator[str]:
        """I9: what Stripe gave back is what we asked it to, each order once, and never more than was taken."""
        rows = Counter(db.session.scalars(select(Refund.stripe_refund).where(Refund.stripe_refund.is_not(None))))
        for one in self.stripe["refunds"]:
            if rows[one["id"]] != 1:
                yield f"double refund: {one['id']} of {one['charge']} stands in {rows[one['id']]} rows"
        for state, number in Counter(db.session.scalars(select(Refund.state))).items():
            if state not in (RefundState.SUCCEEDED, RefundState.CANCELLED):
                yield f"{number} refunds are {state}"
        for charges in self.charged.values():
            if any(one["amount_refunded"] > one["amount"] for one in charges):
                yield f"more given back than was taken: {charges[0]['id']}"

    def of_ends(self) -> Iterator[str]:
        """Nothing is stuck."""
        for pledge in self.pledges.values():
            if pledge.state not in OVER:
                yield f"a promise is stuck: {pledge.public_id} is {pledge.state}"
        for campaign in self.campaigns.values():
            if campaign.state not in CAMPAIGN_OVER:
                yield f"a campaign is stuck: {campaign.slug} is {campaign.state}"
        open_calls = select(StripeOperation.kind).where(StripeOperation.state.in_(OPEN_STATES))
        for kind, number in Counter(db.session.scalars(open_calls)).items():
            yield f"{number} calls {kind} never ended"

    def of_tasks(self) -> Iterator[str]:
        """I26: what no machine could explain lies before a person; there is nothing of the kind."""
        for task in db.session.scalars(select(MoneyTask).where(MoneyTask.closed_at.is_(None))):
            yield f"a person is asked: {task.kind} {task.data}"

    def of_mails(self) -> Iterator[str]:
        """Each fact is told once: one row, delivered, and a second delivery bears the same Message-ID."""
        for occasion, number in db.session.execute(
            select(OutboxMail.occasion, func.count()).group_by(OutboxMail.occasion).having(func.count() > 1)
        ):
            yield f"told {number} times: {occasion}"
        for occasion in db.session.scalars(select(OutboxMail.occasion).where(OutboxMail.sent_at.is_(None))):
            yield f"never told: {occasion}"
        arrived = {str(mail.message["Message-ID"]) for mail in self.world.mailbox.received()}
        rows = db.session.scalar(select(func.count()).select_from(OutboxMail)) or 0
        if self.world.mailbox.received() and len(arrived) != rows:
            yield f"{rows} mails written, {len(arrived)} arrived"

    def of_events(self) -> Iterator[str]:
        """I8: an event that we answered with 200 is in the inbox, and its bell was rung."""
        known = set(db.session.scalars(select(StripeEvent.event_id)))
        for one in self.world.fake.control("webhooks")["deliveries"]:
            if one["state"] == "delivered" and one["event"] not in known:
                yield f"acknowledged, then lost: event {one['event']}"
        waiting = select(StripeEvent.state).where(
            StripeEvent.state.in_((EventState.RECEIVED, EventState.FAILED, EventState.REFUSED))
        )
        for state, number in Counter(db.session.scalars(waiting)).items():
            yield f"{number} events are {state}"

    def of_card_pages(self) -> Iterator[str]:
        """A card given in time is never forgotten: the promise counted, or its maker was told that it came too late."""
        owners = dict(db.session.execute(select(StripeObject.stripe_id, StripeObject.subject_id)).all())
        by_id = {one.id: one for one in self.pledges.values()}
        for session in self.stripe["sessions"]:
            if session["status"] != "complete":
                continue
            pledge = by_id.get(owners.get(session["id"], 0))
            if pledge is None or not (has_counted(pledge) or pledge.late_at):
                yield f"a card was given and nothing came of it: {session['id']}"

    def of_memory(self, memory: Memory) -> Iterator[str]:
        """I8: whatever a page has said is so."""
        for session in memory.card_pages:
            if db.session.get(StripeObject, session) is None:
                yield f"sent to card page {session}, of which nothing is known"
        pledges = [one for one in self.pledges.values() if one.email == memory.email]
        if len(pledges) > 1:
            yield f"one form became {len(pledges)} promises"
        if not pledges:
            if memory.card_pages or memory.public_id or memory.was_thanked:
                yield "no promise at all"
            return
        pledge = pledges[0]
        if pledge.amount_cents not in memory.may_cost_cents:
            yield f"{pledge.amount_cents} cents, told {sorted(memory.may_cost_cents)}"
        if memory.was_thanked and not has_counted(pledge):
            yield "thanked, and not authorised"
        if memory.was_told_paid and not self.charged[pledge.public_id]:
            yield "told that it is paid, and nothing was charged"
        if memory.was_told_back and pledge.state != "refunded":
            yield f"told that it is given back, and it is {pledge.state}"
        if memory.was_told_cancelled and (pledge.state in WAS_CHARGED or self.charged[pledge.public_id]):
            yield f"told that it is cancelled, and it is {pledge.state}"
        yield from self._of_story(memory, pledge)

    def _of_story(self, memory: Memory, pledge: Pledge) -> Iterator[str]:
        story, state = memory.story, self.campaigns[pledge.campaign_id].state
        is_confirmed = memory.done.issuperset((*story.before, *story.after))
        may = {story.end} if is_confirmed else {story.end, story.else_end}
        if not memory.was_thanked:
            may |= {"abandoned"}
        if state == CampaignState.FAILED:
            may = may - {"paid", "dropped"} | ({"released"} if story.end != "withdrawn" or not is_confirmed else set())
        if "paid" in may and (state == CampaignState.CANCELLED or self._rules_gave_back(pledge)):
            may |= {"refunded", "released"}
        may |= self.ends.get(pledge.public_id, set())
        if pledge.state not in may:
            yield f"« {story.name} » ended as {pledge.state}, not as {' or '.join(sorted(may))}"

    def _rules_gave_back(self, pledge: Pledge) -> bool:
        """Too little was collected: the rules refund everybody."""
        mine = select(Refund.id).join(Charge, Charge.id == Refund.charge_id).where(
            Charge.pledge_id == pledge.id, Refund.reason == RefundReason.MISSED
        )  # fmt: skip
        return db.session.scalar(mine) is not None


def has_counted(pledge: Pledge) -> bool:
    """Promised with a card, or given at once."""
    return pledge.authorised_at is not None or pledge.paid_at is not None


def is_given_back(charges: list[dict[str, Any]]) -> bool:
    """Nothing of these charges was kept."""
    return all(one["amount_refunded"] == one["amount"] for one in charges)


def differences() -> list[books.Comparison]:
    """Lines of `flask payments check` that are not equal. Inside an app context."""
    return [one for one in books.compare() if not one.is_equal]
