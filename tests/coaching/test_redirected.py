"""A referral that goes on to somebody better placed, one that nobody answers, and forms that are sent twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.coaching import referral_services
from app.coaching.errors import ConsentMissing, ReasonMissing, RecordMoveNotAllowed, SameHands
from app.coaching.models import CoachingRecord
from app.coaching.referral_jobs import remind
from app.coaching.relay_models import Referral
from app.core import clock
from app.core.access import Role
from app.core.calendar import add_working_days
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from tests.builders import a_user, an_organisation, give, sign_in
from tests.support.days import day_of

LIST = "/accompagnement/orientations"
THERE, BETTER = "active-71", "aldess"


def record_of(scene) -> CoachingRecord:
    return db.session.get_one(CoachingRecord, scene.record_id)


def sent_by(app, scene) -> int:
    """A referral of the scene's referent to Active 71."""
    with app.app_context(), transaction():
        return referral_services.refer(
            record_of(scene), organisation_id=an_organisation(THERE).id, to_name="", need="Un local à Mâcon",
            consent_on=day_of(clock.now()), by=scene.referent.user_id, at=clock.now(),
        ).id  # fmt: skip


def test_a_referral_is_redirected_with_a_new_consent_and_comes_back_to_who_sent_it_first(app, scene):
    first = sent_by(app, scene)
    with app.app_context():
        better = an_organisation(BETTER)
        better_id, owner_id, there_id = better.id, record_of(scene).organisation_id, an_organisation(THERE).id
        assert len({better_id, owner_id, there_id}) == 3
        receiver = sign_in(app, give(a_user(), Role.COACH, better))
        today = day_of(clock.now())
        good = {"organisation_id": better_id, "consent_on": today, "reason": "Ils sont sur place"}
        for change, error in (
            ({"consent_on": None}, ConsentMissing), ({"consent_on": today + timedelta(days=1)}, ConsentMissing),
            ({"reason": " "}, ReasonMissing), ({"organisation_id": there_id}, SameHands),
            ({"organisation_id": owner_id}, SameHands),
        ):  # fmt: skip
            with pytest.raises(error), transaction():
                referral_services.redirect_referral(
                    db.session.get_one(Referral, first), record_of(scene), by=scene.elsewhere.user_id, at=clock.now(),
                    **(good | change),
                )  # fmt: skip
    act = f"{LIST}/{first}/rediriger"
    form = {"organisation": better_id, "reason": "Ils sont sur place", "consent_on": today.isoformat()}
    for other in (scene.referent, scene.lead, receiver, scene.holder, scene.admin):
        assert other.post(act, form, page="/mon-compte").status_code == 404
    refused = scene.elsewhere.post(act, {**form, "consent_on": ""}, page=LIST)
    assert refused.status_code == 422
    assert "Ils sont sur place" in refused.get_data(as_text=True)
    assert scene.elsewhere.post(act, form, page=LIST).status_code == 303
    again = scene.elsewhere.post(act, form, page="/mon-compte", follow_redirects=True)
    assert "C’est déjà fait" in again.get_data(as_text=True)
    assert "Un local à Mâcon" in receiver.get(LIST).get_data(as_text=True)
    assert receiver.get(f"/accompagnement/dossiers/{scene.reference}").status_code == 404
    with app.app_context():
        onward = db.session.scalars(select(Referral).where(Referral.id != first)).one()
        assert (onward.state, onward.from_user_id, onward.to_organisation_id) == (
            "sent", scene.referent.user_id, better_id
        )  # fmt: skip
        assert (db.session.get_one(Referral, first).state, record_of(scene).state) == ("redirected", "referred")
        with pytest.raises(RecordMoveNotAllowed), transaction():
            referral_services.accept_referral(
                db.session.get_one(Referral, first), record_of(scene), by=scene.elsewhere.user_id, at=clock.now()
            )
        with transaction():
            referral_services.decline_referral(
                onward, record_of(scene), reason="Complet", by=receiver.user_id, at=clock.now()
            )
        assert record_of(scene).state == "requested"
        mails = db.session.scalars(select(OutboxMail).where(OutboxMail.to_address == scene.referent.email)).all()
        assert len(mails) == 2, "told of the redirection and of the refusal"


def test_after_ten_working_days_without_an_answer_both_sides_are_reminded_once(app, scene):
    sent_id = sent_by(app, scene)
    with app.app_context():
        lead = give(a_user(), Role.ORGANISATION_LEAD, an_organisation(THERE)).email
        now = clock.now()
        days = next(n for n in range(10, 40) if add_working_days(day_of(now - timedelta(days=n)), 10) <= day_of(now))

        def sent_days_ago(days: int) -> None:
            with transaction():
                db.session.get_one(Referral, sent_id).sent_at = now - timedelta(days=days)

        sent_days_ago(days - 1)
        assert remind() == "", "weekends and holidays do not count"
        sent_days_ago(days + 1)
        assert [remind(), remind()] == ["1 reminded", ""]
        mails = db.session.scalars(select(OutboxMail)).all()  # the coach there was told of its arrival
        assert sorted(one.to_address for one in mails) == sorted([lead, scene.referent.email, scene.elsewhere.email])
        assert not [one for one in mails if "Camille" in one.text or "Mâcon" in one.text]
        with transaction():
            again = db.session.get_one(Referral, sent_id)
            again.reminded_at, again.state = None, "accepted"
        assert remind() == ""


def test_the_same_referral_sent_twice_is_sent_once(app, scene):
    page = f"/accompagnement/dossiers/{scene.reference}/orienter"
    with app.app_context():
        there, day = an_organisation(THERE).id, day_of(clock.now()).isoformat()
    form = {"organisation": there, "to_name": "", "need": "Un local", "consent_on": day}
    token_page = "/accompagnement/absence"
    assert scene.referent.post(page, form).status_code == 303
    again = scene.referent.post(page, form, page=token_page, follow_redirects=True)
    assert "C’est déjà fait" in again.get_data(as_text=True)
    assert scene.colleague.post(page, form, page=token_page).status_code == RecordMoveNotAllowed.status
    with app.app_context():
        assert len(db.session.scalars(select(Referral)).all()) == 1
