"""No role sees a word above its level: not on any page, in a search, a list, a mail, nor after a transfer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.coaching import relay_services
from app.coaching.member_services import exclude
from app.coaching.models import CoachingRecord, RecordExclusion
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from tests.builders import Visitor, a_campaign, a_user, an_organisation, give, sign_in, with_second_factor
from tests.coaching.scene import Scene
from tests.coaching.test_privacy import WORDS, fill

ROOMS = ("/accompagnement", "/mon-accompagnement", "/moderation", "/bilan", "/permanences", "/notes", "/dossiers")
DESKS = ("/mes-campagnes/<slug>", "/campagnes/<slug>", "/mes-campagnes/<slug>/relecture")
SEARCHES = ("/accompagnement/chercher?q={word}", "/campagnes?q={word}", "/moderation/{slug}?q={word}")
SHARED = {"holder", "message", "action"}
EVERYTHING = set(WORDS)
# Who → what may be read of it. Written a second time: coaching design §5.5.
MAY_READ = {
    "visitor": set(), "stranger": set(), "admin": set(), "moderator": set(), "recused": set(), "objected to": set(),
    "coach elsewhere": {"opinion"},  # was asked for one
    "holder": SHARED,
    "colleague": {"holder", "action", "team", "opinion"},
    "lead": {*SHARED, "team", "opinion"},
    "referent": EVERYTHING,
}  # fmt: skip


class Everybody:
    """The record of `Scene` with a campaign that is reviewed, and a proved browser for each of the table."""

    def __init__(self, app: Flask, scene: Scene) -> None:
        self.app, self.scene = app, scene
        fill(app, scene)
        known = {
            "stranger": scene.stranger, "admin": scene.admin, "coach elsewhere": scene.elsewhere,
            "holder": scene.holder, "colleague": scene.colleague, "lead": scene.lead, "referent": scene.referent,
        }  # fmt: skip
        with app.app_context():
            record = db.session.get_one(CoachingRecord, scene.record_id)
            holder = db.session.get_one(User, scene.holder.user_id)
            self.slug = a_campaign(holder, state=CampaignState.SUBMITTED, record=record).slug
            ids = {who: visitor.user_id for who, visitor in known.items()}
            ids["moderator"] = give(a_user(), Role.MODERATOR, an_organisation()).id
            for who, kind in (("recused", "recusal"), ("objected to", "objection")):
                ids[who] = give(a_user(), Role.COACH, an_organisation()).id
                self.close_to(ids[who], kind)
            self.people = {who: self.proved(user_id) for who, user_id in ids.items()}
        self.people["visitor"] = Visitor(app.test_client(), 0, "")

    def close_to(self, user_id: int, kind: str) -> None:
        with transaction():
            record = db.session.get_one(CoachingRecord, self.scene.record_id)
            exclude(record, user_id, kind=kind, by=user_id, at=clock.now(), reason="Une amie.")

    def proved(self, user_id: int) -> Visitor:
        with_second_factor(db.session.get_one(User, user_id))
        return sign_in(self.app, db.session.get_one(User, user_id), proved=True)

    def addresses(self) -> Iterator[str]:
        """Every page of the rooms that touch a record."""
        values = {"reference": self.scene.reference, "slug": self.slug, "name": "accompagnes"}
        for rule in self.app.url_map.iter_rules():
            is_ours = rule.rule.startswith(ROOMS) or rule.rule in DESKS
            if is_ours and "GET" in (rule.methods or ()) and rule.arguments <= set(values):
                with self.app.test_request_context():
                    yield self.app.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})

    def found_by(self, who: str) -> set[str]:
        """The words by which a search leads to the record, or to another word of it."""
        found = set()
        for level, word in WORDS.items():
            for search in SEARCHES:
                page = self.people[who].get(search.format(word=word, slug=self.slug)).get_data(as_text=True)
                others = [other for other in WORDS.values() if other != word and other in page]
                if others or (self.scene.reference in page and "chercher" in search):
                    found.add(level)
        return found

    def read_by(self, who: str) -> set[str]:
        seen = "".join(self.people[who].get(address).get_data(as_text=True) for address in self.addresses())
        return {level for level, word in WORDS.items() if word in seen}


@pytest.fixture
def everybody(app: Flask, scene: Scene) -> Everybody:
    return Everybody(app, scene)


def test_nobody_reads_above_their_level_on_any_page(everybody: Everybody):
    assert len(set(everybody.addresses())) > 30, "the walk goes somewhere"
    read = {who: everybody.read_by(who) for who in MAY_READ}
    too_much = {who: read[who] - MAY_READ[who] for who in MAY_READ if read[who] - MAY_READ[who]}
    assert not too_much
    assert {"holder", "team", "message", "action"} <= read["referent"], "a walk that sees nothing would prove nothing"
    assert {"holder", "message"} <= read["holder"]
    assert "team" in read["colleague"]


def test_no_search_finds_a_record_by_what_is_written_in_it(everybody: Everybody):
    for who in ("visitor", "holder", "referent", "colleague", "coach elsewhere", "moderator"):
        assert not everybody.found_by(who), who


def test_no_mail_carries_a_word_of_the_record(everybody: Everybody):
    with everybody.app.app_context():
        mails = "".join(f"{one.subject}{one.text}{one.html}" for one in db.session.scalars(select(OutboxMail)))
        assert mails
        assert not [word for word in WORDS.values() if word in mails]
        assert db.session.query(RecordExclusion).count() == 2


def test_after_a_transfer_the_new_team_reads_no_earlier_private_word(everybody: Everybody):
    scene = everybody.scene
    with everybody.app.app_context():
        new = an_organisation("active-71").id
        other_id = give(a_user(), Role.COACH, an_organisation("active-71")).id
        with transaction():
            relay_services.transfer(
                db.session.get_one(CoachingRecord, scene.record_id), organisation_id=new,
                referent_id=scene.elsewhere.user_id, summary="Le four est prêt à être bâti.",
                by=scene.referent.user_id, at=clock.now(),
            )  # fmt: skip
        everybody.people["new colleague"] = everybody.proved(other_id)
        assert db.session.scalars(select(Campaign.id)).one()
    for who in ("coach elsewhere", "new colleague"):
        read = everybody.read_by(who)
        assert "holder" in read, who
        assert not read & {"team", "restricted", "draft"}, who
