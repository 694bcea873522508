"""The guided try, played against the local Stripe with a robot at the hosted pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.payments.models import StripeEvent, StripeOperation
from app.upkeep.smoke import Smoke
from app.upkeep.till import ENV
from fake_stripe import shopper
from tests.fake_stripe.process import FakeStripe
from tests.support.scene import Scene
from tests.upkeep.copies import rows, run


class Robot:
    """Does at each page what the words say."""

    def visit(self, url: str, words: str, is_done: Callable[[], bool]) -> bool:
        if "onboarding" in words:
            shopper.complete_onboarding(url)
        elif "bank" in words and "card " not in words:
            shopper.authenticate_payment(url)
        else:
            shopper.complete_checkout(url, words.split("card ")[1].split(",")[0].replace(" ", ""))
        return is_done()


class Absent:
    def visit(self, url: str, words: str, is_done: Callable[[], bool]) -> bool:
        return False


@pytest.fixture
def robots(stripe_server: FakeStripe) -> Iterator[None]:
    """People at every hosted page of the local Stripe, as soon as it is open."""
    stop = threading.Event()

    def attend() -> None:
        while not stop.is_set():
            state = stripe_server.control("state")
            for session in state["sessions"]:
                if session["status"] == "open":
                    asks = len([one for one in state["sessions"] if one["status"] == "complete"]) == 1
                    shopper.complete_checkout(session["url"], "4000002760003184" if asks else "4242424242424242")
            for account in state["accounts"]:
                stripe_server.control("accounts", id=account["id"], status="active")
            time.sleep(0.05)
        shopper.close()

    thread = threading.Thread(target=attend)
    thread.start()
    yield
    stop.set()
    thread.join()


def test_every_step_agrees_with_the_local_stripe_and_nothing_stays_behind(scene: Scene) -> None:
    with scene.app.app_context():
        tried = Smoke(Robot(), "http://127.0.0.1:8000/")
        steps = list(tried.run())
        assert [(step.name, step.found) for step in steps if step.agrees is not True] == []
        names = {step.name for step in steps}
        assert {"reversal of it", "the same intent, now on session", "partial refund", "events by polling"} <= names
        assert tried.till.clean_up() == []
    state = scene.stripe.control("state")
    assert {one["amount"] - one["amount_refunded"] for one in state["charges"] if one["status"] == "succeeded"} == {0}
    assert {one["amount"] - one["amount_reversed"] for one in state["transfers"]} == {0}
    assert {one["customer"] for one in state["payment_methods"]} == {None}


def test_a_try_is_nobodys_business_here(scene: Scene) -> None:
    with scene.app.app_context():
        tried = Smoke(Robot(), "http://127.0.0.1:8000/")
        list(tried.run())
        tried.till.clean_up()
    scene.work()
    assert rows(scene.app, StripeOperation) == []
    assert {event.state for event in rows(scene.app, StripeEvent)} == {"ignored"}
    assert scene.check().exit_code == 0
    assert {one["metadata"]["env"] for one in scene.charges()} == {ENV}


def test_a_person_who_opens_no_page_is_told_what_was_left_out(scene: Scene) -> None:
    with scene.app.app_context():
        tried = Smoke(Absent(), "http://127.0.0.1:8000/")
        left_out = [step.name for step in tried.run() if step.agrees is None]
        assert left_out == ["card page (smooth)", "card page (asked by the bank)"]
        assert tried.till.clean_up() == []
    assert {one["status"] for one in scene.stripe.control("state")["sessions"]} == {"expired"}


def test_the_command_prints_each_step_and_waits_for_the_person(scene: Scene, robots: None) -> None:
    answer = run(scene.app, "payments", "smoke", "--patience", "4")
    # Nobody answers the bank's own page here: that step is left out, nothing differs but the early transfer.
    assert "✓ confirmed with off_session and return_url" in answer.output
    assert "– paid at the bank’s page" in answer.output
    assert "Cleaned up" in answer.output


def test_a_key_without_the_right_is_said_in_words(scene: Scene) -> None:
    scene.stripe.control("faults", "POST", method="POST", path="/v1/customers", action="status", status=403, times=0)
    refused = run(scene.app, "payments", "smoke", "--patience", "0.1")
    assert refused.exit_code == 2
    assert "http_403, the key may not ask this" in refused.output
    assert "Cleaned up" in refused.output


def test_what_differs_is_named_at_the_end(scene: Scene) -> None:
    """Here the account may receive as soon as it is made: the transfer that should be refused is not."""
    with scene.app.app_context():
        tried = Smoke(Robot(), "http://127.0.0.1:8000/")
        steps = []
        for step in tried.run():
            steps.append(step)
            if step.name == "connected account":
                account = scene.stripe.control("state")["accounts"][0]["id"]
                scene.stripe.control("accounts", id=account, status="active")
        (differing,) = [step for step in steps if step.agrees is False]
        assert differing.name == "transfer before onboarding"
        assert "insufficient_capabilities" in differing.expected
        tried.till.clean_up()
