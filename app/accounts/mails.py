"""The mails of accounts. Nothing a visitor typed stands in a mail to an address that is not proved yet."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.core.links import external_url
from app.core.outbox import post_mail

Words = object  # a lazy sentence: it speaks the language of who reads it

_HOLDER = _l("Vous recevez ce message parce que cette adresse est celle d’un compte de Graine d’Actions.")
_TYPED = _l("Vous recevez ce message parce que quelqu’un, sans doute vous, a donné cette adresse à Graine d’Actions.")
_NOT_YOU = _l("Si cela ne vient pas de vous, n’appuyez pas : rien ne se passera.")


def post(
    to: str, title: Words, paragraphs: list[Words], *, occasion: str, at: datetime, locale: str,
    reason: Words = _HOLDER, action_label: Words = "", action_url: str = "",
) -> None:  # fmt: skip
    post_mail(
        "message", to=to, subject=title, occasion=occasion[:160], at=at, locale=locale,  # type: ignore[arg-type]  # a lazy sentence
        title=title, paragraphs=paragraphs, reason=reason, action_label=action_label, action_url=action_url,
    )  # fmt: skip


def confirmation(to: str, token: str, *, occasion: str, at: datetime, locale: str) -> None:
    post(
        to, _l("Confirmez votre adresse"),
        [_l("Un compte vient d’être demandé pour cette adresse. Confirmez-la pour l’ouvrir."),
         _l("Ce lien est valable trois jours."), _NOT_YOU],
        occasion=occasion, at=at, locale=locale, reason=_TYPED,
        action_label=_l("Confirmer mon adresse"), action_url=external_url("accounts.confirm_email", token=token),
    )  # fmt: skip


def known_address(to: str, *, occasion: str, at: datetime, locale: str) -> None:
    post(
        to, _l("Vous avez déjà un compte"),
        [_l("Quelqu’un, sans doute vous, a voulu utiliser cette adresse pour un compte. Elle en a déjà un."),
         _l("Vous pouvez vous connecter. Mot de passe oublié ? La page de connexion vous en fait choisir un autre."),
         _l("Si cela ne vient pas de vous, vous n’avez rien à faire : votre compte n’a pas changé.")],
        occasion=occasion, at=at, locale=locale,
        action_label=_l("Se connecter"), action_url=external_url("accounts.sign_in"),
    )  # fmt: skip


def reset(to: str, token: str, *, occasion: str, at: datetime, locale: str) -> None:
    post(
        to, _l("Choisissez un nouveau mot de passe"),
        [_l("Un nouveau mot de passe a été demandé pour votre compte."),
         _l("Ce lien est valable deux heures et ne sert qu’une fois."), _NOT_YOU],
        occasion=occasion, at=at, locale=locale,
        action_label=_l("Choisir un mot de passe"), action_url=external_url("accounts.reset_password", token=token),
    )  # fmt: skip


def unknown_address(to: str, *, occasion: str, at: datetime, locale: str) -> None:
    post(
        to, _l("Aucun compte à cette adresse"),
        [_l("Un nouveau mot de passe a été demandé pour cette adresse, mais aucun compte ne s’y trouve."),
         _l("Peut-être vous êtes-vous inscrit ou inscrite avec une autre adresse ?"),
         _l("Si cela ne vient pas de vous, vous n’avez rien à faire.")],
        occasion=occasion, at=at, locale=locale, reason=_TYPED,
        action_label=_l("Ouvrir un compte"), action_url=external_url("accounts.sign_up"),
    )  # fmt: skip


def new_address(to: str, token: str, *, is_new: bool, occasion: str, at: datetime, locale: str) -> None:
    asked = (
        _l("Un compte de Graine d’Actions doit désormais utiliser cette adresse.")
        if is_new
        else _l("Votre compte doit désormais utiliser une autre adresse que celle-ci.")
    )
    post(
        to, _l("Confirmez le changement d’adresse"),
        [asked, _l("Le changement se fait quand les deux adresses, l’ancienne et la nouvelle, ont confirmé."),
         _l("Ce lien est valable un jour."), _NOT_YOU],
        occasion=occasion, at=at, locale=locale, reason=_TYPED if is_new else _HOLDER,
        action_label=_l("Confirmer le changement"),
        action_url=external_url("accounts.confirm_new_email", token=token),
    )  # fmt: skip


def changed(to: str, *, what: str, occasion: str, at: datetime, locale: str) -> None:
    """`what`: "password" or "email"."""
    title = _l("Votre mot de passe a été changé") if what == "password" else _l("Votre adresse a été changée")
    post(
        to, title,
        [_l("C’est fait. Tous les appareils qui étaient connectés à votre compte ont été déconnectés."),
         _l("Si cela ne vient pas de vous, choisissez tout de suite un nouveau mot de passe et écrivez-nous.")],
        occasion=occasion, at=at, locale=locale,
        action_label=_l("Choisir un mot de passe"), action_url=external_url("accounts.ask_reset"),
    )  # fmt: skip


def closed(to: str, *, occasion: str, at: datetime, locale: str) -> None:
    post(
        to, _l("Votre compte est fermé"),
        [_l("Votre nom et votre adresse ont été effacés de votre compte. Vous ne pouvez plus vous y connecter."),
         _l("Vos contributions passées restent dans les comptes des campagnes le temps fixé par la loi.")],
        occasion=occasion, at=at, locale=locale,
        action_label=_l("Revenir sur le site"), action_url=external_url("pages.home"),
    )  # fmt: skip


def suspended(to: str, motive: Words, *, occasion: str, at: datetime, locale: str) -> None:
    post(
        to, _l("Votre compte est suspendu"),
        [_l("Vous ne pouvez plus vous connecter pour le moment, et les appareils connectés ne le sont plus. Raison :"),
         motive,
         _l("Rien n’est effacé, et vos contributions ne changent pas. Vous n’êtes pas d’accord, ou vous voulez "
            "comprendre ? Écrivez-nous : une personne vous répondra.")],
        occasion=occasion, at=at, locale=locale,
        action_label=_l("Nous écrire"), action_url=external_url("pages.legal"),
    )  # fmt: skip


def restored(to: str, *, occasion: str, at: datetime, locale: str) -> None:
    post(
        to, _l("Votre compte est de nouveau ouvert"),
        [_l("Vous pouvez vous connecter comme avant, avec le même mot de passe.")],
        occasion=occasion, at=at, locale=locale,
        action_label=_l("Se connecter"), action_url=external_url("accounts.sign_in"),
    )  # fmt: skip
