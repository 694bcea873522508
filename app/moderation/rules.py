"""The fields a change may be asked on, who may decide, and when the promised time runs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from app.core.calendar import working_days_between
from app.moderation.checklist_rules import CHECKLISTS, CURRENT
from app.moderation.checklist_rules import Answer as Answer
from app.moderation.errors import NotAnotherOrganisation, OwnOrReferent, SamePerson

CHECKLIST_VERSION = CURRENT
CHECKLIST = CHECKLISTS[CURRENT]


class ChangeReason(StrEnum):
    INCORRECT = "incorrect"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"


class OpinionVerdict(StrEnum):
    """The coach's opinion: advice, never a decision, never public."""

    READY = "ready"
    READY_IF = "ready_if"
    NOT_YET = "not_yet"


# the fields a change may be asked on → the step of the holder's form that mends them
STEP_OF_FIELD = {
    "title": "projet",
    "tagline": "projet",
    "commune": "projet",
    "theme": "projet",
    "holder": "projet",
    "story": "histoire",
    "if_missed": "histoire",
    "picture": "image",
    "values": "valeur-ajoutee",
    "goal": "budget",
    "budget": "budget",
    "rewards": "contreparties",
    "calendar": "calendrier",
    "account": "calendrier",
}
REFUSALS = (
    "outside_region", "no_added_value", "not_lawful", "too_early", "not_feasible", "duplicate", "no_answer",
)  # fmt: skip
SECOND_ANSWERS_WITHIN = 3  # working days before the network's lead is told


def check_person(user_id: int, *, team_ids: frozenset[int], coach_ids: frozenset[int]) -> None:
    """Who proposes and who decides: neither holder nor coach. Errors: OwnOrReferent."""
    if user_id in team_ids or user_id in coach_ids:
        raise OwnOrReferent


def check_second(user_id: int, proposed_by_id: int | None) -> None:
    """Two distinct people. Errors: SamePerson."""
    if user_id == proposed_by_id:
        raise SamePerson


def why_cross(goal_cents: int, *, from_cents: int, is_flagged: bool, holder_works_here: bool) -> str:
    """Why one of both must belong to another organisation: amount, flag or own_house; "" when it need not."""
    if holder_works_here:
        return "own_house"
    if is_flagged:
        return "flag"
    return "amount" if goal_cents >= from_cents else ""


def check_cross(decider_organisations: Iterable[int], *, reviewing: int, is_cross: bool) -> None:
    """The second of a cross review has no right in the reviewing organisation. Errors: NotAnotherOrganisation."""
    organisations = frozenset(decider_organisations)
    if is_cross and (reviewing in organisations or not organisations):
        raise NotAnotherOrganisation


WITH_US = frozenset({"campaign.submitted", "campaign.resubmitted", "campaign.appealed", "campaign.reopen_review"})
WITH_HOLDER = frozenset({"campaign.request_changes"})


def days_with_us(events: Iterable[tuple[str, date]], until: date) -> int:
    """Working days with the reviewers since the first submission or the appeal: waiting for the holder is left out.

    `events`: (journal action, Paris day), oldest first.
    """
    total, since = 0, None
    for action, day in events:
        if action in WITH_US:
            total, since = (total if action == "campaign.resubmitted" else 0), day
        elif action in WITH_HOLDER and since is not None:
            total, since = total + working_days_between(since, day), None
    return total + (working_days_between(since, until) if since is not None else 0)
