"""What the platform proposes: never done by itself, answered once, by those who answer for the record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.coaching import message_queries, note_services, path_services, proposal_services, services
from app.coaching.levels import Level
from app.coaching.models import ActionItem, CoachingRecord
from app.coaching.path_models import Outcome
from app.coaching.path_rules import OutcomeKind
from app.coaching.proposal_models import RecordProposal
from app.coaching.proposal_rules import may_remind, suggested
from app.coaching.reminder_jobs import remind_holders
from app.coaching.retention_jobs import run_rules
from app.coaching.retention_table import SILENT_PROMPT
from app.coaching.rules import RecordState
from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from tests.builders import a_campaign
from tests.support.days import day_of
from tests.support.statements import statements


def page(scene) -> str:
    return f"/accompagnement/dossiers/{scene.reference}"


def record_of(scene) -> CoachingRecord:
    return db.session.get_one(CoachingRecord, scene.record_id)


def answers(app) -> list[tuple[str, str, str]]:
    with app.app_context():
        found = db.session.scalars(select(RecordProposal).order_by(RecordProposal.id))
        return [(one.kind, one.suggested, one.answer) for one in found]


def conclude(app, scene, *, succeeded: bool) -> None:
    with app.app_context():
        owner = db.session.get_one(User, scene.holder.user_id)
        campaign_id = a_campaign(owner, state=CampaignState.CLOSING, record=record_of(scene)).id
        with transaction():
            campaigns.conclude(db.session.get_one(Campaign, campaign_id), succeeded=succeeded, at=clock.now())


def test_a_campaign_suggests_and_decides_nothing():
    assert suggested(succeeded=True, has_structure=False) == OutcomeKind.STRUCTURE_CREATED
    assert suggested(succeeded=True, has_structure=True) == OutcomeKind.ACTIVITY_EXTENDED
    assert suggested(succeeded=False, has_structure=True) == OutcomeKind.OTHER_PATH


@pytest.mark.parametrize(
    ("state", "day", "expected"),
    [("coached", None, True), ("on_hold", None, False), ("on_hold", 1, False), ("on_hold", 0, True),
     ("closed", None, False), ("referred", None, False), ("follow_up", None, False)],
)  # fmt: skip
def test_nobody_is_reminded_during_a_pause(state, day, expected):
    today = date(2027, 3, 1)
    assert may_remind(RecordState(state), None if day is None else today + timedelta(days=day), today) is expected


def test_the_end_of_a_campaign_proposes_an_outcome_that_a_coach_confirms_or_puts_aside(app, scene):
    conclude(app, scene, succeeded=True)
    assert answers(app) == [("outcome", "structure_created", "")]
    with app.app_context():
        assert db.session.scalars(select(Outcome)).all() == [], "a successful campaign is no outcome"
        proposal_id = db.session.scalars(select(RecordProposal.id)).one()
        day = day_of(clock.now()).isoformat()
    address = f"{page(scene)}/propositions/{proposal_id}"
    assert "Le projet a-t-il abouti" in scene.referent.get(page(scene)).get_data(as_text=True)
    assert "le projet a-t-il abouti" in scene.referent.get("/accompagnement").get_data(as_text=True)
    assert "abouti" not in scene.holder.get(page(scene)).get_data(as_text=True)
    typed = {"verb": "confirmer", "kind": "association_without_job", "happened_on": day}
    for other in (scene.holder, scene.elsewhere, scene.admin, scene.stranger):
        assert other.post(address, typed, page="/mon-compte").status_code == 404
    wrong = ({"kind": "merveille"}, {"happened_on": "hier"}, {"happened_on": ""})
    for change in wrong:
        assert scene.referent.post(address, {**typed, **change}, page=page(scene)).status_code == 422
    with statements(app) as sent:
        scene.referent.get(page(scene))
    assert len(sent) <= 8
    for _click in range(2):
        assert scene.referent.post(address, typed, page=page(scene)).status_code == 303
    assert "C’est déjà fait" in scene.referent.get(page(scene)).get_data(as_text=True)
    assert answers(app) == [("outcome", "structure_created", "confirmed")]
    conclude(app, scene, succeeded=False)
    with app.app_context():
        assert db.session.scalars(select(Outcome.kind)).all() == ["association_without_job"]
        proposal_id = db.session.scalars(select(RecordProposal.id).where(RecordProposal.answer == "")).one()
    aside = f"{page(scene)}/propositions/{proposal_id}"
    assert scene.colleague.post(aside, {"verb": "ecarter"}, page=page(scene)).status_code == 303
    assert answers(app)[1] == ("outcome", "other_path", "dismissed")
    with app.app_context():
        assert len(db.session.scalars(select(Outcome)).all()) == 1


def test_after_eighteen_silent_months_closing_is_proposed_and_nothing_closes(app, scene):
    with app.app_context():
        with transaction():
            record_of(scene).created_at = clock.now() - SILENT_PROMPT
        assert [run_rules(), run_rules()] == ["prompt 1", ""]
        assert record_of(scene).state == RecordState.REQUESTED
        proposal_id = db.session.scalars(select(RecordProposal.id)).one()
    shown = scene.referent.get(page(scene)).get_data(as_text=True)
    assert "Clore ce dossier" in shown
    assert "clore, ou reprendre contact" in scene.referent.get("/accompagnement").get_data(as_text=True)
    address = f"{page(scene)}/propositions/{proposal_id}"
    sneaky = {"verb": "confirmer", "kind": "dropped", "happened_on": "2026-01-01"}
    assert scene.referent.post(address, sneaky, page=page(scene)).status_code == 303, "kept open, no outcome"
    assert answers(app) == [("closing", "", "dismissed")]
    with app.app_context():
        assert db.session.scalars(select(Outcome)).all() == []
        with transaction():
            proposal_services.propose_closing(record_of(scene), at=clock.now())
            proposal_services.propose_closing(record_of(scene), at=clock.now())
        with transaction():
            note_services.write_note(
                record_of(scene), text="Vu.", visibility=Level.HOLDER, by=scene.referent.user_id, at=clock.now()
            )
        with transaction():
            assert [proposal_services.lapse_woken(at=clock.now()) for _ in range(2)] == [1, 0]
    assert answers(app)[1] == ("closing", "", "lapsed")


def test_a_late_holder_is_reminded_once_without_a_word_of_what_waits(app, scene):
    with app.app_context():
        today, by = day_of(clock.now()), scene.referent.user_id
        with transaction():
            for text, owner, days in (("Le devis", "holder", 7), ("Le bail", "holder", 9), ("La lettre", "coach", 30),
                                      ("Le nom", "holder", 6)):  # fmt: skip
                due_on = today - timedelta(days=days)
                services.add_action(record_of(scene), text=text, owner=owner, due_on=due_on, by=by, at=clock.now())
        assert [remind_holders(), remind_holders()] == ["1 reminded", ""]
        mail = db.session.scalars(select(OutboxMail)).one()
        assert mail.to_address == "camille@example.org"
        for word in ("devis", "bail", record_of(scene).project.title):
            assert word not in mail.text + mail.subject + mail.html
        reminded = db.session.scalars(select(ActionItem.text).where(ActionItem.reminded_at.is_not(None))).all()
        assert sorted(reminded) == ["Le bail", "Le devis"]
        assert message_queries.to_tell(at=clock.now() + timedelta(days=1)) == [], "no mail about a mail"
        with transaction():
            record_of(scene).state = RecordState.ON_HOLD
            for item in db.session.scalars(select(ActionItem)):
                item.reminded_at = None
        assert remind_holders() == ""
        assert path_services.last_move(scene.record_id) is not None
