"""A moment of the whole world, our database and Stripe's books, to come back to as often as needed."""

from __future__ import annotations

import time

from sqlalchemy import update

from app.core import clock
from app.core.clock import ClockOffset
from app.core.database import db, transaction
from app.payments import environment
from tests.support.databases import Database
from tests.support.scene import Scene


class Moment:
    """Keeps what is now. `back()` makes it so again, the simulated time included; mails already sent stay sent."""

    def __init__(self, scene: Scene, database: Database):
        self.scene, self.database = scene, database
        self._close()
        database.keep("moment")
        scene.stripe.control("keep", "POST")
        self._kept_at = time.time()

    def back(self) -> None:
        self._close()
        self.database.go_back("moment")
        self.scene.stripe.control("back", "POST")
        with self.scene.app.app_context():
            with transaction():  # the real time has gone on: the simulated one has not
                gone = int(time.time() - self._kept_at)
                db.session.execute(update(ClockOffset).values(seconds=ClockOffset.seconds - gone))
            clock.forget()
            environment.forget()

    def _close(self) -> None:
        with self.scene.app.app_context():
            db.session.remove()
            db.engine.dispose()
