"""The end of `make test`: what was not run is said in words, and may count as a failure."""

from pathlib import Path

import pytest

from dev.run_tests import Runner, Total, verdict
from tests.support import browser, postgres
from tests.support.again import Note, chosen, shape

REPORT = """<?xml version="1.0"?><testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="20"/>
</testsuites>"""


def test_counts_of_several_suites_add_up(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT)
    total = Total(passed=100)
    total.add(tmp_path / "report.xml")
    assert (total.passed, total.failed, total.skipped) == (114, 3, 3)


def test_what_is_missing_is_said_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(postgres, "PACKAGED", tmp_path)
    runner = Runner(tmp_path)
    runner.postgresql()
    runner.browser()
    assert verdict(runner.total, require_all=False) == 0
    printed = capsys.readouterr().out
    assert postgres.HOW_TO_INSTALL in printed
    assert browser.HOW_TO_INSTALL in printed
    assert printed.splitlines()[-1] == "0 passed, 0 failed, 0 skipped"


@pytest.mark.parametrize(
    "total",
    [
        Total(passed=9, left_out=["PostgreSQL: not here"]),
        Total(passed=9, skipped=1),
        Total(passed=9, broken=["SQLite"]),
    ],
)
def test_with_require_all_nothing_may_be_left_out(total: Total, capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(total, require_all=True) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("9 passed, ")


def test_a_failure_is_a_failure_and_all_green_is_green(capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(Total(passed=9, failed=1, broken=["SQLite"]), require_all=False) == 1
    assert verdict(Total(passed=9), require_all=True) == 0
    assert "Nothing was left out." in capsys.readouterr().out


def note(seconds: float, *statements: str, is_crowd: bool = False) -> Note:
    return Note(seconds, frozenset(statements), is_crowd)


def test_on_postgresql_every_statement_is_said_again_and_little_more() -> None:
    notes = {
        "t.py::test_a_slow_one": note(9, "a", "b"),
        "t.py::test_quick[1]": note(1, "a"),
        "t.py::test_quick[2]": note(1, "b"),
        "t.py::test_says_what_nobody_says": note(30, "c", "a"),
    }
    assert chosen(notes, notes) == notes.keys() - {"t.py::test_a_slow_one"}


def test_a_test_that_left_no_note_runs_again() -> None:
    notes = {
        "t.py::test_known": note(1, "a"),
        "t.py::test_known_too": note(2, "a"),
        "t.py::test_not_here": note(1, "b"),
    }
    assert chosen(["t.py::test_known", "t.py::test_known_too", "t.py::test_new"], notes) == {
        "t.py::test_known", "t.py::test_new",
    }  # fmt: skip


def test_each_fault_case_and_each_crowd_runs_again_once_whatever_it_says() -> None:
    notes = {
        "t.py::test_says_all": note(1, "a", "b"),
        "m.py::test_case_07_one[x]": note(5, "a"),
        "m.py::test_case_07_another": note(4, "a"),
        "m.py::test_case_08_it": note(4, "a"),
        "m.py::test_many_at_once[2]": note(8, "b", is_crowd=True),
        "m.py::test_many_at_once[3]": note(7, "b", is_crowd=True),
        "m.py::test_others_at_once": note(90, "b", is_crowd=True),
    }
    assert chosen(notes, notes) == notes.keys() - {
        "m.py::test_case_07_one[x]", "m.py::test_many_at_once[2]", "t.py::test_says_all",
    }  # fmt: skip


def test_a_statement_is_the_same_with_more_values_and_another_one_when_it_locks() -> None:
    few, many = "SELECT a FROM b WHERE c IN (?) AND d = ?", "SELECT a FROM b WHERE c IN (?, ?, ?) AND d = ?"
    assert shape(few, locks=False) == shape(many, locks=False) != shape(many, locks=True)
    assert shape("INSERT INTO b (a, c) VALUES (?, ?)", locks=False) == shape(
        "INSERT INTO b (a, c) VALUES (?, ?), (?, ?), (?, ?)", locks=False
    )
    assert shape(few, locks=False) != shape(few.replace("d", "e"), locks=False)
