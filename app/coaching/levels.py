"""Who may read one thing written in a record: the only place that decides. Pure.

`level_queries.readable` says the same in SQL; a property test holds the two together.
Source: levels of confidentiality and the matrix of readers of the coaching domain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar


class Level(StrEnum):
    """From the widest to the narrowest circle of readers."""

    PUBLIC = "public"
    HOLDER = "holder"  # the holders and the record's team: the default
    TEAM = "team"
    RESTRICTED = "restricted"


WRITTEN_LEVELS = (Level.HOLDER, Level.TEAM, Level.RESTRICTED)  # what a composer offers
WIDTH = {level: len(Level) - place for place, level in enumerate(Level)}


class MemberRole(StrEnum):
    CO_COACH = "co_coach"
    EXPERT = "expert"
    PARTNER = "partner"
    OBSERVER = "observer"  # reads, never writes


@dataclass(frozen=True)
class Relation:
    """What ties a viewer to one record at this instant. Nothing set: a stranger, or the platform's administrator."""

    user_id: int | None = None
    owner_id: int = 0  # the organisation that owns the record now
    is_holder: bool = False
    is_referent: bool = False
    member_role: str = ""  # of a membership in force
    can_see_restricted: bool = False  # the flag of that membership
    works_at: frozenset[int] = frozenset()  # organisations where coach or lead
    leads: frozenset[int] = frozenset()
    has_broken_glass: bool = False  # a lead's reasoned, short reading right
    is_excluded: bool = False  # recused, or refused by the holder
    person_ids: frozenset[int] = frozenset()  # of the persons coached here, those this viewer is

    @property
    def is_in_team(self) -> bool:
        """The referent and those who were added to the record."""
        return not self.is_excluded and (self.is_referent or bool(self.member_role))

    @property
    def is_colleague(self) -> bool:
        """Coach or lead of the organisation that owns the record."""
        return not self.is_excluded and self.owner_id in self.works_at

    @property
    def may_open(self) -> bool:
        """The record itself: that it exists, its programme, referent, step."""
        return self.is_holder or self.is_in_team or self.is_colleague

    @property
    def sees_restricted(self) -> bool:
        trusted = self.is_referent or (bool(self.member_role) and self.can_see_restricted) or self.has_broken_glass
        return trusted and not self.is_excluded and not self.is_holder


def may_read(
    relation: Relation,
    *,
    visibility: str,
    organisation_id: int | None,
    author_id: int | None,
    is_draft: bool = False,
    is_exchange: bool = False,
    about_id: int | None = None,
) -> bool:
    """True when this viewer may read a thing of the record.

    `organisation_id`: who owned the record when it was written; that organisation keeps its private notes after a
    transfer, and the next one never reads them.
    `is_exchange`: a message between holder and team, which colleagues without a part in the record do not read.
    `about_id`: the person of whom it is a fact (their situation), who reads it whatever its level.
    """
    mine = relation.user_id is not None and author_id == relation.user_id
    if is_draft:
        return mine and not relation.is_excluded
    if visibility == Level.PUBLIC:
        return True
    if relation.is_excluded:
        return False
    if relation.is_holder:  # also when a colleague: nobody reads the private notes about themselves by the way
        return visibility == Level.HOLDER or about_id in relation.person_ids
    if visibility == Level.HOLDER:
        answers_for_it = relation.owner_id in relation.leads
        return relation.is_in_team or answers_for_it or (relation.is_colleague and not is_exchange)
    own_now = organisation_id == relation.owner_id
    works_there = organisation_id in relation.works_at
    if visibility == Level.TEAM:
        return works_there or (own_now and relation.is_in_team)
    if visibility == Level.RESTRICTED:
        return (own_now and relation.sees_restricted) or (mine and works_there)
    return False  # an unknown word opens nothing


def may_read_item(relation: Relation, item: Any) -> bool:
    """`may_read` of a row, which may also say `is_draft`, `is_exchange`, `about_id`."""
    return may_read(
        relation,
        visibility=item.visibility,
        organisation_id=item.organisation_id,
        author_id=item.author_id,
        is_draft=getattr(item, "is_draft", False),
        is_exchange=getattr(item, "is_exchange", False),
        about_id=getattr(item, "about_id", None),
    )


Item = TypeVar("Item")


def only_readable(relation: Relation, items: Iterable[Item]) -> list[Item]:
    return [item for item in items if may_read_item(relation, item)]


def may_open_to(relation: Relation, *, old: str, new: str, author_id: int | None) -> bool:
    """A level is only ever opened to more people, by its author or the referent, never to the whole public."""
    if old not in WIDTH or new not in WRITTEN_LEVELS or relation.is_excluded or relation.is_holder:
        return False
    is_theirs = relation.user_id is not None and author_id == relation.user_id and relation.may_open
    return WIDTH[Level(new)] > WIDTH[Level(old)] and (is_theirs or relation.is_referent)
