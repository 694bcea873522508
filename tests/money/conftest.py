from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from tests.fake_stripe.process import FakeStripe, start_fake_stripe
from tests.money.bells import SECRET
from tests.support.mailbox import Mailbox
from tests.support.scene import Scene


@pytest.fixture
def scene(app: Flask, stripe_server: FakeStripe, mailbox: Mailbox) -> Scene:
    return Scene(app, stripe_server, mailbox)


@pytest.fixture
def secret_file(settings: Settings) -> Iterator[Path]:
    """Where the app reads what Stripe signs with."""
    path = Path(settings.stripe_webhook_secret_file)
    path.write_text(f"{SECRET}\n", "utf-8")
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture
def other_stripe(tmp_path: Path) -> Iterator[FakeStripe]:
    """Another Stripe account, at another address."""
    fake = start_fake_stripe(tmp_path)
    yield fake
    fake.stop()
