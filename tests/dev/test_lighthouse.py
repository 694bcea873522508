"""The verdict over the audits: medians against promises, and the gates that CI asks for."""

from __future__ import annotations

from typing import Any

import pytest

from dev.lighthouse.audit import Audit, read
from dev.lighthouse.verdict import GATES, PROMISES, rows_of

FULL = {"performance": 100.0, "accessibility": 100.0, "best-practices": 100.0, "seo": 100.0}


def an_audit(weight: int = 100_000, script: int = 9_000, shift: float = 0.0, **scores: float) -> Audit:
    return Audit({**FULL, **scores}, weight, script, shift, ())


def missed(**seen: list[Audit]) -> set[tuple[str, str]]:
    return {(row.page, row.measure) for row in rows_of(seen, GATES | PROMISES) if not row.is_good}


def test_five_good_runs_keep_every_promise() -> None:
    assert missed(campagne=[an_audit()] * 5, accueil=[an_audit(weight=900_000)] * 5) == set()


def test_the_median_counts_and_not_the_worst_run() -> None:
    slow = an_audit(performance=20.0)
    assert missed(accueil=[slow, slow, an_audit(), an_audit(), an_audit()]) == set()
    assert missed(accueil=[slow, slow, slow, an_audit(), an_audit()]) == {("accueil", "performance")}


def test_each_limit_is_seen_when_it_is_passed() -> None:
    bad = an_audit(150_001, 40_001, 0.004, accessibility=99.0, seo=92.0)
    assert missed(campagne=[bad]) == {
        ("campagne", one) for one in ("poids sans photo (ko)", "script (ko)", "décalage", "accessibility", "seo")
    }


def test_the_gates_do_not_ask_for_speed() -> None:
    rows = rows_of({"campagne": [an_audit(performance=1.0, seo=1.0)]}, GATES)
    assert {row.measure for row in rows} == set(GATES)
    assert all(row.is_good for row in rows)


def test_photographs_are_left_out_of_the_weight_and_a_page_that_did_not_load_is_no_result() -> None:
    requests = [
        {"url": "http://x/images/a.webp", "transferSize": 500_000, "resourceType": "Image"},
        {"url": "http://x/static/dist/app.js", "transferSize": 7_000, "resourceType": "Script"},
        {"url": "http://x/", "transferSize": 20_000, "resourceType": "Document"},
    ]
    report: dict[str, Any] = {
        "audits": {
            "network-requests": {"details": {"items": requests}},
            "cumulative-layout-shift": {"numericValue": 0.0, "score": 1, "title": "t"},
        },
        "categories": {name: {"score": 1.0, "auditRefs": []} for name in FULL},
    }
    found = read(report)
    assert (found.bytes_without_photographs, found.script_bytes) == (27_000, 7_000)
    with pytest.raises(RuntimeError, match="NO_FCP"):
        read(report | {"runtimeError": {"code": "NO_FCP", "message": "blank"}})
