"""What a reader types."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired, Length

from app.core.forms import BaseForm, EmailField, choices_of


class FollowForm(BaseForm):
    email = EmailField(
        _l("Votre adresse e-mail"), [InputRequired(_l("Indiquez votre adresse e-mail.")), Length(max=254)]
    )


class PreferencesForm(BaseForm):
    """Which mails an address wants; the others (contributions, account) are not asked about."""

    reminders = BooleanField(
        _l("Un rappel 48 heures avant la fin"), description=_l("Pour les campagnes que vous suivez.")
    )
    digest = BooleanField(
        _l("Un résumé par semaine"), description=_l("Le jeudi, s’il y a quelque chose à dire des campagnes suivies.")
    )
    coach_digest = RadioField(
        _l("Ce qui vous attend dans vos accompagnements"),
        choices=choices_of(
            [("daily", _l("Chaque jour ouvré, le matin")), ("weekly", _l("Le lundi matin")), ("never", _l("Jamais"))]
        ),
        description=_l("Des nombres seulement : aucun nom, aucun mot d’un dossier."),
    )
    news = BooleanField(
        _l("Les nouvelles des équipes"),
        description=_l(
            "Les nouvelles que publient les projets que vous suivez, ou auxquels vous avez contribué. Leurs messages "
            "sur votre contribution arrivent toujours."
        ),
    )
