"""The checklists, by version: a review keeps the one it began with. Pure."""

from __future__ import annotations

from enum import StrEnum

from app.moderation.errors import ChecklistOpen, GroundNotJudged


class Answer(StrEnum):
    OK = "ok"
    TO_FIX = "to_fix"
    NOT_APPLICABLE = "not_applicable"


# version → code → blocking: a blocking item must be ok (or without object) before an approval.
# A version in use is never edited: a new one is added, and CURRENT moves on.
CHECKLISTS: dict[int, dict[str, bool]] = {
    1: {
        "in_region": True, "adult": True, "lawful": True, "added_value": True, "not_private_gain": False,
        "clear": False, "if_missed": False, "budget_balances": True, "goal_usable": False,
        "rewards_deliverable": False, "picture_rights": True, "text_alternative": False, "no_third_party": False,
        "account_checked": True,
    },
    2: {
        "in_region": True, "adult": True, "number_valid": True, "lawful": True, "added_value": True,
        "not_private_gain": False,
        "clear": False, "built_with": False, "uses_clear": False, "if_missed": False, "risks": False,
        "figures_sourced": False, "budget_balances": True, "goal_usable": False, "funders_agree": False,
        "rewards_deliverable": False, "tax_words": False, "stock": False,
        "picture_rights": True, "text_alternative": False, "no_third_party": False, "readable": False,
        "calendar_fits": False, "first_circle": False,
        "account_checked": True, "receiver_is_holder": True,
        "not_twice": False, "earlier_delivered": False,
    },
}  # fmt: skip
CURRENT = 2
# The first look: may the campaign be read at all? Settled, the review goes on to the project itself.
ADMISSIBILITY = frozenset({"in_region", "adult", "number_valid", "lawful", "added_value", "not_private_gain"})

# reason of a refusal → the points it rests on; a reason that is not here is a ground outside the list.
GROUNDS = {
    "outside_region": frozenset({"in_region"}),
    "no_added_value": frozenset({"added_value", "not_private_gain"}),
    "not_lawful": frozenset({"lawful"}),
    "not_feasible": frozenset({
        "budget_balances", "goal_usable", "funders_agree", "rewards_deliverable", "stock", "calendar_fits",
    }),
    "duplicate": frozenset({"not_twice"}),
}  # fmt: skip


def items(version: int) -> dict[str, bool]:
    """code → blocking, in the order of the page. Errors: KeyError on an unknown version."""
    return CHECKLISTS[version]


def open_blocking(checklist: dict[str, str], version: int = CURRENT) -> frozenset[str]:
    """The blocking items that are neither ok nor without object."""
    settled = {code for code, answer in checklist.items() if answer in {Answer.OK, Answer.NOT_APPLICABLE}}
    return frozenset(code for code, blocking in items(version).items() if blocking) - settled


def is_admissible(checklist: dict[str, str], version: int = CURRENT) -> bool:
    """True when no blocking item of the first look is open."""
    return not open_blocking(checklist, version) & ADMISSIBILITY


def check_complete(checklist: dict[str, str], version: int = CURRENT) -> None:
    """Errors: ChecklistOpen."""
    if open_blocking(checklist, version):
        raise ChecklistOpen


def check_ground(reason: str, checklist: dict[str, str], version: int = CURRENT) -> None:
    """A refusal rests on a point that was looked at and is to be corrected. Errors: GroundNotJudged."""
    points = GROUNDS.get(reason, frozenset()) & items(version).keys()
    if points and not any(checklist.get(code) == Answer.TO_FIX for code in points):
        raise GroundNotJudged


def looked_at(checklist: dict[str, str], version: int = CURRENT) -> tuple[int, int]:
    """(points with an answer, those of them that are to be corrected)."""
    answers = [checklist[code] for code in items(version) if checklist.get(code)]
    return len(answers), answers.count(Answer.TO_FIX.value)
