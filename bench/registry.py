"""What is measured: each file of `bench/measures/` registers its measures here with `@measure`.

To add one, write a file there; nothing else changes:

    @measure("tail", goals="6")
    def tail(ground: Ground) -> Iterator[Figure]:
        "The page not kept, eight connections."
        with ground.site.serve() as web:
            ...
            yield Figure("6", "p99 / p50", ratio, at_most=2.0)
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench import measures
from bench.site import Site


@dataclass(frozen=True)
class Figure:
    """One measured value beside its limit; `goal` "" = a limit of the project without a number.

    `at_most`, `at_least` None: shown only. `spread`: the single tries behind a median, in the same unit.
    """

    goal: str
    what: str
    value: float
    unit: str = ""
    at_most: float | None = None
    note: str = ""
    spread: tuple[float, ...] = ()
    at_least: float | None = None

    @property
    def is_good(self) -> bool:
        fits_below = self.at_most is None or self.value <= self.at_most
        return fits_below and (self.at_least is None or self.value >= self.at_least)


class CannotMeasure(Exception):
    """This machine lacks something; the message says what and how to get it."""


@dataclass
class Ground:
    """What measures stand on. The site is built when the first one asks for it."""

    folder: Path
    seed: int

    @cached_property
    def site(self) -> Site:
        return Site(self.folder / "site", self.seed)


@dataclass(frozen=True)
class Measure:
    """`is_slow`: only with --whole."""

    name: str
    goals: str
    run: Callable[[Ground], Iterator[Figure]]
    is_slow: bool = False


_known: dict[str, Measure] = {}


def measure(
    name: str, *, goals: str = "", is_slow: bool = False
) -> Callable[..., Callable[[Ground], Iterator[Figure]]]:
    """Register the function below: it yields figures, or raises CannotMeasure."""

    def register(run: Callable[[Ground], Iterator[Figure]]) -> Callable[[Ground], Iterator[Figure]]:
        assert name not in _known, name
        _known[name] = Measure(name, goals, run, is_slow)
        return run

    return register


def all_measures() -> list[Measure]:
    """By goal number; those without one at the end."""
    for module in pkgutil.iter_modules(measures.__path__, f"{measures.__name__}."):
        importlib.import_module(module.name)
    return sorted(_known.values(), key=lambda one: (not one.goals, one.goals.zfill(3), one.name))
