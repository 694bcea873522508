"""Who may see the money of a campaign, and who repairs a charge: the rules of the rooms that own them."""

from __future__ import annotations

from app.campaigns.policy import may_manage as may_see_money
from app.pledges.policy import may_see as may_repair

__all__ = ["may_repair", "may_see_money"]
