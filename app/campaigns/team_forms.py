"""What the team types about itself, and at the end."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, Length

from app.campaigns.picture_forms import WithPicture
from app.campaigns.rules import MemberRole
from app.campaigns.words import ROLES
from app.core.forms import BaseForm, EmailField, TextField

OFFERED = (MemberRole.MANAGER, MemberRole.EDITOR, MemberRole.THANKS)


class InviteForm(BaseForm):
    email = EmailField(
        _l("Son adresse e-mail"), [DataRequired(_l("Indiquez une adresse e-mail.")), Length(max=254)],
        description=_l(
            "La personne reçoit une invitation ; elle rejoint l’équipe en l’acceptant avec un compte à cette adresse."
        ),
    )  # fmt: skip
    role = RadioField(
        _l("Son rôle"), choices=[SelectChoice(role.value, ROLES[role]) for role in OFFERED],
        default=MemberRole.EDITOR.value,
    )  # fmt: skip


class RoleForm(BaseForm):
    role = SelectField(_l("Rôle"), choices=[SelectChoice(role.value, ROLES[role]) for role in OFFERED])


class CloseOutForm(WithPicture, BaseForm):
    must_describe = True
    story = TextField(
        _l("Ce qui s’est passé"), [DataRequired(_l("Écrivez quelques phrases."))], max_length=10_000,
        description=_l(
            "Ce que l’argent a permis, ce qui a changé en route, ce qui vient. Le texte paraît en haut de la page."
        ),
    )  # fmt: skip
