"""Time for accounts: links live in the platform's time, sessions and limits in the system's; both move here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine


@pytest.fixture
def time_machine_at() -> Callable[..., AbstractContextManager[None]]:
    """`with time_machine_at(days=3): …`: this much later, ticking."""

    @contextmanager
    def later(**by: float) -> Iterator[None]:
        with time_machine.travel(datetime.now(UTC) + timedelta(**by)):
            yield

    return later
