"""The first administrator comes from the shell."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask

from app.accounts.queries import find_by_email
from app.core.access import Role
from app.network import queries
from tests.builders import a_user

PASSWORD = "une phrase que personne ne devine"


def run(app: Flask, *words: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["accounts", "create-admin", *words], input=typed)


def is_admin(app: Flask, email: str) -> bool:
    with app.app_context():
        user = find_by_email(email)
        return user is not None and (Role.PLATFORM_ADMIN, None) in queries.rights_of(user.id)


def test_a_new_account_becomes_administrator(app: Flask):
    done = run(app, "Alex@Exemple.fr", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert is_admin(app, "alex@exemple.fr")
    again = run(app, "alex@exemple.fr")
    assert again.exit_code == 0, "a script may say it twice"
    assert "already" in again.output


def test_an_account_that_exists_keeps_its_password(app: Flask):
    with app.app_context():
        user = a_user(email="camille@exemple.fr")
        before = user.password_hash
    assert run(app, "camille@exemple.fr").exit_code == 0
    with app.app_context():
        assert find_by_email("camille@exemple.fr").password_hash == before
    assert is_admin(app, "camille@exemple.fr")


@pytest.mark.parametrize("password", ["court", "motdepasse2026!", "x" * 201, "azertyuiopazer"])
def test_a_weak_password_makes_nobody(app: Flask, password: str):
    refused = run(app, "alex@exemple.fr", "--password", password)
    assert refused.exit_code == 1
    assert not is_admin(app, "alex@exemple.fr")
    with app.app_context():
        assert find_by_email("alex@exemple.fr") is None


@pytest.mark.parametrize("email", ["alex", "@", "", "x" * 250 + "@a.fr"])
def test_what_is_no_address_is_refused(app: Flask, email: str):
    assert run(app, email, "--password", PASSWORD).exit_code == 2
