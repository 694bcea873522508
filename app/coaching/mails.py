"""What people around a record are told by mail. Never a word of a note, never a situation."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import User
from app.coaching import told
from app.coaching.models import CoachingRecord
from app.coaching.note_models import GlassBreak
from app.coaching.relay_models import Handover, Referral
from app.core.access import Role
from app.core.database import db
from app.core.links import external_url
from app.core.outbox import post_mail
from app.network.queries import people_with


def to_colleague(
    user: User, record: CoachingRecord, *, occasion: str, subject: str, words: list[str], at: datetime
) -> None:
    """One mail to somebody of the network about a record they work on; sentences already in their language."""
    post_mail(
        "message",
        to=user.email,
        subject=subject,
        occasion=f"record:{record.id}:{occasion}:{user.id}",
        at=at,
        locale=user.locale,
        title=subject,
        paragraphs=words,
        action_label=_("Ouvrir le dossier"),
        action_url=external_url("coaching.show", reference=record.reference),
        reason=_("Vous recevez ce message parce que vous travaillez avec le dossier %(ref)s.", ref=record.reference),
    )


def glass_broken(record: CoachingRecord, look: GlassBreak, *, at: datetime) -> None:
    """To the referent and the other leads: who looks behind the glass, and why."""
    who = db.session.get_one(User, look.user_id).name
    for user in told.who_open(record, sorted({*told.leads_of(record), record.referent_id or 0} - {0, look.user_id})):
        with force_locale(user.locale):
            to_colleague(
                user, record, occasion=f"glass:{look.id}", at=at,
                subject=_("Lecture exceptionnelle du dossier %(ref)s", ref=record.reference),
                words=[
                    _(
                        "%(who)s peut lire pendant 24 heures les notes confidentielles du dossier %(ref)s.",
                        who=who, ref=record.reference,
                    ),
                    _("La raison donnée : « %(reason)s »", reason=look.reason),
                ],
            )  # fmt: skip


def handed_over(record: CoachingRecord, given: Handover, *, at: datetime) -> None:
    """To the new referent: a record waits to be read. The sentence itself stays on the platform."""
    for user in told.who_open(record, [given.to_user_id]):
        with force_locale(user.locale):
            to_colleague(
                user, record, occasion=f"handover:{given.id}", at=at,
                subject=_("Un dossier vous est confié : %(ref)s", ref=record.reference),
                words=[_("Une phrase de passage vous attend sur votre page du matin. Dites-y que vous l’avez lue.")],
            )  # fmt: skip


def referral_sent(record: CoachingRecord, sent: Referral, *, at: datetime) -> None:
    """To the leads of the organisation asked; no name in the mail."""
    for user_id in people_with(Role.ORGANISATION_LEAD, sent.to_organisation_id) if sent.to_organisation_id else ():
        user = db.session.get_one(User, user_id)
        with force_locale(user.locale):
            _about_referrals(
                user, f"referral:{sent.id}:sent:{user_id}", _("Une personne est orientée vers vous"),
                _("Une structure du réseau vous oriente une personne, avec son accord."), at=at,
            )  # fmt: skip


def referral_answered(record: CoachingRecord, sent: Referral, *, at: datetime) -> None:
    """To who sent it on, or whoever answers for the record since."""
    for user in told.who_answers(record, sent.from_user_id):
        with force_locale(user.locale):
            words = {
                "accepted": _("L’orientation du dossier %(ref)s est acceptée.", ref=record.reference),
                "redirected": _(
                    "L’orientation du dossier %(ref)s va vers une autre structure, avec l’accord de la personne.",
                    ref=record.reference,
                ),
            }.get(
                sent.state, _("L’orientation du dossier %(ref)s vous revient : lisez pourquoi.", ref=record.reference)
            )
            _about_referrals(
                user, f"referral:{sent.id}:{sent.state}:{user.id}", _("Réponse à une orientation"), words, at=at
            )


def referral_unanswered(record: CoachingRecord, sent: Referral, *, at: datetime) -> None:
    """To the leads asked, and to who sent it on. No name in the mail."""
    for user_id in people_with(Role.ORGANISATION_LEAD, sent.to_organisation_id) if sent.to_organisation_id else ():
        user = db.session.get_one(User, user_id)
        with force_locale(user.locale):
            _about_referrals(
                user, f"referral:{sent.id}:reminded:{user_id}", _("Une orientation attend votre réponse"),
                _("Une personne vous a été orientée il y a dix jours ouvrés : accueillez-la, rendez-la, ou dites qui "
                  "est mieux placé."), at=at,
            )  # fmt: skip
    for sender in told.who_answers(record, sent.from_user_id):
        with force_locale(sender.locale):
            _about_referrals(
                sender, f"referral:{sent.id}:unanswered:{sender.id}", _("Une orientation est sans réponse"),
                _("L’orientation du dossier %(ref)s est sans réponse depuis dix jours ouvrés. La structure vient "
                  "d’être relancée.", ref=record.reference), at=at,
            )  # fmt: skip


def _about_referrals(user: User, occasion: str, subject: str, words: str, *, at: datetime) -> None:
    post_mail(
        "message",
        to=user.email,
        subject=subject,
        occasion=occasion,
        at=at,
        locale=user.locale,
        title=subject,
        paragraphs=[words],
        action_label=_("Voir les orientations"),
        action_url=external_url("coaching.referrals"),
        reason=_("Vous recevez ce message parce que vous accompagnez des projets dans le réseau."),
    )
