"""How the code is written, in text and templates: nothing silenced, nothing left for later. No list of exceptions."""

from __future__ import annotations

import re

from config import ROOT
from tests.test_architecture import ALL_CODE, ORDER

SILENCED = re.compile(r"#\s*(?:type: ignore(?:\[[^\]]*\])?|noqa(?:: ?[A-Z]+\d+(?:, ?[A-Z]+\d+)*)?)(?P<reason>.*)")


def test_no_check_is_silenced_without_a_reason_in_words():
    silent = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ALL_CODE
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (found := SILENCED.search(line)) and len(re.findall(r"\w+", found["reason"])) < 2
    ]
    assert silent == []


def test_both_maps_name_the_rooms_in_the_order_of_the_code():
    for name in ("README.md", "docs/architecture.md"):
        said = re.search(r"```\n(core < [^`]+)```", (ROOT / name).read_text("utf-8"))
        assert said, name
        assert tuple(re.split(r"\s*<\s*", said[1].strip())) == ORDER, name


def test_no_two_jobs_of_the_worker_bear_one_name(app):
    names = [job.name for job in app.extensions["jobs"]]
    assert len(names) == len(set(names))


def test_nothing_is_left_for_later():
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    files = [*ALL_CODE, *(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").rglob("*.js")]
    assert [str(path) for path in files if later.search(path.read_text("utf-8"))] == []


def test_templates_have_no_inline_script_or_style():
    wrong = []
    for path in (ROOT / "templates").rglob("*.html"):
        if path.parent.name == "emails" or path.name == "email.html":
            continue  # mail readers know no style sheet
        html = path.read_text("utf-8")
        script = r"<script(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">)"  # data for machines is not run
        inline = script + r"|<style|\son\w+=\"|\sstyle=\"|javascript:|\|\s*safe\b(?!\s*(if|}|\)))"
        wrong += [f"{path.relative_to(ROOT)}: {found.group(0)}" for found in re.finditer(inline, html)]
    assert wrong == []
