"""Restores at random instants while everything writes (I23): each copy is the state of one committed instant.

python -m tests.upkeep.drills --count 20 --seed 1 [--database postgresql]
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from app.campaigns.rules import CampaignState
from app.core.database import db
from app.core.jobs import run_once
from app.core.journal import JournalEntry
from app.payments.models import StripeObject
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement.books import compare_one
from app.settlement.models import Attempt, Charge
from app.upkeep import backup, checks
from app.upkeep import restore as restoring
from tests.support.places import quick_folder
from tests.support.scene import Scene
from tests.upkeep.copies import restore_and_catch_up, worker_has_stopped
from tests.upkeep.elsewhere import Elsewhere
from tests.upkeep.writers import TICK, TOCK, WITNESS, Writers

QUIET_ROUNDS = 6


@dataclass(frozen=True)
class Drill:
    """One restore. `findings`: everything that was not as one committed instant must be."""

    number: int
    at_seconds: float  # since the writers began
    backup_seconds: float
    restore_seconds: float
    ticks: int
    promises: int
    charges: int
    open_calls: int
    files: int
    findings: tuple[str, ...]


@dataclass
class Report:
    """`after_disaster`: findings when the newest copy had to go on in the place of the original."""

    seed: int
    database: str
    drills: list[Drill] = field(default_factory=list)
    writes: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    found_again: int = 0
    lost_promises: int = 0
    for_a_person: int = 0  # charged, but the goal was reached by lost promises only: the comparison shows it
    charged: int = 0
    charged_twice: int = 0
    after_disaster: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        broken = any(drill.findings for drill in self.drills)
        return not (broken or self.failures or self.charged_twice or self.after_disaster)


def drill(scene: Scene, elsewhere: Elsewhere, folder: Path, *, seed: int, count: int) -> Report:
    """`count` backups and restores at random instants, then the disaster: the newest copy goes on alone."""
    dice = random.Random(seed)
    writers = Writers(scene, seed)
    report = Report(seed, elsewhere.kind)
    began = time.monotonic()
    writers.start()
    try:
        for number in range(1, count + 1):
            time.sleep(dice.uniform(0.05, 1.2))
            report.drills.append(_one(scene, elsewhere, folder / f"copy-{number}", writers, number, began))
    finally:
        writers.stop()
    report.writes, report.failures = dict(writers.done), writers.failures
    _disaster(scene, folder / f"copy-{count}", report)
    return report


def _one(
    scene: Scene, elsewhere: Elsewhere, folder: Path, writers: Writers, number: int, began: float
) -> Drill:  # fmt: skip
    started = time.monotonic()
    acknowledged = writers.ticks_acknowledged
    with scene.app.app_context():
        manifest = backup.make(folder)
    asked = writers.ticks_asked
    copied = time.monotonic()
    other = elsewhere()
    with other.app_context():
        done = restoring.restore(folder)
        restored = time.monotonic()
        findings = [*done.findings, *checks.findings(), *half_transactions(), *_window(acknowledged, asked)]
        counts = {model: _count(model) for model in (Pledge, Charge)}
        ticks = _count_lines(TICK)
        db.session.remove()
    elsewhere.leave(other)
    return Drill(
        number, started - began, copied - started, restored - copied, ticks, counts[Pledge], counts[Charge],
        done.open_calls, len(manifest.stored), tuple(findings),
    )  # fmt: skip


def _count(model: type[Pledge] | type[Charge]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def _count_lines(action: str) -> int:
    return int(db.session.scalar(select(func.count()).where(JournalEntry.action == action)) or 0)


def _window(acknowledged: int, asked: int) -> list[str]:
    """What was acknowledged before the copy began is in it; nothing is that was asked for after it ended."""

    def numbers(action: str) -> list[int]:
        lines = select(JournalEntry.subject_id).where(
            JournalEntry.action == action, JournalEntry.subject_kind == WITNESS
        )
        return sorted(db.session.scalars(lines))

    ticks, tocks = numbers(TICK), numbers(TOCK)
    findings = []
    if ticks != tocks:
        findings.append(f"half a transaction: {len(ticks)} ticks, {len(tocks)} tocks")
    if ticks != list(range(1, len(ticks) + 1)):
        findings.append("a transaction is missing between two that are there")
    if not acknowledged <= len(ticks) <= asked:
        findings.append(f"{len(ticks)} ticks; {acknowledged} were acknowledged before, {asked} asked for at the end")
    return findings


def half_transactions() -> list[str]:
    """Rows that one transaction writes together, counted apart."""
    findings = []
    last: dict[int, str] = {}
    made: Counter[int] = Counter()
    paid: Counter[int] = Counter()
    lines = select(JournalEntry).where(JournalEntry.subject_kind == Pledge.__tablename__).order_by(JournalEntry.id)
    for line in db.session.scalars(lines):
        made[line.subject_id] += line.action == "pledge.made"
        paid[line.subject_id] += line.action == "pledge.paid"
        if "state" in line.data and "was" in line.data:
            last[line.subject_id] = line.data["state"]
    charges = set(db.session.scalars(select(Charge.pledge_id)))
    tries = Counter(db.session.scalars(select(Attempt.pledge_id)))
    known = set(db.session.scalars(select(StripeObject.stripe_id)))
    for pledge in db.session.scalars(select(Pledge)):
        if made[pledge.id] != 1:
            findings.append(f"promise {pledge.id} has {made[pledge.id]} lines of its making")
        if last.get(pledge.id, PledgeState.DRAFT) != pledge.state:
            findings.append(f"promise {pledge.id} is {pledge.state}, its journal ends with {last.get(pledge.id)}")
        if (pledge.id in charges) != (paid[pledge.id] == 1):
            findings.append(f"promise {pledge.id} has a charge without its line, or the reverse")
        if tries[pledge.id] != pledge.attempts_count:
            findings.append(f"promise {pledge.id} counts {pledge.attempts_count} tries, {tries[pledge.id]} are written")
        ids = {pledge.checkout_session, pledge.payment_intent} - {None}
        if not ids <= known:
            findings.append(f"promise {pledge.id} has ids of Stripe that nobody remembered")
    if made.keys() != set(db.session.scalars(select(Pledge.id))):
        findings.append("the journal speaks of promises that are not there")
    return findings


def _disaster(scene: Scene, folder: Path, report: Report) -> None:
    """The original is gone; the newest copy takes its place and everything that was open goes on."""
    worker_has_stopped(scene.app)
    caught = restore_and_catch_up(scene.app, folder)
    report.found_again, report.lost_promises = caught.found_again, len(caught.unknown)
    for number in range(QUIET_ROUNDS):
        # The writers ended campaigns early, which the copy does not know: there their own day must come.
        scene.travel(days=31) if number == 2 else scene.travel(minutes=10)
        with scene.app.app_context():
            results = run_once(scene.app.extensions["jobs"])
        report.failures += [f"after the disaster: {job} {said}" for job, said in results.items() if "failed" in said]
    charged = Counter(one["metadata"]["pledge"] for one in scene.charges())
    report.charged, report.charged_twice = len(charged), sum(count - 1 for count in charged.values())
    with scene.app.app_context():
        report.after_disaster = [*checks.findings(), *half_transactions(), *_unpaid(set(charged), report)]
        db.session.remove()


def _unpaid(charged: set[str], report: Report) -> list[str]:
    """Everybody who was charged and whom the copy knows is paid in our books.

    Only not where the goal was reached by promises that are lost: the campaign has failed in this life, and whether
    the money goes back is a person's decision. Then the comparison of the books must show it.
    """
    has_charge = select(Charge.id).where(Charge.pledge_id == Pledge.id).exists()
    findings = []
    for pledge in db.session.scalars(select(Pledge).where(Pledge.public_id.in_(charged), ~has_charge)).all():
        public_id, campaign_id = pledge.public_id, pledge.campaign_id
        has_failed = pledge.campaign.state == CampaignState.FAILED
        db.session.rollback()
        is_shown = any(one.name == "charged" and not one.is_equal for one in compare_one(campaign_id))
        if has_failed and is_shown:
            report.for_a_person += 1
        else:
            findings.append(f"promise {public_id} was charged and is not paid here")
    return findings


def printed(report: Report) -> str:
    """The figures, a line a drill."""
    head = f"{len(report.drills)} restores while writing, {report.database}, seed {report.seed}"
    lines = [head, "  no   at s  backup s  restore s  ticks  promises  charges  open calls  files  findings"]
    for one in report.drills:
        lines.append(
            f"  {one.number:2}  {one.at_seconds:5.1f}  {one.backup_seconds:8.2f}  {one.restore_seconds:9.2f}  "
            f"{one.ticks:5}  {one.promises:8}  {one.charges:7}  {one.open_calls:10}  {one.files:5}  {len(one.findings)}"
        )
        lines += [f"      {finding}" for finding in one.findings]
    lines.append("writers: " + ", ".join(f"{count} {what}" for what, count in sorted(report.writes.items())))
    lines += [f"  failure: {failure}" for failure in report.failures]
    lines.append(
        f"disaster: the newest copy went on; {report.found_again} promises found again at Stripe, "
        f"{report.lost_promises} made after it and lost, {report.charged} charged, "
        f"{report.charged_twice} charged twice, {report.for_a_person} for a person to decide"
    )
    lines += [f"  finding: {finding}" for finding in report.after_disaster]
    lines.append("clean" if report.is_clean else "NOT CLEAN")
    return "\n".join(lines)


def main() -> int:
    from tests.upkeep.alone import standing  # what pytest's fixtures make for the tests

    asked = argparse.ArgumentParser(prog="python -m tests.upkeep.drills", description=__doc__)
    asked.add_argument("--count", type=int, default=20)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = asked.parse_args()
    folder = quick_folder()
    try:
        with standing(given.database, folder) as (scene, elsewhere):
            report = drill(scene, elsewhere, folder, seed=given.seed, count=given.count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(printed(report) + "\n")
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
