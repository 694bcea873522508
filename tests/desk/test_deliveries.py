"""Rewards to deliver: marked by many, addresses asked when needed, sealed, opened for the parcel, erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.desk import rules, seals, services
from app.desk.errors import TooEarlyForAddress
from app.desk.models import Delivery
from app.desk.rules import DeliveryState
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.builders import a_campaign, a_user, post_form
from tests.threads.conftest import Square, a_pledge, link_in
from tests.threads.conftest import square as square

LIST = "remises-a-faire"
ADDRESS = {"name": "Ana", "street": "3 rue du Four", "more": "", "postcode": "21540", "town": "Mâlain", "country": ""}


def succeeded(square: Square) -> int:
    """The campaign has succeeded and Ana has paid; her pledge's id."""
    square.move(CampaignState.SUCCEEDED)
    with square.app.app_context(), transaction():
        pledge = db.session.scalars(db.select(Pledge).where(Pledge.email == "ana@example.org")).one()
        pledge.state = PledgeState.PAID
        return pledge.id


def mark(square: Square, *chosen: int, **data: object):
    return square.holder.post(
        square.page(f"{LIST}/marquer"), {"p": list(chosen), "state": "sent", "note": "", **data},
        page=square.page(LIST),
    )  # fmt: skip


def delivery(square: Square):
    return square.read(lambda: db.session.scalars(db.select(Delivery)).one_or_none())


def test_nothing_is_delivered_before_it_is_paid(square: Square):
    assert "Rien à remettre" in square.holder.get(square.page(LIST)).get_data(as_text=True)
    assert "Ana" not in square.holder.get(square.page(f"{LIST}/colis")).get_data(as_text=True)


def test_many_are_marked_at_once_and_only_those_of_this_campaign(square: Square):
    ana = succeeded(square)
    with square.app.app_context():
        zoe = a_pledge(square.campaign_id, "zoe@example.org", reward_id=square.reward_id, state="paid")
        other = a_campaign(a_user(), state=CampaignState.SUCCEEDED)
        other_id, other_reward = other.id, other.rewards[0].id
        foreign = a_pledge(other_id, "loin@example.org", reward_id=other_reward, state="paid")
    assert mark(square, ana, zoe, foreign, note="Colis 3").status_code == 303
    found = square.read(lambda: {d.pledge_id: (str(d.state), d.note) for d in db.session.scalars(db.select(Delivery))})
    assert found == {ana: ("sent", "Colis 3"), zoe: ("sent", "Colis 3")}
    assert mark(square).status_code == 303
    assert "Envoyée" in square.holder.get(square.page(f"{LIST}?etat=sent")).get_data(as_text=True)
    assert square.stranger.client.post(square.page(f"{LIST}/marquer"), data={"p": ana}).status_code == 404


def test_an_address_is_asked_by_mail_kept_sealed_and_shown_on_the_parcel_list_only(square: Square):
    ana = succeeded(square)
    for _click in range(2):
        assert mark(square, ana, ask="1").status_code == 303
    [mail] = square.mails("ana@example.org")
    link = link_in(mail.text, "/adresse")
    assert square.visitor.get(link.partition("?")[0]).location.startswith("/connexion")
    assert post_form(square.visitor, link, {**ADDRESS, "street": ""}).status_code == 422
    assert post_form(square.visitor, link, ADDRESS).status_code == 303
    row = delivery(square)
    assert "Four" not in row.address_sealed
    with square.app.app_context():
        assert seals.unseal(row.address_sealed, context=str(ana))["town"] == "Mâlain"
        assert seals.unseal(row.address_sealed, context=str(ana + 1)) == {}, "moved to another row it stays shut"
    assert "rue du Four" in square.holder.get(square.page(f"{LIST}/colis")).get_data(as_text=True)
    assert "rue du Four" in square.holder.get(square.page(f"{LIST}/export?format=csv")).get_data(as_text=True)
    assert "rue du Four" not in square.holder.get(square.page(LIST)).get_data(as_text=True)
    mark(square, ana, state="received")
    assert "n’a pas demandé" in square.visitor.get(link).get_data(as_text=True)
    assert square.visitor.post(link, data=ADDRESS).status_code == 200
    with square.app.app_context():
        for days, erased in ((29, 0), (31, 1)):
            with transaction():
                assert services.forget_addresses(at=clock.now() + timedelta(days=days)) == erased
    assert delivery(square).address_sealed == ""


def test_no_address_is_asked_while_the_campaign_runs(square: Square):
    ana = succeeded(square)
    square.move(CampaignState.LIVE)
    mark(square, ana, ask="1")
    assert square.mails("ana@example.org") == []
    assert delivery(square) is None


@pytest.mark.parametrize(
    ("campaign", "pledge", "has_reward"),
    [
        (CampaignState.LIVE, PledgeState.PAID, True),
        (CampaignState.FULFILLED, PledgeState.PAID, True),
        (CampaignState.SUCCEEDED, PledgeState.AUTHORISED, True),
        (CampaignState.SUCCEEDED, PledgeState.REFUNDED, True),
        (CampaignState.SUCCEEDED, PledgeState.PAID, False),
    ],
)
def test_an_address_that_is_not_needed_is_not_asked(campaign, pledge, has_reward):
    with pytest.raises(TooEarlyForAddress):
        rules.check_ask_address(campaign, pledge, has_reward)


def test_an_address_is_kept_a_year_at_most_and_thirty_days_after_it_was_received():
    given = datetime(2027, 3, 1, tzinfo=UTC)
    day = timedelta(days=1)
    assert rules.forget_at(DeliveryState.SENT, given, given + 9 * day) == given + 365 * day
    assert rules.forget_at(DeliveryState.RECEIVED, given, given + 9 * day) == given + 39 * day
    assert rules.forget_at(DeliveryState.RECEIVED, given, given + 360 * day) == given + 365 * day
