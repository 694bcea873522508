"""The holder follows the collection: what is expected, being repaired and paid."""

from __future__ import annotations

import re
from datetime import timedelta

from app.core import clock
from app.core.database import db, transaction
from app.core.jobs import run_once
from app.pledges.models import Pledge
from tests.support.scene import FAILS_LATER, Scene

FIGURE = re.compile(r"([\d ,]+ €) ((?:attendus|à régler par leurs auteurs|débités) \(\d+\))")


def figures(scene: Scene, slug: str) -> dict[str, str]:
    """The first three figures of the page: label → amount."""
    page = scene.holder(slug).get(f"/mes-campagnes/{slug}/argent").get_data(as_text=True)
    words = re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").replace("\u202f", " ")
    return {label: amount.strip() for amount, label in FIGURE.findall(re.sub(r"\s+", " ", words))}


def test_the_holder_sees_what_is_expected_being_repaired_and_paid(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    scene.give(slug, cents=12_00, card=FAILS_LATER)
    waiting = scene.give(slug, cents=35_00)
    scene.travel_to(scene.row(slug).closes_at + timedelta(seconds=1))
    with scene.app.app_context():
        for _ in range(2):
            run_once([job for job in scene.app.extensions["jobs"] if job.name not in {"collection", "operations"}])
        with transaction():  # its turn has not come yet
            row = db.session.get_one(Pledge, scene.pledge(waiting).id)
            row.retry_at = clock.now() + timedelta(days=1)
    assert figures(scene, slug) == {
        "attendus (3)": "147 €", "à régler par leurs auteurs (0)": "0 €", "débités (0)": "0 €",
    }  # fmt: skip
    scene.work()
    assert figures(scene, slug) == {
        "attendus (1)": "35 €", "à régler par leurs auteurs (1)": "12 €", "débités (1)": "100 €",
    }  # fmt: skip
