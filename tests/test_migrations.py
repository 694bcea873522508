"""The migrations build exactly what the models say, and can be undone, on the database of this run."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.accounts.models import User
from app.campaigns.models import Campaign
from app.coaching.models import Project
from app.core import clock
from app.core.database import db, enable_migrations, transaction
from app.core.journal import JournalEntry
from app.payments.models import LedgerEntry, LedgerTransaction, StripeObject
from app.pledges.models import Pledge
from config import ROOT, Settings

MIGRATIONS = str(ROOT / "migrations")
_numbers = itertools.count(1)


@pytest.fixture
def empty(settings: Settings, tmp_path: Path, worker_name: str) -> Iterator[Flask]:
    """The app over a database of this run's kind that holds nothing at all."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        yield from _app_over(settings, f"sqlite:///{tmp_path / 'empty.sqlite'}")
        return
    name = f"graine_empty_{worker_name}_{next(_numbers)}"
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield from _app_over(settings, url.set(database=name).render_as_string(hide_password=False))
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def _app_over(settings: Settings, url: str) -> Iterator[Flask]:
    app = create_app(dataclasses.replace(settings, database_url=url))
    enable_migrations(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences() -> list[object]:
    """What the next migration would have to do."""
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_of_models}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, db.metadata))


SEARCH = "campaign_search"  # an index to us; FTS5 keeps it in tables of its own


def is_of_models(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind in {"table", "index"} and str(name).startswith(SEARCH))


def tables() -> set[str]:
    found = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    return {name for name in found if not name.startswith(SEARCH)}


def constraints() -> set[tuple[str, str]]:
    """Names of CHECK and UNIQUE constraints and of indexes: autogeneration does not compare the first."""
    found = inspect(db.engine)
    named = set()
    for table in tables():
        kinds = (found.get_check_constraints(table), found.get_unique_constraints(table), found.get_indexes(table))
        named |= {(table, str(one["name"])) for kind in kinds for one in kind}
    return named


def test_from_nothing_to_the_models(empty):
    flask_migrate.upgrade(directory=MIGRATIONS)
    assert tables() == set(db.metadata.tables)
    assert differences() == []


def test_every_constraint_of_the_models_is_in_the_migrations(empty):
    flask_migrate.upgrade(directory=MIGRATIONS)
    migrated = constraints()
    flask_migrate.downgrade(directory=MIGRATIONS, revision="base")
    db.create_all()
    assert migrated == constraints()


def test_down_to_nothing_and_up_again(empty):
    flask_migrate.upgrade(directory=MIGRATIONS)
    flask_migrate.downgrade(directory=MIGRATIONS, revision="base")
    assert tables() == set()
    flask_migrate.upgrade(directory=MIGRATIONS)
    assert differences() == []


def test_one_step_down_and_up_again_keeps_what_is_there(empty):
    flask_migrate.upgrade(directory=MIGRATIONS)
    with transaction():
        db.session.add(JournalEntry(at=clock.real_now(), action="test", subject_kind="tests", subject_id=1, data={}))
    flask_migrate.downgrade(directory=MIGRATIONS, revision="-1")
    flask_migrate.upgrade(directory=MIGRATIONS)
    assert db.session.query(JournalEntry).count() == 1


def test_a_difference_would_be_seen(empty):
    flask_migrate.upgrade(directory=MIGRATIONS)
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE users ADD COLUMN forgotten VARCHAR(10)"))
    assert len(differences()) == 1


@pytest.mark.parametrize("how", ["migrations", "models"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
@pytest.mark.parametrize("model", [JournalEntry, LedgerTransaction, LedgerEntry])
def test_a_line_once_written_is_refused_any_change(empty, how, statement, model):
    flask_migrate.upgrade(directory=MIGRATIONS) if how == "migrations" else db.create_all()
    at = clock.real_now()
    with transaction():
        db.session.add(JournalEntry(at=at, action="test", subject_kind="tests", subject_id=1, data={}))
        booked = LedgerTransaction(kind="t", stripe_id="x", subject_kind="t", subject_id=1, at=at, psp_env="t")
        booked.entries = [LedgerEntry(account="a", amount_cents=1), LedgerEntry(account="b", amount_cents=-1)]
        db.session.add(booked)
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text(statement.format(model.__tablename__)))


def test_the_migrations_are_one_line_of_small_steps(empty):
    script = ScriptDirectory(MIGRATIONS)
    assert len(script.get_heads()) == 1
    for step in script.walk_revisions():
        assert step.doc or step.module.__doc__, f"{step.revision} does not say what it is for"


def test_a_card_saved_before_its_id_was_noted_is_known_by_its_events_after_the_migration(empty):
    """What a bank tells of such a card carries its id and nothing else of ours."""
    step = next(one for one in ScriptDirectory(MIGRATIONS).walk_revisions() if "old cards" in one.doc)
    flask_migrate.upgrade(directory=MIGRATIONS)
    with transaction():
        user = User(email="a@example.org", name="A", password_hash="x", created_at=clock.real_now())
        db.session.add(user)
        db.session.flush()
        project = Project(title="X", created_at=clock.real_now())
        db.session.add(project)
        db.session.flush()
        campaign = Campaign(owner_id=user.id, project_id=project.id, slug="x", title="X", created_at=clock.real_now())
        db.session.add(campaign)
        db.session.flush()
        pledge = Pledge(
            public_id="p", form_key="f", campaign_id=campaign.id, name="A", email="a@example.org", amount_cents=100,
            consent_version="1", payment_method="pm_old", created_at=clock.real_now(),
        )  # fmt: skip
        db.session.add(pledge)
        db.session.flush()
        db.session.add(StripeObject(stripe_id="cus_1", subject_kind="pledges", subject_id=pledge.id, psp_env="acct_1"))
        pledge_id = pledge.id
    db.session.remove()
    flask_migrate.downgrade(directory=MIGRATIONS, revision=step.down_revision)
    flask_migrate.upgrade(directory=MIGRATIONS)
    known = db.session.get_one(StripeObject, "pm_old")
    assert (known.subject_kind, known.subject_id, known.psp_env) == ("pledges", pledge_id, "acct_1")
