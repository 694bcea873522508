"""Numbered steps: every statement, commit, call to Stripe and mail of a child is one; a fuse kills it at step k.

The hooks hang on the libraries (SQLAlchemy, stripe, smtplib): the product knows nothing of them.
"""

from __future__ import annotations

import os
import random
import signal
import smtplib
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import stripe
from sqlalchemy import Engine, event

from tests.money.crash.board import Board


class Fuse:
    """One a process. Quiet until `light`: the warm parent has it too, and its children inherit the hooks."""

    def __init__(self, board: Board):
        self.board = board
        self.seat = ""
        self.burns_at = 0
        self.answers: list[int] = []  # the steps right after an answer of Stripe, which nobody has written down yet
        self.has_unstable_key = False
        self.dice = random.Random()

    def light(self, seat: str, burns_at: int, seed: int) -> None:
        """Count from now on, and die at step `burns_at` (0: never)."""
        self.seat, self.burns_at, self.answers = seat, burns_at, []
        self.dice = random.Random(seed)
        self.board[f"steps_{seat}"] = 0

    def step(self) -> None:
        if self.seat and self.board.add(f"steps_{self.seat}") == self.burns_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def hang(self, engine: Engine) -> None:
        """Hang the hooks, once, before any fork."""
        event.listen(engine, "before_cursor_execute", lambda *_: self.step())
        event.listen(engine, "commit", lambda *_: self.step())
        stripe.RequestsClient.request = self._around_stripe(stripe.RequestsClient.request)  # type: ignore[method-assign]  # that is the hook
        smtplib.SMTP.send_message = self._around_mail(smtplib.SMTP.send_message)  # type: ignore[method-assign]  # the same

    def _around_mail(self, do: Callable[..., Any]) -> Callable[..., Any]:
        def send(*args: Any, **named: Any) -> Any:
            self.step()
            answer = do(*args, **named)
            self.step()
            return answer

        return send

    def _around_stripe(self, do: Callable[..., Any]) -> Callable[..., Any]:
        def ask(client: Any, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
            if self.has_unstable_key and method.upper() == "POST":
                headers = {**headers, "Idempotency-Key": uuid.uuid4().hex}
            if method.upper() == "POST" and self._is_doubled():
                self.board.add(f"doubled_{self.seat}")
                # Whatever became of the first, the second is the one that is answered.
                with suppress(stripe.StripeError):
                    do(client, method, url, headers, post_data)
            self.step()
            answer = do(client, method, url, headers, post_data)
            if self.seat:
                self.answers.append(self.board[f"steps_{self.seat}"] + 1)
            self.step()
            return answer

        return ask

    def _is_doubled(self) -> bool:
        return bool(self.seat) and self.dice.randrange(1000) < self.board["doubled_per_mille"]
