from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from tests.fake_stripe.process import FakeStripe
from tests.support.mailbox import Mailbox
from tests.support.scene import Scene
from tests.upkeep.elsewhere import Elsewhere


@pytest.fixture
def scene(app: Flask, stripe_server: FakeStripe, mailbox: Mailbox) -> Scene:
    return Scene(app, stripe_server, mailbox)


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Iterator[Elsewhere]:
    """`elsewhere(**settings)`: the app over a database and a storage that hold nothing at all, on the same Stripe."""
    made = Elsewhere(settings, tmp_path)
    yield made
    made.close()
