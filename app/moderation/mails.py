"""What the holder is told: who has the file, what is asked, by when. In the outbox of the verb's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import User
from app.campaigns.mails import answer_days, appeal_until
from app.campaigns.models import Campaign
from app.campaigns.rules import DECISION_WORKING_DAYS
from app.core.database import db
from app.core.i18n import date_long
from app.core.links import external_url
from app.core.outbox import post_mail
from app.moderation.models import ChangeRequest, Review
from app.moderation.rules import ChangeReason
from app.moderation.staff_mails import nobody_free as nobody_free
from app.moderation.staff_mails import opinion_given as opinion_given
from app.moderation.staff_mails import opinion_wanted as opinion_wanted
from app.moderation.staff_mails import resubmitted as resubmitted
from app.moderation.staff_mails import second_wanted as second_wanted
from app.moderation.staff_mails import sent_back as sent_back
from app.moderation.staff_mails import tell_referent
from app.moderation.words import FIELDS, ITEMS, REASONS, REFUSALS


def to_holder(
    campaign: Campaign, occasion: str, subject: str, paragraphs: list[str], *, at: datetime, button: str
) -> None:
    owner = db.session.get_one(User, campaign.owner_id)
    post_mail(
        "message",
        to=owner.email,
        subject=subject,
        occasion=f"campaign:{campaign.id}:{occasion}"[:160],
        at=at,
        locale=owner.locale,
        title=subject,
        paragraphs=paragraphs,
        action_label=button,
        action_url=external_url("moderation.holder_review", slug=campaign.slug),
        reason=_("Vous recevez ce message parce que vous portez la campagne « %(title)s ».", title=campaign.title),
    )


def owner_locale(campaign: Campaign) -> str:
    return db.session.get_one(User, campaign.owner_id).locale


def _by_when(campaign: Campaign, at: datetime) -> str:
    """The promise, counted from the day the file came (back)."""
    last = answer_days(campaign.submitted_at or at)[1]
    return str(_("Vous aurez une réponse au plus tard le %(day)s.", day=date_long(last)))


def _reader(campaign: Campaign, review: Review) -> str:
    """« Solène Arbey, de Pôle … »."""
    by = db.session.get(User, review.taken_by_id) if review.taken_by_id else None
    organisation = campaign.organisation.name if campaign.organisation else ""
    if by is None:
        return organisation
    return str(_("%(name)s, de %(organisation)s", name=by.name, organisation=organisation))


def taken(campaign: Campaign, review: Review, *, at: datetime) -> None:
    with force_locale(owner_locale(campaign)):
        words = [
            _("%(name)s relit votre campagne « %(title)s ».", name=_reader(campaign, review), title=campaign.title),
            _by_when(campaign, at),
        ]
        subject, button = _("La relecture de votre campagne commence"), _("Voir où en est ma campagne")
        to_holder(campaign, f"review:{review.id}:taken", subject, words, at=at, button=button)


def admitted(campaign: Campaign, review: Review, *, at: datetime) -> None:
    with force_locale(owner_locale(campaign)):
        words = [
            _("Votre campagne « %(title)s » entre bien dans le cadre de la plateforme.", title=campaign.title),
            _("%(reader)s lit maintenant le projet lui-même.", reader=_reader(campaign, review)),
            _by_when(campaign, at),
        ]
        subject, button = _("Votre campagne est recevable"), _("Voir où en est ma campagne")
        to_holder(campaign, f"review:{review.id}:admitted", subject, words, at=at, button=button)


def changes_requested(
    campaign: Campaign, review: Review, sent: list[ChangeRequest], points: Mapping[str, str], *, at: datetime
) -> None:
    with force_locale(owner_locale(campaign)):
        words = [_("Votre projet a été lu avec attention. Pour qu’il soit publié, il reste ceci :")]
        words += [_sentence(request) for request in sent] + _points(points)
        words += [
            _("Corrigez, répondez à chaque demande, puis renvoyez votre campagne."),
            _(
                "Prenez le temps qu’il vous faut. %(reader)s vous répond au plus tard %(days)s jours ouvrés après "
                "votre renvoi.",
                reader=_reader(campaign, review), days=DECISION_WORKING_DAYS,
            ),
        ]  # fmt: skip
        to_holder(
            campaign, f"review:{review.id}:changes:{sent[-1].id}", _("Quelques modifications avant la publication"),
            words, at=at, button=_("Voir les demandes"),
        )  # fmt: skip


def request_cancelled(campaign: Campaign, request: ChangeRequest, *, at: datetime) -> None:
    """The words stay on the page; nothing is awaited for them any more."""
    with force_locale(owner_locale(campaign)):
        words = [
            _("Cette demande n’attend plus de réponse :"),
            _sentence(request),
            _("S’il ne reste aucune autre demande, renvoyez votre campagne : la relecture reprendra."),
        ]
        to_holder(
            campaign, f"request:{request.id}:cancelled", _("Une demande est annulée"), words, at=at,
            button=_("Voir où en est ma campagne"),
        )  # fmt: skip


def _sentence(request: ChangeRequest) -> str:
    field, reason = FIELDS[request.field], REASONS[ChangeReason(request.reason)]
    return str(_("%(field)s (%(reason)s) : %(words)s", field=field, reason=reason, words=request.text))


def _points(points: Mapping[str, str]) -> list[str]:
    """What was written for the holder about the points of the list that are still to mend."""
    return [str(_("« %(point)s » %(words)s", point=ITEMS[code][1], words=words)) for code, words in points.items()]


def approved(campaign: Campaign, review: Review, points: Mapping[str, str], *, at: datetime) -> None:
    with force_locale(owner_locale(campaign)):
        words = [
            _("Bonne nouvelle : votre campagne « %(title)s » est approuvée.", title=campaign.title),
            _("Il vous reste à choisir son jour d’ouverture. Elle sera en ligne ce jour-là, sans autre démarche."),
            *_points(points),
        ]
        subject, button = _("Votre campagne est approuvée"), _("Choisir le jour d’ouverture")
        to_holder(campaign, f"review:{review.id}:approved", subject, words, at=at, button=button)
    tell_referent(campaign, review, at=at)


def refused(campaign: Campaign, review: Review, points: Mapping[str, str], *, at: datetime) -> None:
    with force_locale(owner_locale(campaign)):
        words = [
            _("Deux personnes ont relu votre campagne « %(title)s ». Elle ne sera pas publiée.", title=campaign.title),
            f"{REFUSALS[review.reason_code]} {review.reason}",
            *_points(points),
            _("Ce que nous vous proposons : %(alternative)s", alternative=review.alternative),
        ]
        if campaign.appealed_at is None and (until := appeal_until(at)):
            words.append(
                _(
                    "Vous pouvez demander une fois un nouvel examen, jusqu’au %(day)s : d’autres personnes, d’une "
                    "autre structure, reliront votre campagne.",
                    day=date_long(until),
                )
            )
        to_holder(
            campaign, f"review:{review.id}:refused", _("La réponse à votre campagne"), words, at=at,
            button=_("Lire la réponse"),
        )  # fmt: skip
    tell_referent(campaign, review, at=at)
