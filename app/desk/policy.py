"""Who may care for contributors. Pure."""

from __future__ import annotations

from app.campaigns.policy import may_thank as may_thank
from app.pledges.policy import may_see as may_give_address

__all__ = ["may_give_address", "may_thank"]
