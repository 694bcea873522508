"""What is said about a document when it is added."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.validators import DataRequired

from app.coaching.levels import WRITTEN_LEVELS, Level
from app.coaching.words import LEVEL_WORDS
from app.core.forms import BaseForm, LineField, choices_of


class DocumentForm(BaseForm):
    """`for_holder`: a holder shares at level `holder`, whatever was posted."""

    file = FileField(
        _l("Le fichier"), [FileRequired(_l("Choisissez un fichier."))],
        description=_l("Image JPEG, PNG ou WebP, ou PDF\u00a0; 10\u00a0Mo au plus."),
    )  # fmt: skip
    title = LineField(_l("Son titre"), [DataRequired(_l("Donnez un titre."))], max_length=120)
    level = RadioField(
        _l("Qui le lira"), choices=choices_of((level.value, LEVEL_WORDS[level]) for level in WRITTEN_LEVELS),
        default=Level.HOLDER.value,
    )  # fmt: skip

    def for_holder(self) -> DocumentForm:
        del self.level
        return self

    @property
    def visibility(self) -> Level:
        return Level(self.level.data) if self.level is not None else Level.HOLDER
