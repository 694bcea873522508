"""What the people of a run do, one small story each. A new kind of promise is one more line here."""

from __future__ import annotations

from dataclasses import dataclass

from fake_stripe.shopper import GOOD_CARD
from tests.support.scene import ALWAYS_3DS, FAILS_LATER


@dataclass(frozen=True)
class Story:
    """`before`, `after`: names of acts of a citizen, before the end of the campaign and after a refusal.

    `end`: the state of the promise of a campaign that succeeds, when a page has confirmed every act;
    `else_end`: when one was not confirmed, it may also have ended so.
    """

    name: str
    end: str = "paid"
    else_end: str = "paid"
    card: str = GOOD_CARD
    before: tuple[str, ...] = ("give",)
    after: tuple[str, ...] = ()
    clicks_twice: bool = False
    weight: int = 1


STORIES = (
    Story("gives", weight=5),
    Story("clicks twice", clicks_twice=True, weight=3),
    Story("lowers the amount", before=("give", "lower")),
    Story("gives another card", before=("give", "other_card"), weight=2),
    Story("withdraws", "withdrawn", before=("give", "withdraw"), weight=2),
    Story("turns back before the card page", "abandoned", "abandoned", before=("promise",)),
    Story("confirms with the bank", "paid", "dropped", card=ALWAYS_3DS, after=("confirm",), weight=2),
    Story("never answers the bank", "dropped", "dropped", card=ALWAYS_3DS),
    Story("repairs with another card", "paid", "dropped", card=FAILS_LATER, after=("new_card",), weight=2),
    Story("gives up after a refusal", "dropped", "dropped", card=FAILS_LATER, after=("give_up",)),
    Story("never repairs", "dropped", "dropped", card=FAILS_LATER),
)
GIFTS = (  # for campaigns that charge at once
    Story("gives at once", weight=3),
    Story("gives at once, clicks twice", clicks_twice=True),
    Story("takes it back", "refunded", before=("give", "take_back"), weight=2),
)
