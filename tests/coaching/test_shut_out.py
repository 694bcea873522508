"""Who stepped aside, or whom the holder refused, opens nothing of the record: no page, and no thing by its own address.

Their place, their past part and their own words in it would each let them in. A page asks whether the record is open to
them, a thing asks `levels.may_read`: here both are knocked at, so that neither hides that the other has gone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts.models import User
from app.coaching import (
    document_services,
    glass_services,
    message_services,
    note_services,
    opinion_services,
    path_services,
    privacy_services,
    proposal_services,
    referral_services,
)
from app.coaching.document_models import RecordDocument
from app.coaching.levels import Level, MemberRole
from app.coaching.member_services import add_member, exclude
from app.coaching.message_models import RecordMessage
from app.coaching.models import ActionItem, CoachingRecord, RecordMember
from app.coaching.note_models import Note
from app.coaching.opinion_models import RecordOpinion
from app.coaching.path_models import FollowUp, Objective
from app.coaching.privacy_models import PrivacyRequest
from app.coaching.proposal_models import RecordProposal
from app.coaching.relay_models import Handover
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.text import public_id
from tests.access.knock import short_refusals
from tests.builders import Visitor, a_user, an_organisation, give, sign_in, token_of, with_second_factor
from tests.coaching.papers import a_pdf
from tests.coaching.scene import Scene
from tests.coaching.test_privacy import WORDS, fill
from tests.coaching.test_requests import LIST, a_coach, a_request
from tests.support.days import day_of

ROOMS = {"coaching", "documents", "messages", "opinions", "mine", "privacy", "situations"}
ALL_ROOMS = ROOMS | {"requests", "retention", "invitations", "reporting"}
NOT_OF_A_RECORD = {"coaching.come_back", "coaching.answer_referral", "coaching.redirect_referral"}


class ShutOut:
    """Everything of the record, and somebody who had every reason to read it until they were excluded."""

    def __init__(self, app: Flask, scene: Scene, who: str) -> None:
        self.app, self.scene = app, scene
        fill(app, scene)
        with app.app_context():
            coach = give(a_user(), Role.COACH, an_organisation()).id
            self.id = {"coach": coach, "lead": scene.lead.user_id, "referent": scene.referent.user_id}[who]
            self.leave_traces(who)
            with transaction():
                kind = "recusal" if who == "coach" else "objection"
                exclude(self.record, self.id, kind=kind, by=scene.holder.user_id, at=clock.now(), reason="Une amie.")
            self.values = self.everything()
            self.person = self.signed_in(self.id)

    @property
    def record(self) -> CoachingRecord:
        return db.session.get_one(CoachingRecord, self.scene.record_id)

    def leave_traces(self, who: str) -> None:
        """They have written, handed in, been asked; the coach was a trusted member, the lead looks behind the glass."""
        at, by = clock.now(), self.id
        with transaction():
            if who == "coach":
                user = db.session.get_one(User, by)
                add_member(self.record, user, role=MemberRole.CO_COACH, by=by, at=at, can_see_restricted=True)
            if who == "lead":
                glass_services.break_glass(self.record, reason="Absence imprévue", by=by, at=at)
            key = document_services.key_for(self.record, at=at)
        for level in (Level.HOLDER, Level.TEAM, Level.RESTRICTED):
            stored = document_services.store(a_pdf(), key)
            with transaction():
                document_services.add(self.record, stored, title="Le bail", visibility=level, by=by, at=at)
                note_services.write_note(self.record, text="Vu", visibility=level, by=by, at=at)
        with transaction():
            message_services.send(self.record, text="Bonjour", by=by, at=at)
            note_services.save_draft(
                self.record, draft_id=public_id(), text="Brouillon", visibility=Level.TEAM, by=by, at=at
            )
            opinion_services.ask(
                self.record, by, question="Que faire ?", shares_record=False, due_on=None, name=public_id(),
                by=self.scene.colleague.user_id, at=at,
            )  # fmt: skip
            path_services.add_objective(self.record, text="Un bail", owner="coach", due_on=None, by=by, at=at)
            privacy_services.ask(self.record, "access", words="", by=self.scene.holder.user_id, at=at)
            proposal_services.propose_closing(self.record, at=at)
            db.session.add(FollowUp(record_id=self.record.id, months=6, due_on=day_of(at) + timedelta(days=9)))
            db.session.add(Handover(record_id=self.record.id, to_user_id=by, words="À suivre", at=at))
            referral_services.refer(
                self.record, organisation_id=None, to_name="La mairie", need="Un local", consent_on=day_of(at), by=by,
                at=at,
            )  # fmt: skip

    def everything(self) -> dict[str, list[Any]]:
        """Argument of an address → what stands there; `public_id` by the word of the address before it."""

        def all_of(column: Any) -> list[Any]:
            return list(db.session.scalars(select(column)))

        notes, rights = all_of(Note.public_id), all_of(PrivacyRequest.public_id)
        return {
            "reference": [self.scene.reference], "documents": all_of(RecordDocument.public_id),
            "messages": all_of(RecordMessage.public_id), "notes": notes, "brouillons": notes, "mes-donnees": rights,
            "droits": rights, "name": all_of(RecordOpinion.name), "user_id": [self.id],
            "objective_id": all_of(Objective.id), "action_id": all_of(ActionItem.id), "months": [6],
            "proposal_id": all_of(RecordProposal.id), "member_id": all_of(RecordMember.id),
            "handover_id": all_of(Handover.id), "what": ["acces"],
        }  # fmt: skip

    def signed_in(self, user_id: int) -> Visitor:
        with_second_factor(db.session.get_one(User, user_id))
        return sign_in(self.app, db.session.get_one(User, user_id), proved=True)

    def doors(self) -> list[tuple[str, str]]:
        """(method, address) of every page and every thing of the record."""
        found = []
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint.split(".")[0] in ROOMS and rule.arguments and rule.endpoint not in NOT_OF_A_RECORD:
                for address in self.addresses(rule):
                    found += [(method, address) for method in ("GET", "POST") if method in (rule.methods or ())]
        return found

    def lists(self) -> list[str]:
        """Every page of these rooms that is of no one record."""
        rules = [rule for rule in self.app.url_map.iter_rules() if rule.endpoint.split(".")[0] in ALL_ROOMS]
        plain = [rule.rule for rule in rules if not rule.arguments and "GET" in (rule.methods or ())]
        return [*plain, f"/accompagnement/chercher?q={self.scene.reference}", "/accompagnement/chercher?q=four"]

    def addresses(self, rule: Rule) -> list[str]:
        found: list[dict[str, Any]] = [{}]
        for name in sorted(rule.arguments):
            kind = rule.rule.split("/")[2] if name == "public_id" else name
            found = [{**one, name: value} for one in found for value in self.values[kind]]
        with self.app.test_request_context():
            return [self.app.url_for(rule.endpoint, **values) for values in found]

    def opened_by(self, visitor: Visitor) -> list[tuple[str, str, int]]:
        token, opened = {"csrf_token": token_of(visitor.client, "/mon-compte")}, []
        with short_refusals(self.app):
            for method, address in self.doors():
                page = visitor.client.open(address, method=method, data=token if method == "POST" else None)
                if page.status_code != 404:
                    opened.append((method, address, page.status_code))
        return opened


@pytest.mark.parametrize("who", ["coach", "lead", "referent"])
def test_no_door_of_the_record_opens_for_who_was_excluded(app: Flask, scene: Scene, who: str):
    shut_out = ShutOut(app, scene, who)
    assert len(shut_out.doors()) > 60, "the walk goes somewhere"
    assert shut_out.opened_by(shut_out.person) == []
    lists = {page: shut_out.person.get(page).get_data(as_text=True) for page in shut_out.lists()}
    assert len(lists) > 12
    assert "dossier" in lists["/accompagnement"]
    words = (f"/dossiers/{scene.reference}", "Camille", "Le four du village", "Que faire", "À suivre", *WORDS.values())
    assert [(page, word) for page, text in lists.items() for word in words if word in text] == []


def test_the_same_walk_finds_doors_that_open_for_who_was_not(app: Flask, scene: Scene):
    shut_out = ShutOut(app, scene, "lead")
    with app.app_context():
        other = shut_out.signed_in(give(a_user(), Role.ORGANISATION_LEAD, an_organisation()).id)
    assert len(shut_out.opened_by(other)) > 30


def test_a_request_that_is_closed_to_a_coach_is_not_in_their_list_nor_theirs_to_take(app: Flask):
    with app.app_context():
        asked, (kept, shut) = a_request(), (a_coach(), a_coach())
        reference, record_id = asked.record.reference, asked.record_id
        with transaction():
            exclude(db.session.get_one(CoachingRecord, record_id), shut.id, kind="objection", by=None, at=clock.now())
        kept, shut = sign_in(app, kept), sign_in(app, shut)
    assert "Ouvrir un four partagé" in kept.get(LIST).get_data(as_text=True)
    assert "Ouvrir un four partagé" not in shut.get(LIST).get_data(as_text=True)
    for verb in ("prendre", "orienter"):
        assert shut.post(f"{LIST}/{reference}/{verb}", page="/mon-compte").status_code == 404
