"""What people around a record are told by mail. Never a word of a note, never a situation."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import User
from app.coaching import confirm_keys, told
from app.coaching.message_jobs import holders_of
from app.coaching.models import CoachingRecord
from app.coaching.note_models import GlassBreak
from app.coaching.relay_models import Handover
from app.core.database import db
from app.core.links import external_url
from app.core.outbox import post_mail


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


def new_referent(record: CoachingRecord, given: Handover, name: str, *, at: datetime) -> None:
    """To the people coached, whose referent left: who answers for the record now."""
    for address, (_user_id, locale) in holders_of(record).items():
        way = confirm_keys.way_in(record, address)
        with force_locale(locale):
            post_mail(
                "message", to=address, subject=_("Une autre personne vous accompagne maintenant"),
                occasion=f"record:{record.id}:referent:{given.id}:{address}"[:160], at=at, locale=locale,
                title=_("Une autre personne vous accompagne maintenant"),
                paragraphs=[
                    _(
                        "%(name)s, de %(organisation)s, répond maintenant de votre dossier.",
                        name=name, organisation=record.organisation.name,
                    ),
                    *way.words(),
                ],
                action_label=_("Ouvrir mon dossier"), action_url=way.url,
                reason=_("Vous recevez ce message parce que vous participez à ce dossier."),
            )  # fmt: skip
