"""Text from people becomes typed values here. CSRF is always on; messages are sentences."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any, Self

from email_validator import EmailNotValidError, validate_email
from flask import Flask
from flask_babel import format_decimal, get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, EmailInput, ListWidget

from app.core.money import MAX_CENTS, NegativeAmount, TooManyDecimals, format_euros, parse_euros

LINE_MAX = 200
TEXT_MAX = 20_000


OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")  # they turn round the words that follow, ours too
NO_XML = frozenset("\ufffe\uffff")  # one of them in a title, and no feed that names it can be read
UNREADABLE_DROPPED = {"date", "datetime-local", "month", "number", "time", "week"}
SENTENCES = {  # what WTForms says by itself, as sentences of this house
    "Not a valid integer value.": _l("Écrivez un nombre entier, en chiffres."),
    "Not a valid date value.": _l("Cette date n’est pas lisible."),
    "Not a valid choice.": _l("Choisissez une des réponses proposées."),
    "Invalid Choice: could not coerce.": _l("Choisissez une des réponses proposées."),
    "This field is required.": _l("Ce champ est obligatoire."),
}


class HouseWords:
    """The translations a form asks for: our sentence where there is one, else that of WTForms."""

    def __init__(self, others: Any):
        self.others = others

    def gettext(self, string: str) -> str:
        return str(SENTENCES[string]) if string in SENTENCES else str(self.others.gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(self.others.ngettext(singular, plural, n))


@cache
def _house_words(language: str) -> HouseWords:
    from wtforms.i18n import get_translations

    return HouseWords(get_translations([language]))


def clean(text: str | None) -> str | None:
    """NFC, without outer spaces, control characters (tabs and line breaks stay), signs that XML forbids and marks
    that turn text round.

    "" for what nobody sees: spaces and joiners alone.
    """
    if text is None:
        return None
    kept = (
        c
        for c in unicodedata.normalize("NFC", text)
        if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in OVERRIDES | NO_XML)
    )
    text = "".join(kept).strip()
    return text if any(unicodedata.category(c)[0] not in "CZ" for c in text) else ""


class BaseForm(FlaskForm):
    """Every form that changes something inherits from this."""

    class Meta(FlaskForm.Meta):
        locales = ("fr_FR", "fr")

        def get_translations(self, form: object) -> object:
            locale = get_locale()
            return _house_words(locale.language if locale else "fr")

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            """A day or a number that could not be read is not shown again: browsers drop it, HTML forbids it."""
            if field.process_errors and getattr(field.widget, "input_type", "") in UNREADABLE_DROPPED:
                render_kw = {"value": "", **render_kw}
            return super().render_field(field, render_kw)

    def apart(self, prefix: str) -> Self:
        """Ids of their own for a page with several forms: a label leads to one field only. Names stay."""
        for field in self:
            field.id = f"{prefix}-{field.id}"
        return self

    @property
    def all_errors(self) -> list[tuple[str, str]]:
        """(field id, sentence) pairs for the summary."""
        found: list[tuple[str, str]] = []
        for field in self:
            for error in field.errors:
                words = error if not isinstance(error, (list, dict)) else _l("Une ligne est à corriger.")
                found.append((field.id, str(words)))
        found += [("", str(error)) for error in self.form_errors]
        return found


def _as_seen(field: StringField) -> None:
    """A field of spaces is an empty one for `InputRequired` too, which looks at what was sent."""
    if not field.data:
        field.raw_data = [""]


class BoxesField(SelectMultipleField):
    """Several of a few choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LineField(StringField):
    """One line of text, cleaned; line breaks become spaces. Longest allowed: `max_length`."""

    def __init__(self, label: object = None, validators: Any = (), *, max_length: int = LINE_MAX, **kwargs: Any):
        super().__init__(label, [Length(max=max_length, message=_too_long(max_length)), *validators], **kwargs)
        self.max_length = max_length

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = " ".join((clean(str(valuelist[0])) or "").split())
            _as_seen(self)


class TextField(TextAreaField):
    """Several lines, cleaned, with Unix line breaks. Longest allowed: `max_length`."""

    def __init__(self, label: object = None, validators: Any = (), *, max_length: int = TEXT_MAX, **kwargs: Any):
        super().__init__(label, [Length(max=max_length, message=_too_long(max_length)), *validators], **kwargs)
        self.max_length = max_length

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = clean(str(valuelist[0]).replace("\r\n", "\n").replace("\r", "\n"))
            _as_seen(self)


class EmailField(StringField):
    """An e-mail address in ASCII; `data` is folded to lower case, as it is kept."""

    widget = EmailInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = (clean(str(valuelist[0])) or "").lower()

    def pre_validate(self, form: object) -> None:
        if not self.data:
            return
        try:
            if "=?" in self.data:  # a mail header would decode it into another address
                raise EmailNotValidError("encoded word")
            found = validate_email(self.data, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError as error:
            raise ValidationError(
                str(_l("Cette adresse n’est pas complète : elle ressemble à nom@exemple.fr."))
            ) from error
        self.data = str(found.ascii_email).lower()


class EuroField(StringField):
    """Reads « 12,50 »; `data` is an int in euro cents, or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and str(valuelist[0]).strip():
            try:
                cents = parse_euros(str(valuelist[0]))
            except NegativeAmount as error:
                raise ValueError(
                    str(_l("Un montant ne peut pas être négatif : écrivez-le sans signe moins."))
                ) from error
            except TooManyDecimals as error:
                raise ValueError(
                    str(_l("Deux chiffres au plus après la virgule : écrivez 12,50, ou 1234 pour plus de mille euros."))
                ) from error
            except ValueError as error:
                raise ValueError(str(_l("Ce montant n’est pas lisible : écrivez par exemple 25 ou 12,50."))) from error
            if cents > MAX_CENTS:
                raise ValueError(str(_l("Ce montant est trop grand : 999 999,99 € au plus.")))
            self.data = cents

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])[:40]
        if self.data is None:
            return ""
        return format_euros(int(self.data)).removesuffix("\u00a0€")


class BetweenCents:
    """An amount in cents between two bounds, both included."""

    def __init__(self, low: int, high: int = MAX_CENTS):
        self.low, self.high = low, high

    def __call__(self, form: object, field: Any) -> None:
        if field.data is None:
            return
        if field.data < self.low:
            raise ValidationError(str(_l("Le minimum est %(amount)s.", amount=format_euros(self.low))))
        if field.data > self.high:
            raise ValidationError(str(_l("Le maximum est %(amount)s.", amount=format_euros(self.high))))


def _too_long(limit: int) -> object:
    return _l("Ce texte est trop long : %(limit)s caractères au plus.", limit=counted(limit))


def counted(number: int) -> object:
    """A number with the separators of the reader's language, for a sentence written before he is known."""
    return LazyString(format_decimal, number)


def choices_of(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """(value, words) pairs as WTForms wants them; the words may be lazy."""
    return [SelectChoice(value, words) for value, words in pairs]


class EmptyForm(BaseForm):
    """A button that changes something: nothing to type, the token is still checked."""


def init_app(app: Flask) -> None:
    app.jinja_env.globals["csrf_token"] = generate_csrf
