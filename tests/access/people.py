"""Every role × every relation to the file of the scene: somebody who sits there, or a word why nobody can.

An independent copy of the roles of the domain, with two rows more for what may befall a person (stepped aside, account
suspended) and one for rights that have run out. The file of the scene is one project: its coaching
record, its campaigns (sent in, on line, succeeded), their review, contributions and decisions about money.

A cell is written `role.relation`; several people may sit in it: `role.relation/seat`.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

RELATIONS = {
    "own": "holds it, answers for it, has taken it, prepared it, promised it, was invited to it",
    "team": "belongs to its circle",
    "self": "has the role, and is one of those who carry the project",
    "same": "works for the organisation that coaches and reviews it, or is carried along by it",
    "other": "the same for another organisation",
    "none": "no tie",
}

# role → relation → who sits there: {seat: in words}, or one sentence for a single seat, or why nobody can: a sentence
# that begins with « - ».
_TABLE: dict[str, dict[str, str | dict[str, str]]] = {
    "visitor": {
        "none": "a browser without an account",
        "own team self same other": "- has no account: nothing of the file can be theirs",
    },
    "contributor": {
        "own": "promised the contribution of the scene",
        "none": "promised one to a campaign of others",
        "team self": "- whoever is of the team or carries the project sits in that row, gifts or not",
        "same other": "- contributes for oneself, never for an organisation",
    },
    "holder": {
        "own": "holds the campaign and the project",
        "same": "holds another one, coached and reviewed by the same organisation",
        "other": "holds one at another organisation",
        "none": "has a draft that no organisation has seen",
        "team self": "- holding is already the closest tie: the cell « own »",
    },
    "team_member": {
        "team": {
            "manager": "manages the money and the team",
            "editor": "writes the page",
            "thanks": "thanks and delivers",
        },
        "same": "manages the other campaign of the same organisation",
        "other": "manages the campaign at another organisation",
        "none": "was a manager of this team and has left it",
        "own self": "- whoever owns it is its holder: that row",
    },
    "coach": {
        "own": "referent of the record",
        "team": "co-coach of the record, from another organisation",
        "self": "coach of the same organisation who carries the project",
        "same": "coach of the same organisation, without a part",
        "other": "coach of another organisation, asked for an opinion and sent a referral",
        "none": "a right that begins tomorrow",
    },
    "moderator": {
        "own": "has taken the review",
        "team": "of the organisation asked for a second person",
        "self": "of the same organisation, carries the project",
        "same": "of the same organisation",
        "other": "of another organisation",
        "none": "a right that begins tomorrow",
    },
    "communicator": {
        "self": "of the same organisation, carries the project",
        "same": "of the same organisation",
        "other": "of another organisation",
        "none": "a right that begins tomorrow",
        "own team": "- publishes stories and pages: no file is given to a communicator",
    },
    "lead": {
        "own": "leads the same organisation and looks at the record with a reason",
        "self": "leads the same organisation and carries the project",
        "same": {"code": "leads the same organisation", "no_code": "the same, without a second factor"},
        "other": "leads another organisation",
        "none": "a right that begins tomorrow",
        "team": "- a lead who coaches it is its co-coach: the cell « coach, team »",
    },
    "network_lead": {
        "self": "of the same organisation, carries the project",
        "same": "the reviewing organisation leads the consortium",
        "other": "another organisation leads another one",
        "none": "a right that begins tomorrow",
        "own team": "- reads totals of a consortium: no file is given to a network lead",
    },
    "expert": {
        "own": "invited to the record",
        "self": "carries the project",
        "same": "of the same organisation, invited to another record",
        "other": "of another organisation, invited to nothing",
        "none": "was invited to the record; the invitation is over",
        "team": "- an invitation is all the part an expert can have: the cell « own »",
    },
    "observer": {
        "self": "carries the project",
        "same": "observes the same organisation",
        "other": "observes another one",
        "none": "observes the platform as a whole",
        "own team": "- sees totals only: no file is given to an observer",
    },
    "treasurer": {
        "own": "prepared what waits for a second person",
        "team": "once decided on its review",
        "self": "carries the project",
        "none": {"code": "no interest in it", "no_code": "the same, without a second factor"},
        "same other": "- moves the money of the platform, not of an organisation",
    },
    "admin": {
        "self": "carries the project",
        "none": "administers the platform",
        "own team": "- administers accounts and settings: no file is given to an administrator",
        "same other": "- the right is nobody's: it cannot be given in an organisation",
    },
    "recused": {
        "own": "leads the same organisation, had taken the review, stepped aside",
        "team": "of the organisation asked for a second person, stepped aside",
        "same": "moderator of the same organisation, stepped aside",
        "self": "- whoever carries the project is shut out without stepping aside: the cells « self »",
        "other none": "- reads nothing of it: there is nothing to step aside from",
    },
    "suspended": {
        "own": {"holder": "its holder, suspended", "contributor": "its contributor, suspended"},
        "team": "the manager of its team, suspended",
        "self": "the moderator who carries it, suspended",
        "same": "the moderator of the same organisation, suspended",
        "other": "the coach of another organisation, suspended",
        "none": "the administrator, suspended",
    },
    "former": {
        "own": {"referent": "its referent, whose right ran out", "lead": "the lead with a reason, whose right ran out"},
        "team": "its co-coach, whose right ran out",
        "self": "the lead who carries it, whose right ran out",
        "same": {"lead": "the lead of the same organisation, ran out", "coach": "a coach there, ran out"},
        "other": "the second reader's organisation, whose moderator's right ran out",
        "none": "the treasurer, whose right ran out",
    },
}  # fmt: skip
# What befalls people of the scene afterwards, and under which name they are met then.
LATER = {
    "suspended.own/holder": "holder.own", "suspended.own/contributor": "contributor.own",
    "suspended.team": "team_member.team/manager", "suspended.self": "moderator.self",
    "suspended.same": "moderator.same", "suspended.other": "coach.other", "suspended.none": "admin.none",
    "former.own/referent": "coach.own", "former.own/lead": "lead.own", "former.team": "coach.team",
    "former.self": "lead.self", "former.same/lead": "lead.same/code", "former.same/coach": "coach.same",
    "former.other": "moderator.team", "former.none": "treasurer.none/code",
}  # fmt: skip

IMPOSSIBLE: dict[tuple[str, str], str] = {}
SEATS: dict[tuple[str, str], list[str]] = {}
for _role, _row in _TABLE.items():
    for _names, _said in _row.items():
        for _relation in _names.split():
            _cell = (_role, _relation)
            if isinstance(_said, dict):
                SEATS[_cell] = [f"{_role}.{_relation}/{seat}" for seat in _said]
            elif _said.startswith("- "):
                IMPOSSIBLE[_cell] = _said[2:]
            else:
                SEATS[_cell] = [f"{_role}.{_relation}"]

ROLES = tuple(_TABLE)
CELLS = tuple((role, relation) for role in ROLES for relation in RELATIONS)
PEOPLE = tuple(name for seats in SEATS.values() for name in seats)
NOW = tuple(name for name in PEOPLE if name not in LATER)


def people(patterns: str) -> frozenset[str]:
    """« coach.own *.self »: names or patterns, one after the other; each must mean somebody. « a -b »: without b."""
    found: set[str] = set()
    for pattern in patterns.split():
        meant = {name for name in PEOPLE if fnmatchcase(name, pattern.removeprefix("-"))}
        assert meant, f"nobody is called {pattern}"
        found = found - meant if pattern.startswith("-") else found | meant
    return frozenset(found)


EVERYBODY = people("*")
SIGNED_IN = people("* -visitor.none -suspended.*")
NOBODY_AT_ALL: frozenset[str] = frozenset()
