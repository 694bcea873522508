"""The pieces of templates/components keep their promises: no inline code, labels, values and errors linked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.core import assets, forms, i18n
from app.core.forms import BaseForm, EuroField, LineField, TextField
from config import ROOT, Settings

PAGES = [path for path in sorted((ROOT / "templates").rglob("*.html")) if "email" not in path.as_posix()]
DATA = r' type="application/ld\+json"'  # for machines: it is not run
FORBIDDEN = re.compile(rf"""\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|javascript:|<script(?![^>]*\ssrc=|{DATA})""", re.I)


class Small(BaseForm):
    title = LineField("Titre", [InputRequired("Donnez un titre.")], description="Court.", max_length=40)
    story = TextField("Histoire", max_length=500)
    amount = EuroField("Montant")
    reward = RadioField("Contrepartie", choices=[SelectChoice("0", "Aucune"), SelectChoice("1", "Une miche")])
    commune = LineField("Commune")
    agreed = BooleanField("D’accord")


@pytest.fixture
def bare() -> Iterator[Flask]:
    """Templates alone, without any feature or database."""
    app = Flask("look", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(SECRET_KEY="k" * 40, ROOT=ROOT, TESTING=True, SETTINGS=Settings(stripe_secret_key="sk_test_x"))
    for part in (i18n, assets, forms):
        part.init_app(app)
    with app.test_request_context("/"):
        yield app


def show(source: str, **values: object) -> str:
    return render_template_string(
        '{% import "components/forms.html" as forms %}{% import "components/campaign.html" as campaign %}'
        '{% import "components/plant.html" as plants %}' + source,
        **values,
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_holds_inline_style_or_script(path: object) -> None:
    assert not FORBIDDEN.findall(path.read_text("utf-8"))  # type: ignore[attr-defined]  # a Path; pytest types ids


def test_every_piece_and_every_refusal_compiles(bare: Flask) -> None:
    for folder in ("components", "errors"):
        for path in (ROOT / "templates" / folder).glob("*.html"):
            bare.jinja_env.get_template(f"{folder}/{path.name}")


def test_a_refused_field_keeps_its_value_and_names_its_error(bare: Flask) -> None:
    form = Small(MultiDict({"title": "", "amount": '"><b>douze'}), meta={"csrf": False})
    assert not form.validate()
    html = show(
        "{% call forms.form(form) %}{{ forms.field(form.title) }}{{ forms.field(form.amount) }}{% endcall %}",
        form=form,
    )
    assert 'aria-describedby="title-hint title-error"' in html
    assert 'id="title-error"' in html
    assert 'href="#title"' in html
    assert "data-summary" in html
    assert 'aria-invalid="true"' in html
    assert "&lt;b&gt;douze" in html
    assert "<b>douze" not in html
    assert html.count('name="csrf_token"') == 1


@pytest.mark.parametrize("nothing", ["   ", "\t\n", "\u00a0", "\u200b", "\u200d \u2060"])
def test_a_field_of_spaces_is_an_empty_field(bare: Flask, nothing: str) -> None:
    form = Small(MultiDict({"title": nothing, "story": nothing}), meta={"csrf": False})
    assert not form.validate()
    assert form.title.errors == ["Donnez un titre."]
    assert form.story.data == ""


def test_a_family_of_joined_signs_stays_whole(bare: Flask) -> None:
    form = Small(MultiDict({"title": "Fête 👩\u200d👧", "reward": "1"}), meta={"csrf": False})
    assert form.validate()
    assert form.title.data == "Fête 👩\u200d👧"


def test_an_accepted_form_shows_no_summary(bare: Flask) -> None:
    form = Small(MultiDict({"title": "Un four", "reward": "1"}), meta={"csrf": False})
    assert form.validate()
    html = show("{% call forms.form(form) %}{{ forms.field(form.reward) }}{% endcall %}", form=form)
    assert "data-summary" not in html
    assert "aria-invalid" not in html
    assert re.search(r'<input checked[^>]*value="1"', html)


def test_a_long_text_has_a_counter_instead_of_a_cut(bare: Flask) -> None:
    html = show("{{ forms.field(form.story) }}", form=Small(meta={"csrf": False}))
    assert 'data-max="500"' in html
    assert "maxlength" not in html


def test_the_commune_field_works_without_script(bare: Flask) -> None:
    matches = [{"code": "21373", "label": "Mâlain (Côte-d’Or)"}]
    html = show(
        "{{ forms.commune_field(form.commune, text='mal', matches=m) }}",
        form=Small(meta={"csrf": False}),
        m=matches,
    )
    assert 'name="commune_text" value="mal"' in html
    assert 'name="commune_search"' in html
    assert html.index('type="radio" name="commune" value="21373"') < html.index('type="hidden"')


@pytest.mark.parametrize(
    ("raised", "goal", "percent", "stage"),
    [
        (0, 10_000, 0, 0),
        (1, 10_000, 0, 1),
        (9_999, 10_000, 99, 3),
        (10_000, 10_000, 100, 4),
        (25_000, 10_000, 250, 4),
        (500, 0, 0, 1),
    ],
)
def test_the_plant_and_the_number_say_the_same(bare: Flask, raised: int, goal: int, percent: int, stage: int) -> None:
    html = show("{{ campaign.progress(raised, goal) }}", raised=raised, goal=goal)
    assert f"<b>{percent}\u00a0%</b>" in html
    assert show("{{ plants.stage_of(raised, goal) }}", raised=raised, goal=goal).strip() == str(stage)


def test_a_budget_is_drawn_to_the_scale_of_its_largest_line(bare: Flask) -> None:
    lines = [
        {"label": "Four", "amount_cents": 200_000},
        {"label": "Sel", "amount_cents": 50_000},
        {"label": "Fil", "amount_cents": 1},
    ]
    html = show("{{ campaign.budget(lines) }}", lines=lines)
    assert re.findall(r'class="part" width="(\d+)%"', html) == ["100", "25", "1"]


def test_an_exhausted_reward_cannot_be_chosen(bare: Flask) -> None:
    reward = {"title": "Miche", "amount_cents": 1500, "nature": "thanks", "stock_left": 0, "stock_total": 3}
    assert "<a " not in show("{{ campaign.reward(r, url='/x') }}", r=reward)
    assert "<a " in show("{{ campaign.reward(r, url='/x') }}", r={**reward, "stock_left": 1})


@pytest.mark.parametrize("status", [500, 503])
def test_the_pages_of_our_own_failures_need_nothing(bare: Flask, status: int) -> None:
    html = bare.jinja_env.get_template(f"errors/{status}.html").render(reference="AB12CD34")
    assert "AB12CD34" in html
    assert 'href="/"' in html
