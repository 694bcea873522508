"""The doors of coaching: a line per route."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.models import User
from app.coaching import note_services, path_services
from app.coaching.levels import Level
from app.coaching.models import CoachingRecord, RecordMember
from app.coaching.path_models import FollowUp
from app.coaching.proposal_models import RecordProposal
from app.coaching.relay_models import Absence, Handover, Referral
from app.core import clock
from app.core.database import db, transaction
from app.network.queries import rights_of
from tests.access.objects import (
    ACCOUNT,
    ALL_LEADS,
    COACHES,
    DESK,
    HOLDERS,
    LEADS,
    RECORD,
    RECORD_READ,
    RECORD_REFERENT,
    RECORD_RESTRICTED,
    RECORD_STEER,
    RECORD_WRITE,
    Door,
    doors,
)  # fmt: skip
from tests.access.people import NOBODY_AT_ALL, SIGNED_IN, people
from tests.support.days import day_of

WHO: dict[str, Door] = {
    # the platform's administrator reads no record
    **doors("coaching", Door(ACCOUNT, SIGNED_IN), "morning drafts"),
    **doors(
        "coaching",
        Door(DESK, COACHES),
        """
        new search referrals kept hand_over_page hand_over absence go_away
    """,
    ),
    **doors("coaching", Door(DESK, ALL_LEADS & DESK.asked), "left_records pass_on"),
    **doors("coaching", Door(RECORD, RECORD_READ), "show tick path set_objective"),
    **doors(
        "coaching",
        Door(RECORD, RECORD_WRITE),
        """
        add_action set_path set_step add_objective add_outcome note_follow_up
    """,
    ),
    **doors(
        "coaching",
        Door(RECORD, RECORD_STEER),
        """
        close_page close undo_close members add_member refer_page refer transfer_page transfer end_member
        answer_proposal
    """,
    ),
    "coaching.move": Door(RECORD, RECORD_STEER | HOLDERS),  # a holder pauses and comes back
    **doors("coaching", Door(RECORD, RECORD_WRITE, code=True), "compose write_note save_draft"),
    **doors("coaching", Door(RECORD, RECORD_REFERENT), "change_draft open_note confirm_read come_back"),
    "coaching.read_note": Door(RECORD, RECORD_RESTRICTED),
    # of the organisation that was asked
    **doors("coaching", Door(RECORD, people("coach.other lead.other")), "answer_referral redirect_referral"),
    "coaching.read_kept": Door(RECORD, NOBODY_AT_ALL),  # the record of the scene was never passed on
    "coaching.reopen": Door(RECORD, LEADS),
    **doors("coaching", Door(RECORD, LEADS, code=True), "glass break_glass"),
    # confidential: not for colleagues, nor for a lead who has not said why
    "situations.shown": Door(RECORD, RECORD_RESTRICTED | HOLDERS),
    "situations.say": Door(RECORD, people("coach.own coach.team") | HOLDERS),  # a lead who looks does not write
    "situations.read": Door(RECORD, RECORD_RESTRICTED),
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A restricted note of the referent about the scene's record, and a draft."""
    with transaction():
        record = db.session.get_one(CoachingRecord, shared["record_id"])
        author = db.session.get_one(User, ids["coach.own"]).id
        about = {"visibility": Level.RESTRICTED, "by": author, "at": clock.now()}
        note = note_services.write_note(record, text="Un conflit dans le collectif.", **about)
        draft = note_services.save_draft(record, draft_id="brouillon-de-la-scene", text="Je reprends.", **about)
        assert draft is not None
        objective = path_services.add_objective(
            record, text="Un local", owner="coach", due_on=None, by=author, at=clock.now()
        )
        now, today = clock.now(), day_of(clock.now())
        elsewhere = next(at for role, at in rights_of(ids["coach.other"]))
        news = FollowUp(record_id=record.id, months=6, due_on=today)
        over = select(RecordMember.id).where(RecordMember.user_id == ids["expert.none"])
        sent = Referral(
            record_id=record.id, from_user_id=author, to_organisation_id=elsewhere, need="x", consent_on=today,
            sent_at=now,
        )  # fmt: skip
        given = Handover(record_id=record.id, to_user_id=author, words="x", at=now)
        away = Absence(user_id=author, covered_by_id=ids["lead.same/code"], starts_on=today, ends_on=today)
        proposal = RecordProposal(record_id=record.id, kind="closing", made_at=now)
        db.session.add_all([news, sent, given, away, proposal])
        db.session.flush()
        return {
            "member_id": db.session.scalars(over).one(), "referral_id": sent.id, "handover_id": given.id,
            "absence_id": away.id,
            "proposal_id": proposal.id, "objective_id": objective.id, "months": 6, "public_id": note.public_id,
            ("coaching.change_draft", "public_id"): draft.public_id,
        }  # fmt: skip
