"""The administrator's browser."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.access import Role
from tests.builders import Visitor, a_user, give, sign_in, with_second_factor


@pytest.fixture
def admin(app: Flask) -> Visitor:
    with app.app_context():
        person = give(a_user("Alex Admin"), Role.PLATFORM_ADMIN)
        with_second_factor(person)
        return sign_in(app, person, proved=True)
