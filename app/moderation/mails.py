"""What the holder and the second reader are told, in the outbox of the verb's own transaction."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.calendar import add_working_days
from app.core.database import db
from app.core.i18n import date_long
from app.core.links import external_url
from app.core.outbox import post_mail
from app.moderation import queries
from app.moderation.models import ChangeRequest, Review, Verdict
from app.moderation.queries import Case
from app.moderation.rules import ChangeReason
from app.moderation.words import FIELDS, REASONS, REFUSALS

DECISION_DAYS = 7


def _to_holder(
    campaign: Campaign, occasion: str, subject: str, paragraphs: list[str], *, at: datetime, button: str
) -> None:
    owner = db.session.get_one(User, campaign.owner_id)
    post_mail(
        "message",
        to=owner.email,
        subject=subject,
        occasion=f"campaign:{campaign.id}:{occasion}",
        at=at,
        locale=owner.locale,
        title=subject,
        paragraphs=paragraphs,
        action_label=button,
        action_url=external_url("moderation.holder_review", slug=campaign.slug),
        reason=_("Vous recevez ce message parce que vous portez la campagne « %(title)s ».", title=campaign.title),
    )


def _owner_locale(campaign: Campaign) -> str:
    return db.session.get_one(User, campaign.owner_id).locale


def taken(campaign: Campaign, review: Review, *, at: datetime) -> None:
    by = db.session.get_one(User, review.taken_by_id)
    with force_locale(_owner_locale(campaign)):
        day = date_long(add_working_days(clock.paris_day(at).date(), DECISION_DAYS))
        words = [
            _("%(name)s relit votre campagne « %(title)s ».", name=by.name, title=campaign.title),
            _("Vous aurez une réponse au plus tard le %(day)s.", day=day),
        ]
        subject, button = _("La relecture de votre campagne commence"), _("Voir où en est ma campagne")
        _to_holder(campaign, f"review:{review.id}:taken", subject, words, at=at, button=button)


def changes_requested(campaign: Campaign, review: Review, sent: list[ChangeRequest], *, at: datetime) -> None:
    with force_locale(_owner_locale(campaign)):
        words = [_("Votre projet a été lu avec attention. Pour qu’il soit publié, il reste ceci :")]
        words += [_sentence(request) for request in sent]
        words.append(_("Corrigez, répondez à chaque demande, puis renvoyez votre campagne."))
        _to_holder(
            campaign, f"review:{review.id}:changes:{sent[-1].id}", _("Quelques modifications avant la publication"),
            words, at=at, button=_("Voir les demandes"),
        )  # fmt: skip


def _sentence(request: ChangeRequest) -> str:
    field, reason = FIELDS[request.field], REASONS[ChangeReason(request.reason)]
    return str(_("%(field)s (%(reason)s) : %(words)s", field=field, reason=reason, words=request.text))


def approved(campaign: Campaign, review: Review, *, at: datetime) -> None:
    with force_locale(_owner_locale(campaign)):
        words = [
            _("Bonne nouvelle : votre campagne « %(title)s » est approuvée.", title=campaign.title),
            _("Il vous reste à choisir son jour d’ouverture. Elle sera en ligne ce jour-là, sans autre démarche."),
        ]
        subject, button = _("Votre campagne est approuvée"), _("Choisir le jour d’ouverture")
        _to_holder(campaign, f"review:{review.id}:approved", subject, words, at=at, button=button)
    _tell_referent(campaign, review, at=at)


def refused(campaign: Campaign, review: Review, *, at: datetime) -> None:
    with force_locale(_owner_locale(campaign)):
        words = [
            _("Deux personnes ont relu votre campagne « %(title)s ». Elle ne sera pas publiée.", title=campaign.title),
            f"{REFUSALS[review.reason_code]} {review.reason}",
            _("Ce que nous vous proposons : %(alternative)s", alternative=review.alternative),
        ]
        _to_holder(
            campaign, f"review:{review.id}:refused", _("La réponse à votre campagne"), words, at=at,
            button=_("Lire la réponse"),
        )  # fmt: skip
    _tell_referent(campaign, review, at=at)


def resubmitted(campaign: Campaign, review: Review, *, at: datetime) -> None:
    """The reviewer learns that the answers are there."""
    if review.taken_by_id is None:
        return
    reader = db.session.get_one(User, review.taken_by_id)
    with force_locale(reader.locale):
        _to_staff(
            reader.email, campaign, f"review:{review.id}:again:{int(at.timestamp())}", at=at, locale=reader.locale,
            subject=_("Les réponses sont arrivées"),
            words=_("Le porteur ou la porteuse de « %(title)s » a répondu à vos demandes.", title=campaign.title),
        )  # fmt: skip


def proposed(case: Case, review: Review, *, at: datetime) -> None:
    """Those who may be the second person are asked to decide."""
    out = case.team_ids | case.recused_ids | {review.proposed_by_id or 0, case.referent_id or 0}
    for email, locale in queries.other_reviewers(review.organisation_id, except_ids=frozenset(out)):
        with force_locale(locale):
            what = _("une approbation") if review.proposal == Verdict.APPROVE else _("un refus")
            _to_staff(
                email, case.campaign, f"review:{review.id}:second:{email}:{int(at.timestamp())}", at=at, locale=locale,
                subject=_("Une décision attend une deuxième personne"),
                words=_(
                    "Pour « %(title)s », on propose %(what)s. À vous de décider.",
                    title=case.campaign.title, what=what,
                ),
            )  # fmt: skip


def _tell_referent(campaign: Campaign, review: Review, *, at: datetime) -> None:
    if campaign.coaching_record_id is None:
        return
    record = db.session.get_one(CoachingRecord, campaign.coaching_record_id)
    if record.referent_id is None:
        return
    referent = db.session.get_one(User, record.referent_id)
    with force_locale(referent.locale):
        good = review.proposal == Verdict.APPROVE
        words = _("« %(title)s » est approuvée.") if good else _("« %(title)s » n’est pas retenue.")
        post_mail(
            "message", to=referent.email, subject=_("Décision sur une campagne que vous accompagnez"),
            occasion=f"review:{review.id}:referent", at=at, locale=referent.locale,
            title=_("Décision sur une campagne que vous accompagnez"),
            paragraphs=[words % {"title": campaign.title}], action_label=_("Ouvrir le dossier"),
            action_url=external_url("coaching.show", reference=record.reference),
            reason=_("Vous recevez ce message parce que vous êtes référent ou référente de ce dossier."),
        )  # fmt: skip


def _to_staff(
    to: str, campaign: Campaign, occasion: str, *, at: datetime, locale: str, subject: str, words: str
) -> None:
    post_mail(
        "message", to=to, subject=subject, occasion=occasion[:160], at=at, locale=locale, title=subject,
        paragraphs=[words], action_label=_("Ouvrir la relecture"),
        action_url=external_url("moderation.review", slug=campaign.slug),
        reason=_("Vous recevez ce message parce que vous relisez les campagnes de votre structure."),
    )  # fmt: skip
