"""Why an organisation answers: kept as facts, said in the language of whoever reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from flask_babel import gettext as _

from app.network.sector_rules import Sector
from app.network.words import IN_DEPARTEMENT, SECTOR_WORDS

ANSWER_WORKING_DAYS = 3


@dataclass(frozen=True)
class Reason:
    """`kind`: one of rules.NEARNESS (how near the offer is), nobody, appeal, pool, or chosen (by a person).

    `place` is the name the sentence gives; `code` the département's. `decided_by`: what put it before the others of
    the same territory (rules.decided_by). `sector`: the one asked about, when the offer knows it. `words`: the reason
    of the person who chose.
    """

    kind: str
    place: str = ""
    code: str = ""
    programme: str = ""
    departement: str = ""
    is_shared: bool = False  # as the alphabet decided; kept so for those written before `decided_by`
    decided_by: str = ""
    sector: str = ""
    words: str = ""

    def kept(self) -> str:
        """For a column of 300 characters; `in_words` reads it again."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False)

    def __str__(self) -> str:
        """A clause that begins with « parce que », without a final stop."""
        if self.kind == "appeal":
            return str(_("parce qu’une autre structure que la première décide d’un recours"))
        if self.kind == "chosen":
            return str(_("parce qu’une personne du réseau l’a choisie\u00a0: %(words)s", words=self.words))
        if self.kind == "pool":
            return str(_("parce que personne n’est disponible sans lien d’intérêt dans la structure qui vous répond"))
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
        return sentence + self._against_others()

    def _against_others(self) -> str:
        if self.decided_by == "sector" and self.sector in SECTOR_WORDS:
            return str(
                _(
                    "\u00a0; plusieurs structures le proposent ici, celle qui connaît ce domaine (%(sector)s) est "
                    "retenue",
                    sector=SECTOR_WORDS[Sector(self.sector)],
                )
            )
        if self.decided_by == "sector":
            return str(
                _("\u00a0; plusieurs structures le proposent ici, celle qui répond pour tout domaine est retenue")
            )
        if self.decided_by == "help":
            return str(_("\u00a0; plusieurs structures le proposent ici, la plus spécialisée est retenue"))
        if self.decided_by == "room":
            return str(_("\u00a0; plusieurs structures le proposent ici, celle qui a le plus de place est retenue"))
        if self.is_shared or self.decided_by == "alphabet":
            return str(
                _(
                    "\u00a0; plusieurs structures le proposent ici et rien ne les départage\u00a0: la première par "
                    "ordre alphabétique est nommée, vous pouvez en choisir une autre"
                )
            )
        return ""

    def _where(self) -> str:
        if self.kind == "commune":
            return str(_("dans la commune (%(name)s)", name=self.place))
        if self.kind == "qpv":
            return str(_("dans votre quartier (%(name)s)", name=self.place))
        if self.kind in {"custom", "wide"}:
            return str(_("sur ce territoire (%(name)s)", name=self.place))
        if self.kind == "epci":
            return str(_("dans l’intercommunalité (%(name)s)", name=self.place))
        if self.kind == "departement":
            return str(IN_DEPARTEMENT.get(self.code, self.place))
        return str(_("dans toute la région"))


def in_words(kept: str) -> str:
    """The clause of what `Reason.kept` wrote; any other text is its own clause."""
    return str(Reason(**json.loads(kept))) if kept.startswith("{") else kept
