"""Every change of a second factor is told to its owner. No code and no secret stands in a mail."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.accounts.mails import Words, post
from app.accounts.models import User
from app.core.links import external_url

_NOT_YOU = _l("Si cela ne vient pas de vous, choisissez tout de suite un nouveau mot de passe et écrivez-nous.")
_OTHERS_ENDED = _l("Vos autres appareils ont été déconnectés.")

_NOTICES: dict[str, tuple[Words, list[Words]]] = {
    "on": (
        _l("La double vérification est activée"),
        [_l("Désormais, un code de votre téléphone est demandé en plus de votre mot de passe."), _OTHERS_ENDED],
    ),
    "off": (
        _l("La double vérification est arrêtée"),
        [_l("Votre mot de passe suffit de nouveau pour se connecter."), _OTHERS_ENDED],
    ),
    "codes": (
        _l("Vos codes de secours ont été renouvelés"),
        [_l("Les anciens codes ne servent plus à rien : jetez-les."), _OTHERS_ENDED],
    ),
    "recovery_used": (
        _l("Un code de secours a servi"),
        [_l("Quelqu’un, sans doute vous, vient d’utiliser un de vos codes de secours. Il ne servira plus."),
         _l("Il ne vous en reste que quelques-uns ? Renouvelez-les depuis votre compte.")],
    ),
    "refused": (
        _l("Plusieurs codes faux pour votre compte"),
        [_l("Quelqu’un connaît votre mot de passe et a donné plusieurs codes faux. Nous n’en acceptons plus pour "
            "le moment."),
         _l("C’était vous ? Attendez un peu, et vérifiez que l’heure de votre téléphone est juste.")],
    ),
    "reset": (
        _l("La double vérification a été retirée"),
        [_l("Deux personnes de la plateforme l’ont retirée de votre compte, et tous vos appareils ont été "
            "déconnectés."),
         _l("Connectez-vous avec votre mot de passe, puis activez-la de nouveau.")],
    ),
}  # fmt: skip


def notice(what: str, user: User, *, occasion: str, at: datetime) -> None:
    """`what`: on, off, codes, recovery_used, refused, reset."""
    title, words = _NOTICES[what]
    post(
        user.email, title, [*words, _NOT_YOU], occasion=f"account:{user.id}:second_factor:{what}:{occasion}",
        at=at, locale=user.locale, action_label=_l("Voir mon compte"), action_url=external_url("accounts.profile"),
    )  # fmt: skip
