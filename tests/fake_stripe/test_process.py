"""The program itself: it starts, refuses wrong options, and survives a kill -9 at any instant."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.fake_stripe.process import ROOT, FakeStripe, start_fake_stripe
from tests.fake_stripe.till import RECIPIENT, Till

pytestmark = pytest.mark.machine


@pytest.fixture
def own(tmp_path: Path) -> Iterator[FakeStripe]:
    made = start_fake_stripe(tmp_path)
    yield made
    made.stop()


def client_of(fake: FakeStripe) -> Iterator[stripe.StripeClient]:
    http = stripe.RequestsClient(timeout=(5, 20))
    yield stripe.StripeClient(fake.key, base_addresses=fake.base_addresses, max_network_retries=0, http_client=http)
    http.close()


@pytest.fixture
def direct(own: FakeStripe) -> Iterator[stripe.StripeClient]:
    """Without the witness: a killed server gives half answers on purpose."""
    yield from client_of(own)


def test_everything_is_there_after_a_restart(own: FakeStripe, direct: stripe.StripeClient) -> None:
    own.control("clock", offset_seconds=86_400)
    intent = Till(own, direct).paid()
    before = own.control("state")
    own.stop()
    own.restart()
    after = own.control("state")
    assert {**before, "clock": 0} == {**after, "clock": 0}
    assert after["clock"]["offset_seconds"] == 86_400
    assert direct.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_killed_in_the_middle_of_a_load_it_is_consistent(own: FakeStripe, direct: stripe.StripeClient) -> None:
    """Two workers pay as fast as they can, by the two steps; the server is killed again and again.

    Whatever was answered is there; every key answers what it answered; no intent is paid twice; the
    balance equals the charges; each succeeded charge has its events.
    """
    till = Till(own, direct)
    customer, method = till.saved_card()
    answered: dict[str, Any] = {}
    stop = threading.Event()

    def pay(name: str) -> None:
        for number in range(10_000):
            create = f"pi:{name}:{number}"
            try:
                intent = till.intent(customer, idempotency_key=create)
                answered[create] = intent.id
                paid = till.confirm(intent.id, method, idempotency_key=f"confirm:{name}:{number}")
                answered[f"confirm:{name}:{number}"] = (intent.id, paid.status)
            except stripe.StripeError:
                if stop.wait(0.02):
                    return
            if stop.is_set():
                return

    workers = [threading.Thread(target=pay, args=(name,)) for name in ("a", "b")]
    for worker in workers:
        worker.start()
    for round_ in range(1, 6):
        while sum(key.startswith("confirm") for key in list(answered)) < 8 * round_:
            pass
        own.kill()
        own.restart()
    stop.set()
    for worker in workers:
        worker.join()

    state = own.control("state")
    intents = {intent["id"]: intent for intent in state["payment_intents"]}
    charges = [charge for charge in state["charges"] if charge["paid"]]
    assert len({charge["payment_intent"] for charge in charges}) == len(charges)
    for key, value in answered.items():
        if key.startswith("pi:"):
            assert value in intents
        else:
            assert intents[value[0]]["status"] == value[1] == "succeeded"
    paid = {intent["id"] for intent in intents.values() if intent["status"] == "succeeded"}
    assert paid == {charge["payment_intent"] for charge in charges}
    entries = {entry["source"]: entry["net"] for entry in state["balance_transactions"]}
    assert entries == {charge["id"]: 2437 for charge in charges}
    assert sum(state["balance"]["pending"].values()) == 2437 * len(charges)
    told = [
        event.data.object["id"]
        for event in direct.v1.events.list({"type": "payment_intent.succeeded", "limit": 100}).auto_paging_iter()
    ]
    assert sorted(told) == sorted(paid)
    last = max(key for key in answered if key.startswith("pi:"))
    assert till.intent(customer, idempotency_key=last).id == answered[last]


def test_a_retry_by_the_sdk_heals_a_lost_answer(own: FakeStripe) -> None:
    http = stripe.RequestsClient(timeout=(5, 20))
    patient = stripe.StripeClient(own.key, base_addresses=own.base_addresses, max_network_retries=2, http_client=http)
    own.control("faults", action="drop", phase="after")
    account = patient.v2.core.accounts.create(RECIPIENT)
    own.control("faults", action="status", status=503, times=2)
    customer = patient.v1.customers.create({"email": "a@b.fr"})
    state = own.control("state")
    assert [found["id"] for found in state["accounts"]] == [account.id]
    assert [found["id"] for found in state["customers"]] == [customer.id]
    http.close()


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fake_stripe", *options], cwd=ROOT, capture_output=True, text=True, timeout=20
    )


def test_it_only_listens_to_this_machine(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.168.1.4", "example.org", "::"):
        ended = run("--host", host, "--port", "0", "--database", str(tmp_path / "x.sqlite"))
        assert ended.returncode == 2
        assert "this machine only" in ended.stderr


def test_a_busy_port_and_an_unusable_file_are_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("--port", port, "--database", str(tmp_path / "x.sqlite"))
    assert (ended.returncode, ended.stderr) == (3, f"fake_stripe: le port {port} est déjà occupé.\n")
    (tmp_path / "text.sqlite").write_text("ceci n’est pas une base de données, mais un texte assez long")
    ended = run("--port", "0", "--database", str(tmp_path / "text.sqlite"))
    assert ended.returncode == 4
    assert len(ended.stderr.splitlines()) == 1


def test_a_kept_moment_comes_back_with_its_books_and_its_time(own: FakeStripe) -> None:
    with pytest.raises(ValueError, match="nothing was kept"):
        own.control("back", "POST")
    for client in client_of(own):
        first = client.v1.customers.create({"email": "a@b.fr"})
        own.control("clock", offset_seconds=3600)
        own.control("keep", "POST")
        before = own.control("clock")["now"]
        for _ in range(2):
            client.v1.customers.create({"email": "c@d.fr"})
            own.control("clock", offset_seconds=own.control("clock")["offset_seconds"] + 86_400)
            own.control("back", "POST")
            assert [found["id"] for found in own.control("state")["customers"]] == [first.id]
            assert len(own.control("orders")["orders"]) == 1
            assert 0 <= own.control("clock")["now"] - before < 60


def test_an_order_whose_sender_died_in_the_middle_of_it_was_never_given(own: FakeStripe) -> None:
    """Or half a body would be refused, and the refusal kept under the key of the whole one."""
    host, port = own.url.removeprefix("http://").split(":")
    before = len(own.control("orders")["orders"])
    for body in ("", "email=som"):
        with socket.create_connection((host, int(port)), timeout=10) as wire:
            wire.sendall(
                f"POST /v1/customers HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {own.key}\r\n"
                f"Idempotency-Key: half\r\nContent-Length: 40\r\n\r\n{body}".encode()
            )
            wire.shutdown(socket.SHUT_WR)
            assert wire.recv(100) == b""
    assert len(own.control("orders")["orders"]) == before
