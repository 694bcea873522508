"""The people of the journey from a first question to the news a year later, and what they write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dev.seed.people import PASSWORD, PEOPLE, Someone
from tests.browser import pages
from tests.browser.pages import Story
from tests.browser.visitor import Visitor
from tests.browser.world import World, until

HOLDER, EMAIL, OWN_PASSWORD = "Lise Barnabon", "lise@pontarlier.example.org", "trois vélos sous le marronnier"
NEED = "Ouvrir un atelier vélo solidaire à Pontarlier"
COACH = Someone(
    "referent.bge", "coach", "Delphine Aubonnet", "bge-franche-comte", factor="GRAINEDEMOBGE".ljust(32, "A")
)
COACHES_AT, REVIEWS_AT = "BGE Franche-Comté", "Réseau Graine d’Actions"
COLLEAGUE, FIRST = (next(p for p in PEOPLE if p.key == key) for key in ("referent.pes21", "moderation1.reseau"))
OTHER_REVIEWERS = [p for p in PEOPLE if p.role == "moderator" and p.organisation != FIRST.organisation]
PRIVATE, SHARED = "Elle hésite à quitter son emploi tout de suite.", "Le local de la rue de Salins est possible."
QUESTION, ANSWER = "Pour un atelier vélo : association ou SCIC ?", "Commencez en association, la SCIC viendra après."
NEWS = "Un salarié et quarante vélos réparés chaque mois."
STORY = Story(
    title=NEED,
    tagline="Réparer ensemble, apprendre, et prêter des vélos à qui n’en a pas.",
    theme="Mobilité",
    story="## Le besoin\n\nSans voiture, on ne travaille pas ici. " + "Nous réparons et prêtons des vélos. " * 10,
    if_missed="Nous ouvrirons un samedi par mois, avec les outils prêtés par la ville.",
    alternative="Deux vélos devant un mur de pierre.",
    social="Les jeunes de la mission locale réparent avec les anciens.",
    goal="12000",
    uses=(("Outils et établis", "9000"), ("Loyer de six mois", "3500")),
    others=(("La ville", "500"),),
    reward=("Une révision complète", "40", "60"),
    days=30,
)


class Way:
    """One holder's way, with everybody who helps, each in a browser of their own."""

    def __init__(self, world: World, someone: Callable[..., Visitor], photograph: Path):
        self.world, self.someone, self.photograph = world, someone, photograph
        self.holder = someone()
        world.scenery("coach", COACH.key, COACH.name, COACH.organisation, COACH.factor)
        self.coach = self.signed_in(COACH)
        self.reference = self.slug = self.slot = ""

    def signed_in(self, person: Someone) -> Visitor:
        who = self.someone()
        pages.sign_in(who, person.email, PASSWORD, person.factor)
        return who

    @property
    def record(self) -> str:
        return f"/accompagnement/dossiers/{self.reference}"

    def travel_to(self, instant: str) -> None:
        """An instant of ISO 8601 that is still to come."""
        ended = self.world.flask("dev", "travel", "--to", instant)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def second_person(self) -> Someone:
        """Whoever of another organisation the network asks to decide."""
        return until(
            lambda: next(
                (
                    person
                    for person in OTHER_REVIEWERS
                    if any(STORY.title in mail.text for mail in self.world.mails(person.email))
                ),
                None,
            ),
            "a second person of another organisation",
        )
