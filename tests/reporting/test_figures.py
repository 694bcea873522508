"""The first figures: what is counted, once, for whom; what is not; and who sees how much of it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from app.accounts.models import User
from app.coaching.models import RecordExclusion
from app.coaching.path_rules import OutcomeKind
from app.coaching.rules import ActivityKind, Attendance, RecordState
from app.core.access import Role
from app.core.database import db, transaction
from app.reporting import queries
from app.reporting.counted import Indicator
from app.reporting.queries import Scope
from app.reporting.rules import Period
from tests.builders import Visitor, a_user, an_organisation, give, sign_in
from tests.reporting.rows import DAY, YEAR, Path, a_person, founding_year, noon, programme
from tests.support.statements import statements

PERIOD = Period.of_year(YEAR)
ASKED = f"/bilan?du={YEAR}-01-01&au={YEAR}-12-31"


def somebody(app: Flask, role: Role, organisation: str = "") -> Visitor:
    with app.app_context():
        user = give(a_user(), role, an_organisation(organisation) if organisation else None)
        return sign_in(app, db.session.get_one(User, user.id))


def totals(*, organisation: str = "", code: str = "", period: Period = PERIOD) -> tuple[int, int, int]:
    """(A1, B1, C1) as somebody sees them who may open everything. Inside an app context."""
    everywhere = frozenset(one.id for one in queries.choices()[0])
    scope = Scope(period, an_organisation(organisation) if organisation else None, programme(code) if code else None)
    columns = queries.columns(scope, everywhere)
    found = tuple(columns[one].of(scope.organisation_id).value for one in Indicator)
    db.session.rollback()
    return found  # type: ignore[return-value]  # all are opened: no number is hidden


def text(answer: object) -> str:
    page = answer.get_data(as_text=True)  # type: ignore[attr-defined]  # a response of the test client
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_founding_year_prints_its_three_numbers_and_their_ratios(app: Flask) -> None:
    with app.app_context():
        founding_year()
        assert totals() == (250, 124, 20)
    page = text(somebody(app, Role.ORGANISATION_LEAD, "pes-21").get(ASKED))
    assert "49,6 projets pour 100 porteurs accueillis" in page
    assert "8,0 projets aboutis pour 100 porteurs accueillis" in page
    assert "16,1 % des projets accompagnés" in page
    for number, words in ((250, "porteurs accueillis"), (124, "projets accompagnés"), (20, "projets aboutis")):
        assert re.search(rf"\b{number} {words}", page), words


def test_a_person_met_by_two_organisations_counts_once_for_the_first(app: Flask) -> None:
    with app.app_context():
        one = a_person()
        Path.open(one, "active-71").met(DAY + timedelta(days=1))
        Path.open(one, "pes-21").met(DAY)
        Path.open(a_person(), "active-71").met(DAY).met(DAY + timedelta(days=2))
        assert totals() == (2, 0, 0)
        assert [totals(organisation=slug)[0] for slug in ("pes-21", "active-71")] == [1, 1]
        later = Period(DAY + timedelta(days=1), PERIOD.last)
        assert totals(organisation="active-71", period=later)[0] == 2, "in that period it is the first"
    page = text(somebody(app, Role.COACH, "active-71").get(f"{ASKED}&structure=active-71"))
    assert "1 autre personne a aussi été accueillie par vous" in page


def test_the_organisations_add_up_to_the_network_for_every_number(app: Flask) -> None:
    with app.app_context():
        for number in range(12):
            person = a_person()
            for slug in ("pes-21", "active-71", "pes-21")[number % 3 :]:
                path = Path.open(person, slug).met(DAY + timedelta(days=number)).signed()
                path.met(DAY + timedelta(days=number), ActivityKind.INTERVIEW).came_to()
        everywhere = frozenset(one.id for one in queries.choices()[0])
        columns = queries.columns(Scope(PERIOD), everywhere)
        for column in columns.values():
            assert column.total.value == sum(shown.value or 0 for shown in column.cells.values())
        assert columns[Indicator.WELCOMED].total.value == 12


NOT_WELCOMED = {
    "who did not come": {"attendance": Attendance.NO_SHOW},
    "who will come": {"attendance": Attendance.PLANNED},
    "whom we cancelled": {"attendance": Attendance.CANCELLED_BY_US},
    "a call": {"kind": ActivityKind.CALL},
    "the day before": {"day": date(YEAR - 1, 12, 31)},
    "the day after": {"day": date(YEAR + 1, 1, 1)},
}


@pytest.mark.parametrize("how", NOT_WELCOMED.values(), ids=NOT_WELCOMED.keys())
def test_who_is_not_welcomed_is_not_counted(app: Flask, how: dict[str, object]) -> None:
    with app.app_context():
        Path.open(a_person()).met(**how)  # type: ignore[arg-type]  # what each case says
        assert totals()[0] == 0


@pytest.mark.parametrize("day", [PERIOD.first, PERIOD.last])
def test_the_first_and_the_last_day_count(app: Flask, day: date) -> None:
    with app.app_context():
        path = Path.open(a_person()).met(day).signed(day).met(day, ActivityKind.INTERVIEW).came_to(day=day)
        assert path.record_id
        assert totals() == (1, 1, 1)


def test_who_left_the_project_before_the_welcome_was_not_welcomed(app: Flask) -> None:
    from app.coaching.models import ProjectMember

    with app.app_context():
        path = Path.open(a_person()).met()
        Path.open(a_person()).met()
        with transaction():
            member = db.session.query(ProjectMember).filter_by(project_id=path.project_id).one()
            member.ended_at = noon(DAY - timedelta(days=1))
        assert totals()[0] == 1


NOT_COACHED = {
    "an e-mail": {"kind": ActivityKind.EMAIL},
    "a document read": {"kind": ActivityKind.DOCUMENT_REVIEW},
    "no time": {"minutes": 0},
    "nobody came": {"attendance": Attendance.NO_SHOW},
    "another year": {"day": DAY + timedelta(days=365)},
    "before it began": {"day": DAY - timedelta(days=31)},
}


@pytest.mark.parametrize("how", NOT_COACHED.values(), ids=NOT_COACHED.keys())
def test_what_is_no_coaching_makes_no_project_coached(app: Flask, how: dict[str, object]) -> None:
    with app.app_context():
        path = Path.open(a_person()).signed()
        path.met(**{"kind": ActivityKind.INTERVIEW, **how})  # type: ignore[arg-type]  # what each case says
        assert totals()[1] == 0
        path.met(kind=ActivityKind.INTERVIEW).met(kind=ActivityKind.WORKSHOP)
        assert totals()[1] == 1


def test_without_a_signature_or_after_the_closing_nothing_counts_and_a_pause_does(app: Flask) -> None:
    with app.app_context():
        Path.open(a_person()).moved(RecordState.COACHED, DAY).met(kind=ActivityKind.CALL)
        late = Path.open(a_person()).signed().met(kind=ActivityKind.CALL)
        with transaction():
            from app.coaching.models import CoachingRecord

            db.session.get_one(CoachingRecord, late.record_id).engagement_signed_on = date(YEAR + 1, 1, 1)
        before = DAY - timedelta(days=3)
        Path.open(a_person()).signed().moved(RecordState.CLOSED, before).met(kind=ActivityKind.CALL)
        assert totals()[1] == 0
        Path.open(a_person()).signed().moved(RecordState.ON_HOLD, before).met(kind=ActivityKind.CALL)
        Path.open(a_person()).signed().moved(RecordState.FOLLOW_UP, before).met(kind=ActivityKind.CALL)
        Path.open(a_person()).signed().moved(RecordState.CLOSED, before, undone=True).met(kind=ActivityKind.CALL)
        assert totals()[1] == 3


def test_only_the_first_achieved_outcome_of_a_record_counts_in_its_year(app: Flask) -> None:
    with app.app_context():
        Path.open(a_person()).came_to(day=DAY - timedelta(days=365)).came_to(OutcomeKind.ACTIVITY_EXTENDED)
        Path.open(a_person()).came_to(OutcomeKind.EMPLOYED).came_to(OutcomeKind.DROPPED)
        assert totals()[2] == 0
        Path.open(a_person()).came_to(OutcomeKind.EMPLOYED, DAY - timedelta(days=400)).came_to().came_to()
        assert totals()[2] == 1


def test_a_programme_counts_its_own_records_only(app: Flask) -> None:
    with app.app_context():
        one = a_person()
        for code in ("pulsactions", "dla"):
            Path.open(one, programme=code).met().signed().met(kind=ActivityKind.CALL).came_to()
        assert totals() == (1, 2, 2)
        assert totals(code="dla") == (1, 1, 1)


# -- who sees how much -------------------------------------------------------------------------------


def cells(page: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r'<td class="number"[^>]*>(.*?)</td>', page, re.S)
    ]


def test_elsewhere_a_small_number_is_not_seen_and_cannot_be_found_by_subtraction(app: Flask) -> None:
    with app.app_context():
        founding_year(3, 0, 0, "pes-21")
        founding_year(30, 0, 0, "active-71")
    away = somebody(app, Role.MODERATOR, "active-71")
    page = away.get(ASKED).get_data(as_text=True)
    assert "moins de 5" in text(away.get(ASKED))
    assert {"3", "30"} & set(cells(page)) == set()
    assert "33" in cells(page)
    for slug, words in (("pes-21", "moins de 5"), ("active-71", "masqué")):
        assert words in text(away.get(f"{ASKED}&structure={slug}")), "asked alone it is hidden as well"
    own = somebody(app, Role.COACH, "pes-21").get(ASKED).get_data(as_text=True)
    assert "3" in cells(own)


def test_the_list_behind_a_number_opens_for_those_who_work_on_the_records_and_for_nobody_else(app: Flask) -> None:
    with app.app_context():
        mine = Path.open(a_person("Ines Mienne"), "pes-21").met()
        Path.open(a_person("Autre Ailleurs"), "active-71").met()
        closed_to_me = Path.open(a_person("Proche Parent"), "pes-21").met()
        assert mine.record_id
    coach = somebody(app, Role.COACH, "pes-21")
    with app.app_context(), transaction():
        db.session.add(
            RecordExclusion(
                record_id=closed_to_me.record_id, user_id=coach.user_id, kind="recusal", started_at=noon(DAY)
            )
        )
    assert f'href="/bilan/accueillis?du={YEAR}-01-01&amp;au={YEAR}-12-31' in coach.get(ASKED).get_data(as_text=True)
    page = coach.get(ASKED.replace("/bilan", "/bilan/accueillis")).get_data(as_text=True)
    assert "Ines Mienne" in page
    assert "Autre Ailleurs" not in page
    assert "Proche Parent" not in page
    assert "Une partie du chiffre seulement" in page
    for role, organisation in ((Role.MODERATOR, "pes-21"), (Role.PLATFORM_ADMIN, "")):
        who = somebody(app, role, organisation)
        assert "/bilan/accueillis" not in who.get(ASKED).get_data(as_text=True)
        assert who.get("/bilan/accueillis").status_code == 403
    assert somebody(app, Role.TREASURER).get("/bilan").status_code == 403


@pytest.mark.parametrize("name", ["accompagnes", "aboutis"])
def test_each_number_has_its_list_page_by_page(app: Flask, name: str) -> None:
    with app.app_context():
        founding_year(60, 60, 60)
    lead = somebody(app, Role.ORGANISATION_LEAD, "pes-21")
    first = lead.get(f"/bilan/{name}?du={YEAR}-01-01&au={YEAR}-12-31").get_data(as_text=True)
    second = lead.get(f"/bilan/{name}?du={YEAR}-01-01&au={YEAR}-12-31&page=2").get_data(as_text=True)
    found = [set(re.findall(r"/accompagnement/dossiers/(R\d+)", page)) for page in (first, second)]
    assert [len(one) for one in found] == [50, 10]
    assert not found[0] & found[1]


@pytest.mark.parametrize(
    ("asked", "status"),
    [("?du=abc&au=2016-01-01", 422), ("?du=2016-02-01&au=2016-01-01", 422), ("?du=2016-01-01", 422),
     ("?du=2016-01-01&au=2016-12-31&structure=inconnue", 422), ("?du=0001-01-01&au=9999-12-31", 422),
     ("/inconnu", 404), ("/accueillis?page=0", 200), ("/accueillis?page=99999999999", 200), ("", 200)],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_never_an_error_of_ours(app: Flask, asked: str, status: int) -> None:
    assert somebody(app, Role.COACH, "pes-21").get(f"/bilan{asked}").status_code == status


def test_no_page_sends_more_statements_when_more_is_counted(app: Flask) -> None:
    who = somebody(app, Role.ORGANISATION_LEAD, "pes-21")
    counts = []
    for size in (3, 120):
        with app.app_context():
            founding_year(size, size, size)
            founding_year(size, size, size, "active-71")
        counts.append([])
        for path in (ASKED, f"{ASKED}&dispositif=pulsactions", f"{ASKED}&structure=pes-21",
                     ASKED.replace("/bilan", "/bilan/accompagnes")):  # fmt: skip
            with statements(app) as sent:
                assert who.get(path).status_code == 200
            counts[-1].append(len(sent))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 14
