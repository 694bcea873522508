"""The steps of a campaign, a reward, and the buttons of the desk: text becomes typed values here.

The two steps about money and time are in `money_forms.py`.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from app.campaigns.identity_forms import WithIdentity
from app.campaigns.identity_words import POSTAGE
from app.campaigns.models import Campaign
from app.campaigns.picture_forms import WithPicture
from app.campaigns.rules import EDITABLE, AddedValue, FundingKind, Postage, RewardNature
from app.campaigns.words import NATURES, THEMES, VALUE_HINTS, VALUES
from app.core import clock
from app.core.forms import BaseForm, BetweenCents, EuroField, LineField, TextField, counted
from app.core.i18n import current, date_long
from app.core.images import MAX_BYTES
from app.core.money import MAX_CENTS
from app.network.forms import CommuneField, CommuneMixin

MAX_STOCK = 100_000
MONTHS_AHEAD = 36


class NewForm(CommuneMixin, BaseForm):
    """What is needed to begin: everything else can wait."""

    title = LineField(
        _l("Le titre de votre projet"), [InputRequired(_l("Donnez un titre, même provisoire."))], max_length=120,
        description=_l("Vous pourrez le changer. Par exemple : Rallumons le four banal."),
    )  # fmt: skip
    commune = CommuneField(
        _l("La commune du projet"),
        description=_l("Elle dit quelle structure vous répondra. Écrivez son nom, ou le code postal."),
    )


class StepForm(BaseForm):
    """`version`: what the step held when the form was shown; a second saver is told."""

    version = HiddenField()

    def prepare(self, campaign: Campaign) -> Self:
        """Fill in what depends on the campaign: bounds and words."""
        return self


class ProjectForm(CommuneMixin, WithIdentity, StepForm):
    title = LineField(_l("Titre"), [InputRequired(_l("Donnez un titre, même provisoire."))], max_length=120)
    tagline = LineField(
        _l("Votre projet en une phrase"), max_length=200,
        description=_l("Pour qui, quoi, où. Elle paraît sous le titre et sur les listes."),
    )  # fmt: skip
    commune = CommuneField(_l("Commune"), description=_l("Écrivez son nom, ou le code postal."))
    theme = SelectField(_l("Thème"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        themes = (SelectChoice(theme.value, words) for theme, words in THEMES.items())
        self.theme.choices = [SelectChoice("", _("Choisissez…")), *themes]

    def prepare(self, campaign: Campaign) -> Self:
        self.keep_fitting()
        return self


class StoryForm(WithPicture, StepForm):
    story = TextField(
        _l("Votre histoire"),
        description=_l(
            "Le besoin, les personnes, ce que l’argent permet, les risques dits honnêtement. "
            "Une ligne vide fait un paragraphe, ## un titre, - une liste, **gras** pour insister."
        ),
    )
    if_missed = TextField(
        _l("Si l’objectif n’est pas atteint, que se passe-t-il ?"), max_length=1000,
        description=_l("Personne n’est débité. Dites ce que devient le projet."),
    )  # fmt: skip

    def prepare(self, campaign: Campaign) -> Self:
        self.must_describe = campaign.state not in EDITABLE
        if campaign.kind == FundingKind.FLEXIBLE:
            self.if_missed.description = _("Vous gardez ce qui est réuni. Dites ce que vous ferez avec moins.")
        return self


class PreviewForm(BaseForm):
    """A text on its way to be shown; only the one asked for is read."""

    story = TextField(_l("Votre histoire"))
    if_missed = TextField(_l("Si l’objectif n’est pas atteint"), max_length=1000)


class PictureForm(StepForm):
    picture = FileField(
        _l("Une photographie"),
        description=_l(
            "JPEG, PNG ou WebP, %(mb)s Mo au plus, en largeur de préférence. "
            "Le lieu et la date cachés dans le fichier sont effacés.",
            mb=MAX_BYTES // (1024 * 1024),
        ),
    )
    alternative = LineField(
        _l("Ce que montre la photographie"), max_length=300,
        description=_l("Une phrase pour qui ne la voit pas. Par exemple : trois voisins devant le four."),
    )  # fmt: skip


class ValuesForm(StepForm):
    """An empty sentence means that the value is not claimed."""

    social = TextField(VALUES[AddedValue.SOCIAL], max_length=300, description=VALUE_HINTS[AddedValue.SOCIAL])
    societal = TextField(VALUES[AddedValue.SOCIETAL], max_length=300, description=VALUE_HINTS[AddedValue.SOCIETAL])
    environmental = TextField(
        VALUES[AddedValue.ENVIRONMENTAL], max_length=300, description=VALUE_HINTS[AddedValue.ENVIRONMENTAL]
    )


class RewardForm(StepForm):
    title = LineField(_l("Contrepartie"), [InputRequired(_l("Donnez-lui un nom."))], max_length=120)
    description = TextField(_l("Description"), max_length=500)
    nature = RadioField(
        _l("De quelle nature est-elle ?"),
        choices=[SelectChoice(nature.value, words) for nature, words in NATURES.items()],
        default=RewardNature.THANKS.value,
    )
    amount = EuroField(
        _l("À partir de"), [InputRequired(_l("Indiquez un montant.")), BetweenCents(1_00, MAX_CENTS)],
        description=_l("En euros, par exemple 15 ou 12,50."),
    )  # fmt: skip
    stock = IntegerField(
        _l("Combien y en a-t-il ? (facultatif)"),
        [
            Optional(),
            NumberRange(1, MAX_STOCK, _l("Un nombre entre %(min)s et %(max)s.", min=1, max=counted(MAX_STOCK))),
        ],
        description=_l("Laissez vide s’il y en a autant qu’on veut."),
    )
    delivery = SelectField(_l("Remise prévue"), validators=[Optional()])
    postage = RadioField(
        _l("Comment arrive-t-elle ?"), [Optional()],
        choices=[SelectChoice(how.value, words) for how, words in POSTAGE.items()],
        description=_l("Ces mots paraissent à côté du montant ; rien ne s’ajoute à ce que la personne promet."),
    )  # fmt: skip
    postage_words = LineField(
        _l("Jusqu’où, et combien si c’est en plus"),
        max_length=120,
        description=_l("Par exemple : en France ; 6 € en France, demandés avant l’envoi ; à retirer au fournil."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.delivery.choices = _months(self.delivery.object_data)

    @property
    def delivery_month(self) -> date | None:
        return date.fromisoformat(f"{self.delivery.data}-01") if self.delivery.data else None

    def validate_postage_words(self, field: LineField) -> None:
        """What is sent goes somewhere, and what costs more costs a sum that is said."""
        words = field.data or ""
        if self.postage.data == Postage.EXTRA and not any(sign.isdigit() for sign in words):
            raise ValidationError(_("Dites combien coûte l’envoi, et jusqu’où."))
        if self.postage.data == Postage.INCLUDED and not words:
            raise ValidationError(_("Dites jusqu’où l’envoi est compris."))
        if words and not self.postage.data:
            raise ValidationError(_("Choisissez d’abord comment elle arrive."))


def _months(chosen: object) -> list[SelectChoice]:
    """The next three years, and the month already chosen even when it has passed."""
    today = clock.paris_day(clock.now()).date()
    first = today.year * 12 + today.month - 1
    months = [date(n // 12, n % 12 + 1, 1) for n in range(first, first + MONTHS_AHEAD)]
    if isinstance(chosen, str) and chosen and chosen < f"{today:%Y-%m}" and _is_month(chosen):
        months.insert(0, date.fromisoformat(f"{chosen}-01"))
    offered = (SelectChoice(f"{month:%Y-%m}", _month_words(month)) for month in months)
    return [SelectChoice("", _("Choisissez…")), *offered]


def _is_month(text: str) -> bool:
    try:
        date.fromisoformat(f"{text}-01")
    except ValueError:
        return False
    return True


def _month_words(month: date) -> str:
    return date_long(month).replace("\u00a0", " ").split(" ", 1)[1] if current() == "fr" else f"{month:%B %Y}"


class SubmitForm(BaseForm):
    """The consents; none is ticked in advance."""

    accepts_terms = BooleanField(
        _l("J’accepte les règles de la plateforme."), [InputRequired(_l("Cochez cette case pour envoyer."))]
    )
    is_adult = BooleanField(
        _l("J’ai dix-huit ans ou plus, ou je représente la structure qui porte le projet."),
        [InputRequired(_l("Cochez cette case pour envoyer."))],
    )
    has_rights = BooleanField(
        _l("J’ai le droit d’utiliser la photographie, et les personnes qu’on y voit sont d’accord."),
        [InputRequired(_l("Cochez cette case pour envoyer."))],
    )


class OpeningForm(BaseForm):
    opens_on = DateField(
        _l("Jour d’ouverture"), [InputRequired(_l("Choisissez un jour."))],
        description=_l("La campagne s’ouvre à minuit, ou tout de suite si c’est aujourd’hui."),
    )  # fmt: skip


class AppealForm(BaseForm):
    words = TextField(
        _l("Pourquoi demandez-vous un nouvel examen ?"), [InputRequired(_l("Écrivez quelques phrases."))],
        max_length=3000,
    )  # fmt: skip
