"""The decision of `levels.may_read` as a condition of a query: nobody else writes one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from app.coaching.levels import Level, Relation


def readable(model: Any, relation: Relation) -> ColumnElement[bool]:
    """The rows of `model` (a `Levelled` table or an alias of one) that this viewer may read.

    It does not say of which record: add `model.record_id == …`. A list fetched with it is passed through
    `levels.only_readable` too, so that one mistake alone opens nothing.
    """
    is_draft: Any = getattr(model, "is_draft", false())
    mine: ColumnElement[bool] = model.author_id == relation.user_id if relation.user_id is not None else false()
    own_draft = and_(is_draft, mine, _when(not relation.is_excluded))
    return or_(own_draft, and_(not_(is_draft), _by_level(model, relation, mine)))


def _by_level(model: Any, relation: Relation, mine: ColumnElement[bool]) -> ColumnElement[bool]:
    circles: list[ColumnElement[bool]] = [model.visibility == Level.PUBLIC]
    if relation.is_excluded:
        return circles[0]
    if relation.is_holder:
        about: Any = getattr(model, "about_id", None)
        own_fact = about.in_(relation.person_ids) if about is not None and relation.person_ids else false()
        return or_(*circles, model.visibility == Level.HOLDER, own_fact)
    by_part = relation.is_in_team or relation.owner_id in relation.leads
    if by_part:
        circles.append(model.visibility == Level.HOLDER)
    elif relation.is_colleague:
        exchange = model.is_exchange  # of the whole table, or a condition on each row
        no_exchange = _when(not exchange) if isinstance(exchange, bool) else not_(exchange)
        circles.append(and_(model.visibility == Level.HOLDER, no_exchange))
    own_now = model.organisation_id == relation.owner_id
    works_there = model.organisation_id.in_(relation.works_at) if relation.works_at else false()
    circles.append(and_(model.visibility == Level.TEAM, or_(works_there, and_(_when(relation.is_in_team), own_now))))
    behind_glass = or_(and_(_when(relation.sees_restricted), own_now), and_(mine, works_there))
    circles.append(and_(model.visibility == Level.RESTRICTED, behind_glass))
    return or_(*circles)


def _when(yes: bool) -> ColumnElement[bool]:
    return true() if yes else false()
