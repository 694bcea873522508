"""A coaching record: opened before any campaign, read by few, moved by guards."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.campaigns.rules import CampaignState
from app.coaching import queries, services
from app.coaching.errors import EngagementMissing, ObjectiveMissing, RecordMoveNotAllowed, WelcomeNotHeld
from app.coaching.member_services import exclude
from app.coaching.models import ActionItem, CoachingRecord, Person
from app.coaching.path_models import Objective, Outcome
from app.coaching.rules import NEXT, ActivityKind, RecordState, check_move
from app.core import clock
from app.core.access import Role, Viewer
from app.core.database import db, transaction
from app.core.journal import history
from tests.builders import a_campaign, a_record, a_user, an_organisation, give, sign_in
from tests.support.days import day_of


def a_coach(name: str = "Inès Verdelet"):  # a User
    return give(a_user(name), Role.COACH, an_organisation())


def page(reference: str) -> str:
    return f"/accompagnement/dossiers/{reference}"


@pytest.mark.parametrize("old", list(RecordState))
@pytest.mark.parametrize("new", list(RecordState))
def test_a_record_moves_only_along_the_table(old, new):
    if new in NEXT.get(old, frozenset()):
        check_move(old, new)
    else:
        with pytest.raises(RecordMoveNotAllowed):
            check_move(old, new)


def test_a_coach_opens_a_record_for_somebody_without_account(app: Flask):
    with app.app_context():
        coach, organisation_id = sign_in(app, a_coach()), an_organisation().id
    answer = coach.post(
        "/accompagnement/nouveau",
        {
            "title": "Le four du village", "holder_name": "Camille Fontbelle", "holder_email": "camille@example.org",
            "commune": "21373", "commune_text": "", "organisation": organisation_id, "programme": "pulsactions",
            "since": "2026-03-14", "step": "Idée", "next_action": "Voir la mairie", "next_action_on": "",
        },
    )  # fmt: skip
    assert answer.status_code == 303
    with app.app_context():
        record = db.session.scalars(db.select(CoachingRecord)).one()
        reference = record.reference
        assert reference == f"{clock.now().year}-21-0001"
        assert record.referent_id == coach.user_id
    assert "Voir la mairie" in coach.get(page(reference)).get_data(as_text=True)


def test_references_follow_each_other_without_a_gap(ctx: None):
    referent = a_coach()
    references = [a_record(referent=referent, holder_email=f"p{n}@example.org").reference for n in range(3)]
    assert [r[-4:] for r in references] == ["0001", "0002", "0003"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "x" * 121), ("title", "é" * 1_000_000), ("holder_name", "\u202e" * 200),
        ("holder_email", "pas une adresse"), ("since", "hier"), ("since", ""), ("programme", "inconnu"),
        ("organisation", "999999"), ("organisation", "abc"), ("commune_text", "Atlantide"),
        ("next_action_on", "31/31/2027"),
    ],
)  # fmt: skip
def test_a_wrong_record_form_comes_back_with_what_was_typed(app: Flask, field, value):
    with app.app_context():
        coach, organisation_id = sign_in(app, a_coach()), an_organisation().id
    typed = {
        "title": "Le four du village", "holder_name": "Camille", "holder_email": "", "commune": "",
        "commune_text": "Mâlain", "organisation": organisation_id, "programme": "pulsactions",
        "since": "2026-03-14", "step": "Étape <b>gardée</b>",
        field: value,
    }  # fmt: skip
    answer = coach.post("/accompagnement/nouveau", typed)
    assert answer.status_code == 422
    assert "Étape &lt;b&gt;gardée&lt;/b&gt;" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(CoachingRecord)) == 0


def test_a_stranger_another_organisation_a_moderator_and_the_admin_get_404(app: Flask):
    with app.app_context():
        reference = a_record(referent=a_coach()).reference
        others = [
            sign_in(app, a_user()),
            sign_in(app, give(a_user(), Role.COACH, an_organisation("active-71"))),
            sign_in(app, give(a_user(), Role.MODERATOR, an_organisation())),
            sign_in(app, give(a_user(), Role.PLATFORM_ADMIN)),
        ]
    for visitor in others:
        assert visitor.get(page(reference)).status_code == 404
        assert visitor.get(page("2026-21-9999")).status_code == 404
        assert reference not in visitor.get("/accompagnement").get_data(as_text=True)
    assert app.test_client().get(page(reference)).status_code == 303


def test_the_holder_reads_the_record_by_a_verified_address_and_sees_who_can_read(app: Flask):
    with app.app_context():
        reference = a_record(referent=a_coach(), holder_email="camille@example.org").reference
        holder = sign_in(app, a_user("Camille Fontbelle", "camille@example.org"))
    text = holder.get(page(reference)).get_data(as_text=True)
    assert "Qui peut lire ce dossier" in text
    assert "Inès Verdelet" in text
    assert reference in holder.get("/accompagnement").get_data(as_text=True)


def test_the_holder_may_not_write_as_the_team_does(app: Flask):
    with app.app_context():
        reference = a_record(referent=a_coach()).reference
        holder = sign_in(app, a_user(email="camille@example.org"))
    for action in ("noter", "brouillon", "actions", "chemin", "clore", "etapes", "objectifs", "aboutissements"):
        assert holder.post(f"{page(reference)}/{action}", {}, page=page(reference)).status_code == 404


def test_the_holder_ticks_own_actions_only(app: Flask):
    with app.app_context():
        coach = a_coach()
        by, at, record = coach.id, clock.now(), a_record(referent=coach)
        with transaction():
            own = services.add_action(record, text="Devis", owner="holder", due_on=None, by=by, at=at)
            not_own = services.add_action(record, text="Relire", owner="coach", due_on=None, by=by, at=at)
        own_id, other_id, reference = own.id, not_own.id, record.reference
        holder = sign_in(app, a_user(email="camille@example.org"))
    assert holder.post(f"{page(reference)}/actions/{own_id}", page=page(reference)).status_code == 303
    assert holder.post(f"{page(reference)}/actions/{other_id}", page=page(reference)).status_code == 422
    assert holder.post(f"{page(reference)}/actions/999999", page=page(reference)).status_code == 404
    with app.app_context():
        assert db.session.get_one(ActionItem, own_id).done_at is not None
        assert db.session.get_one(ActionItem, other_id).done_at is None


def test_an_address_known_elsewhere_does_not_tell_that_somebody_is_coached(app: Flask):
    """One person, counted once; but the name given to one organisation is not shown to another."""
    with app.app_context():
        a_record("Camille Fontbelle", "camille@example.org", referent=a_coach())
        elsewhere = an_organisation("active-71")
        elsewhere_id, coach = elsewhere.id, sign_in(app, give(a_user("Bérénice"), Role.COACH, elsewhere))
    for holder_name in ("Nom essayé", "Nom repris"):
        answer = coach.post(
            "/accompagnement/nouveau",
            {
                "title": "Un essai", "holder_name": holder_name, "holder_email": "camille@example.org",
                "commune": "21373", "organisation": str(elsewhere_id), "programme": "pulsactions",
                "since": "2026-03-14",
            },
            page="/accompagnement/nouveau",
        )  # fmt: skip
        assert answer.status_code == 303
        shown = coach.get(answer.location).get_data(as_text=True)
        assert holder_name in shown
        assert "Fontbelle" not in shown
    assert "Un essai" not in coach.get("/accompagnement/chercher?q=fontbelle").get_data(as_text=True)
    assert "Un essai" in coach.get("/accompagnement/chercher?q=essaye").get_data(as_text=True)
    with app.app_context():
        db.session.scalars(select(Person).where(Person.email == "camille@example.org")).one()


def test_a_second_click_neither_adds_an_action_twice_nor_takes_a_tick_back(app: Flask):
    with app.app_context():
        coach = a_coach()
        record = a_record(referent=coach)
        reference, record_id = record.reference, record.id
        client, holder = sign_in(app, coach), sign_in(app, a_user(email="camille@example.org"))
    for path, typed in (
        ("actions", {"text": "Devis", "owner": "holder"}),
        ("objectifs", {"text": "Ouvrir", "owner": "holder"}),
        ("aboutissements", {"kind": "structure_created", "happened_on": "2026-03-14", "jobs_created": "2"}),
    ):
        for _click in range(2):
            assert client.post(f"{page(reference)}/{path}", typed, page=page(reference)).status_code == 303, path
    with app.app_context():
        action_id = db.session.scalars(select(ActionItem.id).where(ActionItem.record_id == record_id)).one()
        db.session.scalars(select(Objective).where(Objective.record_id == record_id)).one()
        db.session.scalars(select(Outcome).where(Outcome.record_id == record_id)).one()
    tick = f"{page(reference)}/actions/{action_id}"
    for wanted in ("yes", "no", "yes"):
        assert f'value="{wanted}"' in holder.get(page(reference)).get_data(as_text=True)
        for _click in range(2):
            holder.post(tick, {"done": wanted}, page=page(reference))
        with app.app_context():
            assert (db.session.get_one(ActionItem, action_id).done_at is not None) is (wanted == "yes")
    client.post(f"{page(reference)}/actions", {"text": "Devis", "owner": "holder"}, page=page(reference))
    with app.app_context():
        assert len(db.session.scalars(select(ActionItem).where(ActionItem.record_id == record_id)).all()) == 2, (
            "what was done can be asked again"
        )


def test_nobody_is_invited_who_has_joined(app: Flask):
    with app.app_context():
        coach = a_coach()
        reference = a_record(referent=coach).reference
        client = sign_in(app, coach)
    assert "Inviter la personne" in client.get(page(reference)).get_data(as_text=True)
    with app.app_context():
        a_user(email="camille@example.org")
        with transaction():
            person = db.session.scalars(select(Person).where(Person.email == "camille@example.org")).one()
            person.user_id = db.session.scalars(select(User.id).where(User.email == "camille@example.org")).one()
    assert "Inviter la personne" not in client.get(page(reference)).get_data(as_text=True)


def test_an_action_of_another_record_is_not_found(app: Flask):
    with app.app_context():
        coach = a_coach()
        by, mine = coach.id, a_record(referent=coach)
        other = a_record(referent=db.session.get_one(User, by), holder_email="b@example.org")
        with transaction():
            item = services.add_action(other, text="Devis", owner="holder", due_on=None, by=by, at=clock.now())
        item_id, reference = item.id, mine.reference
        holder = sign_in(app, a_user(email="camille@example.org"))
    assert holder.post(f"{page(reference)}/actions/{item_id}", page=page(reference)).status_code == 404


def test_welcoming_needs_a_welcome_and_coaching_needs_an_engagement(ctx: None):
    referent = a_coach()
    by, record, at = referent.id, a_record(referent=referent), clock.now()
    with pytest.raises(WelcomeNotHeld), transaction():
        services.move(record, RecordState.WELCOMED, by=by, at=at)
    with transaction():
        services.add_activity(
            record, kind=ActivityKind.WELCOME, happened_on=day_of(at), duration_min=45, summary="Vu.", by=by, at=at
        )
        services.move(record, RecordState.WELCOMED, by=by, at=at)
        services.move(record, RecordState.EXPLORING, by=by, at=at)
    with pytest.raises(EngagementMissing), transaction():
        services.move(record, RecordState.COACHED, by=by, at=at)
    with transaction():
        services.sign_engagement(record, on=day_of(at), by=by, at=at)
    with pytest.raises(ObjectiveMissing), transaction():
        services.move(record, RecordState.COACHED, by=by, at=at)
    with transaction():
        services.add_objective(record, text="Ouvrir", owner="holder", due_on=None, by=by, at=at)
        services.move(record, RecordState.COACHED, by=by, at=at)
    assert record.state == RecordState.COACHED
    assert [line.action for line in history(record)][:2] == ["record.moved", "record.objective"]


def test_the_public_mention_needs_the_holders_own_consent_and_can_be_taken_back(ctx: None):
    record = a_record(referent=a_coach())
    holder = a_user(email="camille@example.org")
    holder_id, record_id = holder.id, record.id
    assert queries.public_mention(record_id, holder_id) is None
    with transaction():
        services.give_public_mention(record, by=holder_id, at=clock.now())
        services.give_public_mention(record, by=holder_id, at=clock.now())
    mention = queries.public_mention(record_id, holder_id)
    assert mention is not None
    assert mention.programme == "Puls’Actions"
    with transaction():
        services.withdraw_public_mention(db.session.get_one(CoachingRecord, record_id), by=holder_id, at=clock.now())
    assert queries.public_mention(record_id, holder_id) is None


def test_a_reviewer_finds_only_records_of_own_organisations(ctx: None):
    own = a_record(referent=a_coach(), title="Le Moulin à eau")
    a_record(
        referent=give(a_user(), Role.COACH, an_organisation("active-71")),
        organisation=an_organisation("active-71"), title="Le moulin d’en face", holder_email="b@example.org",
    )  # fmt: skip
    mine, holder = frozenset({an_organisation().id}), a_user(email="camille@example.org")
    elsewhere, shut, somebody = a_user(email="b@example.org"), a_coach().id, Viewer()

    def found(of: User, reader: Viewer, text: str = "") -> list[int]:
        return [r.id for r in queries.records_for_review(mine, holder=of, reader=reader, text=text)]

    assert found(elsewhere, somebody, "MOULIN") == [own.id]
    assert found(elsewhere, somebody) == []
    assert found(holder, somebody) == [own.id]
    assert found(holder, Viewer(holder.id, email=holder.email), "moulin") == [], "nobody links their own project"
    with transaction():
        exclude(db.session.get_one(CoachingRecord, own.id), shut, kind="objection", by=None, at=clock.now())
    assert found(holder, Viewer(shut), "moulin") == []


def test_a_coach_who_does_not_review_meets_no_door_that_is_shut(app: Flask):
    with app.app_context():
        referent = a_coach()
        record = a_record(referent=referent)
        campaign = a_campaign(a_user(), state=CampaignState.SUBMITTED, organisation=an_organisation(), record=record)
        slug, address, coach = campaign.slug, page(record.reference), sign_in(app, referent)
        lead = sign_in(app, give(a_user(), Role.ORGANISATION_LEAD, an_organisation()))
    shown = coach.get(address).get_data(as_text=True)
    assert f'"/moderation/{slug}"' not in shown
    assert 'href="/moderation"' not in shown
    assert f"/moderation/{slug}" in lead.get(address).get_data(as_text=True)
