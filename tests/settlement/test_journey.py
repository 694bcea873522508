"""From the promise to the money received, through every page and both databases of truth."""

from __future__ import annotations

from app.campaigns.rules import CampaignState
from app.pledges.rules import PledgeState
from fake_stripe import shopper
from tests.support.scene import ALWAYS_3DS, FAILS_LATER, Scene


def test_a_campaign_is_promised_collected_repaired_and_passed_on_to_the_cent(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00, fee_bps=500)
    plain = scene.give(slug, cents=25_00)
    odd = scene.give(slug, cents=12_51)
    refused = scene.give(slug, cents=40_00, card=FAILS_LATER)
    asked = scene.give(slug, cents=33_33, card=ALWAYS_3DS)
    assert scene.row(slug).raised_cents == 110_84
    assert scene.charges() == []

    scene.close(slug)
    assert scene.row(slug).state == CampaignState.SUCCEEDED
    assert scene.pledge(plain).state == PledgeState.PAID
    assert scene.pledge(odd).state == PledgeState.PAID
    assert scene.pledge(refused).state == PledgeState.NEEDS_CARD
    assert scene.pledge(asked).state == PledgeState.NEEDS_ACTION
    assert len(scene.charges()) == 2

    bank = scene.press(asked, "/confirmer").headers["Location"]
    scene.come_back(asked, shopper.authenticate_payment(bank))
    assert scene.pledge(asked).state == PledgeState.PAID

    new_page = scene.press(refused, "/carte").headers["Location"]
    assert "C’est réglé" in scene.come_back(refused, shopper.complete_checkout(new_page)).get_data(as_text=True)
    assert scene.pledge(refused).state == PledgeState.PAID

    scene.work()
    scene.approve_payout(slug)
    scene.work()
    assert scene.row(slug).state == CampaignState.SUCCEEDED, "nothing leaves before the hold is over"
    scene.travel(days=7, hours=1)
    scene.work()
    assert scene.row(slug).state == CampaignState.SETTLED
    transfers = scene.stripe.control("state")["transfers"]
    # Stripe's price in the fake: 1.5 % rounded half up, plus 25 cents a charge
    fees = sum((cents * 15 + 500) // 1000 + 25 for cents in (25_00, 12_51, 40_00, 33_33))
    platform = (110_84 * 500 + 5_000) // 10_000
    assert sum(one["amount"] for one in transfers) == 110_84 - fees - platform
    checked = scene.check()
    assert checked.exit_code == 0, checked.output
    assert scene.mails(plain)[-1].startswith("Reçu")
