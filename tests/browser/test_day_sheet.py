"""The sheet of a drop-in day where every hour is taken, on paper."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.core.access import Role
from app.dropins import jobs, queries
from config import ROOT
from tests.builders import a_user, an_organisation, give, sign_in
from tests.dropins.test_public_pages import booked, coming

pytestmark = pytest.mark.browser


def test_the_sheet_of_a_full_day_prints_on_one_a4(app: Flask, chromium: Browser):
    with app.app_context():
        jobs.plan_ahead()
        key, free = coming()
        for n, slot in enumerate(free):
            name = f"Personne au nom assez long {n}"
            need = "Un besoin écrit en une phrase entière, qui tient sur deux lignes de la feuille"
            booked(key, slot, once=str(n), name=name, email=f"p{n}@example.org", phone="03 81 00 00 00", need=need)
        assert len(queries.sheet_lines(key)) == len(free) >= 8
        coach = sign_in(app, give(a_user("Dominique"), Role.COACH, an_organisation("bge")))
    html = coach.get(f"/accompagnement/permanences/{key}").get_data(as_text=True)
    style = next((ROOT / "static" / "dist").glob("style-*.css")).read_text("utf-8")
    page = chromium.new_page()
    page.set_content(re.sub(r"<link[^>]*>|<script.*?</script>", "", html, flags=re.S) + f"<style>{style}</style>")
    sheet = page.pdf(format="A4", prefer_css_page_size=False)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page[^s]", sheet)) == 1
