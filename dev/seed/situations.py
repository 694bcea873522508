"""Who the people of the demo are when a coaching begins, and when one ends: codes, as on the page."""

from __future__ import annotations

from app.accounts.models import User
from app.coaching import path_services, proposal_services, situation_services
from app.coaching.models import CoachingRecord, Person
from app.coaching.path_rules import OutcomeKind
from app.coaching.proposal_rules import OUTCOME
from app.coaching.situation_rules import Moment
from app.core import clock
from app.core.database import db, transaction
from dev.seed.people import PEOPLE

ENTRY = {
    "porteuse": {"employment": "job_seeker", "on_social_minimum": "no", "lives_in_qpv": "no", "education": "bac_2",
                 "household": "couple_children"},
    "porteur": {"employment": "employee", "on_social_minimum": "no", "lives_in_qpv": "yes", "education": "bac"},
    "porteur.velos": {"employment": "job_seeker", "on_social_minimum": "yes", "lives_in_qpv": "yes",
                      "education": "cap", "household": "alone"},
    "porteuse.moulin": {"employment": "job_seeker", "on_social_minimum": "yes", "lives_in_qpv": "no",
                        "education": "bac_3", "household": "alone_children"},
    "porteur.verger": {"employment": "retired", "on_social_minimum": "no"},  # the rest was not asked, or not said
}  # fmt: skip
EXIT = {"employment": "self_employed", "on_social_minimum": "no", "lives_in_qpv": "no", "household": "alone_children"}
RESULT = OutcomeKind.ACTIVITY_EXTENDED
GOOD_BYE = "La roue tourne, l’association vit de son moulin. Ce fut un plaisir : donnez-nous de ses nouvelles."


def at_the_beginning(record: CoachingRecord, person: Person, holder: User, *, by: int) -> None:
    """Asked by the coach at the first meeting, in the caller's transaction."""
    facts = ENTRY.get(next(one.key for one in PEOPLE if one.email == holder.email))
    if facts:
        _say(record, person, Moment.ENTRY, facts, by=by)


def _say(record: CoachingRecord, person: Person, moment: Moment, facts: dict[str, str], *, by: int) -> None:
    at = clock.now()
    situation_services.say(
        record, person_id=person.id, person_ids=frozenset({person.id}), moment=moment,
        on=clock.paris_day(at).date(), facts=facts, by=by, at=at,
    )  # fmt: skip


def at_the_end(record_id: int) -> None:
    """The coach says what the project came to, as the platform proposes, and closes with dignity."""
    at = clock.now()
    with transaction():
        record = db.session.get_one(CoachingRecord, record_id)
        by, person = record.referent_id or 0, record.project.members[0].person
        proposed = next((one for one in record.proposals if one.kind == OUTCOME), None)
        if proposed is not None:
            proposal_services.confirm_outcome(proposed, record, kind=RESULT, on=at.date(), by=by, at=at)
        else:
            path_services.add_outcome(record, kind=RESULT, happened_on=at.date(), by=by, at=at)
        path_services.close(
            record, result=None, words=GOOD_BYE, drop_actions=True, by=by, at=at, exit_of=person.id, exit_facts=EXIT
        )
