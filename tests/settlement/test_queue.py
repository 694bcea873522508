"""What waits for somebody does not hold up what waits for nobody."""

from __future__ import annotations

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.core.text import public_id
from app.payments import environment
from app.payments.models import StripeObject
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement import queries
from app.settlement.models import Charge
from tests.builders import a_campaign, a_user
from tests.support.scene import Scene


def collected_long_ago(count: int) -> list[int]:
    """Campaigns with money whose holder has no account that may receive. Inside an app context."""
    first = a_campaign(a_user())
    project_id, owner_id, at = first.project_id, first.owner_id, clock.now()
    with transaction():
        for number in range(count):
            campaign = Campaign(
                slug=f"attend-{number}", project_id=project_id, owner_id=owner_id, title="Le four", created_at=at,
                state=CampaignState.SUCCEEDED, verdict_at=at,
            )  # fmt: skip
            pledge = Pledge(
                public_id=public_id(), form_key=public_id(), campaign=campaign, email="a@exemple.fr",
                amount_cents=5_00, state=PledgeState.PAID, consent_version="1", created_at=at,
            )  # fmt: skip
            db.session.add(pledge)
            db.session.flush()
            charge_id = f"ch_attend{number}"
            charge = Charge(
                pledge_id=pledge.id, campaign_id=campaign.id, stripe_charge=charge_id, amount_cents=5_00,
                fee_cents=30, charged_at=at,
            )  # fmt: skip
            known = StripeObject(
                stripe_id=charge_id, subject_kind="pledges", subject_id=pledge.id, psp_env=environment.current()
            )
            db.session.add_all([charge, known])
    return list(db.session.scalars(db.select(Campaign.id).where(Campaign.verdict_at.is_not(None))))


def test_a_hundred_holders_without_an_account_do_not_hold_up_the_next(scene: Scene) -> None:
    with scene.app.app_context():
        waiting = collected_long_ago(101)
        assert sorted(queries.ids_to_pay_out(clock.now(), hold_days=0)) == sorted(waiting)
