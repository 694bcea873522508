"""Rights act at once, end at once, and are never deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import User, UserState
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.journal import history
from app.network import queries, services
from app.network.errors import (
    AccountNotReady,
    BadPeriod,
    LastAdministrator,
    RightAlreadyHeld,
    RightEnded,
    RightNotPossible,
)
from app.network.models import Right
from tests.builders import a_user, an_organisation, give

pytestmark = pytest.mark.usefixtures("ctx")


def give_now(user_id: int, role: Role, organisation_id: int | None, **dates: object) -> int:
    with transaction():
        return services.give_right(user_id, role, organisation_id, None, clock.now(), **dates).id


def end_now(right_id: int) -> None:
    with transaction():
        services.end_right(queries.get_right(right_id), None, clock.now())


def test_a_right_acts_at_once_and_ends_at_once():
    user, at = a_user().id, an_organisation().id
    right = give_now(user, Role.MODERATOR, at)
    assert queries.rights_of(user) == {(Role.MODERATOR, at)}
    assert queries.people_with(Role.MODERATOR, at) == [user]
    end_now(right)
    assert queries.rights_of(user) == frozenset()
    assert queries.people_with(Role.MODERATOR, at) == []


def test_an_ended_right_stays_in_the_table_and_both_facts_in_the_journal():
    right = give_now(a_user().id, Role.COACH, an_organisation().id)
    end_now(right)
    assert db.session.scalar(select(func.count()).select_from(Right)) == 1
    assert [line.action for line in history(queries.get_right(right))] == ["right.ended", "right.given"]
    with pytest.raises(RightEnded):
        end_now(right)


def test_a_right_of_later_does_not_act_yet_and_can_be_called_off():
    user, at = a_user().id, an_organisation().id
    right = give_now(user, Role.COACH, at, starts_at=clock.now() + timedelta(days=3))
    assert queries.rights_of(user) == frozenset()
    end_now(right)
    row = queries.get_right(right)
    assert row.ends_at == row.starts_at
    give_now(user, Role.COACH, at)  # a right that never began does not stand in the way


def test_a_right_with_an_end_stops_by_itself():
    user, at, now = a_user().id, an_organisation().id, clock.now()
    give_now(user, Role.COACH, at, starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    give_now(user, Role.MODERATOR, at, ends_at=now + timedelta(days=1))
    assert queries.rights_of(user) == {(Role.MODERATOR, at)}


def test_the_same_right_is_not_given_twice_but_again_after_its_end():
    user, at = a_user().id, an_organisation().id
    right = give_now(user, Role.MODERATOR, at)
    with pytest.raises(RightAlreadyHeld):
        give_now(user, Role.MODERATOR, at)
    with pytest.raises(RightAlreadyHeld):
        give_now(user, Role.MODERATOR, at, starts_at=clock.now() + timedelta(days=30))
    end_now(right)
    give_now(user, Role.MODERATOR, at)


def test_a_closed_organisation_takes_its_rights_with_it():
    user = give(a_user(), Role.MODERATOR, an_organisation("active-71")).id
    with transaction():
        services.set_active(queries.get_organisation("active-71"), is_active=False, by=user, at=clock.now())
    assert queries.rights_of(user) == frozenset()
    assert queries.people_with(Role.MODERATOR, None) == []
    with pytest.raises(RightNotPossible):
        give_now(user, Role.COACH, queries.get_organisation("active-71").id)


def test_a_closed_account_holds_nothing_and_receives_nothing():
    user, at = give(a_user(), Role.MODERATOR, an_organisation()).id, an_organisation().id
    with transaction():
        db.session.get_one(User, user).state = UserState.CLOSED
    assert queries.people_with(Role.MODERATOR, at) == []
    with pytest.raises(AccountNotReady):
        give_now(user, Role.COACH, at)


def test_an_unconfirmed_account_receives_nothing():
    user = a_user().id
    with transaction():
        db.session.get_one(User, user).email_verified_at = None
    with pytest.raises(AccountNotReady):
        give_now(user, Role.COACH, an_organisation().id)


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.PLATFORM_ADMIN, Role.TREASURER, Role.OBSERVER}])
def test_a_role_of_an_organisation_needs_one(role: Role):
    with pytest.raises(RightNotPossible):
        give_now(a_user().id, role, None)


def test_an_administrator_belongs_to_no_organisation():
    with pytest.raises(RightNotPossible):
        give_now(a_user().id, Role.PLATFORM_ADMIN, an_organisation().id)


def test_nonsense_is_refused():
    with pytest.raises(AccountNotReady):
        give_now(999_999, Role.COACH, an_organisation().id)
    with pytest.raises(RightNotPossible):
        give_now(a_user().id, Role.COACH, 999_999)
    with pytest.raises(BadPeriod):
        give_now(a_user().id, Role.COACH, an_organisation().id, ends_at=clock.now() - timedelta(days=1))


def test_the_last_administrator_stays():
    first, second = a_user().id, a_user().id
    right = give_now(first, Role.PLATFORM_ADMIN, None)
    with pytest.raises(LastAdministrator):
        end_now(right)
    give_now(second, Role.PLATFORM_ADMIN, None)
    end_now(right)
    assert queries.people_with(Role.PLATFORM_ADMIN, None) == [second]
