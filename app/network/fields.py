"""The commune of a form: typed words become an INSEE code, with or without script.

In a form:      class ProjectForm(CommuneMixin, BaseForm): commune = CommuneField(_l("Commune"))
In its page:    {{ commune_field(form.commune) }}   (templates/components/forms.html)
After success:  form.commune.data is the code, form.commune.commune the Commune.
Without script several communes come back as radio buttons of the re-shown form, and the button
« Chercher » re-shows it with the commune found (`form.is_searching`: nothing is wrong, nothing is saved).
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from app.core.forms import clean
from app.network.communes import LONGEST_NAME, MOST_MATCHES, Commune, find_commune, match_communes
from app.network.rules import search_form


class CommuneField(Field):
    """`data`: INSEE code or None. `text`: words to show. `matches`: communes to choose from."""

    widget = None  # drawn by the macro commune_field: it is more than one control

    def __init__(self, label: object = None, validators: Any = (), *, required: bool = True, **kwargs: Any):
        super().__init__(label, validators, **kwargs)
        self.required = required
        if required:
            self.flags.required = True
        self.text = ""
        self.matches: list[Commune] = []
        self.commune: Commune | None = None
        self.was_search = False

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.data: str | None = None
        super().process(formdata, data, extra_filters)
        self.commune, self.matches, self.was_search = None, [], False
        if formdata is None or (self.name not in formdata and f"{self.name}_text" not in formdata):
            self.commune = find_commune(self.data or "")
            self.text = self.commune.label if self.commune else ""
            return
        codes = [code for code in formdata.getlist(self.name) if code]
        typed = clean(str(formdata.get(f"{self.name}_text", ""))) or ""
        self.text = " ".join(typed.split())[: LONGEST_NAME * 2]
        self._choose(str(codes[0]) if codes else "")
        self.was_search = f"{self.name}_search" in formdata and bool(self.text) and not (codes and self.commune)
        self.data = self.commune.code if self.commune else None

    def _choose(self, code: str) -> None:
        """The chosen code counts as long as the words still mean it: changed words win."""
        given = find_commune(code)
        if given and (not self.text or self.text == given.label):
            self.commune, self.text = given, given.label
            return
        found = match_communes(self.text)
        if given and given.code in {c.code for c in found}:
            self.commune, self.text = given, given.label
        elif len(found) == 1 and means(self.text, found[0]):
            self.commune, self.text = found[0], found[0].label
        else:
            self.matches = found

    def pre_validate(self, form: Any) -> None:
        """Errors: none, several or too many communes for the words."""
        if self.commune is not None:
            if self.was_search:  # shown for confirmation: nothing is saved by a search
                raise StopValidation(str(_l("Voici la commune trouvée. Si c’est la bonne, continuez.")))
            return
        if len(self.matches) >= MOST_MATCHES:
            raise StopValidation(str(_l("Trop de communes commencent ainsi : écrivez le nom en entier.")))
        if len(self.matches) == 1:
            raise StopValidation(str(_l("Est-ce bien cette commune ? Cochez-la, ou écrivez un autre nom.")))
        if self.matches:
            raise StopValidation(str(_l("Plusieurs communes sont possibles : choisissez la vôtre ci-dessous.")))
        if self.text:
            raise StopValidation(
                str(
                    _l(
                        "Aucune commune de Bourgogne-Franche-Comté ne porte ce nom. Vérifiez-le, "
                        "ou écrivez le code postal."
                    )
                )
            )
        if self.required:
            raise StopValidation(str(_l("Écrivez le nom de la commune.")))


def means(text: str, commune: Commune) -> bool:
    """True when the words are the beginning of its name (or its label): a middle or a code must be confirmed."""
    typed, name = search_form(text), search_form(commune.name)
    return name.startswith(typed) or typed == search_form(commune.label)


class CommuneMixin:
    """For a form with communes: the button « Chercher » is no attempt to save."""

    is_searching = False

    def validate(self, extra_validators: Any = None) -> bool:
        """False without any error when a search button was pressed and is answered by the page."""
        valid: bool = super().validate(extra_validators)  # type: ignore[misc]  # BaseForm, by inheritance
        communes = [f for f in self if isinstance(f, CommuneField)]  # type: ignore[attr-defined]  # a form
        if not any(f.was_search for f in communes):
            return valid
        self.is_searching = True
        for f in self:  # type: ignore[attr-defined]  # a form
            if f not in communes or f.commune:
                f.errors = []
        return False
