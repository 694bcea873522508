"""What is asked about somebody's situation, and nothing more: codes, no words. Pure.

No field for health, disability, origin, belief or criminal matters. Source: entities of the coaching domain.
"""

from __future__ import annotations

from enum import StrEnum


class Moment(StrEnum):
    ENTRY = "entry"
    EXIT = "exit"
    FOLLOW_UP = "follow_up"


class Employment(StrEnum):
    JOB_SEEKER = "job_seeker"
    EMPLOYEE = "employee"
    SELF_EMPLOYED = "self_employed"
    STUDENT = "student"
    RETIRED = "retired"
    INACTIVE = "inactive"
    OTHER = "other"
    UNKNOWN = "unknown"


class Said(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Education(StrEnum):
    NONE = "none"
    CAP = "cap"
    BAC = "bac"
    BAC_2 = "bac_2"
    BAC_3 = "bac_3"


class Household(StrEnum):
    ALONE = "alone"
    ALONE_CHILDREN = "alone_children"
    COUPLE = "couple"
    COUPLE_CHILDREN = "couple_children"
    OTHER = "other"


# column → (codes that it may hold, what it holds until something was said)
FACTS: dict[str, tuple[tuple[str, ...], str]] = {
    "employment": (tuple(Employment), Employment.UNKNOWN),
    "on_social_minimum": (tuple(Said), Said.UNKNOWN),
    "lives_in_qpv": (tuple(Said), Said.UNKNOWN),
    "education": (("", *Education), ""),
    "household": (("", *Household), ""),
}


def said(facts: dict[str, str]) -> dict[str, str]:
    """Only what was answered: an empty or unknown code, or one that is not ours, says nothing."""
    return {name: facts[name] for name, (codes, empty) in FACTS.items() if facts.get(name, "") in set(codes) - {empty}}
