"""The sectors a project may belong to, and how well an offer fits one. Pure."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum, StrEnum


class Sector(StrEnum):
    """A project's field; a campaign calls it its theme."""

    FOOD = "food"
    HOUSING = "housing"
    MOBILITY = "mobility"
    CULTURE = "culture"
    SOLIDARITY = "solidarity"
    NATURE = "nature"
    ENERGY = "energy"
    REPAIR = "repair"
    EDUCATION = "education"
    HEALTH = "health"
    RURAL = "rural"


class Fit(IntEnum):
    """How well an offer fits what is asked, the best first."""

    KNOWS_IT = 0
    FOR_EVERYBODY = 1
    ELSEWHERE = 2  # keeps to other sectors: still somebody, when nobody else answers there


def fit(sectors: Collection[str] | None, asked: str) -> Fit:
    """`sectors`: those an offer keeps to, none or empty for every one. `asked` "": not said."""
    if not sectors:
        return Fit.FOR_EVERYBODY
    return Fit.KNOWS_IT if asked in sectors else Fit.ELSEWHERE
