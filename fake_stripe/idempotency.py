"""Idempotency keys, as documented (docs.stripe.com/api/idempotent_requests and the v2 overview).

v1: the first answer is kept 24 hours of simulated time, whatever it is (200, 402, 500…), unless the
call never began (401, 409, 429, parameters refused). The same key with other parameters or another
path is an error. While the first call runs, a second one gets 409. v2: 30 days, and a call that
failed is executed again.
"""

import hashlib
import threading
from dataclasses import dataclass

from fake_stripe.errors import Refusal
from fake_stripe.store import Store

V1_KEPT_SECONDS = 86_400
V2_KEPT_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class Saved:
    status: int
    body: bytes
    request_id: str


def fingerprint(path: str, body: bytes) -> str:
    return hashlib.sha256(path.encode() + b"\n" + body).hexdigest()


class Keys:
    def __init__(self, store: Store) -> None:
        self.store = store
        self._running: set[str] = set()
        self._guard = threading.Lock()

    def begin(self, key: str) -> None:
        """Raises Refusal (409) while another request with this key runs. Pair with `end`."""
        with self._guard:
            if key in self._running:
                raise Refusal(
                    409,
                    "There is currently another in-progress request using this Idempotent Key "
                    "(that probably means you submitted twice, and the other request is still "
                    f"going through): {key}. Please try again later.",
                    code="idempotency_key_in_use",
                    executed=False,
                )
            self._running.add(key)

    def end(self, key: str) -> None:
        with self._guard:
            self._running.discard(key)

    def recall(self, key: str, path: str, print_: str, now: int) -> Saved | None:
        """The kept answer, or None when the key is new or forgotten. Caller holds the lock.

        Raises:
            Refusal: 400 idempotency_error, the key was used for something else.
        """
        row = self.store.db.execute(
            "SELECT fingerprint, path, status, body, request_id, created FROM idempotency WHERE key = ?",
            (key,),
        ).fetchone()
        if row is None:
            return None
        is_v2 = path.startswith("/v2/")
        if now - row[5] >= (V2_KEPT_SECONDS if is_v2 else V1_KEPT_SECONDS):
            return None
        if row[1] != path:
            raise Refusal(
                400,
                "Keys for idempotent requests can only be used for the same endpoint they were "
                f"first used for ('{path}' vs '{row[1]}'). Try using a key other than '{key}' if "
                "you meant to execute a different request.",
                kind="idempotency_error",
                executed=False,
            )
        if row[0] != print_:
            raise Refusal(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                kind="idempotency_error",
                executed=False,
            )
        if is_v2 and row[2] >= 400:
            return None
        return Saved(row[2], row[3], row[4])

    def keep(self, key: str, path: str, print_: str, saved: Saved, now: int) -> None:
        """Caller holds the transaction in which the work was done."""
        self.store.db.execute(
            "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, print_, path, saved.status, saved.body, saved.request_id, now),
        )

    def forget(self) -> int:
        """Loses every key, as after 24 hours. Returns how many."""
        return self.store.db.execute("DELETE FROM idempotency").rowcount
