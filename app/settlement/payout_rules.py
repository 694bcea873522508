"""What must all be true before money leaves for a holder (invariant I11). Pure: facts in, yes or no out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# A holder's account that is so new may be a thief's: time for its owner to read the notice (trust, threat 20).
COOL_OFF = timedelta(hours=72)


@dataclass(frozen=True)
class Situation:
    """One campaign's money on its way to the holder, at an instant. Cents.

    `collected_cents`: charged and not given back. `to_pass_on`: (how many charges, what is left of them)
    that are neither passed on, contested nor going back. `account`: the holder's id at Stripe, "" without one.
    """

    campaign_id: int
    at: datetime
    has_succeeded: bool  # neither suspended nor cancelled
    has_open_pledge: bool
    verdict_at: datetime | None
    hold_days: int
    collected_cents: int
    to_pass_on: tuple[int, int]
    has_blocked: bool  # Stripe has refused a transfer
    account: str
    account_since: datetime | None
    account_is_active: bool  # as last heard
    has_second_factor: bool
    approval_id: int | None  # the payout that covers all of it, for this account
    prepared_id: int | None  # the one that waits for a second person

    @property
    def hold_ends_at(self) -> datetime | None:
        return self.verdict_at + timedelta(days=self.hold_days) if self.verdict_at else None

    @property
    def hold_is_over(self) -> bool:
        return self.hold_ends_at is not None and self.hold_ends_at <= self.at

    @property
    def cools_until(self) -> datetime | None:
        """The end of the time that a new account waits; None when it is over, or there is no account."""
        end = self.account_since + COOL_OFF if self.account and self.account_since else None
        return end if end is not None and end > self.at else None

    @property
    def is_approved(self) -> bool:
        return self.approval_id is not None

    @property
    def holder_is_ready(self) -> bool:
        return bool(self.account) and self.account_is_active and self.has_second_factor

    @property
    def may_be_prepared(self) -> bool:
        """Two persons may begin to look at it: all that could be charged is charged."""
        return self.has_succeeded and not self.has_open_pledge and self.to_pass_on[1] > 0 and not self.is_approved

    @property
    def platform_is_ready(self) -> bool:
        """Everything but what the holder has to do."""
        is_calm = self.has_succeeded and not self.has_open_pledge and self.cools_until is None
        return is_calm and self.hold_is_over and self.is_approved

    @property
    def may_leave(self) -> bool:
        return self.platform_is_ready and self.holder_is_ready

    @property
    def waits_for_holder(self) -> bool:
        """True when nothing but the holder keeps the money back."""
        is_owed = self.to_pass_on[1] > 0 or self.has_blocked
        return is_owed and self.platform_is_ready and not self.holder_is_ready
