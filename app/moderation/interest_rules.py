"""Links between a reviewer and a project: which forbid, which ask for a word that the second person reads. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.core.text import fold
from app.moderation.errors import ExplanationMissing, FirstIsTied, InterestsUnchecked, OwnOrReferent


class Hit(StrEnum):
    """What the platform finds by itself."""

    TEAM = "team"  # holder, or member of the team or of the project, now or before
    COACH = "coach"  # referent or co-coach of the record
    BACKER = "backer"  # has contributed to this campaign
    DECIDED_BEFORE = "decided_before"  # proposed or decided the refusal that is appealed
    SAME_DOMAIN = "same_domain"  # an e-mail address of the same house
    SAME_HOUSE = "same_house"  # the holder has a right in an organisation of the reviewer
    DECLARED = "declared"  # a name of the yearly declaration stands in the campaign
    SAME_PHONE = "same_phone"  # a telephone of the holder or the team
    SAME_ADDRESS = "same_address"  # their postal address: one household
    SAME_ACCOUNT = "same_account"  # the legal name under which the money is received


FORBIDDEN = frozenset({Hit.TEAM, Hit.COACH, Hit.BACKER, Hit.DECIDED_BEFORE})
# Addresses that everybody has: they say nothing about a house.
COMMON_DOMAINS = frozenset({
    "gmail.com", "outlook.fr", "outlook.com", "hotmail.fr", "hotmail.com", "live.fr", "yahoo.fr", "yahoo.com",
    "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "icloud.com", "proton.me",
    "protonmail.com", "gmx.fr", "posteo.net", "mailo.com",
})  # fmt: skip
RESERVED = ("example.org", "example.com", "example.net")  # RFC 2606: nobody's house
SHORTEST_NAME = 4  # letters of a declared name, below which it would be found everywhere


@dataclass(frozen=True)
class Facts:
    """What is known about one person and one campaign. Addresses in lower case."""

    user_id: int
    email: str
    holder_email: str
    team_ids: frozenset[int]
    coach_ids: frozenset[int]
    earlier_ids: frozenset[int]
    is_backer: bool = False
    shares_house: bool = False
    declared: tuple[str, ...] = ()
    campaign_words: str = ""
    in_common: frozenset[Hit] = frozenset()  # telephone, address, account: what both fingerprints show


def hits(facts: Facts) -> frozenset[Hit]:
    """Every link found."""
    found = {
        Hit.TEAM: facts.user_id in facts.team_ids or facts.email == facts.holder_email,
        Hit.COACH: facts.user_id in facts.coach_ids,
        Hit.BACKER: facts.is_backer,
        Hit.DECIDED_BEFORE: facts.user_id in facts.earlier_ids,
        Hit.SAME_DOMAIN: is_same_domain(facts.email, facts.holder_email),
        Hit.SAME_HOUSE: facts.shares_house,
        Hit.DECLARED: names_something(facts.declared, facts.campaign_words),
    }
    return frozenset(hit for hit, holds in found.items() if holds) | facts.in_common


def check_first(found: frozenset[Hit]) -> None:
    """What is found about the first person when the second decides: a link may have come since. Errors: FirstIsTied."""
    if found & FORBIDDEN:
        raise FirstIsTied


def is_same_domain(one: str, other: str) -> bool:
    """The same domain, unless everybody may have an address there."""
    domain = one.rpartition("@")[2]
    says_nothing = domain in COMMON_DOMAINS or domain.endswith(RESERVED)
    return bool(domain) and domain == other.rpartition("@")[2] and not says_nothing


def names_something(declared: Iterable[str], words: str) -> bool:
    """True when a declared name stands in the campaign, accents and capitals aside."""
    text = fold(words)
    return any(len(name) >= SHORTEST_NAME and name in text for name in map(fold, declared))


def check_statement(found: frozenset[Hit], *, no_interest: bool, words: str) -> None:
    """Each of both persons says so before acting.

    Errors: OwnOrReferent (a link that forbids), InterestsUnchecked (nothing said), ExplanationMissing (a link that
    asks for a word).
    """
    if found & FORBIDDEN:
        raise OwnOrReferent
    if not no_interest:
        raise InterestsUnchecked
    if found and not words.strip():
        raise ExplanationMissing
