"""A platform that never rests: people promise and take back, campaigns end, the worker collects, pictures change."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from app.campaigns.models import Campaign, Picture
from app.core import clock, storage
from app.core.database import db, transaction
from app.core.jobs import run_once
from app.core.journal import JournalEntry
from app.payments.errors import GatewayUnavailable
from fake_stripe import shopper
from tests.support.scene import FAILS_LATER, GOOD, Scene
from tests.upkeep.copies import a_stored_picture

TICK, TOCK, WITNESS = "drill.tick", "drill.tock", "drill"
NO_ANSWER = "La page de paiement ne répond pas"
MONEY = {"campaigns to close", "verdicts", "after verdicts", "collection", "operations", "poll", "events"}


class Writers:
    """Threads that write until `stop()`. `done`: what they did; `failures`: what they did not bear."""

    def __init__(self, scene: Scene, seed: int):
        self.scene, self.done, self.failures = scene, Counter[str](), list[str]()
        self.ticks_asked = self.ticks_acknowledged = 0
        self._stop = threading.Event()
        self._open = [scene.campaign(goal_cents=100_00, stock=None) for _ in range(3)]
        self._pictured = scene.row(self._open[0]).id
        for slug in self._open:
            scene.give(slug, cents=60_00, client=self._visitor(random.Random(seed)))
        makers: list[tuple[Callable[[random.Random], None], float]] = [
            (self._tick, 0.05), (self._contribute, 0.05), (self._contribute, 0.05), (self._work, 0.0),
            (self._end_a_campaign, 0.2), (self._change_a_picture, 0.7),
        ]  # fmt: skip
        self._threads = [
            threading.Thread(target=self._loop, args=(make, pause, seed * 1000 + number))
            for number, (make, pause) in enumerate(makers)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _loop(self, make: Callable[[random.Random], None], pause: float, seed: int) -> None:
        dice = random.Random(seed)
        while not self._stop.is_set():
            try:
                make(dice)
                self.done[make.__name__.strip("_")] += 1
            except GatewayUnavailable:  # the worker was asking the same thing at the same moment
                self.done["met the worker"] += 1
            except Exception as error:
                if NO_ANSWER in str(error):  # a busy machine: the visitor is asked to try again
                    self.done["unanswered"] += 1
                else:
                    self.failures.append(
                        f"{make.__name__}: {type(error).__name__}: {' '.join(str(error).split())}"[:300]
                    )
            time.sleep(pause * dice.random() * 2)
        shopper.close()  # each thread keeps its own connections

    def _tick(self, _dice: random.Random) -> None:
        """Two lines in one transaction: a copy has both or none, all that were acknowledged, none from the future."""
        self.ticks_asked += 1
        with self.scene.app.app_context():
            at = clock.now()
            with transaction():
                for action in (TICK, TOCK):
                    db.session.add(
                        JournalEntry(at=at, action=action, subject_kind=WITNESS, subject_id=self.ticks_asked, data={})
                    )
                    db.session.flush()
        self.ticks_acknowledged = self.ticks_asked

    def _contribute(self, dice: random.Random) -> None:
        slug = dice.choice(self._open)
        client = self._visitor(dice)
        path, fields = self.scene.form(slug, client, email=f"drill{dice.randrange(10**9)}@exemple.fr")
        answer = client.post(path, data=fields)
        if not answer.headers.get("Location", "").startswith(self.scene.stripe.url):
            self.done["turned away"] += 1  # the campaign has just ended
            return
        gift = self.scene.gift_of(str(fields["form_key"]), client, answer.headers["Location"])
        if dice.random() < 0.8:
            back = self.scene.fill_card(gift, dice.choice([GOOD, GOOD, GOOD, FAILS_LATER]))
            self.scene.come_back(gift, back)
            if dice.random() < 0.2:
                self.scene.press(gift, "/annuler")

    def _visitor(self, dice: random.Random) -> FlaskClient:
        """A browser with an address of its own: the limits count by address."""
        client = self.scene.app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"10.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"
        return client

    def _work(self, _dice: random.Random) -> None:
        """What moves money at every round, the others now and then."""
        rounds = self.done["work"]
        jobs = [job for job in self.scene.app.extensions["jobs"] if rounds % 8 == 0 or job.name in MONEY]
        with self.scene.app.app_context():
            results = run_once(jobs)
        self.done["jobs that failed"] += sum("failed" in said for said in results.values())

    def _end_a_campaign(self, dice: random.Random) -> None:
        """One more opens, is promised enough and ends at once: somebody is collecting at every instant."""
        slug = self.scene.campaign(goal_cents=100_00, stock=None, account=False)
        for cents, card in ((60_00, GOOD), (70_00, GOOD), (dice.randrange(1_00, 90_00), FAILS_LATER)):
            self.scene.give(slug, cents=cents, card=card, client=self._visitor(dice))
        with self.scene.app.app_context(), transaction():
            campaign = db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
            campaign.closes_at = clock.now()

    def _change_a_picture(self, dice: random.Random) -> None:
        """File, then row, then the file of the row that is gone: as the upload does it."""
        a_stored_picture(self.scene.app, self._pictured, dice.randbytes(2_000))
        with self.scene.app.app_context():
            with transaction():
                older = db.session.scalars(select(Picture).order_by(Picture.id)).first()
                gone = [str(one["name"]) for one in older.renditions] if older else []
                db.session.delete(older)
            for name in gone:
                storage.delete(name)
