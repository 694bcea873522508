"""States and moves of a campaign, its calendar and its budget. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from app.campaigns.errors import AppealNotAllowed, CampaignMoveNotAllowed, OpeningNotAllowed
from app.network.sector_rules import Sector


class CampaignState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REFUSED = "refused"
    LIVE = "live"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SETTLED = "settled"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Move(StrEnum):
    SUBMIT = "submit"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    REFUSE = "refuse"
    APPEAL = "appeal"
    REOPEN_REVIEW = "reopen_review"
    OPEN = "open"
    SUSPEND = "suspend"
    LIFT = "lift"
    CLOSE = "close"
    SUCCEED = "succeed"
    FAIL = "fail"
    SETTLE = "settle"
    FULFIL = "fulfil"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"


_S, _M = CampaignState, Move
NEXT: dict[tuple[CampaignState, Move], CampaignState] = {
    (_S.DRAFT, _M.SUBMIT): _S.SUBMITTED,
    (_S.CHANGES_REQUESTED, _M.SUBMIT): _S.SUBMITTED,
    (_S.SUBMITTED, _M.REQUEST_CHANGES): _S.CHANGES_REQUESTED,
    (_S.SUBMITTED, _M.APPROVE): _S.APPROVED,
    (_S.SUBMITTED, _M.REFUSE): _S.REFUSED,
    (_S.REFUSED, _M.APPEAL): _S.SUBMITTED,
    (_S.APPROVED, _M.REOPEN_REVIEW): _S.SUBMITTED,
    (_S.APPROVED, _M.OPEN): _S.LIVE,
    (_S.LIVE, _M.SUSPEND): _S.SUSPENDED,
    (_S.SUSPENDED, _M.LIFT): _S.LIVE,
    (_S.LIVE, _M.CLOSE): _S.CLOSING,
    (_S.SUSPENDED, _M.CLOSE): _S.CLOSING,
    (_S.CLOSING, _M.SUCCEED): _S.SUCCEEDED,
    (_S.CLOSING, _M.FAIL): _S.FAILED,
    (_S.SUCCEEDED, _M.SETTLE): _S.SETTLED,
    (_S.SETTLED, _M.FULFIL): _S.FULFILLED,
    (_S.DRAFT, _M.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _M.WITHDRAW): _S.WITHDRAWN,
    (_S.CHANGES_REQUESTED, _M.WITHDRAW): _S.WITHDRAWN,
    (_S.APPROVED, _M.WITHDRAW): _S.WITHDRAWN,
    (_S.REFUSED, _M.WITHDRAW): _S.WITHDRAWN,
    (_S.LIVE, _M.CANCEL): _S.CANCELLED,
    (_S.SUSPENDED, _M.CANCEL): _S.CANCELLED,
    (_S.SUCCEEDED, _M.CANCEL): _S.CANCELLED,
}

# Names of pages beside those of campaigns: a campaign called so gets a number after it.
RESERVED_SLUGS = frozenset({"phrases", "mes-interets", "en-ligne", "signalements"})

EDITABLE = frozenset({_S.DRAFT, _S.CHANGES_REQUESTED})
BEFORE_LIVE = frozenset({_S.DRAFT, _S.SUBMITTED, _S.CHANGES_REQUESTED, _S.APPROVED, _S.REFUSED})
PUBLIC = frozenset({_S.LIVE, _S.SUSPENDED, _S.CLOSING, _S.SUCCEEDED, _S.FAILED, _S.SETTLED, _S.FULFILLED, _S.CANCELLED})
# May still be hung on a coaching record: a draft is its team's alone, and what came to nothing is left in peace.
LINKABLE = (BEFORE_LIVE | PUBLIC) - {_S.DRAFT, _S.REFUSED, _S.CANCELLED}
AFTER_VERDICT = frozenset({_S.SUCCEEDED, _S.SETTLED, _S.FULFILLED})
ONGOING = frozenset({_S.LIVE, _S.SUSPENDED, _S.CLOSING})
MISSED = frozenset({_S.FAILED, _S.CANCELLED})


class FundingKind(StrEnum):
    ALL_OR_NOTHING = "all_or_nothing"
    FLEXIBLE = "flexible"


MAX_DAYS = {FundingKind.ALL_OR_NOTHING: 90, FundingKind.FLEXIBLE: 60}
MIN_DAYS = 5
MIN_GOAL_CENTS = 100_00
MAX_GOAL_CENTS = 500_000_00
OPENING_WITHIN_DAYS = 90
APPEAL_WITHIN = timedelta(days=30)
FIRST_ANSWER_WORKING_DAYS = 3
DECISION_WORKING_DAYS = 7
MAX_BUDGET_LINES = 20  # a side
MAX_REWARDS = 20
TERMS_VERSION = "2026-11-2"  # with the rules of flexible campaigns


class AddedValue(StrEnum):
    SOCIAL = "social"
    SOCIETAL = "societal"
    ENVIRONMENTAL = "environmental"


Theme = Sector  # what a campaign calls it


class MemberRole(StrEnum):
    HOLDER = "holder"
    MANAGER = "manager"
    EDITOR = "editor"
    THANKS = "thanks"


WRITERS = frozenset({MemberRole.HOLDER, MemberRole.MANAGER, MemberRole.EDITOR})
MANAGERS = frozenset({MemberRole.HOLDER, MemberRole.MANAGER})
CARERS = frozenset({MemberRole.HOLDER, MemberRole.MANAGER, MemberRole.THANKS})


class RewardNature(StrEnum):
    THANKS = "thanks"
    TOKEN = "token"
    PRE_SALE = "pre_sale"


class Postage(StrEnum):
    """How a reward comes to who chose it: words beside its price, never an amount that is added."""

    NONE = "none"  # nothing is sent
    INCLUDED = "included"
    EXTRA = "extra"  # asked for by the holder, apart


class BudgetSide(StrEnum):
    USE = "use"  # what the money buys
    RESOURCE = "resource"  # other funders, beside this campaign


def next_state(state: CampaignState, move: Move) -> CampaignState:
    """Where `move` leads from `state`. Errors: CampaignMoveNotAllowed when NEXT is silent."""
    if (state, move) not in NEXT:
        raise CampaignMoveNotAllowed
    return NEXT[state, move]


def budget_gap_cents(goal_cents: int, uses_cents: int, other_resources_cents: int) -> int:
    """Uses minus (goal + other resources), in cents; 0 when the budget balances."""
    return uses_cents - goal_cents - other_resources_cents


def may_illustrate(state: CampaignState) -> bool:
    """Some text of it may still be written: the story, news (a draft waits for the opening), or the end."""
    return state not in (CampaignState.REFUSED, CampaignState.WITHDRAWN)


def shown(state: CampaignState | str, now: int, at_verdict: int | None) -> int:
    """What people are told of a total (cents, or persons). A missed goal lets every promise go, so that nothing counts
    any more: what was promised on the day of the verdict is told instead."""
    return at_verdict or 0 if state == CampaignState.FAILED else now


def percent(raised_cents: int, goal_cents: int) -> int:
    """Whole per cent, rounded down: 100 is shown only when the goal is really reached."""
    return 100 * raised_cents // goal_cents if goal_cents else 0


EDITABLE_AFTER_OPENING = frozenset({"histoire", "image"})


MINOR_SHARE = 0.2  # of the words of a text: beyond it a correction is a new text


def may_change(state: CampaignState, step: str, *, is_reopened: bool = False) -> bool:
    """A draft may change whole, and so may a campaign that went back to review until somebody takes it.

    Once approved, only the story and the photograph: the rest is major and goes back to the reviewers first.
    """
    if state in EDITABLE or (state == _S.SUBMITTED and is_reopened):
        return True
    return (state in ONGOING or state == _S.APPROVED) and step in EDITABLE_AFTER_OPENING


def is_major(state: CampaignState, changed_share: float) -> bool:
    """True when a change of an approved text asks for a new reading. `changed_share`: 0 to 1, of its words."""
    return state == _S.APPROVED and changed_share > MINOR_SHARE


def is_open(state: CampaignState, closes_at: datetime | None, at: datetime) -> bool:
    """True while a promise may be written: live, and strictly before the end."""
    return state == _S.LIVE and closes_at is not None and at < closes_at


def opening_days(earliest: date | None, today: date) -> tuple[date, date]:
    """The first and the last day a holder may choose: from today or the earliest day given, 90 days on."""
    first = max(today, earliest) if earliest else today
    return first, max(first, today + timedelta(days=OPENING_WITHIN_DAYS))


def check_opening(day: date, *, earliest: date | None, today: date) -> None:
    """Errors: OpeningNotAllowed outside `opening_days`."""
    first, last = opening_days(earliest, today)
    if not first <= day <= last:
        raise OpeningNotAllowed


def check_appeal(until: datetime | None, appealed_at: datetime | None, at: datetime) -> None:
    """`until`: None without a refusal. Errors: AppealNotAllowed the second time, or after the thirtieth day."""
    if appealed_at is not None or until is None or at > until:
        raise AppealNotAllowed
