"""What the rules share: the world of this process, a hand that picks rows, and acting with what was arranged before."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select

from app.core.database import db
from app.core.errors import DomainError
from app.payments import calling
from app.pledges.models import Pledge
from tests.money.machine.books import instant
from tests.money.machine.people import MOST_PLEDGES, Town
from tests.money.machine.wire import Crash
from tests.money.machine.world import HARMS, World

One = TypeVar("One")
INDEX = st.integers(0, 11)
CENTS = st.one_of(st.integers(100, 400), st.sampled_from([100, 999, 25_00, 33_33, 49_99, 50_00, 60_01, 100_00]))
CAMPAIGNS = st.sampled_from([1, 2, 3, 4])
HOW = st.sampled_from(sorted(HARMS))
PATHS = {
    "intent": "/v1/payment_intents",
    "confirm": "/v1/payment_intents/*/confirm",
    "cancel": "/v1/payment_intents/*/cancel",
    "refund": "/v1/refunds",
    "transfer": "/v1/transfers",
    "reversal": "/v1/transfers/*/reversals",
    "session": "/v1/checkout/sessions*",
    "customer": "/v1/customers",
}
STARTED: dict[str, Any] = {}  # "world", "town": set once by whoever runs the machine
FIGURES: Counter[str] = Counter()
FOUND: list[str] = []  # the first thing that was not true, before anything is replayed


def use(world: World, town: Town) -> None:
    """Examples of this process play in this world."""
    STARTED["world"], STARTED["town"] = world, town


@contextmanager
def noted() -> Iterator[None]:
    """What fails here is written down first: a replay may end otherwise."""
    try:
        yield
    except (DomainError, Crash):
        raise
    except Exception as error:
        FOUND.append(f"{type(error).__name__}: {error}"[:600])
        raise


class Base(RuleBasedStateMachine):
    """Rules are in the mixins; each acts inside `self.acting()`."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World = STARTED["world"]
        self.town: Town = STARTED["town"]
        self.urls: list[tuple[int, str]] = []  # Stripe pages that people have open
        self.fuse_steps = 0  # > 0: whatever comes next dies at this step
        calling.dice = random.Random(0)  # type: ignore[assignment]  # the same waits in each replay

    @contextmanager
    def acting(self) -> Iterator[None]:
        with self.world.act(), noted():
            if self.fuse_steps:
                self.world.fuse.light(self.fuse_steps)
                self.fuse_steps = 0
                FIGURES["crashes laid"] += 1
            yield

    def pick(self, items: Sequence[One], index: int) -> One | None:
        return items[index % len(items)] if items else None

    def pledge_ids(self, *states: str, kind: str = "") -> list[int]:
        """Of pledges in these states (all if none is named); the read is closed."""
        query = select(Pledge.id).order_by(Pledge.id)
        if states:
            query = query.where(Pledge.state.in_(states))
        if kind:
            query = query.where(Pledge.campaign.has(kind=kind))
        found = list(db.session.scalars(query))
        db.session.rollback()
        return found

    def rows(self, query: Any) -> list[Any]:
        found = list(db.session.scalars(query))
        db.session.rollback()
        return found

    def room(self) -> int:
        return MOST_PLEDGES - len(self.pledge_ids())

    def remember_page(self, pledge_id: int) -> None:
        url = db.session.get_one(Pledge, pledge_id, populate_existing=True).checkout_url
        db.session.rollback()
        if url:
            self.urls.append((pledge_id, url))

    def during(self, when: str, act: Callable[[], None]) -> None:
        """`act` happens while the next order to Stripe is under way."""
        self.world.wire.meanwhile.append((when, self.world.alongside(act)))


__all__ = ["CAMPAIGNS", "CENTS", "FIGURES", "HOW", "INDEX", "PATHS", "Base", "instant"]
