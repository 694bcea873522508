"""Planned drop-in days, and a coach whose organisation keeps them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from app.core.access import Role
from app.dropins import jobs
from tests.builders import Visitor, a_user, an_organisation, give, sign_in
from tests.dropins.test_public_pages import booked, coming


@pytest.fixture
def planned(app: Flask) -> Flask:
    with app.app_context():
        jobs.plan_ahead()
    return app


@pytest.fixture
def coach(planned: Flask) -> Visitor:
    with planned.app_context():
        return sign_in(planned, give(a_user("Dominique Accueil"), Role.COACH, an_organisation("bge")))


@pytest.fixture
def today(planned: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """(session, booking) on the morning of the session, an hour before the first appointment."""
    with planned.app_context():
        key, free = coming()
        number = booked(key, free[0])
    monkeypatch.setattr(clock, "now", lambda: free[0] - timedelta(hours=1))
    return key, number
