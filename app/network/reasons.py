"""Why an organisation answers: kept as facts, said in the language of whoever reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from flask_babel import gettext as _

from app.network.words import IN_DEPARTEMENT

ANSWER_WORKING_DAYS = 3


@dataclass(frozen=True)
class Reason:
    """`kind`: commune, epci, departement or region (how near the offer is), nobody, appeal.

    `place` is the name the sentence gives; `code` the département's.
    """

    kind: str
    place: str = ""
    code: str = ""
    programme: str = ""
    departement: str = ""
    is_shared: bool = False

    def kept(self) -> str:
        """For a column of 300 characters; `in_words` reads it again."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False)

    def __str__(self) -> str:
        """A clause that begins with « parce que », without a final stop."""
        if self.kind == "appeal":
            return str(_("parce qu’une autre structure que la première décide d’un recours"))
        if self.kind == "nobody":
            return str(
                _(
                    "parce qu’aucune structure n’est encore désignée ici pour ce dispositif (%(name)s, %(departement)s)"
                    "\u00a0: le réseau lit la demande et répond sous %(days)s\u00a0jours ouvrés",
                    name=self.place, departement=self.departement, days=ANSWER_WORKING_DAYS,
                )
            )  # fmt: skip
        sentence = str(
            _(
                "parce que cette structure répond %(place)s pour «\u00a0%(programme)s\u00a0»",
                place=self._where(), programme=self.programme,
            )
        )  # fmt: skip
        if self.is_shared:
            sentence += _(
                "\u00a0; plusieurs structures le proposent ici, la première par ordre alphabétique est retenue"
            )
        return sentence

    def _where(self) -> str:
        if self.kind == "commune":
            return str(_("dans la commune (%(name)s)", name=self.place))
        if self.kind == "epci":
            return str(_("dans l’intercommunalité (%(name)s)", name=self.place))
        if self.kind == "departement":
            return str(IN_DEPARTEMENT.get(self.code, self.place))
        return str(_("dans toute la région"))


NEARNESS = ("commune", "epci", "departement", "region")


def in_words(kept: str) -> str:
    """The clause of what `Reason.kept` wrote; any other text is its own clause."""
    return str(Reason(**json.loads(kept))) if kept.startswith("{") else kept
