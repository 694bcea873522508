"""The end of `make test`: what was not run is said in words, and may count as a failure."""

from pathlib import Path

import pytest

from dev.run_tests import Runner, Total, verdict
from tests.support import browser, postgres

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
