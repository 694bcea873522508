"""Who holds each campaign of the demo in law: nobody. The names say so, and no register gives out such numbers: no
SIREN is that small (its key is right, or the form would refuse it), and no département 00 gives out an RNA."""

from __future__ import annotations

from app.campaigns.identity_rules import HolderKind, Identity
from dev.seed.projects import DemoProject

STRUCTURES = {
    "Rallumons le four banal du village": Identity(
        HolderKind.ASSOCIATION, "Le Four partagé (association inventée)", "", "W000000001",
        "Camille Fontbelle, présidente",
    ),
    "Un atelier vélo qui vient jusqu’à vous": Identity(
        HolderKind.COMPANY, "Roue libre (coopérative inventée)", "SCOP", "000000018", "Ruben Chassignol, gérant",
    ),
    "Le bibliobus des hameaux": Identity(
        HolderKind.ASSOCIATION, "Lire aux hameaux (association inventée)", "", "W000000002",
        "Camille Fontbelle, trésorière",
    ),
    "Un café-réparation sur la place": Identity(
        HolderKind.ASSOCIATION, "Réparons ensemble (association inventée)", "", "000000026",
        "Elias Grandvoinet, président",
    ),
    "De la laine d’ici, filée ici": Identity(
        HolderKind.COMPANY, "Maud Tavernay (entreprise inventée)", "Entreprise individuelle", "000000034",
        "Maud Tavernay",
    ),
    "Un théâtre dans la grange": Identity(
        HolderKind.COMPANY, "La Grange aux histoires (coopérative inventée)", "SCIC", "000000042",
        "Elias Grandvoinet, gérant",
    ),
    "Un toit solaire pour l’école du bourg": Identity(
        HolderKind.COMPANY, "Commune du Bourg (inventée)", "Commune", "000000059", "Elias Grandvoinet, mandaté",
    ),
    "Nettoyer la rivière en canoë": Identity(),  # still being written
}  # fmt: skip


def identity_of(project: DemoProject, holder: str) -> Identity:
    """Whoever has no structure holds it in their own name."""
    return STRUCTURES.get(project.title, Identity(HolderKind.PERSON, f"{holder} (personne inventée)"))
