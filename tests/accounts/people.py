"""Short ways through the doors of accounts, as a person with a browser takes them."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import PASSWORD, post_form

NEW_PASSWORD = "tortue lampe gare pluie"


def sign_up(
    client: FlaskClient, email: str, name: str = "Jeanne Martin", password: str = PASSWORD, query: str = ""
) -> TestResponse:
    return post_form(client, f"/inscription{query}", {"name": name, "email": email, "password": password})


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, query: str = "") -> TestResponse:
    return post_form(client, f"/connexion{query}", {"email": email, "password": password})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/compte").status_code == 200


def path_of(link: str) -> str:
    """The path of a link in a mail; it leads to the configured host and nowhere else."""
    assert link.startswith("http://127.0.0.1:8000/"), link
    return link.removeprefix("http://127.0.0.1:8000")


def words(response: TestResponse) -> str:
    """The text of a page: no tags, plain spaces."""
    html = re.sub(r"<(script|style|svg).*?</\1>", " ", response.get_data(as_text=True), flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'")
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
