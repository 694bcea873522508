"""What the tests of coaching share."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.coaching.scene import Scene


@pytest.fixture
def scene(app: Flask) -> Scene:
    """A record with its holder, referent, a colleague, a lead, and strangers."""
    return Scene(app)
