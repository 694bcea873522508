"""A result belongs to the organisation that had the record on its day, in the number and in the list behind it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.core.access import Role
from app.reporting.counted import Indicator
from app.reporting.queries import Scope, lines
from tests.builders import an_organisation
from tests.reporting.rows import DAY, Path, a_person, founding_year
from tests.reporting.test_figures import ASKED, PERIOD, somebody, text, totals

BEFORE, AFTER = DAY - timedelta(days=9), DAY + timedelta(days=9)
LIST = ASKED.replace("/bilan", "/bilan/aboutis")
EXPECTED = {"pes-21": 1, "active-71": 3, "fdfr-89": 0}


def test_who_takes_a_record_on_later_does_not_take_its_result_with_it(app: Flask) -> None:
    with app.app_context():
        Path.open(a_person(), "pes-21").came_to().given_to("active-71", AFTER)
        Path.open(a_person(), "pes-21").given_to("active-71", BEFORE).came_to()
        Path.open(a_person(), "pes-21").given_to("active-71", BEFORE).came_to().given_to("fdfr-89", AFTER)
        Path.open(a_person(), "pes-21").came_to(day=AFTER).given_to("active-71", AFTER)
        assert totals()[2] == 4
        everywhere = frozenset(an_organisation(slug).id for slug in EXPECTED)
        for slug, counted in EXPECTED.items():
            assert totals(organisation=slug)[2] == counted, slug
            scope = Scope(PERIOD, an_organisation(slug))
            found = lines(Indicator.ACHIEVED, scope, opened=everywhere, user_id=0, page=1)
            assert (found.everything, len(found.lines)) == (counted, counted), slug
    page = text(somebody(app, Role.COACH, "pes-21").get(f"{LIST}&structure=pes-21"))
    assert "Une partie du chiffre seulement" in page, "the record is elsewhere now: counted, no longer opened"


def test_the_founding_year_stays_as_it_was_when_a_record_comes_afterwards(app: Flask) -> None:
    with app.app_context():
        founding_year()
        Path.open(a_person(), "active-71").came_to().given_to("pes-21", AFTER)
        assert totals(organisation="pes-21") == (250, 124, 20)
        assert totals()[2] == 21
