"""What a run has done and found, in lines that can be compared from run to run."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.money.crash.board import HARMS, LOST, SEATS, Board

KINDS = {
    "double charges": "double charge:",
    "double transfers": "double transfer:",
    "double refunds": "double refund:",
    "acknowledged, then lost": "acknowledged, then lost:",
    "differences in the books": "books differ:",
}
SHOWN = 12
LOST_ORDERS = "lost answers to orders"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass
class Figures:
    """Counts of one run on one database; `findings` are sentences, none when all is well."""

    kills: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    harms: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    @property
    def killed(self) -> int:
        return sum(self.kills.values())

    @property
    def lost(self) -> int:
        return sum(self.harms[name] for name in LOST)

    def add_board(self, board: Board, before: Counter[str]) -> None:
        """What the fake Stripe and the children have counted since `before`."""
        now = read(board)
        self.harms.update({name: now[name] - before[name] for name in HARMS})
        self.counts[LOST_ORDERS] += now["lost_orders"] - before["lost_orders"]
        self.counts["orders sent twice"] += sum(now[f"doubled_{seat}"] - before[f"doubled_{seat}"] for seat in SEATS)

    def as_json(self) -> str:
        """By hand: `dataclasses.asdict` makes pairs of a Counter's keys."""
        return json.dumps({name: getattr(self, name) for name in ("kills", "counts", "harms", "findings")})

    @classmethod
    def from_json(cls, words: str) -> Figures:
        said = json.loads(words)
        return cls(Counter(said["kills"]), Counter(said["counts"]), Counter(said["harms"]), said["findings"])

    def __iadd__(self, other: Figures) -> Figures:
        self.kills += other.kills
        self.counts += other.counts
        self.harms += other.harms
        self.findings += other.findings
        return self

    def lines(self) -> list[str]:
        """The report."""
        kills = ", ".join(f"{who} {number}" for who, number in sorted(self.kills.items()))
        harms = ", ".join(f"{name} {self.harms[name]}" for name in HARMS if self.harms[name])
        told = [f"  {name:<28}{self.counts[name]:>7}" for name in sorted(self.counts) if name != LOST_ORDERS]
        wrong = [f"  {name:<28}{sum(one.startswith(mark) for one in self.findings):>7}" for name, mark in KINDS.items()]
        marks = tuple(KINDS.values())
        others = sum(not one.startswith(marks) for one in self.findings)
        return [
            f"  {'kills (SIGKILL)':<28}{self.killed:>7}  {kills}",
            f"  {'lost answers':<28}{self.lost:>7}  {self.counts[LOST_ORDERS]} of them to orders; {harms}",
            *told, *wrong, f"  {'other findings':<28}{others:>7}",
        ]  # fmt: skip


def read(board: Board) -> Counter[str]:
    """The counters of the board as they stand."""
    return Counter({name: board[name] for name in (*HARMS, "lost_orders", *(f"doubled_{seat}" for seat in SEATS))})


def show_findings(findings: Iterable[str]) -> None:
    """Those about money first."""
    marks = tuple(KINDS.values())
    found = sorted(findings, key=lambda one: not one.startswith(marks))
    for sentence in found[:SHOWN]:
        say(f"  ! {sentence}")
    if len(found) > SHOWN:
        say(f"  ! and {len(found) - SHOWN} more")
