"""What is mailed about a request. Nothing typed in the form is repeated: the address may be somebody else’s."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import User
from app.coaching import confirm_keys, message_services
from app.coaching.models import CoachingRecord, Person
from app.coaching.request_models import CoachingRequest
from app.core.access import Role
from app.core.database import db
from app.core.i18n import date_long
from app.core.links import external_url
from app.core.outbox import post_mail
from app.network.models import Organisation
from app.network.queries import people_with
from app.network.reasons import in_words


def acknowledge(request: CoachingRequest, person: Person, organisation: Organisation, *, at: datetime) -> None:
    """Who answers, why and by when; with a way to say « it was not me »."""
    with force_locale(request.locale):
        _to_person(
            request, person, "asked", at,
            _("Votre demande d’accompagnement est arrivée"),
            [
                _(
                    "%(organisation)s vous répond au plus tard le %(day)s, %(why)s.",
                    organisation=organisation.name, day=date_long(request.promised_on),
                    why=in_words(request.routing_reason),
                ),
                _("L’accompagnement est gratuit, et vous ne vous engagez à rien."),
                *_to_confirm(person),
                _("Vous n’avez rien demandé ? Ouvrez la page ci-dessous et retirez la demande : il n’en restera rien."),
            ],
        )  # fmt: skip


def tell_sent_on(request: CoachingRequest, organisation: Organisation, *, at: datetime) -> None:
    with force_locale(request.locale):
        _to_person(
            request, request.person, f"sent:{organisation.id}:{at:%Y%m%d%H%M%S}", at,
            _("Une autre structure répond à votre demande"),
            [
                _(
                    "%(organisation)s vous répond au plus tard le %(day)s. Pourquoi : %(why)s",
                    organisation=organisation.name, day=date_long(request.promised_on), why=request.routing_reason,
                ),
            ],
        )  # fmt: skip


def tell_taken(request: CoachingRequest, name: str, *, at: datetime) -> None:
    with force_locale(request.locale):
        _to_person(
            request, request.person, "taken", at,
            _("Quelqu’un a pris votre demande"),
            [
                _(
                    "%(name)s, de %(organisation)s, a lu votre demande et vous contacte pour un premier échange.",
                    name=name, organisation=request.record.organisation.name,
                ),
                *_to_confirm(request.person),
                _("Avec un compte à cette adresse e-mail, vous lisez votre dossier et y écrivez."),
            ],
        )  # fmt: skip


def _to_confirm(person: Person) -> list[str]:
    said = _("Confirmez que c’est bien vous sur la page ci-dessous : sans cela, la demande ne rejoint aucun compte.")
    return [said] if person.is_unconfirmed else []


def _to_person(
    request: CoachingRequest, person: Person, what: str, at: datetime, title: str, paragraphs: list[str]
) -> None:
    if not person.email:
        return
    message_services.add_automatic(request.record, text=f"{title}\n{paragraphs[0]}", at=at)
    post_mail(
        "message", to=person.email, subject=title, occasion=f"request:{request.id}:{what}", at=at,
        locale=request.locale, title=title, paragraphs=paragraphs, action_label=_("Suivre ma demande"),
        action_url=confirm_keys.link(request),
        reason=_("Vous recevez ce message parce que cette adresse a été écrite dans une demande d’accompagnement."),
    )  # fmt: skip


def tell_organisation(request: CoachingRequest, organisation: Organisation, *, at: datetime) -> None:
    """Every coach and lead there; without any account, the organisation's own address. No name, no need."""
    for address, locale, who in _answering(organisation):
        with force_locale(locale):
            words = _("Une réponse est promise au plus tard le %(day)s.", day=date_long(request.promised_on))
            title = _("Une demande d’accompagnement attend une réponse")
            _to_coach(request, address, locale, f"told:{organisation.id}:{who}", title, words, at)


def tell_late(request: CoachingRequest, organisation: Organisation, *, at: datetime) -> None:
    """The promised day has passed, and nobody has taken it."""
    for address, locale, who in _answering(organisation):
        with force_locale(locale):
            words = _(
                "La réponse était promise pour le %(day)s, et une personne attend. Prenez sa demande, ou orientez-la "
                "vers qui peut lui répondre.", day=date_long(request.promised_on),
            )  # fmt: skip
            title = _("Une demande d’accompagnement est restée sans réponse")
            what = f"late:{request.promised_on:%Y%m%d}:{organisation.id}:{who}"
            _to_coach(request, address, locale, what, title, words, at)


def _answering(organisation: Organisation) -> list[tuple[str, str, str]]:
    """(address, language, user id) of coaches and leads; its own address, with user id "", when there are none."""
    people = {
        *people_with(Role.COACH, organisation.id),
        *people_with(Role.ORGANISATION_LEAD, organisation.id),
    }
    users = [db.session.get_one(User, user_id) for user_id in sorted(people)]
    own = [(organisation.contact_email, "fr", "")] if organisation.contact_email else []
    return [(user.email, user.locale, str(user.id)) for user in users] or own


def _to_coach(
    request: CoachingRequest, address: str, locale: str, what: str, title: str, words: str, at: datetime
) -> None:
    """Without an account the page of requests would stay shut: no link to it."""
    has_account = not what.endswith(":")
    access = _(
        "Votre structure n’a pas encore de compte ici\u00a0: répondez à ce courriel, et l’accès vous est ouvert."
    )
    post_mail(
        "message", to=address, subject=title, occasion=f"request:{request.id}:{what}", at=at, locale=locale,
        title=title, paragraphs=[words] if has_account else [words, access], action_label=_("Voir les demandes"),
        action_url=external_url("requests.waiting") if has_account else "",
        reason=_("Vous recevez ce message parce que votre structure répond à cet endroit."),
    )  # fmt: skip


def invite(record: CoachingRecord, person: Person, token: str, *, link_id: int, sender: str, at: datetime) -> None:
    """The link that joins the record to an account; it works once."""
    account = db.session.get(User, person.user_id) if person.user_id else None
    locale = account.locale if account else "fr"
    if not person.email:
        return
    with force_locale("fr"):  # kept in the record
        text = _("%(sender)s, de %(organisation)s, a ouvert un dossier pour suivre votre projet avec vous.",
                 sender=sender, organisation=record.organisation.name)  # fmt: skip
    message_services.add_automatic(record, text=text, at=at)
    with force_locale(locale):  # the reader's language, not the coach's
        post_mail(
            "message", to=person.email, subject=_("Votre dossier d’accompagnement est ouvert"),
            occasion=f"record:{record.id}:invite:{link_id}", at=at, locale=locale,
            title=_("Votre dossier d’accompagnement est ouvert"),
            paragraphs=[
                _(
                    "%(sender)s, de %(organisation)s, a ouvert un dossier pour suivre votre projet avec vous.",
                    sender=sender, organisation=record.organisation.name,
                ),
                _("Ouvrez le lien, avec votre compte ou un nouveau compte : vous lirez le dossier, vous verrez qui y a "
                  "accès, et vous pourrez y écrire. Le lien marche une fois, pendant trente jours."),
            ],
            action_label=_("Lire mon dossier"), action_url=external_url("invitations.accept", token=token),
            reason=_(
                "Vous recevez ce message parce qu’une structure d’appui a noté votre adresse pendant un rendez-vous."
            ),
        )  # fmt: skip
