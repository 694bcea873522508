"""Commands about people."""

from __future__ import annotations

from tests.accounts.people import is_signed_in, sign_in
from tests.builders import a_user

EMAIL = "jeanne@exemple.fr"


def run(app, *words, given=None):
    return app.test_cli_runner().invoke(args=list(words), input=given)


def test_an_account_is_suspended_and_restored_by_command(app, client):
    with app.app_context():
        a_user("Jeanne", EMAIL)
    sign_in(client, EMAIL)
    assert run(app, "accounts", "suspend", EMAIL, "--motive", "asked").exit_code == 0
    assert not is_signed_in(client)
    assert sign_in(client, EMAIL).status_code == 422
    twice = run(app, "accounts", "suspend", EMAIL, "--motive", "asked")
    assert twice.exit_code == 1
    assert "Error" in twice.output
    assert run(app, "accounts", "restore", EMAIL).exit_code == 0
    assert sign_in(client, EMAIL).status_code == 303


def test_an_unknown_address_is_said_to_be_unknown(app):
    answer = run(app, "accounts", "suspend", "personne@exemple.fr", "--motive", "fraud")
    assert answer.exit_code == 1
    assert "no account" in answer.output
