"""Names of calls at Stripe: `<installation>:<key>`, and `<installation>.<n>:<key>` since the n-th restore. Pure.

A restored database goes on from an older instant and may plan calls that were made, with other parameters,
in the life that is lost: under the same name Stripe would refuse them, or repeat an old answer.
"""

from __future__ import annotations


def names_of(installation: str, key: str, restorations: int) -> list[str]:
    """Every name that a call may have had in this database, the present one last."""
    return [f"{installation}:{key}", *(f"{installation}.{life}:{key}" for life in range(1, restorations + 1))]


def is_since_restore(name: str) -> bool:
    """True for a name given after a restore: the same call may have been made in the life that is lost."""
    return "." in name.partition(":")[0]


def is_same_call(name: object, other: str) -> bool:
    """True when two names mean the same call of the same installation, before or after a restore."""
    return isinstance(name, str) and _timeless(name) == _timeless(other)


def _timeless(name: str) -> tuple[str, str]:
    life, _, key = name.partition(":")
    return life.partition(".")[0], key
