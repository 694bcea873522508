"""A name that a form carries for what it makes, so that a second click makes nothing twice."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import Regexp


class OnceField(HiddenField):
    """Filled by `core.text.public_id` when the form is shown. An unreadable one is an old page, or none of ours."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[Regexp(r"^[\w-]{16,30}\Z", message=_l("Cette page est trop ancienne."))], **kwargs)
        self.type = "HiddenField"  # the form macro draws hidden fields by this name
