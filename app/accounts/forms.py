"""What people type about their account."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from app.accounts.rules import PASSWORD_MAX, PASSWORD_MIN, is_common
from app.core.forms import BaseForm, EmailField, LineField

_NOT_A_NAME = re.compile(r"[<>@/\\{}|]|www\.", re.IGNORECASE)
_GIVE_EMAIL = _l("Indiquez votre adresse e-mail.")
_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
_GIVE_PASSWORD = _l("Indiquez votre mot de passe.")


def is_a_name(_form: object, field: Any) -> None:
    """Names appear in mails to other people: no address of a site may hide in them."""
    if field.data and _NOT_A_NAME.search(field.data):
        raise ValidationError(str(_l("Un nom ne contient ni adresse ni les signes < > @ / \\ { } |.")))


class NewPasswordField(PasswordField):
    """A password to choose. `own_words` (name, e-mail) are given by the form before validation."""

    own_words: tuple[str, ...] = ()

    def pre_validate(self, form: object) -> None:
        password = self.data or ""
        if len(password) < PASSWORD_MIN:
            raise ValidationError(str(_l("Il faut %(least)s caractères au moins.", least=PASSWORD_MIN)))
        if len(password) > PASSWORD_MAX:
            raise ValidationError(str(_l("Il faut %(most)s caractères au plus.", most=PASSWORD_MAX)))
        if is_common(password, *self.own_words):
            raise ValidationError(
                str(_l("Ce mot de passe est trop courant. Quatre mots sans lien entre eux font un bon mot de passe."))
            )


def _new_password(label: object) -> NewPasswordField:
    return NewPasswordField(
        label,
        validators=[InputRequired(_l("Choisissez un mot de passe."))],
        description=_l("%(least)s caractères au moins. Une phrase courte convient très bien.", least=PASSWORD_MIN),
        render_kw={"autocomplete": "new-password"},
    )


def _password(label: object) -> PasswordField:
    return PasswordField(
        label, validators=[InputRequired(_GIVE_PASSWORD)], render_kw={"autocomplete": "current-password"}
    )


class SignUpForm(BaseForm):
    name = LineField(
        _l("Votre nom"), [InputRequired(_l("Indiquez votre nom.")), is_a_name], max_length=120,
        description=_l("Tel que vous voulez être nommé ou nommée sur la plateforme."),
        render_kw={"autocomplete": "name"},
    )  # fmt: skip
    email = EmailField(_l("Adresse e-mail"), [InputRequired(_GIVE_EMAIL)], render_kw={"autocomplete": "email"})
    password = _new_password(_l("Mot de passe"))
    next = HiddenField()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        self.password.own_words = (self.name.data or "", self.email.data or "")
        return bool(super().validate(*args, **kwargs))


class SignInForm(BaseForm):
    email = EmailField(_l("Adresse e-mail"), [InputRequired(_GIVE_EMAIL)], render_kw={"autocomplete": "username"})
    password = _password(_l("Mot de passe"))
    next = HiddenField()


class ConfirmForm(BaseForm):
    """The button of the confirmation page, in the browser that signed up."""


class ConfirmElsewhereForm(BaseForm):
    """The same in another browser."""

    password = _password(_l("Le mot de passe que vous avez choisi"))


class AskResetForm(BaseForm):
    email = EmailField(_l("Adresse e-mail"), [InputRequired(_GIVE_EMAIL)], render_kw={"autocomplete": "username"})


class ResetForm(BaseForm):
    password = _new_password(_l("Nouveau mot de passe"))


class DetailsForm(BaseForm):
    name = LineField(
        _l("Votre nom"), [InputRequired(_l("Indiquez votre nom.")), is_a_name], max_length=120,
        render_kw={"autocomplete": "name"},
    )  # fmt: skip
    locale = RadioField(
        _l("Langue des courriels"),
        choices=[SelectChoice("fr", "Français"), SelectChoice("en", "English")],
        default="fr",
    )


class ChangePasswordForm(BaseForm):
    current = _password(_l("Mot de passe actuel"))
    password = _new_password(_l("Nouveau mot de passe"))


class ChangeEmailForm(BaseForm):
    new_email = EmailField(_l("Nouvelle adresse"), [InputRequired(_GIVE_EMAIL)], render_kw={"autocomplete": "email"})
    current = _password(_l("Mot de passe"))


class BeginFactorForm(BaseForm):
    current = _password(_l("Votre mot de passe"))
    next = HiddenField()


class FirstCodeForm(BaseForm):
    """The first code of a telephone: it shows that the secret arrived there."""

    code = LineField(
        _l("Le code que votre téléphone affiche"), [InputRequired(_l("Écrivez le code à six chiffres."))],
        max_length=20, description=_l("Six chiffres, qui changent toutes les trente secondes."), render_kw=_CODE,
    )  # fmt: skip
    next = HiddenField()


class CodeForm(BaseForm):
    """A code of the telephone, or a printed one."""

    retry_after_seconds = 0  # filled when there were too many tries
    code = LineField(
        _l("Votre code"), [InputRequired(_l("Écrivez votre code."))], max_length=40,
        description=_l("Six chiffres affichés par votre téléphone, ou un de vos codes de secours."), render_kw=_CODE,
    )  # fmt: skip
    next = HiddenField()


class CloseForm(BaseForm):
    current = _password(_l("Mot de passe"))
