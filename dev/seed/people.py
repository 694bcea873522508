"""Invented people. No name is taken from anybody; every address ends in example.org, a reserved name."""

from __future__ import annotations

import re
from dataclasses import dataclass

PASSWORD = "graine-de-demo-2026"


@dataclass(frozen=True)
class Someone:
    """An account of the demo. `role` as in demo.json; `organisation` a slug of the reference data, or ""."""

    key: str
    role: str
    name: str
    organisation: str = ""
    listed: bool = True
    factor: str = ""  # the secret of the second factor, 32 letters of base 32; `flask dev code` tells its codes

    @property
    def email(self) -> str:
        return f"{self.key}@demo.example.org"


def _team(short: str, organisation: str, moderator: str, second: str, referent: str) -> list[Someone]:
    letters = re.sub("[^A-Z]", "", short.upper())
    return [
        Someone(f"moderation1.{short}", "moderator", moderator, organisation),
        Someone(f"moderation2.{short}", "moderator", second, organisation),
        # Notes of coaching are written and read with a second factor only: without one a demo would show none.
        Someone(f"referent.{short}", "coach", referent, organisation, factor=f"GRAINEDEMO{letters}".ljust(32, "A")),
    ]


FALLBACK = "fallback"  # the organisation that answers where nobody does, whatever its slug
PEOPLE: tuple[Someone, ...] = (
    *_team("pes21", "pes-21", "Solène Arbey", "Malo Quintard", "Inès Verdelet"),
    *_team("active71", "active-71", "Gaspard Lombois", "Nour Tessandier", "Bérénice Faucogney"),
    *_team("fdfr89", "fdfr-89", "Ysaline Courtepaille", "Timothé Brassard", "Oriane Villemeux"),
    *_team("reseau", FALLBACK, "Léonie Chantraine", "Aurélien Prémery", "Maëlle Rochefontaine"),
    # Drop-in days of Besançon, Pontarlier, Vesoul, Belfort and Lons-le-Saunier are this organisation's.
    *_team("bgefc", "bge-franche-comte", "Élodie Champreux", "Théodore Vuitton", "Capucine Roussillon"),
    Someone("responsable.pes21", "organisation_lead", "Corentin Massingy", "pes-21"),
    Someone("porteuse", "holder", "Camille Fontbelle"),
    Someone("porteur", "holder", "Elias Grandvoinet"),
    Someone("citoyenne", "citizen", "Jeanne Morlaix-Thil"),
    Someone("administration", "platform_admin", "Sacha Delorme-Vaux", factor="GRAINEDEMOADMINISTRATIONAAAAAAAA"),
    Someone("tresorerie1", "treasurer", "Apolline Vuillemin", factor="GRAINEDEMOTRESORERIEUNAAAAAAAAAA"),
    Someone("tresorerie2", "treasurer", "Firmin Chapuisot", factor="GRAINEDEMOTRESORERIEDEUXAAAAAAAA"),
    Someone("porteuse.moulin", "holder", "Anouk Bressolles", listed=False, factor="GRAINEDEMOMOULINAAAAAAAAAAAAAAAA"),
    Someone("porteur.velos", "holder", "Ruben Chassignol", listed=False),
    Someone("porteuse.laine", "holder", "Maud Tavernay", listed=False),
    Someone("porteur.verger", "holder", "Noé Sermizelles", listed=False),
)

FIRST_NAMES = (
    "Agathe", "Basile", "Clémence", "Dorian", "Élise", "Fanny", "Gaëlle", "Hugo", "Irène", "Jules", "Karim", "Lise",
    "Marius", "Nadia", "Octave", "Perrine", "Quentin", "Rose", "Samir", "Tess", "Ulysse", "Violette", "Wassim", "Zoé",
)  # fmt: skip
LAST_NAMES = (
    "Aubépin", "Bruyère", "Charmille", "Dugenêt", "Églantier", "Fougerol", "Genévrier", "Houblonnet", "Jonquières",
    "Lavandier", "Mirabel", "Noisetier", "Osier", "Prunelle", "Romarin", "Sorbier", "Tilleul", "Vergnaud",
)  # fmt: skip
MESSAGES = (
    "", "", "", "Bravo pour ce projet, on passera vous voir !", "Content de voir ça près de chez nous.",
    "Bon courage à toute l’équipe.", "", "Le village en avait besoin.", "", "À très bientôt sur le marché.",
)  # fmt: skip
