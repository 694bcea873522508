"""Every link of every mail of this room leads its reader somewhere: with their account, or with a new one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import (
    glass_services,
    holder_services,
    invitation_services,
    message_services,
    opinion_services,
    path_services,
    privacy_services,
    promise_jobs,
    referral_mails,
    referral_services,
    relay_services,
    request_services,
    services,
)
from app.coaching.jobs import say_farewell
from app.coaching.levels import MemberRole
from app.coaching.member_services import add_member, exclude
from app.coaching.message_jobs import tell_waiting
from app.coaching.message_models import RecordMessage
from app.coaching.message_rules import UNDO
from app.coaching.models import CoachingRecord, Person
from app.coaching.opinion_jobs import remind_due
from app.coaching.opinion_models import RecordOpinion
from app.coaching.privacy_models import PrivacyRequest, RetentionNotice
from app.coaching.reminder_jobs import remind_holders
from app.coaching.request_models import CoachingRequest
from app.coaching.retention_jobs import run_rules
from app.coaching.retention_table import ARCHIVE, NOTICE, SILENT_NOTICE, SILENT_PROMPT
from app.coaching.rules import RecordState
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.text import public_id
from app.network.models import Organisation, Right
from tests.builders import a_user, an_organisation, give, post_form, sign_in
from tests.coaching.readers import Readers, linked_from_mails, links, mailed
from tests.coaching.scene import Scene
from tests.coaching.test_requests import a_coach, a_request
from tests.support.days import day_of

GOOD_BYE = "Bonne route, Ada"
REQUESTED = {"requests.asked", "requests.waiting", "invitations.accept"}  # those of requests; the others are of records
ADA = "ada@example.org"  # typed in the public form, confirmed by nobody


def record_of(scene: Scene) -> CoachingRecord:
    return db.session.get_one(CoachingRecord, scene.record_id)


def in_one(app: Flask, act: Callable[[], object]) -> None:
    with app.app_context(), transaction():
        act()


def write_to(scene: Scene, *more: str) -> None:
    """Everything that the team and its colleagues are told, and what the holder is. Inside an app context."""
    at, by, record = clock.now(), scene.referent.user_id, record_of(scene)
    services.add_action(
        record, text="Le devis", owner="holder", due_on=day_of(at) - timedelta(days=9), by=by, at=at
    )  # fmt: skip
    message_services.send(record, text="Bonjour", by=scene.colleague.user_id, at=at - UNDO)
    message_services.send(record, text="Bonsoir", by=scene.holder.user_id, at=at - UNDO)
    glass_services.break_glass(record, reason="Absence imprévue", by=scene.lead.user_id, at=at)
    for due in (day_of(at), None):
        opinion_services.ask(
            record, scene.elsewhere.user_id, question="Que faire ?", shares_record=False, due_on=due,
            name=public_id(), by=by, at=at,
        )  # fmt: skip
    for kind in ("access", "erasure"):
        privacy_services.ask(record, kind, words="", by=scene.holder.user_id, at=at)


def answer_all(scene: Scene) -> None:
    at, by = clock.now(), scene.referent.user_id
    opinion = db.session.scalars(select(RecordOpinion).where(RecordOpinion.due_on.is_(None))).one()
    opinion_services.answer(opinion, text="Attendre", by=scene.elsewhere.user_id, at=at)
    for asked in db.session.scalars(select(PrivacyRequest)).all():
        privacy_services.refuse(asked, answer="Non", by=by, at=at)


def run_jobs(app: Flask) -> None:
    with app.app_context():
        for job in (tell_waiting, remind_due, remind_holders, promise_jobs.remind, say_farewell, run_rules):
            job()


def age(app: Flask, record_id: int, delta: timedelta, **changed: object) -> None:
    with app.app_context(), transaction():
        for message in db.session.scalars(select(RecordMessage).where(RecordMessage.record_id == record_id)):
            message.sent_at = clock.now() - delta
        record = db.session.get_one(CoachingRecord, record_id)
        record.created_at = clock.now() - delta
        for name, value in changed.items():
            setattr(record, name, value)


def refer_on(app: Flask, record_id: int, scene: Scene) -> None:
    """To an organisation that sends it on, where it is accepted."""
    with app.app_context():
        bge, active, at = an_organisation("bge").id, an_organisation("active-71").id, clock.now()
        leads = [give(a_user(), Role.ORGANISATION_LEAD, db.session.get_one(Organisation, o)).id for o in (bge, active)]
        with transaction():
            record = db.session.get_one(CoachingRecord, record_id)
            sent = referral_services.refer(
                record, organisation_id=bge, to_name="", need="Un local", consent_on=day_of(at),
                by=scene.referent.user_id, at=at,
            )  # fmt: skip
            referral_mails.unanswered(record, sent, at=at)
            onward = referral_services.redirect_referral(
                sent, record, organisation_id=active, consent_on=day_of(at), reason="Plus près", by=leads[0], at=at
            )
            referral_services.accept_referral(onward, record, by=leads[1], at=at)
            for tell in (referral_mails.contact_awaited, referral_mails.contact_missing):
                tell(record, onward, at=at)


def close(app: Flask, record_id: int, by: int) -> None:
    with app.app_context(), transaction():
        record, at = db.session.get_one(CoachingRecord, record_id), clock.now() - timedelta(minutes=11)
        path_services.write_move(record, RecordState.CLOSED, by=by, at=at, reason=GOOD_BYE)


def test_every_link_of_a_mail_about_a_record_opens_for_its_reader(app: Flask, scene: Scene):
    readers = Readers(app)
    in_one(app, lambda: write_to(scene))
    run_jobs(app)
    assert readers.dead() == []
    in_one(app, lambda: answer_all(scene))
    assert readers.dead() == []
    age(app, scene.record_id, SILENT_PROMPT)
    run_jobs(app)
    age(app, scene.record_id, SILENT_NOTICE)
    run_jobs(app)
    assert readers.dead() == []
    with app.app_context(), transaction():
        colleague = scene.colleague.user_id
        relay_services.hand_over(
            record_of(scene), to_user_id=colleague, words="À suivre", by=scene.referent.user_id, at=clock.now()
        )
        holder_services.object_to(
            record_of(scene), scene.lead.user_id, reader_ids=frozenset({scene.lead.user_id}), reason="",
            by=scene.holder.user_id, at=clock.now(),
        )  # fmt: skip
    refer_on(app, scene.record_id, scene)
    close(app, scene.record_id, scene.colleague.user_id)
    run_jobs(app)
    assert readers.dead() == []
    assert readers.seen == linked_from_mails() - REQUESTED, "a mail that this journey does not send proves nothing"


def asked_by_ada() -> CoachingRequest:
    """Inside an app context."""
    return db.session.scalars(select(CoachingRequest)).one()


def test_an_address_that_has_not_said_yes_is_led_to_where_it_says_so_whatever_the_mail(app: Flask):
    readers = Readers(app)
    with app.app_context():
        coach_id, asked = a_coach().id, a_request()
        record_id, elsewhere = asked.record_id, an_organisation("active-71").id
        assert db.session.scalars(select(Person.is_unconfirmed)).all() == [True]
        home = asked.record.organisation_id
        with transaction():
            request_services.send_on(
                asked_by_ada(), db.session.get_one(Organisation, elsewhere), reason="Plus près", by=coach_id,
                at=clock.now(),
            )  # fmt: skip
        with transaction():
            request_services.send_on(
                asked_by_ada(), db.session.get_one(Organisation, home), reason="Finalement", by=coach_id,
                at=clock.now() + timedelta(seconds=1),
            )  # fmt: skip
        with transaction():
            coach = db.session.get_one(User, coach_id)
            request_services.take(asked_by_ada(), coach, at=clock.now())
            record = asked_by_ada().record
            services.add_action(record, text="Le devis", owner="holder", due_on=day_of(clock.now()) - timedelta(days=9),
                                by=coach_id, at=clock.now())  # fmt: skip
            message_services.send(record, text="Bonjour", by=coach_id, at=clock.now() - UNDO)
            invitation_services.invite(record, by=coach_id, sender="Inès", at=clock.now())
    run_jobs(app)
    age(app, record_id, SILENT_PROMPT)
    run_jobs(app)
    age(app, record_id, SILENT_NOTICE)
    run_jobs(app)
    close(app, record_id, coach_id)
    run_jobs(app)
    age(app, record_id, ARCHIVE * 2, closed_at=clock.real_now() - ARCHIVE + NOTICE)
    run_jobs(app)
    with app.app_context():
        to_ada = [(one.subject, links(one), f"{one.text}{one.html}") for one in mailed(ADA)]
        assert set(db.session.scalars(select(RetentionNotice.kind))) == {"prompt", "closing", "deletion"}
    assert len(to_ada) == 10, [one[0] for one in to_ada]
    for subject, found, words in to_ada:
        if not any("/invitation/" in link for link in found):
            pages = [app.test_client().get(link) for link in found]
            assert [page.status_code for page in pages] == [200], subject
            assert "bien moi" in pages[0].get_data(as_text=True), subject
        assert "Ada" not in words, f"{subject}: the address may be somebody else’s"
    assert readers.dead() == []
    assert readers.seen >= REQUESTED


def test_the_record_that_a_referral_opened_is_reached_by_the_same_proof(app: Flask, scene: Scene):
    with app.app_context():
        record_id = a_request().record_id
    refer_on(app, record_id, scene)
    with app.app_context():
        new = db.session.scalars(select(CoachingRecord).order_by(CoachingRecord.id.desc())).first()
        project_id, referent_id = new.project_id, new.referent_id
        with transaction():
            for mail in mailed():
                db.session.delete(mail)
            message_services.send(new, text="Bonjour", by=referent_id, at=clock.now() - UNDO)
        tell_waiting()
        (link,) = links(mailed(ADA)[0])
    browser = app.test_client()
    assert "bien moi" in browser.get(link).get_data(as_text=True)
    page, proof = link.split("?preuve=")
    post_form(browser, f"{page}/confirmer", {"preuve": proof}, page=link)
    with app.app_context():
        records = db.session.scalars(select(CoachingRecord).where(CoachingRecord.project_id == project_id)).all()
        assert len(records) == 2
        references, ada = [one.reference for one in records], sign_in(app, a_user("Ada", ADA))
    assert [ada.get(f"/accompagnement/dossiers/{one}").status_code for one in references] == [200, 200]


def test_a_mail_has_no_link_when_there_is_none_that_works(app: Flask):
    """The request is gone, its address has never said yes; or an organisation answers without any account."""
    with app.app_context():
        with transaction():
            for place in db.session.scalars(select(Organisation)):
                place.contact_email = "accueil@example.org"
        record_id = a_request().record_id
        (told,) = mailed("accueil@example.org")
        assert links(told) == set()
        with transaction():
            db.session.delete(asked_by_ada())
            for mail in mailed():
                db.session.delete(mail)
    age(app, record_id, SILENT_NOTICE)
    run_jobs(app)
    with app.app_context():
        (told,) = mailed(ADA)
        assert links(told) == set()


def test_who_left_or_was_refused_is_told_nothing_and_those_who_answer_are(app: Flask, scene: Scene):
    with app.app_context():
        other = give(a_user(), Role.ORGANISATION_LEAD, an_organisation()).id
        refused = db.session.get_one(User, other).email
        left = give(a_user(), Role.COACH, an_organisation("active-71")).id
        gone = {db.session.get_one(User, left).email, scene.referent.email, refused}
        with transaction():
            add_member(record_of(scene), db.session.get_one(User, left), role=MemberRole.CO_COACH, by=left,
                       at=clock.now())  # fmt: skip
            exclude(record_of(scene), other, kind="objection", by=scene.holder.user_id, at=clock.now())
            for right in db.session.scalars(select(Right).where(Right.user_id.in_({left, scene.referent.user_id}))):
                right.ends_at = clock.now() - timedelta(seconds=1)
    in_one(app, lambda: write_to(scene))
    in_one(app, lambda: answer_all(scene))
    run_jobs(app)
    age(app, scene.record_id, SILENT_PROMPT)
    run_jobs(app)
    refer_on(app, scene.record_id, scene)
    with app.app_context():
        subjects = [mail.subject for mail in mailed(scene.lead.email)]
        assert {mail.to_address for mail in mailed()} & gone == set()
    for expected in ("Un dossier est silencieux", "Un avis est arrivé", "Réponse à une orientation"):
        assert expected in subjects
