"""What holder, contributors, reporters and second persons are told about a campaign on line."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState, FundingKind
from app.core import clock
from app.core.calendar import add_working_days
from app.core.database import db
from app.core.i18n import date_long
from app.core.links import external_url
from app.core.outbox import post_mail
from app.moderation.mails import owner_locale, to_holder
from app.moderation.pool import Reviewer
from app.moderation.staff_mails import to_staff
from app.moderation.watch_models import AbuseReport, Ending, Suspension
from app.moderation.watch_rules import ANSWERED_WITHIN, CONFIRMED_WITHIN, LIFTED_WITHIN
from app.moderation.watch_words import CATEGORIES, SUSPENSIONS
from app.pledges.mails import post
from app.pledges.models import Pledge
from app.pledges.rules import COUNTING


def suspended(campaign: Campaign, suspension: Suspension, *, at: datetime) -> None:
    with force_locale(owner_locale(campaign)):
        last = add_working_days(clock.paris_day(at).date(), CONFIRMED_WITHIN)
        words = [
            f"{SUSPENSIONS[suspension.reason_code]} {suspension.reason}",
            _(
                "Pendant ce temps votre campagne ne prend plus de contributions ; celles qui existent restent, et "
                "rien de plus n’est débité."
            ),
            _(
                "Une deuxième personne doit confirmer cette suspension au plus tard le %(day)s ; sinon elle est levée.",
                day=date_long(last),
            ),
            _("Vous pouvez répondre : écrivez à la structure qui a relu votre campagne, ou à la plateforme."),
        ]
        to_holder(
            campaign, f"suspension:{suspension.id}", _("Votre campagne est suspendue"), words, at=at,
            button=_("Lire les raisons"),
        )  # fmt: skip


def lifted(campaign: Campaign, suspension: Suspension, *, at: datetime) -> None:
    with force_locale(owner_locale(campaign)):
        words = [
            _("Personne n’a confirmé la suspension dans le délai : elle est levée.")
            if suspension.ending == Ending.UNCONFIRMED
            else _("Deux personnes ont levé la suspension.")
        ]
        words.append(
            _("Votre campagne prend de nouveau des contributions, jusqu’à la date prévue.")
            if campaign.state == CampaignState.LIVE
            else _("Sa date de fin est passée : le résultat est annoncé dans l’heure.")
        )
        to_holder(
            campaign, f"suspension:{suspension.id}:end", _("La suspension de votre campagne est levée"), words, at=at,
            button=_("Voir où en est ma campagne"),
        )  # fmt: skip


def cancelled(campaign: Campaign, *, at: datetime) -> None:
    with force_locale(owner_locale(campaign)):
        words = [
            _(
                "Votre campagne était suspendue, et personne n’a levé la suspension dans les %(days)s jours qui ont "
                "suivi sa fin. Elle est annulée.",
                days=LIFTED_WITHIN.days,
            ),
            _("Les promesses sont levées, et ce qui avait été débité est remboursé à chaque personne."),
        ]
        to_holder(
            campaign, "cancelled-by-clock", _("Votre campagne est annulée"), words, at=at,
            button=_("Voir où en est ma campagne"),
        )  # fmt: skip


def second_wanted(campaign: Campaign, suspension: Suspension, people: list[Reviewer], *, at: datetime) -> None:
    is_lift = suspension.lift_proposed_by_id is not None
    for one in people:
        with force_locale(one.locale):
            what = (
                _("On propose de lever la suspension de « %(title)s ».", title=campaign.title)
                if is_lift
                else _("« %(title)s » est suspendue.", title=campaign.title)
            )
            last = add_working_days(clock.paris_day(at).date(), CONFIRMED_WITHIN)
            to_staff(
                one, f"suspension:{suspension.id}:{'lift' if is_lift else 'begin'}:{one.user_id}",
                _("Une suspension attend une deuxième personne"),
                [
                    what,
                    _("Sans confirmation d’ici le %(day)s, la suspension tombe.", day=date_long(last))
                    if not is_lift
                    else _("Lisez les raisons, puis décidez."),
                ],
                at=at, url=external_url("moderation.watch", slug=campaign.slug), button=_("Ouvrir la campagne"),
            )  # fmt: skip


def _pledges(campaign: Campaign, after: int, last: int | None, limit: int) -> list[Pledge]:
    statement = select(Pledge).where(Pledge.campaign_id == campaign.id, Pledge.id > after, Pledge.state.in_(COUNTING))
    if last is not None:
        statement = statement.where(Pledge.id <= last)
    return list(db.session.scalars(statement.order_by(Pledge.id).limit(limit)))


def contributors(campaign: Campaign, suspension: Suspension, *, after: int, limit: int, at: datetime) -> list[int]:
    """What happens to each contribution, in words; the pledge ids told."""
    told = _pledges(campaign, after, None, limit)
    for pledge in told:
        with force_locale(pledge.locale):
            if campaign.kind == FundingKind.FLEXIBLE:
                fate = _(
                    "Votre contribution, déjà débitée, reste où elle est : elle ne part pas chez le porteur ou la "
                    "porteuse. Vous pouvez toujours l’annuler en deux clics jusqu’à la fin prévue ; tout vous est "
                    "alors remboursé."
                )
                after_all = _("Si la campagne est annulée, vous êtes remboursé·e en entier, sans rien faire.")
            else:
                fate = _("Votre promesse reste enregistrée, et rien n’est débité. Vous pouvez l’annuler en deux clics.")
                after_all = _("Si la campagne est annulée, votre promesse est levée et votre carte n’est plus gardée.")
            words = [
                _("La campagne que vous soutenez est suspendue pendant une vérification."), fate,
                _("Si la suspension est levée, la campagne reprend et nous vous écrivons."), after_all,
            ]  # fmt: skip
            post(
                pledge, _("La campagne est suspendue pendant une vérification"), words,
                occasion=f"suspended:{suspension.id}", at=at,
            )  # fmt: skip
    return [pledge.id for pledge in told]


def contributors_end(
    campaign: Campaign, suspension: Suspension, *, after: int, last: int, limit: int, at: datetime
) -> list[int]:
    told = _pledges(campaign, after, last, limit)
    for pledge in told:
        with force_locale(pledge.locale):
            words = [
                _("La vérification est terminée : la campagne que vous soutenez n’est plus suspendue."),
                _("Votre contribution suit son cours, comme convenu."),
            ]
            post(pledge, _("La suspension de la campagne est levée"), words, occasion=f"lifted:{suspension.id}", at=at)
    return [pledge.id for pledge in told]


def report_received(report: AbuseReport, *, at: datetime) -> None:
    """With the address where the answer will stand, and by when."""
    if not report.email:
        return
    with force_locale(report.locale):
        day = add_working_days(clock.paris_day(at).date(), ANSWERED_WITHIN)
        _to_reporter(
            report, "received", _("Votre signalement est bien arrivé"),
            [
                _("Vous signalez la campagne « %(title)s ».", title=report.campaign.title),
                _("Une personne le lit et vous répond au plus tard le %(day)s.", day=date_long(day)),
            ],
            at=at,
        )  # fmt: skip


def report_answered(report: AbuseReport, *, at: datetime) -> None:
    if not report.email:
        return
    with force_locale(report.locale):
        words = [
            _("Vous avez signalé la campagne « %(title)s ».", title=report.campaign.title),
            _("Nous avons donné suite à votre signalement.")
            if report.outcome == "upheld"
            else _("Après lecture, la campagne reste en ligne telle quelle."),
            report.answer,
            _("Si vous n’êtes pas d’accord, répondez à la plateforme : une autre personne relira."),
        ]
        _to_reporter(report, "answered", _("La réponse à votre signalement"), words, at=at)


def _to_reporter(report: AbuseReport, occasion: str, subject: str, words: list[str], *, at: datetime) -> None:
    post_mail(
        "message", to=report.email, subject=subject, occasion=f"report:{report.id}:{occasion}", at=at,
        locale=report.locale, title=subject, paragraphs=words, action_label=_("Voir mon signalement"),
        action_url=external_url("moderation.report_status", public_id=report.public_id),
        reason=_("Vous recevez ce message parce que vous avez signalé une campagne."),
    )  # fmt: skip


def report_to_holder(campaign: Campaign, report: AbuseReport, *, at: datetime) -> None:
    """The statement of reasons; never who reported."""
    with force_locale(owner_locale(campaign)):
        words = [
            _("Une personne a signalé votre campagne : %(what)s", what=CATEGORIES[report.category]),
            report.statement,
            _("Vous pouvez corriger, ou dire pourquoi vous n’êtes pas d’accord à la structure qui relit."),
        ]
        to_holder(
            campaign, f"report:{report.id}", _("Une suite à un signalement de votre campagne"), words, at=at,
            button=_("Lire les raisons"),
        )  # fmt: skip
