"""The people of the whole journey, what its holder writes, and what its money comes to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from babel.dates import format_date

from dev.seed.people import PASSWORD, PEOPLE
from tests.browser import pages
from tests.browser.pages import Story
from tests.browser.visitor import Visitor
from tests.browser.world import World

HOLDER, EMAIL, OWN_PASSWORD = "Flora Mirandel", "flora@journey.example.org", "une haie vive au bord du chemin"
TITLE = "Les écoliers plantent une haie à Mâlain"
STORY = Story(
    title=TITLE,
    tagline="Trois cents mètres de haie, plantés par les deux classes du village.",
    theme="Nature",
    story="## Le besoin\n\nLe vent emporte la terre des champs. " + "Nous plantons des noisetiers et des charmes. " * 8,
    if_missed="Nous planterons cent mètres seulement, avec les arbres de la pépinière communale.",
    alternative="Un verger au bord d’un champ, sous un ciel clair.",
    social="Les enfants et leurs grands-parents plantent ensemble.",
    goal="100",
    uses=(("Plants et tuteurs", "120,50"), ("Paillage", "29,50")),
    others=(("La commune", "50"),),
    reward=("Un plant de noisetier", "25", "10"),
    days=5,
)
COACH, MODERATOR, SECOND = (
    next(p for p in PEOPLE if p.key == key) for key in ("referent.pes21", "moderation1.pes21", "moderation2.pes21")
)
TREASURER, SECOND_TREASURER = (person for person in PEOPLE if person.role == "treasurer")
# What each card costs at the local Stripe: 1.5 % and 25 cents; the platform keeps 5 % of the whole.
PROMISED_CENTS = 25_00 + 12_50 + 20_00 + 50_00
STRIPE_FEES_CENTS = 63 + 44 + 55 + 100
PLATFORM_FEE_CENTS = 5_38
RECEIVED_CENTS = PROMISED_CENTS - STRIPE_FEES_CENTS - PLATFORM_FEE_CENTS


class Journey:
    """The people of one campaign, each in a browser of their own."""

    def __init__(self, world: World, someone: Callable[..., Visitor]):
        self.world, self.someone = world, someone
        self.holder = someone()
        self.slug = self.reference = ""
        self.last_day = date.min
        books = world.books()
        self._known = {paid["id"] for kind in ("charges", "transfers") for paid in books[kind]}

    def signed_in(self, email: str, password: str = PASSWORD) -> Visitor:
        who = self.someone()
        pages.sign_in(who, email, password)
        return who

    @property
    def last_day_words(self) -> str:
        words = format_date(self.last_day, "long", locale="fr")
        return f"1er{words[1:]}" if self.last_day.day == 1 else words

    def charged_cents(self) -> int:
        """What the local Stripe itself has taken from cards since the journey began."""
        return sum(paid["amount"] for paid in self._new("charges") if paid["status"] == "succeeded")

    def transferred_cents(self) -> int:
        """What it has passed on since then."""
        return sum(paid["amount"] for paid in self._new("transfers"))

    def _new(self, kind: str) -> list[dict[str, Any]]:
        return [paid for paid in self.world.books()[kind] if paid["id"] not in self._known]
