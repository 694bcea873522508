"""Who may open and change a coaching record. The platform admin has no right here."""

from __future__ import annotations

from app.coaching.levels import Level, MemberRole, Relation, may_read_item
from app.coaching.models import ActionItem, RecordMember
from app.coaching.note_models import Note
from app.coaching.path_models import FollowUp, Objective
from app.coaching.proposal_models import RecordProposal
from app.coaching.queries import Member, RecordFile
from app.coaching.relay_models import Absence, Handover, Referral
from app.core.access import Role, Viewer

WORKS = (Role.COACH, Role.ORGANISATION_LEAD)


def coaches_somewhere(viewer: Viewer) -> bool:
    return viewer.is_coach


def leads_somewhere(viewer: Viewer) -> bool:
    return viewer.has(Role.ORGANISATION_LEAD)


def relation(viewer: Viewer, file: RecordFile) -> Relation:
    """What ties this viewer to this record now: what `levels.may_read` and `queries.readable` ask for.

    A referent or co-coach whose right as a coach has ended has no part in the record any more: rights act at once.
    """
    me, owner = viewer.user_id, file.record.organisation_id
    here = works_at(viewer)
    member = next((one for one in file.members if one.user_id == me), None)
    counts = member is not None and (member.role != MemberRole.CO_COACH or _still_coaches(viewer, member, here))
    return Relation(
        user_id=me,
        owner_id=owner,
        is_holder=is_holder(viewer, file),
        is_referent=me is not None and me == file.record.referent_id and owner in here,
        member_role=member.role if member is not None and counts else "",
        can_see_restricted=member is not None and counts and member.can_see_restricted,
        works_at=here,
        leads=viewer.organisation_ids(Role.ORGANISATION_LEAD),
        has_broken_glass=me in file.glass_ids and viewer.has(Role.ORGANISATION_LEAD, organisation_id=owner),
        is_excluded=me in file.excluded_ids,
        person_ids=frozenset(
            one.person_id
            for one in file.holders
            if viewer.is_signed_in and (one.user_id == me or (one.user_id is None and one.email == viewer.email))
        ),
    )


def _still_coaches(viewer: Viewer, member: Member, here: frozenset[int]) -> bool:
    """For the organisation they came for, and for no other since."""
    return viewer.is_coach if not member.organisation_id else member.organisation_id in here


def works_at(viewer: Viewer) -> frozenset[int]:
    """The organisations where this viewer coaches or leads."""
    return viewer.organisation_ids(*WORKS)


def is_holder(viewer: Viewer, file: RecordFile) -> bool:
    """By account; by the verified e-mail that a coach wrote down as long as its person has not joined with another."""
    return viewer.is_signed_in and (viewer.user_id in file.holder_ids or viewer.email in file.holder_emails)


def is_team(viewer: Viewer, file: RecordFile) -> bool:
    """Referent, member, or coach or lead of the organisation that owns the record."""
    tie = relation(viewer, file)
    return tie.is_in_team or tie.is_colleague


def may_read(viewer: Viewer, file: RecordFile) -> bool:
    return relation(viewer, file).may_open


def may_write(viewer: Viewer, file: RecordFile) -> bool:
    """The team but its observers, and never on one's own project."""
    tie = relation(viewer, file)
    if tie.is_holder or not tie.may_open:
        return False
    return tie.is_colleague or tie.is_referent or tie.member_role != MemberRole.OBSERVER


def may_steer(viewer: Viewer, file: RecordFile) -> bool:
    """State, members, referral, transfer: those who answer for the record, not its guests."""
    tie = relation(viewer, file)
    return not tie.is_holder and (tie.is_colleague or (tie.is_in_team and tie.member_role == MemberRole.CO_COACH))


def may_link(viewer: Viewer, file: RecordFile) -> bool:
    """Hang a campaign on the record, from its page or from a review: a coach or lead of the organisation that owns it,
    unless it is closed to them or about them. `queries.records_for_review` looks by the same rule."""
    tie = relation(viewer, file)
    return tie.is_colleague and not tie.is_holder


