"""Who may review. A recused person and the project's own people are out, wherever their rights are."""

from __future__ import annotations

from app.campaigns.policy import is_holder, may_edit
from app.core.access import Role, Viewer
from app.moderation.models import ChangeRequest, Phrase
from app.moderation.queries import Case
from app.moderation.watch_queries import Watch

REVIEWERS = (Role.MODERATOR, Role.ORGANISATION_LEAD)


def moderates_somewhere(viewer: Viewer) -> bool:
    return viewer.is_moderator


def may_review(viewer: Viewer, case: Case) -> bool:
    """Moderator or lead of the organisation that reviews, or of the one asked for a second person; never recused."""
    return bool(case.organisation_ids & viewer.organisation_ids(*REVIEWERS)) and viewer.user_id not in case.closed_to


def may_work(viewer: Viewer, case: Case) -> bool:
    """The same, of the organisation that reviews: take it, ask, propose."""
    here = case.campaign.organisation_id
    return may_review(viewer, case) and here in viewer.organisation_ids(*REVIEWERS)


def may_work_on_request(viewer: Viewer, subject: tuple[Case, ChangeRequest]) -> bool:
    return may_work(viewer, subject[0])


def may_advise(viewer: Viewer, case: Case) -> bool:
    """The referent or a co-coach of the linked record gives the coach's opinion, while they work as a coach (the
    referent: where the record is); not on one's own project."""
    record = case.campaign.coaching_record
    if record is None or viewer.user_id not in case.coach_ids or viewer.user_id in case.closed_to:
        return False
    where = record.organisation_id if viewer.user_id == record.referent_id else None
    return viewer.has(Role.COACH, Role.ORGANISATION_LEAD, organisation_id=where)


def may_change_phrase(viewer: Viewer, phrase: Phrase) -> bool:
    return phrase.organisation_id in viewer.organisation_ids(*REVIEWERS)


def holds(viewer: Viewer, case: Case) -> bool:
    """The team of the campaign."""
    return viewer.is_signed_in and viewer.user_id in case.team_ids


def may_answer(viewer: Viewer, subject: tuple[Case, ChangeRequest]) -> bool:
    """Those of the team who write the page."""
    return may_edit(viewer, subject[0].campaign)


def may_resubmit(viewer: Viewer, case: Case) -> bool:
    """Sending is the holder's own act, the second time too."""
    return is_holder(viewer, case.campaign)


def may_watch(viewer: Viewer, watch: Watch) -> bool:
    """A campaign on line: reviewers of its organisation, or of the one asked for a second, without a part in it."""
    here = watch.organisation_ids & viewer.organisation_ids(*REVIEWERS)
    return bool(here) and viewer.user_id not in watch.case.closed_to
