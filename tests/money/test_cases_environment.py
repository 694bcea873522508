"""Cases 53 to 55: the mail server is down, a key is revoked, restricted, live or somebody else's."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from app.payments.client import Pace
from app.payments.gateway import Gateway
from app.pledges.rules import PledgeState
from config import BadSetting, Settings
from tests.fake_stripe.process import FakeStripe
from tests.money.calls import CONFIRM, INTENT, REFUND, TRANSFER, Kind
from tests.money.support import (
    assert_books_equal,
    assert_nobody_mailed_twice,
    assert_paid_once,
    due,
    fault,
    heal,
    other_gateway,
    wait,
)
from tests.support.scene import ALWAYS_3DS, FAILS_LATER, Scene

OWN_HOST = "127.0.0.1:8000"


def test_case_53_mails_wait_for_their_server_and_a_scanner_that_opens_every_link_does_nothing(scene: Scene) -> None:
    _, gifts = due(scene, 1, card=FAILS_LATER)
    _, others = due(scene, 1, card=ALWAYS_3DS)
    scene.mailbox.fetch()
    scene.mailbox.clear()
    scene.mailbox.stop()
    scene.work(2)
    scene.travel(hours=49)
    scene.work(2)  # no job fails for want of a mail server
    everybody = [*gifts, *others]
    assert [scene.pledge(gift).state for gift in everybody] == [PledgeState.NEEDS_CARD, PledgeState.NEEDS_ACTION]
    assert scene.mailbox.received() == []
    scene.mailbox.start()
    assert all(len(scene.mails(gift)) == 2 for gift in everybody), "the refusal, and the reminder after two days"
    assert_nobody_mailed_twice(scene)
    before = scene.stripe.control("orders"), scene.stripe.control("state")["payment_intents"]
    for mail in scene.mailbox.received():
        for url in mail.links:
            parts = urlsplit(url)
            assert parts.netloc == OWN_HOST, "a mail never links to Stripe: a scanner would be at the bank"
            for ask in (scene.app.test_client().get, scene.app.test_client().head):
                assert ask(f"{parts.path}?{parts.query}", follow_redirects=True).status_code == 200
    assert (scene.stripe.control("orders"), scene.stripe.control("state")["payment_intents"]) == before
    assert [scene.pledge(gift).state for gift in everybody] == [PledgeState.NEEDS_CARD, PledgeState.NEEDS_ACTION]
    assert_books_equal(scene)


@pytest.mark.parametrize(("kind", "status"), [(CONFIRM, 401), (INTENT, 403), (TRANSFER, 403), (REFUND, 403)], ids=str)
def test_case_54_a_key_revoked_or_without_a_right_loses_nothing_and_is_said(
    scene: Scene, kind: Kind, status: int
) -> None:
    """401: nothing is answered any more; 403: only this kind of order is refused, to a restricted key."""
    story = kind.before(scene)
    refused = {"path": "/v1/*", "method": "*"} if status == 401 else {"path": kind.path}
    fault(scene, **refused, action="status", status=status, times=0)
    kind.order(story)
    if status == 401:
        client = scene.app.test_client()
        slug = scene.campaign(account=False)
        path, fields = scene.form(slug, client)
        assert client.post(path, data=fields).status_code == 503
    wait(scene, 2, minutes=40)
    doctor = scene.app.test_cli_runner().invoke(args=["payments", "doctor"])
    assert doctor.exit_code == 1, doctor.output
    assert ("no answer: http_401" if status == 401 else "tried for more than an hour") in doctor.output
    assert not scene.charges() or kind in (TRANSFER, REFUND)
    heal(scene)
    wait(scene, 3)
    kind.after(story)
    assert_books_equal(scene)


@pytest.mark.parametrize("key", ["sk_live_51abc", "rk_live_51abc", "pk_test_51abc", ""])
def test_case_54_a_live_key_or_none_at_all_does_not_start(key: str) -> None:
    with pytest.raises(BadSetting, match="STRIPE_SECRET_KEY"):
        Settings(stripe_secret_key=key).check()


def test_case_55_another_stripe_account_with_open_promises_is_refused_until_the_old_one_is_back(
    scene: Scene, other_stripe: FakeStripe
) -> None:
    """As after a change of the setting: the key opens an account that knows none of our ids. They are
    neither sent there nor believed to be gone because that account does not know them.
    """
    _, gifts = due(scene, 2)
    given = scene.promise(scene.campaign(goal_cents=100_00, account=False), cents=100_00)
    scene.fill_card(given)
    asked_before = scene.stripe.control("orders")
    cli = scene.app.test_cli_runner()
    with other_gateway(scene, Gateway(other_stripe.key, other_stripe.url, Pace(0))):
        for _ in range(3):
            scene.travel(hours=3)
            scene.work(1)
        client = scene.app.test_client()
        path, fields = scene.form(scene.campaign(account=False), client)
        assert client.post(path, data=fields).status_code == 503
        assert scene.come_back(given, given.back).status_code == 503
        for command in (["payments", "environment"], ["payments", "doctor"]):
            said = cli.invoke(args=command)
            assert said.exit_code == 1, said.output
            assert other_stripe.control("state")["account"] in said.output
        assert other_stripe.control("orders")["orders"] == []
        assert scene.pledge(given).state == PledgeState.DRAFT
        assert {scene.pledge(gift).state for gift in gifts} <= {PledgeState.DUE, PledgeState.CHARGING}
    assert scene.stripe.control("orders") == asked_before
    wait(scene, 3)
    assert_paid_once(scene, gifts)
    assert scene.pledge(given).state == PledgeState.AUTHORISED
    assert_books_equal(scene)