def may_note(viewer: Viewer, file: RecordFile) -> bool:
    """Words about a person are written by staff with a second factor only."""
    return may_write(viewer, file) and viewer.second_factor_ok


def may_tick(viewer: Viewer, subject: tuple[RecordFile, ActionItem]) -> bool:
    """Those who write here any action, the holder those given to them (the verb refuses the others)."""
    return is_holder(viewer, subject[0]) or may_write(viewer, subject[0])


def may_read_note(viewer: Viewer, subject: tuple[RecordFile, Note]) -> bool:
    """A note that is not a draft, of a record that may be opened, at a level that reaches this person."""
    file, note = subject
    tie = relation(viewer, file)
    return tie.may_open and not note.is_draft and may_read_item(tie, note)


def may_open_note(viewer: Viewer, subject: tuple[RecordFile, Note]) -> bool:
    """To more readers: the author and the referent (`levels.may_open_to` says to which)."""
    file, note = subject
    tie = relation(viewer, file)
    return may_read_note(viewer, subject) and (tie.is_referent or note.author_id == viewer.user_id)


def owns_draft(viewer: Viewer, subject: tuple[RecordFile, Note]) -> bool:
    file, note = subject
    tie = relation(viewer, file)
    return tie.may_open and note.is_draft and may_read_item(tie, note)


def may_change_objective(viewer: Viewer, subject: tuple[RecordFile, Objective]) -> bool:
    """Those who write here, and the holder (the verb refuses what is not theirs): what they may read."""
    file, objective = subject
    works = is_holder(viewer, file) or may_write(viewer, file)
    return works and may_read_item(relation(viewer, file), objective)


def may_follow_up(viewer: Viewer, subject: tuple[RecordFile, FollowUp]) -> bool:
    return may_write(viewer, subject[0])


def leads_owner(viewer: Viewer, file: RecordFile) -> bool:
    """A lead of the organisation that owns the record, unless it is their own project."""
    tie = relation(viewer, file)
    return tie.owner_id in tie.leads and not tie.is_excluded and not tie.is_holder


def may_move(viewer: Viewer, file: RecordFile) -> bool:
    """Those who steer; a holder pauses and comes back (the view offers nothing else)."""
    return may_steer(viewer, file) or is_holder(viewer, file)


def may_answer_proposal(viewer: Viewer, subject: tuple[RecordFile, RecordProposal]) -> bool:
    return may_steer(viewer, subject[0])


def may_break_glass(viewer: Viewer, file: RecordFile) -> bool:
    """A lead of the organisation that owns the record, for a time, with a reason that others hear."""
    return leads_owner(viewer, file) and viewer.second_factor_ok


def may_trust(viewer: Viewer, file: RecordFile, user_id: int) -> bool:
    """Let somebody else read what is confidential: only who reads it, and nobody for themselves."""
    return relation(viewer, file).sees_restricted and viewer.user_id != user_id


def levels_offered(tie: Relation) -> tuple[Level, ...]:
    """What this person may write: nobody writes what they could not read again."""
    return (Level.HOLDER, Level.TEAM, *([Level.RESTRICTED] if tie.sees_restricted else []))


def may_end_member(viewer: Viewer, subject: tuple[RecordFile, RecordMember]) -> bool:
    """Those who steer; a member may also leave by themselves."""
    file, member = subject
    return may_steer(viewer, file) or (member.user_id == viewer.user_id and may_read(viewer, file))


def may_answer_referral(viewer: Viewer, subject: tuple[RecordFile, Referral]) -> bool:
    """Coaches of the organisation asked; for a partner outside, who sent it confirms the first contact."""
    file, sent = subject
    if is_holder(viewer, file):
        return False
    asked = sent.to_organisation_id is not None and sent.to_organisation_id in works_at(viewer)
    return asked or (sent.to_organisation_id is None and may_steer(viewer, file))


def received_handover(viewer: Viewer, subject: tuple[RecordFile, Handover]) -> bool:
    file, given = subject
    return given.to_user_id == viewer.user_id and may_read(viewer, file)


def is_mine(viewer: Viewer, away: Absence) -> bool:
    return viewer.is_coach and away.user_id == viewer.user_id
