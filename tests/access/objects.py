"""What doors lead to, and who may do what with it.

Written from the domain's matrix of readers, never from app/*/policy.py: an independent copy.

A kind of object says which people are asked at its doors; whoever is left out sits in a cell that is impossible there,
with the reason. An act of a kind (`RECORD_READ`, `MONEY_APPROVE` …) is a set of people; the lines of
tests/access/who/<room>.py give each route one kind and one act.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.access.people import CELLS, EVERYBODY, IMPOSSIBLE, NOBODY_AT_ALL, SEATS, people


@dataclass(frozen=True)
class Kind:
    """`asked`: who is tried at every door of this kind. `why`: why the others are not."""

    name: str
    asked: frozenset[str]
    why: str = ""

    @property
    def has_objects(self) -> bool:
        """Whoever may not see one hears that there is none."""
        return self.name not in {"platform", "account", "desk"}


@dataclass(frozen=True)
class Door:
    """One route: what it leads to, and who may. `code`: a second factor is needed too.

    `late`: people whom the policy lets in and the verb refuses, because of what they did before (409 or 403).
    """

    kind: Kind
    may: frozenset[str]
    code: bool = False
    late: frozenset[str] = NOBODY_AT_ALL


def doors(blueprint: str, door: Door, names: str) -> dict[str, Door]:
    """The same door for several routes of one blueprint."""
    return {f"{blueprint}.{name}": door for name in names.split()}


ONE_A_ROLE = people(
    "visitor.none contributor.own holder.own team_member.team/editor coach.own moderator.same communicator.same "
    "lead.same/code network_lead.same expert.own observer.none treasurer.none/code admin.none recused.same "
    "suspended.none former.none"
)
PLATFORM = Kind("platform", ONE_A_ROLE, "a page of the platform belongs to nobody: one seat a role is asked")
ACCOUNT = Kind("account", ONE_A_ROLE, "an account has one person and no organisation: one seat a role is asked")
DESK = Kind(
    "desk",
    ONE_A_ROLE
    | people("*.none *.none/* lead.same/* former.same/* former.own/lead suspended.same lead.other moderator.other"),
    "a desk shows what its own viewer may: what counts is the right, and from when to when",
)
ORGANISATION = Kind(
    "organisation",
    people("*.same *.same/* *.other *.none *.none/*"),
    "it belongs to an organisation, not to a project: what counts is where one works",
)
RECORD = Kind("record", EVERYBODY)
CAMPAIGN = Kind("campaign", EVERYBODY)
REVIEW = Kind("review", EVERYBODY)
PLEDGE = Kind("pledge", EVERYBODY)
MONEY = Kind("money", EVERYBODY)

# Who is near the record. Those who carry the project are its holders, whatever else they are.
HOLDERS = people("holder.own *.self -suspended.self")
LEADS = people("lead.own lead.same/* recused.own")  # stepping aside from a review closes the review, not the record
COLLEAGUES = people("coach.own coach.same") | LEADS
CIRCLE = people("coach.own coach.team expert.own")

RECORD_READ = HOLDERS | COLLEAGUES | CIRCLE
RECORD_WRITE = COLLEAGUES | CIRCLE
RECORD_STEER = COLLEAGUES | people("coach.team")  # state, members, referral, transfer: not a guest's
RECORD_RESTRICTED = people("coach.own coach.team lead.own")  # the referent, a flag, or a reason that others hear
RECORD_MESSAGES = HOLDERS | CIRCLE | LEADS
RECORD_REFERENT = people("coach.own")

# The campaign's own team.
CAMPAIGN_HOLD = people("holder.own")
CAMPAIGN_TEAM = people("holder.own team_member.team/*")
CAMPAIGN_EDIT = people("holder.own team_member.team/manager team_member.team/editor")
CAMPAIGN_MANAGE = people("holder.own team_member.team/manager")
CAMPAIGN_CARE = people("holder.own team_member.team/manager team_member.team/thanks")  # personal data of contributors

# The review: nobody who carries the project, nobody who stepped aside.
REVIEW_WORK = people("moderator.own moderator.same lead.own lead.same/*")
REVIEW_READ = REVIEW_WORK | people("moderator.team")
REVIEW_ADVISE = people("coach.own coach.team")

PLEDGE_OWN = people("contributor.own")

# Money: the second factor goes with the right; nobody for a campaign they hold, decided on or stepped
# aside from.
TREASURERS = people("treasurer.own treasurer.team treasurer.self treasurer.none/*")
MONEY_PREPARE = people("treasurer.own treasurer.none/*")
MONEY_APPROVE = people("treasurer.own treasurer.none/* lead.own lead.same/*")
MONEY_SEE = TREASURERS | MONEY_APPROVE
PREPARED = people("treasurer.own")  # its own second person

# Desks: who has a right somewhere, now.
COACHES = people("coach.own lead.same/* lead.other recused.own") & DESK.asked
ALL_LEADS = people("lead.same/* lead.other")
MODERATORS = people("moderator.same moderator.other recused.same") | ALL_LEADS
ADMIN = people("admin.none")


def impossible(door: Door, role: str, relation: str) -> str:
    """Why nobody is tried in this cell; "" when somebody is."""
    if (role, relation) in IMPOSSIBLE:
        return IMPOSSIBLE[role, relation]
    if not door.kind.asked.intersection(SEATS[role, relation]):
        return door.kind.why
    return ""


def cells(doors: dict[str, Door]) -> tuple[int, int, list[str]]:
    """(cells with somebody in them, impossible ones, those that are neither) of all these doors."""
    tested, closed, forgotten = 0, 0, []
    for endpoint, door in doors.items():
        for role, relation in CELLS:
            seats = SEATS.get((role, relation), [])
            if door.kind.asked.intersection(seats):
                tested += 1
            elif (seats and not door.kind.why) or (not seats and (role, relation) not in IMPOSSIBLE):
                forgotten.append(f"{endpoint}: {role}, {relation}")
            else:
                closed += 1
    return tested, closed, forgotten
