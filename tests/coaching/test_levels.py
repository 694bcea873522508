"""Nobody reads above their level: the pure decision against the written table, and the SQL against both."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from app.coaching import level_queries
from app.coaching.levels import Level, MemberRole, Relation, may_open_to, may_read, may_read_item
from app.coaching.models import CoachingRecord
from app.coaching.note_models import Note
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from tests.builders import a_record, a_user, an_organisation, give

OWNER, OTHER, ME, SOMEBODY = 1, 2, 10, 11
STRANGER = Relation(user_id=ME, owner_id=OWNER)

# The table of readers, written a second time: person → levels of the owner's texts that they read.
TABLE: dict[str, tuple[Relation, set[Level]]] = {
    "visitor": (Relation(owner_id=OWNER), {Level.PUBLIC}),
    "stranger or administrator": (STRANGER, {Level.PUBLIC}),
    "holder": (replace(STRANGER, is_holder=True), {Level.PUBLIC, Level.HOLDER}),
    "holder who coaches there": (
        replace(STRANGER, is_holder=True, works_at=frozenset({OWNER}), is_referent=True),
        {Level.PUBLIC, Level.HOLDER},
    ),
    "referent": (replace(STRANGER, is_referent=True, works_at=frozenset({OWNER})), set(Level)),
    "co-coach": (
        replace(STRANGER, member_role=MemberRole.CO_COACH, works_at=frozenset({OWNER})),
        {Level.PUBLIC, Level.HOLDER, Level.TEAM},
    ),
    "co-coach who is trusted": (replace(STRANGER, member_role="co_coach", can_see_restricted=True), set(Level)),
    "invited expert": (replace(STRANGER, member_role=MemberRole.EXPERT), {Level.PUBLIC, Level.HOLDER, Level.TEAM}),
    "coach of the organisation": (
        replace(STRANGER, works_at=frozenset({OWNER})),
        {Level.PUBLIC, Level.HOLDER, Level.TEAM},
    ),
    "coach of another": (replace(STRANGER, works_at=frozenset({OTHER})), {Level.PUBLIC}),
    "lead": (
        replace(STRANGER, works_at=frozenset({OWNER}), leads=frozenset({OWNER})),
        {Level.PUBLIC, Level.HOLDER, Level.TEAM},
    ),
    "lead behind the glass": (
        replace(STRANGER, works_at=frozenset({OWNER}), leads=frozenset({OWNER}), has_broken_glass=True),
        set(Level),
    ),
    "recused referent": (
        replace(STRANGER, is_referent=True, works_at=frozenset({OWNER}), is_excluded=True),
        {Level.PUBLIC},
    ),
    "lead whom the holder refused, behind the glass": (
        replace(
            STRANGER, works_at=frozenset({OWNER}), leads=frozenset({OWNER}), has_broken_glass=True, is_excluded=True
        ),
        {Level.PUBLIC},
    ),
}


@pytest.mark.parametrize("who", TABLE)
def test_each_person_reads_exactly_the_levels_of_the_table(who):
    relation, expected = TABLE[who]
    reads = {
        level for level in Level if may_read(relation, visibility=level, organisation_id=OWNER, author_id=SOMEBODY)
    }
    assert reads == expected


@pytest.mark.parametrize("who", TABLE)
def test_a_draft_is_its_authors_alone(who):
    relation, _levels = TABLE[who]
    for level in Level:
        assert not may_read(relation, visibility=level, organisation_id=OWNER, author_id=SOMEBODY, is_draft=True)
    mine = may_read(relation, visibility=Level.TEAM, organisation_id=OWNER, author_id=ME, is_draft=True)
    assert mine is (who != "visitor" and not relation.is_excluded)


def test_colleagues_do_not_read_the_messages_of_a_record_they_have_no_part_in():
    def reads(who: str) -> bool:
        return may_read(
            TABLE[who][0], visibility=Level.HOLDER, organisation_id=OWNER, author_id=SOMEBODY, is_exchange=True
        )

    assert {who for who in TABLE if reads(who)} == {
        "holder", "holder who coaches there", "referent", "co-coach", "co-coach who is trusted", "invited expert",
        "lead", "lead behind the glass",
    }  # fmt: skip


@pytest.mark.parametrize("who", TABLE)
def test_a_fact_about_somebody_is_read_by_them_and_by_those_who_read_what_is_confidential(who):
    relation, levels = TABLE[who]
    about = {"visibility": Level.RESTRICTED, "organisation_id": OWNER, "author_id": SOMEBODY, "about_id": 7}
    assert may_read(relation, **about) is (Level.RESTRICTED in levels)
    themselves = replace(relation, person_ids=frozenset({7}))
    assert may_read(themselves, **about) is (Level.RESTRICTED in levels or relation.is_holder)
    assert may_read(replace(relation, person_ids=frozenset({8})), **about) is (Level.RESTRICTED in levels)


def test_an_unknown_word_opens_nothing():
    for relation, _levels in TABLE.values():
        assert not may_read(relation, visibility="tout", organisation_id=OWNER, author_id=ME)


ids = st.sampled_from([OWNER, OTHER])
relations = st.builds(
    Relation,
    user_id=st.sampled_from([None, ME]),
    owner_id=ids,
    is_holder=st.booleans(),
    is_referent=st.booleans(),
    member_role=st.sampled_from(["", *MemberRole]),
    can_see_restricted=st.booleans(),
    works_at=st.frozensets(ids),
    leads=st.frozensets(ids),
    has_broken_glass=st.booleans(),
    is_excluded=st.booleans(),
)


@given(relations, st.sampled_from([ME, SOMEBODY]))
def test_no_relation_to_a_record_that_has_moved_on_opens_the_earlier_private_notes(relation, author):
    """After a transfer: what OTHER wrote in private is read by people who work at OTHER, and by nobody else."""
    now = replace(relation, owner_id=OWNER)
    for level in (Level.TEAM, Level.RESTRICTED):
        if may_read(now, visibility=level, organisation_id=OTHER, author_id=author):
            assert OTHER in now.works_at
            assert not now.is_holder
            assert not now.is_excluded


@given(relations, st.sampled_from(list(Level)), st.sampled_from(list(Level)), st.sampled_from([ME, SOMEBODY, None]))
def test_a_level_is_only_ever_opened_and_only_by_its_author_or_the_referent(relation, old, new, author):
    if may_open_to(relation, old=old, new=new, author_id=author):
        assert list(Level).index(new) < list(Level).index(old)
        assert new != Level.PUBLIC
        assert relation.is_referent or author == relation.user_id
        assert not relation.is_excluded
        assert not relation.is_holder


def test_the_query_and_the_rule_agree_on_every_note_for_every_relation(ctx: None):
    """32 notes (level × organisation × author × draft) read through 512 relations, both ways."""
    organisations = [an_organisation().id, an_organisation("active-71").id]
    me = give(a_user(), Role.COACH, an_organisation()).id
    referent = give(a_user(), Role.COACH, an_organisation())
    referent_id = referent.id
    record_id = a_record(referent=referent).id
    at = clock.now()
    rows = [
        {
            "public_id": f"n{n}", "record_id": record_id, "visibility": level, "organisation_id": organisation,
            "author_id": author, "is_draft": is_draft, "expires_at": at if is_draft else None, "sealed": "",
            "created_at": at, "version": 1,
        }
        for n, (level, organisation, author, is_draft) in enumerate(
            itertools.product(Level, organisations, [me, referent_id], [False, True])
        )
    ]  # fmt: skip
    with transaction():
        db.session.execute(insert(Note), rows)
    notes = list(db.session.scalars(select(Note)))
    assert len(notes) == 32
    places = [frozenset(), frozenset(organisations[:1]), frozenset(organisations[1:]), frozenset(organisations)]
    yes_no = [False, True]
    for flags in itertools.product(yes_no, yes_no, ["", "expert"], yes_no, yes_no, yes_no, places, yes_no):
        is_holder, is_referent, role, flag, glass, excluded, works_at, is_lead = flags
        relation = Relation(
            user_id=me, owner_id=organisations[0], is_holder=is_holder, is_referent=is_referent, member_role=role,
            can_see_restricted=flag, has_broken_glass=glass, is_excluded=excluded, works_at=works_at,
            leads=works_at if is_lead else frozenset(),
        )  # fmt: skip
        by_rule = {note.id for note in notes if may_read_item(relation, note)}
        found = set(db.session.scalars(select(Note.id).where(level_queries.readable(Note, relation))))
        assert found == by_rule, relation
    nobody = Relation(owner_id=organisations[0])
    found = set(db.session.scalars(select(Note.id).where(level_queries.readable(Note, nobody))))
    assert found == {note.id for note in notes if note.visibility == Level.PUBLIC and not note.is_draft}
    assert db.session.get_one(CoachingRecord, record_id).organisation_id == organisations[0]
