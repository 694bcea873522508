"""What the two sides of a referral are told. No name in these mails."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import User
from app.coaching import told
from app.coaching.models import CoachingRecord
from app.coaching.relay_models import Referral
from app.core.database import db
from app.core.links import external_url
from app.core.outbox import post_mail


def sent(record: CoachingRecord, referral: Referral, *, at: datetime) -> None:
    """To the organisation asked."""
    for user in told.who_receives(referral.to_organisation_id):
        with force_locale(user.locale):
            _post(
                user, referral, "sent", _("Une personne est orientée vers vous"),
                _("Une structure du réseau vous oriente une personne, avec son accord."), at=at,
            )  # fmt: skip


def answered(record: CoachingRecord, referral: Referral, *, at: datetime) -> None:
    """To who sent it on, or whoever answers for the record since."""
    for user in told.who_answers(record, referral.from_user_id):
        with force_locale(user.locale):
            ref = record.reference
            words = {
                "accepted": _("L’orientation du dossier %(ref)s est acceptée.", ref=ref),
                "redirected": _(
                    "L’orientation du dossier %(ref)s va vers une autre structure, avec l’accord de la personne.",
                    ref=ref,
                ),
            }.get(referral.state, _("L’orientation du dossier %(ref)s vous revient : lisez pourquoi.", ref=ref))
            _post(user, referral, referral.state, _("Réponse à une orientation"), words, at=at, record=record)


def unanswered(record: CoachingRecord, referral: Referral, *, at: datetime) -> None:
    """To the organisation asked, and to who sent it on. From a partner outside, who sent it on has the news."""
    for user in told.who_receives(referral.to_organisation_id):
        with force_locale(user.locale):
            _post(
                user, referral, "reminded", _("Une orientation attend votre réponse"),
                _("Une personne vous a été orientée il y a dix jours ouvrés : accueillez-la, rendez-la, ou dites qui "
                  "est mieux placé."), at=at,
            )  # fmt: skip
    for user in told.who_answers(record, referral.from_user_id):
        with force_locale(user.locale):
            words = (
                _("L’orientation du dossier %(ref)s est sans réponse depuis dix jours ouvrés. La structure vient "
                  "d’être relancée.", ref=record.reference)
                if referral.to_organisation_id
                else _("La personne du dossier %(ref)s a été orientée hors du réseau il y a dix jours ouvrés. "
                       "Demandez-lui si le premier contact a eu lieu, et notez-le.", ref=record.reference)
            )  # fmt: skip
            title = _("Une orientation est sans réponse")
            _post(user, referral, "unanswered", title, words, at=at, record=record)


def contact_awaited(_record: CoachingRecord, referral: Referral, *, at: datetime) -> None:
    """To who coaches there now: the person waits to be met, and the first record stays open until then."""
    theirs = db.session.get(CoachingRecord, referral.new_record_id) if referral.new_record_id else None
    coaching = told.who_answers(theirs, theirs.referent_id) if theirs is not None else []
    for user in coaching or told.who_receives(referral.to_organisation_id):
        with force_locale(user.locale):
            _post(
                user, referral, "contact", _("Une personne attend votre premier contact"),
                _("Votre structure a accepté de l’accueillir il y a dix jours ouvrés. Appelez-la, puis notez le "
                  "premier contact\u00a0: la structure qui vous l’a orientée l’attend pour clore son dossier."), at=at,
            )  # fmt: skip


def contact_missing(record: CoachingRecord, referral: Referral, *, at: datetime) -> None:
    """Back to who sent it on: still no first contact, so the person may be left between two organisations."""
    for user in told.who_answers(record, referral.from_user_id):
        with force_locale(user.locale):
            _post(
                user, referral, "contact-missing", _("Une personne orientée n’a pas encore été reçue"),
                _("L’orientation du dossier %(ref)s est acceptée, mais aucun premier contact n’est noté, même après "
                  "une relance. Appelez la personne, ou la structure.", ref=record.reference), at=at, record=record,
            )  # fmt: skip


def _post(
    user: User, referral: Referral, what: str, title: str, words: str, *, at: datetime,
    record: CoachingRecord | None = None,
) -> None:  # fmt: skip
    """`record`: to its side. Its leads see the record, whoever sent it on also sees the referral in their list."""
    label, url = _("Voir les orientations"), external_url("coaching.referrals")
    if record is not None and user.id != referral.from_user_id:
        label, url = _("Ouvrir le dossier"), external_url("coaching.show", reference=record.reference)
    post_mail(
        "message", to=user.email, subject=title, occasion=f"referral:{referral.id}:{what}:{user.id}", at=at,
        locale=user.locale, title=title, paragraphs=[words], action_label=label, action_url=url,
        reason=_("Vous recevez ce message parce que vous accompagnez des projets dans le réseau."),
    )  # fmt: skip
