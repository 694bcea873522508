"""Every role × every relation at every route: an independent copy of who may open which door.

Roles and relations: tests/access/people.py. Objects and acts: tests/access/objects.py. Routes: tests/access/who/.
A route without its line fails; so does a cell where nobody sits and no word says why.
"""

from __future__ import annotations

import pytest

from tests.access.content import content
from tests.access.count import RAN
from tests.access.knock import knock_at_all, short_refusals
from tests.access.objects import cells
from tests.access.people import CELLS, IMPOSSIBLE, LATER, NOW, RELATIONS, ROLES, SEATS
from tests.access.scene import World
from tests.access.who import ROOMS, WHO


def test_every_route_is_in_the_table_and_the_table_knows_no_other(app):
    routes = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}
    assert routes == set(WHO)


def test_every_cell_has_somebody_in_it_or_a_word_why_nobody_can():
    assert len(CELLS) == len(ROLES) * len(RELATIONS)
    assert set(SEATS) | set(IMPOSSIBLE) == set(CELLS)
    assert not set(SEATS) & set(IMPOSSIBLE)
    assert all(len(why.split()) > 3 for why in IMPOSSIBLE.values())
    tested, closed, forgotten = cells(WHO)
    assert forgotten == []
    assert tested + closed == len(CELLS) * len(WHO)


def test_every_line_speaks_of_people_who_are_asked():
    """Somebody who may, and is never tried, would be a promise without a proof."""
    silent = [endpoint for endpoint, door in WHO.items() if door.may and not door.may & door.kind.asked]
    assert silent == []
    late = [endpoint for endpoint, door in WHO.items() if not door.late <= door.may]
    assert late == []


@pytest.mark.parametrize("room", ROOMS)
def test_each_door_opens_for_whom_it_should_and_for_nobody_else(world: World, room: str, record_property):
    before = content(world.app)
    with short_refusals(world.app):
        tried, wrong = knock_at_all(world, room, NOW)
    assert not wrong, "\n".join(wrong)
    after = content(world.app)
    assert [name for name in before if before[name] != after[name]] == [], "somebody who may not has left a trace"
    record_property(RAN, tried)


@pytest.mark.parametrize("room", ROOMS)
def test_an_account_that_is_suspended_or_a_right_that_ran_out_opens_no_door(
    world_later: World, room: str, record_property
):
    before = content(world_later.app)
    with short_refusals(world_later.app):
        tried, wrong = knock_at_all(world_later, room, LATER)
    assert not wrong, "\n".join(wrong)
    after = content(world_later.app)
    assert [name for name in before if before[name] != after[name]] == [], "somebody who may not has left a trace"
    record_property(RAN, tried)
