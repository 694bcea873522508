"""What reviewers, coaches and the network's leads are told."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.campaigns.rules import FIRST_ANSWER_WORKING_DAYS
from app.coaching.models import CoachingRecord
from app.coaching.told import who_open
from app.core import clock
from app.core.access import Role
from app.core.calendar import add_working_days
from app.core.database import db
from app.core.i18n import date_long
from app.core.links import external_url
from app.core.outbox import post_mail
from app.moderation.models import Review, Verdict
from app.moderation.pool import Reviewer
from app.moderation.queries import Case
from app.moderation.rules import SECOND_ANSWERS_WITHIN
from app.network import queries as network


def to_staff(
    to: User | Reviewer, occasion: str, subject: str, paragraphs: list[str], *, at: datetime, url: str, button: str
) -> None:
    """One person of the team, in that person's language (already forced by the caller)."""
    post_mail(
        "message", to=to.email, subject=subject, occasion=occasion[:160], at=at, locale=to.locale, title=subject,
        paragraphs=paragraphs, action_label=button, action_url=url,
        reason=_("Vous recevez ce message parce que vous relisez ou accompagnez des campagnes de la plateforme."),
    )  # fmt: skip


def _open(campaign: Campaign) -> str:
    return external_url("moderation.review", slug=campaign.slug)


def resubmitted(campaign: Campaign, review: Review, *, at: datetime) -> None:
    """The reviewer learns that the answers are there, and by when an answer is promised."""
    if review.taken_by_id is None:
        return
    reader = db.session.get_one(User, review.taken_by_id)
    with force_locale(reader.locale):
        last = add_working_days(clock.paris_day(at).date(), 7)
        to_staff(
            reader, f"review:{review.id}:again:{int(at.timestamp())}", _("Les réponses sont arrivées"),
            [
                _("Le porteur ou la porteuse de « %(title)s » a répondu à vos demandes.", title=campaign.title),
                _("La réponse est promise au plus tard le %(day)s.", day=date_long(last)),
            ],
            at=at, url=_open(campaign), button=_("Ouvrir la relecture"),
        )  # fmt: skip


def second_wanted(case: Case, review: Review, people: list[Reviewer], *, at: datetime) -> None:
    """Those who may be the second person are asked to decide, and told by when."""
    campaign = case.campaign
    for one in people:
        with force_locale(one.locale):
            what = _("une approbation") if review.proposal == Verdict.APPROVE else _("un refus")
            last = add_working_days(clock.paris_day(at).date(), SECOND_ANSWERS_WITHIN)
            words = [
                _("Pour « %(title)s », on propose %(what)s. À vous de décider.", title=campaign.title, what=what),
                _("Votre réponse est attendue au plus tard le %(day)s.", day=date_long(last)),
            ]
            if review.second_organisation_id:
                words.insert(1, _("Le réseau demande à votre structure d’apporter la deuxième personne."))
            to_staff(
                one, f"review:{review.id}:second:{one.user_id}:{int(at.timestamp())}",
                _("Une décision attend une deuxième personne"), words,
                at=at, url=_open(campaign), button=_("Ouvrir la relecture"),
            )  # fmt: skip


def leads() -> list[User]:
    """The leads of the network; where there is none, those of its own organisation, else the administrators."""
    fallback = network.find_fallback()
    ids = network.people_with(Role.NETWORK_LEAD, None)
    ids = ids or (network.people_with(Role.ORGANISATION_LEAD, fallback.id) if fallback else [])
    ids = ids or network.people_with(Role.PLATFORM_ADMIN, None)
    return [db.session.get_one(User, user_id) for user_id in ids]


def nobody_free(case: Case, *, at: datetime, why: str = "second") -> None:
    """The rule is never relaxed: the network's leads learn that somebody is missing. Once a day and case at most."""
    campaign, day = case.campaign, clock.paris_day(at).date().isoformat()
    for lead in leads():
        with force_locale(lead.locale):
            missing = (
                _(
                    "Personne n’a pris cette campagne depuis %(days)s jours ouvrés.",
                    days=FIRST_ANSWER_WORKING_DAYS,
                )
                if why == "untaken"
                else _("Aucune deuxième personne libre de tout lien n’a encore décidé.")
            )
            to_staff(
                lead, f"campaign:{campaign.id}:nobody:{why}:{day}:{lead.id}", _("Une campagne attend une personne"),
                [
                    _("« %(title)s » attend une décision.", title=campaign.title),
                    missing,
                    _(
                        "Nommez une personne, ou relancez celles qui peuvent décider : la règle des deux ne "
                        "s’assouplit pas."
                    ),
                ],
                at=at, url=external_url("pages.home"), button=_("Ouvrir la plateforme"),
            )  # fmt: skip


def sent_back(campaign: Campaign, review: Review, first_id: int, *, words: str, at: datetime) -> None:
    first = db.session.get_one(User, first_id)
    with force_locale(first.locale):
        told = [_("La deuxième personne ne confirme pas votre proposition pour « %(title)s ».", title=campaign.title)]
        to_staff(
            first, f"review:{review.id}:back:{int(at.timestamp())}", _("Votre proposition revient en relecture"),
            [*told, words] if words else told, at=at, url=_open(campaign), button=_("Ouvrir la relecture"),
        )  # fmt: skip


def opinion_wanted(case: Case, *, at: datetime) -> None:
    """The referent of the linked record is asked for an opinion, once a passage."""
    if case.referent_id is None or case.referent_id in case.closed_to:
        return
    referent, campaign = db.session.get_one(User, case.referent_id), case.campaign
    with force_locale(referent.locale):
        to_staff(
            referent, f"campaign:{campaign.id}:opinion:{int((campaign.submitted_at or at).timestamp())}",
            _("Votre avis sur une campagne que vous accompagnez"),
            [
                _("La relecture de « %(title)s » commence.", title=campaign.title),
                _("Dites en deux textes où en est le projet : l’un pour la personne, l’autre pour l’équipe qui relit."),
            ],
            at=at, url=external_url("moderation.advise", slug=campaign.slug), button=_("Donner mon avis"),
        )  # fmt: skip


def opinion_given(case: Case, review: Review, *, at: datetime) -> None:
    if review.taken_by_id is None:
        return
    reader, campaign = db.session.get_one(User, review.taken_by_id), case.campaign
    with force_locale(reader.locale):
        to_staff(
            reader, f"review:{review.id}:opinion:{int(at.timestamp())}", _("L’avis d’accompagnement est arrivé"),
            [_("La personne qui accompagne « %(title)s » a donné son avis.", title=campaign.title)],
            at=at, url=_open(campaign), button=_("Ouvrir la relecture"),
        )  # fmt: skip


def tell_referent(campaign: Campaign, review: Review, *, at: datetime) -> None:
    if campaign.coaching_record_id is None:
        return
    record = db.session.get_one(CoachingRecord, campaign.coaching_record_id)
    for referent in who_open(record, [record.referent_id]):
        with force_locale(referent.locale):
            good = review.proposal == Verdict.APPROVE
            words = _("« %(title)s » est approuvée.") if good else _("« %(title)s » n’est pas retenue.")
            to_staff(
                referent, f"review:{review.id}:referent", _("Décision sur une campagne que vous accompagnez"),
                [words % {"title": campaign.title}], at=at,
                url=external_url("coaching.show", reference=record.reference), button=_("Ouvrir le dossier"),
            )  # fmt: skip
