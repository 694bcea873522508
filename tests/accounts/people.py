"""Short ways through the doors of accounts, as a person with a browser takes them."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import second_factor_rules as rules
from app.accounts import totp
from app.core import clock
from tests.builders import PASSWORD, Visitor, post_form

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


def switch_on(visitor: Visitor, query: str = "") -> tuple[str, list[str]]:
    """Switch the second factor on through its pages; gives the secret and the printed codes."""
    page = f"/compte/double-verification{query}"
    begun = visitor.post(page, {"current": PASSWORD})
    assert begun.status_code == 303, words(begun)
    secret = secret_on(visitor.get(begun.location))
    step = rules.step_of(clock.real_now())
    answer = visitor.post(begun.location, {"code": totp.code_at(secret, step)})
    assert answer.status_code == 200, words(answer)
    return secret, codes_on(answer)


def secret_on(page: TestResponse) -> str:
    found = re.search(r"<dd>((?:[A-Z2-7]{4} ?){8})</dd>", page.get_data(as_text=True))
    assert found, words(page)
    return found.group(1).replace(" ", "")


def codes_on(page: TestResponse) -> list[str]:
    return re.findall(r"<code>(\d{4} \d{4} \d{4})</code>", page.get_data(as_text=True))


def give_code(client: FlaskClient, code: str, page: str = "/connexion/code") -> TestResponse:
    return post_form(client, page, {"code": code})
