"""Restores at random instants while everything writes; the long run is `python -m tests.upkeep.drills`."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.pledges.models import Pledge
from tests.support.scene import Scene
from tests.upkeep.drills import drill, half_transactions, printed
from tests.upkeep.elsewhere import Elsewhere

pytestmark = pytest.mark.machine


def test_every_copy_is_one_committed_instant_and_the_newest_can_go_on(
    scene: Scene, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    report = drill(scene, elsewhere, tmp_path, seed=3, count=3)
    assert report.is_clean, printed(report)
    assert len(report.drills) == 3
    assert report.charged > 0
    assert report.drills[-1].ticks > report.drills[0].ticks > 0


def test_half_a_transaction_would_be_seen(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=120_00)
    scene.close(slug)
    with scene.app.app_context():
        assert half_transactions() == []
        with transaction():
            for table in ("ledger_entries", "ledger_seals", "ledger_transactions", "charges"):
                off = f"DROP TRIGGER IF EXISTS {table}_no_DELETE"
                db.session.execute(text(off if db.engine.dialect.name == "sqlite" else f"{off} ON {table}"))
            db.session.execute(text("DELETE FROM charges"))
        assert any("charge without its line" in line for line in half_transactions())
        with transaction():
            db.session.query(Pledge).one().attempts_count += 1
            at = db.session.query(JournalEntry).first().at
            db.session.add(JournalEntry(at=at, action="pledge.made", subject_kind="pledges", subject_id=999, data={}))
        found = "\n".join(half_transactions())
        assert "tries" in found
        assert "promises that are not there" in found
