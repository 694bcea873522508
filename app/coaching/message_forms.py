"""What is written in a thread."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms.validators import DataRequired

from app.coaching.once import OnceField
from app.core.forms import BaseForm, TextField


class MessageForm(BaseForm):
    text = TextField(
        _l("Votre message"), [DataRequired(_l("Écrivez votre message."))], max_length=8000,
        description=_l("Vous pourrez le reprendre pendant dix minutes."),
    )  # fmt: skip
    files = MultipleFileField(
        _l("Pièces jointes"),
        description=_l("Trois au plus : images JPEG, PNG ou WebP, ou PDF\u00a0; 10\u00a0Mo chacune."),
    )  # fmt: skip
    name = OnceField()
