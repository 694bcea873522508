"""Without a mouse, on a small screen, enlarged, without movement, in the dark: the three main journeys and pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from dev.seed.people import PASSWORD, PEOPLE
from tests.browser import pages
from tests.browser.keys import Keys
from tests.browser.visitor import Visitor
from tests.browser.world import World

pytestmark = pytest.mark.browser

HOLDER = next(person for person in PEOPLE if person.key == "porteur.velos")
MODERATOR = next(person for person in PEOPLE if person.key == "moderation1.pes21")
EMAIL = "ines@clavier.example.org"
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
    const style = getComputedStyle(one);
    return style.animationName !== "none" || style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
  }).map((one) => one.outerHTML.slice(0, 80))"""
GROUND = """() => {
  const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number);
  return (red + green + blue) / 3; }"""


@pytest.fixture(scope="module")
def live(world: World) -> Any:
    return world.scenery("live", "porteur.velos", "71270", "Un atelier de vélos à Cluny")


def test_a_citizen_promises_without_a_mouse(world: World, someone: Callable[..., Visitor], live: Any) -> None:
    who = someone().go(f"/campagnes/{live['slug']}")
    keys = Keys(who)
    first = keys.tab()
    assert first is not None
    assert first.name == "Aller au contenu"
    who.page.keyboard.press("Enter")
    keys.press("Contribuer").says("Votre contribution")
    keys = Keys(who).type("Votre contribution", "12,50").type("Votre adresse e-mail", EMAIL).type("Votre nom", "Inès")
    keys.tick("J’accepte que ma carte soit débitée").tick("J’ai lu les règles").press("Promettre")
    pages.give_card(who.says("Enregistrer une carte"), pages.GOOD_CARD)
    who.says("Merci, votre promesse est enregistrée")
    Keys(who).press("Voir ma contribution").says("12,50 €")


def test_a_project_is_sent_and_decided_on_without_a_mouse(world: World, someone: Callable[..., Visitor]) -> None:
    draft = world.scenery("draft", "porteur.velos", "21373", "Une forge au clavier")
    who = someone()
    pages.sign_in(who, HOLDER.email, PASSWORD)
    who.go("/")
    Keys(who).press("Déposer un projet", in_main=False).says("Le titre de votre projet")
    Keys(who).type("Le titre de votre projet", "Un café au clavier").type("La commune du projet", "Mâlain (Côte-d’Or)")
    who.page.keyboard.press("Escape")
    Keys(who).press("Commencer").says("Étape 1 sur 7")
    Keys(who).type("Votre projet en une phrase", "Un café sans souris.").type("Thème", "Nature").press("Enregistrer et")
    who.says("Étape 2 sur 7")
    who.go(f"/mes-campagnes/{draft['slug']}/calendrier")
    keys = Keys(who).tick("J’accepte les règles").tick("J’ai dix-huit ans").tick("J’ai le droit d’utiliser")
    keys.press("Envoyer ma campagne en relecture").says("Votre campagne est envoyée")

    judge = someone()
    pages.sign_in(judge, MODERATOR.email, PASSWORD)
    judge.go("/moderation")
    Keys(judge).press("Une forge au clavier").says("attend une relecture")
    Keys(judge).press("Je m’en occupe").says("Cette relecture est à votre nom", "Liste de contrôle")
    groups = judge.main.locator("form[action$='/liste'] fieldset").count()
    Keys(judge).answer_all("bon", groups).press("Enregistrer la liste").says("plus aucun point bloquant")
    keys = Keys(judge).unfold("Noter l’avis").type("Ou : pourquoi s’en passer", "Personne ne l’accompagne.")
    keys.press("Enregistrer l’avis").says("L’avis est noté")
    keys = Keys(judge).unfold("Il n’y a pas de dossier").type("Pourquoi il n’y a pas", "Un café, sans plus.")
    keys.press("Enregistrer").says("C’est noté")
    keys = Keys(judge).unfold("Proposer l’approbation").tick("Je n’ai aucun lien d’intérêt")
    keys.press("Proposer l’approbation").says("L’approbation est proposée")


def test_the_main_pages_bear_every_screen(new_page: Callable[..., Page], live: Any) -> None:
    """320 pixels; twice as large (1280 pixels seen as 640); nothing moves for who asks for it; the dark is dark."""
    main = ("/", "/campagnes", f"/campagnes/{live['slug']}", f"/campagnes/{live['slug']}/contribuer", "/connexion")
    wrong = []
    for width, height, dark in ((320, 640, False), (640, 450, True)):
        page = new_page(width=width, height=height, dark=dark)
        for path in main:
            page.goto(path)
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append(f"{path} is {wide} pixels wide at {width}")
            if moving := page.evaluate(MOVING):
                wrong.append(f"{path} moves: {moving[:3]}")
            if (page.evaluate(GROUND) < 80) is not dark:
                wrong.append(f"{path} has the wrong ground for {'the dark' if dark else 'the light'}")
    assert wrong == []
