from __future__ import annotations

import pytest
from flask import Flask

from tests.fake_stripe.process import FakeStripe
from tests.support.mailbox import Mailbox
from tests.support.scene import Scene


@pytest.fixture
def scene(app: Flask, stripe_server: FakeStripe, mailbox: Mailbox) -> Scene:
    return Scene(app, stripe_server, mailbox)
