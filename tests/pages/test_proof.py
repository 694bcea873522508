"""The page « Jamais débité deux fois »: the figures of one dated run, those of the README, or none."""

from __future__ import annotations

import re

import pytest

from app.pages import proof
from config import ROOT
from tests.accounts.people import words


def test_the_figures_are_those_of_the_readme():
    run = proof.last_run()
    assert run is not None
    said = (ROOT / "README.md").read_text("utf-8").partition("## The proof")[2].partition("\n## ")[0]
    lines = re.sub(r"(?<=\d) (?=\d{3})", "", said)
    for words_of_it in (
        f"Last figures, {run.ran_on.isoformat()}, seed {run.seed}",
        f"| {run.faults_with_a_test} of {run.faults} |",
        f"{run.steps} steps, {run.examples} examples, {run.calls} calls to Stripe, {run.deaths} deaths laid, "
        f"{run.second_workers} second workers: {run.findings} findings",
        f"{run.planted_found} of {run.planted} found",
        f"{run.orders} orders, {run.deliveries} deliveries: 1 end state",
        f"| {run.restores}, clean, {run.restores_charged_twice} charged twice |",
        f"{run.charged} charged, {run.charged_twice} twice",
    ):
        assert words_of_it in lines, words_of_it


def test_the_page_gives_the_day_the_commit_and_what_the_figures_do_not_say(client):
    page = words(client.get("/jamais-debite-deux-fois"))
    assert "le 22 novembre 2026, sur la version 41cbcdc" in page
    assert "10 000 débitées, 0 débitée deux fois" in page
    assert "26 trouvées sur 26" in page
    assert "n’a pas été refait depuis cette date" in page
    assert "make prove-money SEED=4" in page


def test_without_a_run_no_figure_is_shown(client, tmp_path, monkeypatch):
    assert proof.last_run(tmp_path / "none.json") is None
    monkeypatch.setattr(proof, "RESULT", tmp_path / "none.json")
    proof.last_run.cache_clear()
    page = words(client.get("/jamais-debite-deux-fois"))
    proof.last_run.cache_clear()
    assert "Aucun essai complet n’accompagne cette version" in page
    assert "10 000" not in page
    assert "make prove-money" in page


@pytest.mark.parametrize("text", ["{}", "[]", '{"ran_on": "hier"}'])
def test_a_file_of_another_form_is_refused(text):
    with pytest.raises((KeyError, TypeError, ValueError)):
        proof.read(text)
