"""Planned drop-in days, and a coach whose organisation keeps them."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.access import Role
from app.dropins import jobs
from tests.builders import Visitor, a_user, an_organisation, give, sign_in


@pytest.fixture
def planned(app: Flask) -> Flask:
    with app.app_context():
        jobs.plan_ahead()
    return app


@pytest.fixture
def coach(planned: Flask) -> Visitor:
    with planned.app_context():
        return sign_in(planned, give(a_user("Dominique Accueil"), Role.COACH, an_organisation("bge")))
