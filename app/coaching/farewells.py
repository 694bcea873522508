"""The good-bye after a closing, or the answer to a request that was not taken: the coach's words, and where the
person's own record is."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import confirm_keys, message_services
from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.coaching.path_models import RecordMove
from app.coaching.path_rules import UNDO
from app.coaching.rules import RecordState
from app.core.database import db
from app.core.outbox import post_mail


def post(*, at: datetime, limit: int = 50) -> int:
    """Farewells of endings that can no longer be taken back; how many records. Safe to run twice at once."""
    due = db.session.execute(
        select(RecordMove, CoachingRecord)
        .join(CoachingRecord, CoachingRecord.id == RecordMove.record_id)
        .where(
            RecordMove.new_state.in_([RecordState.CLOSED, RecordState.DECLINED]),
            RecordMove.told_at.is_(None),
            RecordMove.undone_at.is_(None),
            RecordMove.at <= at - UNDO,
        )
        .order_by(RecordMove.id)
        .limit(limit)
    ).all()
    for move, record in due:
        for person in _holders(record.project_id):
            _tell(person, move, record, at=at)
        with force_locale("fr"):  # kept in the record
            text = f"{_title(move)}\n{move.reason}"
        message_services.add_automatic(record, text=text, at=at)
        move.told_at = at
    return len(due)


def _holders(project_id: int) -> list[Person]:
    return list(
        db.session.scalars(
            select(Person)
            .join(ProjectMember, ProjectMember.person_id == Person.id)
            .where(ProjectMember.project_id == project_id, ProjectMember.ended_at.is_(None))
        )
    )


def _tell(person: Person, move: RecordMove, record: CoachingRecord, *, at: datetime) -> None:
    """To an address that was only typed in the public form neither the name nor a word of the record."""
    account = db.session.get(User, person.user_id) if person.user_id else None
    address = account.email if account else person.email
    if not address:
        return
    way, locale = confirm_keys.way_in(record, address), account.locale if account else "fr"
    with force_locale(locale):
        hello = [] if way.says_first else [_("Bonjour %(name)s,", name=person.name), move.reason]
        post_mail(
            "message", to=address, subject=_title(move),
            occasion=f"record:{record.id}:farewell:{move.id}:{person.id}", at=at, locale=locale, title=_title(move),
            paragraphs=[*hello, *_kept(move), *way.words(), *_thanks(move), record.organisation.name],
            action_label=_("Relire mon dossier"), action_url=way.url,
            reason=_reason(move, record.organisation.name),
        )  # fmt: skip


def _title(move: RecordMove) -> str:
    if move.new_state == RecordState.DECLINED:
        return str(_("Réponse à votre demande d’accompagnement"))
    return str(_("Votre accompagnement se termine"))


def _kept(move: RecordMove) -> list[str]:
    if move.new_state == RecordState.DECLINED:
        return [
            _("La structure n’a pas pu retenir votre demande. Le dossier dit pourquoi, et ce que vous pouvez essayer "
              "d’autre\u00a0; vous pouvez y répondre."),
        ]  # fmt: skip
    return [_("Le chemin fait ensemble reste le vôtre : vous pouvez relire votre dossier et en garder une copie.")]


def _thanks(move: RecordMove) -> list[str]:
    if move.new_state == RecordState.DECLINED:
        return [_("Vous pouvez demander de nouveau quand vous voulez.")]
    return [_("Merci de votre confiance, et bonne route. La porte reste ouverte.")]


def _reason(move: RecordMove, organisation: str) -> str:
    if move.new_state == RecordState.DECLINED:
        return str(_("Vous recevez ce message parce que cette adresse a été écrite dans une demande d’accompagnement."))
    return str(_("Vous recevez ce message parce que %(organisation)s vous a accompagné·e.", organisation=organisation))
