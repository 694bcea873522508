"""A running fake, the real SDK, and a witness that checks every call against Stripe's description."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from fake_stripe import shopper
from tests.fake_stripe.process import FakeStripe, start_fake_stripe
from tests.fake_stripe.spec import Exchange, problems_of
from tests.fake_stripe.till import Till

stripe.enable_telemetry = False


class Witness(stripe.RequestsClient):
    """The SDK's own HTTP client, remembering every exchange whose answer could be read."""

    def __init__(self) -> None:
        super().__init__(timeout=(5, 20))
        self.seen: list[Exchange] = []

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        answer = super().request(method, url, headers, post_data, **more)
        text = answer[0].decode() if isinstance(answer[0], bytes) else answer[0]
        sent = post_data.decode() if isinstance(post_data, bytes) else post_data or ""
        if text.startswith("{") and text.endswith("}"):
            self.seen.append(Exchange(method.upper(), url, sent, answer[1], text))
        return answer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeStripe]:
    made = start_fake_stripe(tmp_path_factory.mktemp("fake_stripe"))
    yield made
    made.stop()


@pytest.fixture
def fake(server: FakeStripe) -> Iterator[FakeStripe]:
    """A running fake that remembers nothing of the test before."""
    server.control("reset", "POST")
    yield server
    shopper.close()


@pytest.fixture
def witness() -> Iterator[Witness]:
    made = Witness()
    yield made
    made.close()


@pytest.fixture
def client(fake: FakeStripe, witness: Witness) -> Iterator[stripe.StripeClient]:
    """Stripe's own client, pointed at the fake. At the end every call it made is checked."""
    yield stripe.StripeClient(fake.key, base_addresses=fake.base_addresses, max_network_retries=0, http_client=witness)
    problems = [problem for call in witness.seen for problem in problems_of(call)]
    assert not problems, "\n".join(problems)


@pytest.fixture
def till(fake: FakeStripe, client: stripe.StripeClient) -> Till:
    return Till(fake, client)
