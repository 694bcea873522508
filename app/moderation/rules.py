"""The checklist, the fields a change may be asked on, and who may decide. Pure."""

from __future__ import annotations

from enum import StrEnum

from app.moderation.errors import ChecklistOpen, OwnOrReferent, SamePerson

CHECKLIST_VERSION = 1


class Answer(StrEnum):
    OK = "ok"
    TO_FIX = "to_fix"
    NOT_APPLICABLE = "not_applicable"


class ChangeReason(StrEnum):
    INCORRECT = "incorrect"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"


# code → blocking: a blocking item must be ok (or without object) before an approval
CHECKLIST: dict[str, bool] = {
    "in_region": True,
    "adult": True,
    "lawful": True,
    "added_value": True,
    "not_private_gain": False,
    "clear": False,
    "if_missed": False,
    "budget_balances": True,
    "goal_usable": False,
    "rewards_deliverable": False,
    "picture_rights": True,
    "text_alternative": False,
    "no_third_party": False,
    "account_checked": True,
}
BLOCKING = frozenset(code for code, blocking in CHECKLIST.items() if blocking)

# the fields a change may be asked on → the step of the holder's form that mends them
STEP_OF_FIELD = {
    "title": "projet",
    "tagline": "projet",
    "commune": "projet",
    "theme": "projet",
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


def open_blocking(checklist: dict[str, str]) -> frozenset[str]:
    """The blocking items that are neither ok nor without object."""
    settled = {code for code, answer in checklist.items() if answer in {Answer.OK, Answer.NOT_APPLICABLE}}
    return BLOCKING - settled


def check_complete(checklist: dict[str, str]) -> None:
    """Errors: ChecklistOpen."""
    if open_blocking(checklist):
        raise ChecklistOpen


def check_person(user_id: int, *, team_ids: frozenset[int], referent_id: int | None) -> None:
    """Who proposes and who decides: neither holder nor referent. Errors: OwnOrReferent."""
    if user_id in team_ids or user_id == referent_id:
        raise OwnOrReferent


def check_second(user_id: int, proposed_by_id: int | None) -> None:
    """Two distinct people. Errors: SamePerson."""
    if user_id == proposed_by_id:
        raise SamePerson
