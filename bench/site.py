"""A platform made for measuring: a fresh SQLite instance with a crowd on it, served as by `make run`."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.campaigns.models import BudgetLine, Campaign, CampaignValue, Picture, Reward
from app.campaigns.rules import AddedValue, BudgetSide, RewardNature
from app.core import clock, images, storage
from app.core.database import db, transaction
from app.core.text import markdown_to_html
from config import Settings
from dev import pictures
from dev.launch.checks import HOST, pick_free_port
from dev.launch.children import Children, answers_ok
from dev.launch.instance import Instance, Ports
from dev.launch.web import gunicorn
from dev.seed.projects import BAKERY
from tests.support.crowd import Crowd, browser_of, gather

CAMPAIGNS = 60
PLEDGES = 400
# The machine's own settings, never those of an instance around us.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
Cookies = dict[str, str]


@dataclass(frozen=True)
class Web:
    """A running gunicorn: the port it answers at, and the process id of its master."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def worker_pid(self) -> int:
        """The process that serves pages."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return int(children[-1])

    def memory_bytes(self) -> int:
        """What the worker holds in memory now (VmRSS, shared libraries included)."""
        for line in Path(f"/proc/{self.worker_pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise ProcessLookupError(self.worker_pid)


class Site:
    """Built once per run; the same data for the same seed."""

    def __init__(self, folder: Path, seed: int):
        folder.mkdir(parents=True)
        self.folder, self.seed = folder, seed
        self._instance = Instance(folder)
        ports = Ports(web=pick_free_port(set()), stripe=1, smtp=1, mail=1)  # nothing here calls these three
        given = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environment = self._instance.environment(ports, {**given, "ARGON2_CHEAP": "1", "LOG_LEVEL": "WARNING"})
        self._prepare()
        self.app: Flask = create_app(Settings.from_env(self.environment))
        with self.app.app_context():
            self.crowd: Crowd = gather(CAMPAIGNS, seed, pledges=PLEDGES)
            dress(self.crowd.slug, random.Random(seed))
            db.session.remove()
        self.cookies = {name: self._cookies_of(name) for name in self.crowd.people}
        with self.app.app_context():
            db.engine.dispose()

    @contextmanager
    def serve(self, *, wait: bool = True) -> Iterator[Web]:
        """One web process on a port of its own, ended afterwards. Errors: Refusal when it dies."""
        port = pick_free_port(set())
        with self._children() as children:
            child = children.start("web", *gunicorn(f"{HOST}:{port}"))
            if wait:
                children.wait_until(lambda: answers_ok(port, "/aide"))
            yield Web(port, child.process.pid)

    def _children(self) -> Children:
        return Children(self.environment, self._instance.path("log"), threading.Event())

    def _prepare(self) -> None:
        with self._children() as children:
            for words in (("db", "upgrade"), ("network", "load")):
                done = children.run("prepare", "-m", "flask", "--app", "wsgi", *words)
                assert done, f"flask {' '.join(words)} failed"

    def _cookies_of(self, name: str) -> Cookies:
        browser = browser_of(self.app, self.crowd, name)
        cookie = browser.get_cookie("session")
        assert cookie is not None
        return {cookie.key: cookie.value}


def dress(slug: str, dice: random.Random) -> None:
    """Give a campaign what a holder's page really has: story, budget, rewards, values, photograph."""
    photograph = pictures.render(BAKERY.picture, dice.randrange(1000))
    renditions: list[dict[str, int | str]] = []
    for one in images.renditions(photograph):
        name = storage.new_name("images", "webp")
        storage.write(name, one.content)
        renditions.append({"name": name, "width": one.width, "height": one.height})
    with transaction():
        campaign = db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
        campaign.title, campaign.tagline, campaign.if_missed = BAKERY.title, BAKERY.tagline, BAKERY.if_missed
        campaign.story_markdown, campaign.story_html = BAKERY.story, markdown_to_html(BAKERY.story)
        campaign.goal_cents = BAKERY.goal_cents
        campaign.budget_lines = [
            BudgetLine(side=side, label=label, amount_cents=cents, position=place)
            for side, lines in ((BudgetSide.USE, BAKERY.uses), (BudgetSide.RESOURCE, BAKERY.others))
            for place, (label, cents) in enumerate(lines)
        ]
        known = {str(value.value): value for value in campaign.values}
        for code, argument in BAKERY.values.items():
            if code in known:
                known[code].argument = argument
            else:
                campaign.values.append(CampaignValue(value=AddedValue(code), argument=argument))
        campaign.rewards += [
            Reward(
                title=reward.title, description=reward.description, nature=RewardNature(reward.nature),
                amount_cents=reward.amount_cents, stock_total=reward.stock, stock_left=reward.stock,
            )
            for reward in BAKERY.rewards
        ]  # fmt: skip
        campaign.pictures.append(Picture(alternative=BAKERY.alternative, renditions=renditions, created_at=clock.now()))
        campaign.page_version += 1
