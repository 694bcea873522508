"""A picture on its way into a text: what every form with a Markdown text named `story` adds for it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms.validators import ValidationError

from app.core.forms import LineField, TextField
from app.core.rich import has_silent_picture


class WithPicture:
    """`must_describe`: a picture without words is refused when the form is sent."""

    picture = FileField(
        _l("Une image dans le texte"),
        description=_l(
            "Collez-la ou glissez-la dans le texte, ou choisissez-la ici. JPEG, PNG ou WebP, 12 Mo au plus."
        ),
    )
    picture_words = LineField(
        _l("Ce que montre l’image"), max_length=300, description=_l("Pour qui ne la voit pas : une phrase.")
    )
    must_describe = False

    def validate_story(self, field: TextField) -> None:
        if self.must_describe and has_silent_picture(field.data or ""):
            raise ValidationError(_("Décrivez chaque image entre les crochets : ![ce qu’elle montre](image:…)."))
