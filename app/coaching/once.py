"""A second click makes nothing twice, and leads to the page where one sees that it is done."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import Regexp


class OnceField(HiddenField):
    """Filled by `core.text.public_id` when the form is shown. An unreadable one is an old page, or none of ours."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[Regexp(r"^[\w-]{16,30}\Z", message=_l("Cette page est trop ancienne."))], **kwargs)
        self.type = "HiddenField"  # the form macro draws hidden fields by this name


def already_done(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Answer of a verb whose effect stands already."""
    flash(_("C’est déjà fait."), "info")
    return redirect(url_for(endpoint, **values), 303)
