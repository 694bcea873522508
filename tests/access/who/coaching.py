"""The doors of coaching: a line per route."""

from __future__ import annotations

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
from tests.access.people import COACHES, HOLDER, NOBODY_AT_ALL, RECORD_READERS, RECORD_TEAM, SIGNED_IN

REFERENT = frozenset({"referent"})
LEAD = frozenset({"lead"})

WHO: dict[str, frozenset[str]] = {
    # the platform's administrator reads no record
    "coaching.morning": SIGNED_IN, "coaching.new": COACHES,
    "coaching.show": RECORD_READERS, "coaching.tick": RECORD_READERS,
    "coaching.add_action": RECORD_TEAM, "coaching.set_path": RECORD_TEAM, "coaching.move": RECORD_READERS,
    # notes: the referent has no second factor in the scene and is led to the page that switches it on
    "coaching.compose": RECORD_TEAM, "coaching.write_note": RECORD_TEAM, "coaching.save_draft": RECORD_TEAM,
    "coaching.drafts": SIGNED_IN, "coaching.change_draft": REFERENT,
    "coaching.read_note": REFERENT, "coaching.open_note": REFERENT,
    "coaching.path": RECORD_READERS,
    **dict.fromkeys(
        (f"coaching.{page}" for page in (
            "set_step", "add_objective", "add_outcome", "note_follow_up", "close_page", "close", "undo_close",
        )),
        RECORD_TEAM,
    ),
    **dict.fromkeys(
        (f"coaching.{page}" for page in (
            "members", "add_member", "refer_page", "refer", "transfer_page", "transfer", "end_member",
        )),
        RECORD_TEAM,
    ),
    **dict.fromkeys(
        (f"coaching.{page}" for page in (
            "search", "referrals", "kept", "hand_over_page", "hand_over", "absence", "go_away",
        )),
        COACHES,
    ),
    "coaching.answer_referral": frozenset({"coach_elsewhere"}),
    "coaching.redirect_referral": frozenset({"coach_elsewhere"}), "coaching.confirm_read": REFERENT,
    "coaching.come_back": REFERENT,
    "coaching.set_objective": RECORD_READERS, "coaching.reopen": LEAD, "coaching.answer_proposal": RECORD_TEAM,
    "coaching.read_kept": NOBODY_AT_ALL,  # the record of the scene was never passed on
    "coaching.glass": LEAD, "coaching.break_glass": LEAD,
    # confidential: not for a lead before the glass is broken, nor for colleagues
    "situations.shown": REFERENT | HOLDER, "situations.say": REFERENT | HOLDER, "situations.read": REFERENT,
}  # fmt: skip


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A restricted note of the referent about the scene's record, and a draft."""
    with transaction():
        record = db.session.get_one(CoachingRecord, shared["record_id"])
        author = db.session.get_one(User, ids["referent"]).id
        about = {"visibility": Level.RESTRICTED, "by": author, "at": clock.now()}
        note = note_services.write_note(record, text="Un conflit dans le collectif.", **about)
        draft = note_services.save_draft(record, draft_id="brouillon-de-la-scene", text="Je reprends.", **about)
        assert draft is not None
        objective = path_services.add_objective(
            record, text="Un local", owner="coach", due_on=None, by=author, at=clock.now()
        )
        now, today = clock.now(), clock.now().date()
        elsewhere = next(at for role, at in rights_of(ids["coach_elsewhere"]))
        news = FollowUp(record_id=record.id, months=6, due_on=today)
        member = RecordMember(record_id=record.id, user_id=ids["stranger"], role="observer", started_at=now)
        member.ended_at, member.end_reason = now, "fini"
        sent = Referral(
            record_id=record.id, from_user_id=author, to_organisation_id=elsewhere, need="x", consent_on=today,
            sent_at=now,
        )  # fmt: skip
        given = Handover(record_id=record.id, to_user_id=author, words="x", at=now)
        away = Absence(user_id=author, covered_by_id=ids["lead"], starts_on=today, ends_on=today)
        proposal = RecordProposal(record_id=record.id, kind="closing", made_at=now)
        db.session.add_all([news, member, sent, given, away, proposal])
        db.session.flush()
        return {
            "member_id": member.id, "proposal_id": proposal.id,
            "referral_id": sent.id, "handover_id": given.id, "absence_id": away.id,
            "objective_id": objective.id, "months": 6, "public_id": note.public_id,
            ("coaching.change_draft", "public_id"): draft.public_id,
        }  # fmt: skip
