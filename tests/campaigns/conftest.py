"""A holder with a draft, a stranger, and what a campaign needs to be complete."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import Engine, event

from app.accounts.models import User
from app.campaigns import services
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.payments import environment
from app.payments.models import PaymentAccount
from tests.builders import Visitor, a_user, sign_in
from tests.support.days import day_of

MALAIN = "21373"
STORY = "Nous voulons rallumer le four du village avec les habitants. " * 8


@dataclass
class Desk:
    """The holder's browser, a stranger's, and the draft between them."""

    app: Flask
    holder: Visitor
    stranger: Visitor
    slug: str

    def page(self, step: str) -> str:
        return f"/mes-campagnes/{self.slug}/{step}"

    def save(self, step: str, **data: object):  # a werkzeug TestResponse
        """Send a step's form with the token and the version that its page carries."""
        return self.send(step, {"version": self.version(step), **data})

    def save_any(self, step: str, **data: object):
        """As `save`, also for the step that adds a reward and carries no version."""
        return self.send(step, data) if step == "contreparties" else self.save(step, **data)

    def send(self, step: str, data: dict[str, object], **kwargs: object):
        return self.holder.post(self.page(step), data, **kwargs)

    def version(self, step: str) -> str:
        html = self.holder.get(self.page(step)).get_data(as_text=True)
        return html.split('name="version"', 1)[1].split('value="', 1)[1].split('"', 1)[0]

    def read(self, look: Callable[[Campaign], object]) -> object:
        """Something of the row, read afresh."""
        with self.app.app_context():
            return look(db.session.scalars(db.select(Campaign).where(Campaign.slug == self.slug)).one())


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        holder, stranger = sign_in(app, a_user("Camille Fontbelle")), sign_in(app, a_user())
    answer = holder.post("/projets/nouveau", {"title": "Le four du village", "commune": MALAIN, "commune_text": ""})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return Desk(app, holder, stranger, answer.location.split("/")[2])


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (1800, 1000), **options: object) -> io.BytesIO:
    """A picture file in memory."""
    content = io.BytesIO()
    Image.new("RGB", size, (90, 140, 80)).save(content, kind, **options)
    content.seek(0)
    return content


def fill(desk: Desk) -> None:
    """Every step, as a holder would send them."""
    assert desk.save(
        "projet", title="Le four du village", tagline="Du pain partagé.", commune=MALAIN, theme="food",
        holder_kind="person", legal_name="Camille Fontbelle",
    ).status_code == 303  # fmt: skip
    assert desk.save("histoire", story=STORY, if_missed="Le four attendra, une fournée par mois.").status_code == 303
    sent = desk.save(
        "image", picture=(a_picture(), "four.jpg"), alternative="Le four, porte ouverte.",
    )  # fmt: skip
    assert sent.status_code == 303
    assert desk.save("valeur-ajoutee", social="Un lieu où l’on se croise deux fois par semaine.").status_code == 303
    budget = {"goal": "3000", "uses-0-label": "La sole", "uses-0-amount": "4000", "resources-0-label": "Commune",
              "resources-0-amount": "1000"}  # fmt: skip
    assert desk.save("budget", **budget).status_code == 303
    assert desk.save("calendrier", duration_days="45").status_code == 303


def an_account(user_id: int, status: str = "active") -> None:
    """A payment account as Stripe would have told it. Inside an app context."""
    with transaction():
        db.session.add(
            PaymentAccount(
                user_id=user_id, psp_env=environment.current(), status=status, stripe_account=f"acct_{user_id}",
                created_at=clock.now(),
            )
        )  # fmt: skip


def user_of(desk: Desk) -> User:
    return db.session.get_one(User, desk.holder.user_id)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL sent meanwhile, without the development clock, which is read at most twice a second."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "clock_offset" not in statement and not statement.startswith(("BEGIN", "PRAGMA", "COMMIT")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def go_live(desk: Desk) -> None:
    """Complete, approved and opened: the public sees it."""
    fill(desk)
    with desk.app.app_context():
        an_account(desk.holder.user_id)
        with transaction():
            campaign = db.session.scalars(db.select(Campaign).where(Campaign.slug == desk.slug)).one()
            services.submit(campaign, by=desk.holder.user_id, at=clock.now())
            services.approve(campaign, by=desk.stranger.user_id, at=clock.now())
            opens_on = day_of(clock.now())
            services.choose_opening(campaign, opens_on=opens_on, by=desk.holder.user_id, at=clock.now())
            services.go_live(campaign, at=clock.now())


@pytest.fixture
def live(desk: Desk) -> Desk:
    go_live(desk)
    return desk
