"""What reviewers do in the demo: take, ask, link the record, decide by two."""

from __future__ import annotations

from datetime import timedelta

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.moderation import decision_services, opinion_services, pool, queries, services
from app.moderation.rules import CHECKLIST, Answer, ChangeReason
from app.network.models import Organisation
from dev.seed.holders import Made, record_of, user
from dev.seed.people import FALLBACK, PEOPLE


def review(made: Made) -> None:
    """Approve, refuse or ask for changes, as the project's fate says."""
    first, second = _reviewers(made)
    at, slug, fate = clock.now(), made.campaign.slug, made.project.fate
    with transaction():
        case = queries.get_case(slug)
        services.take(case, by=first, at=at)
    with transaction():
        case = queries.get_case(slug)
        if fate == "changes_requested":
            services.ask_change(
                case, field="if_missed", reason=ChangeReason.INCOMPLETE, by=first, at=at,
                text="Votre projet est clair et attendu. Dites aussi quand les vingt parcelles ouvriraient, si vous "
                "n’atteignez pas l’objectif.",
            )  # fmt: skip
            services.send_requests(queries.get_case(slug), by=first, at=at)
            return
        if fate == "refused":
            decision_services.propose_refusal(
                case, code="too_early", no_interest=True, by=first, at=at,
                reason="Le projet est utile, mais la société citoyenne n’existe pas : qui recevrait l’argent ?",
                alternative="Un rendez-vous avec le réseau pour créer la société, puis une campagne au printemps.",
            )  # fmt: skip
        else:
            _prepare(made, case, by=first)
            decision_services.propose_approval(case, no_interest=True, by=first, at=at)
    with transaction():
        asked = queries.get_case(slug).review
        if asked is not None and asked.second_organisation_id:  # a large goal: somebody of another organisation
            second = pool.reviewers()[asked.second_organisation_id][0].user_id
        decision_services.decide(queries.get_case(slug), by=second, at=at, no_interest=True)
    if fate != "refused":
        opens_on = (clock.paris_day(clock.real_now()) + timedelta(days=made.project.start)).date()
        with transaction():
            campaigns.choose_opening(made.campaign, opens_on=opens_on, by=made.owner_id, at=at)


def _prepare(made: Made, case: queries.Case, *, by: int) -> None:
    at, record = clock.now(), record_of(made.project, made.owner_id)
    services.save_checklist(case, dict.fromkeys(CHECKLIST, Answer.OK), by=by, at=at)
    if record is not None:
        opinion_services.note_opinion(
            case, opinion="Prêt : équipe solide, budget relu ensemble.", waived_reason="", by=by, at=at
        )
    else:
        opinion_services.note_opinion(
            case, opinion="", waived_reason="Équipe expérimentée, sans accompagnement.", by=by, at=at
        )
        opinion_services.set_no_record(case, reason="Équipe expérimentée, sans accompagnement.", by=by, at=at)


def _reviewers(made: Made) -> tuple[int, int]:
    organisation = db.session.get_one(Organisation, db.session.get_one(Campaign, made.campaign_id).organisation_id)
    wanted = FALLBACK if organisation.is_fallback else organisation.slug
    first, second = (p.key for p in PEOPLE if p.role == "moderator" and p.organisation == wanted)
    return user(first).id, user(second).id
