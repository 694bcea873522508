"""Who hears that a right was given: its person, and everybody who answers for the place where it holds."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.accounts.mails import post
from app.accounts.models import User
from app.core.access import Role
from app.core.links import external_url
from app.network import queries
from app.network.models import Right
from app.network.words import ROLE_WORDS

_NOT_RIGHT = _l("Ce n’est pas normal ? Écrivez-nous tout de suite : nous pouvons retirer ce droit à l’instant.")
_WRITE = _l("Nous écrire")


def right_given(right: Right, person: User, *, at: datetime) -> None:
    """To the person, and to those who lead the organisation; for the whole platform to its administrators."""
    where = right.organisation.name if right.organisation else _l("toute la plateforme")
    named = {"role": ROLE_WORDS[Role(right.role)], "where": where}
    post(
        person.email, _l("Un droit vous est donné"),
        [_l("L’administration vous donne le droit « %(role)s » pour %(where)s.", **named), _NOT_RIGHT],
        occasion=f"right:{right.id}:given:{person.id}", at=at, locale=person.locale,
        action_label=_WRITE, action_url=external_url("pages.legal"),
    )  # fmt: skip
    for reader in queries.who_answer_for(right):
        if reader.id != person.id:
            post(
                reader.email, _l("Un droit vient d’être donné"),
                [_l("L’administration a donné à %(name)s le droit « %(role)s » pour %(where)s.",
                    name=person.name, **named), _NOT_RIGHT],
                occasion=f"right:{right.id}:given:{reader.id}", at=at, locale=reader.locale,
                action_label=_WRITE, action_url=external_url("pages.legal"),
            )  # fmt: skip
