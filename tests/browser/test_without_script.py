"""A telephone of 360 pixels, JavaScript off: everything that matters still works."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dev.seed.people import PASSWORD, PEOPLE
from tests.browser import pages
from tests.browser.visitor import Visitor
from tests.browser.world import World

pytestmark = pytest.mark.browser

CITIZEN = next(person for person in PEOPLE if person.key == "citoyenne")
EMAIL = "lise@telephone.example.org"


def fits(who: Visitor) -> Visitor:
    """Nothing reaches beyond the edge of the screen."""
    who.page.wait_for_load_state()
    assert who.page.evaluate("document.documentElement.scrollWidth") <= 360
    return who


def test_a_citizen_promises_and_takes_it_back_on_a_telephone_without_script(
    world: World, someone: Callable[..., Visitor]
) -> None:
    live = world.scenery("live", "porteur.velos", "71270", "Des vélos pour le marché du village")
    who = someone(width=360, height=740, script=False)
    fits(who.go("/").says("Donnez un coup de main")).shot("telephone-accueil").follow("Voir les campagnes")
    fits(who.fill("Chercher", "velos marche")).press("Voir les campagnes").says(live["title"])
    fits(who.follow(live["title"], inside="main").says("Rien n’est débité aujourd’hui")).shot("telephone-campagne")
    fits(who.follow("Contribuer").says("Votre contribution"))
    who.press("Promettre").says("Il reste quelque chose à corriger", "Indiquez un montant")
    fits(who)
    pages.promise(who, "12,5", EMAIL, name="Lise Romarin")
    pages.give_card(who, "4000 0025 0000 3155")
    fits(pages.allow_at_bank(who).says("Merci, votre promesse est enregistrée", "12,50 € seront débités après le"))
    who.shot("telephone-merci")
    told = world.mail(EMAIL, "Votre promesse est enregistrée")
    fits(who.go(told.link("/contributions/")).says("12,50 €"))
    who.unfold("Annuler ma promesse").press("Oui, annuler").says("C’est annulé : rien ne sera débité")
    fits(who)
    world.mail(EMAIL, "Votre promesse est annulée")
    who.go(f"/campagnes/{live['slug']}").never_says("Lise Romarin")


def test_a_commune_whose_name_occurs_four_times_is_chosen_without_script(
    world: World, someone: Callable[..., Visitor]
) -> None:
    who = someone(width=360, height=740, script=False)
    pages.sign_in(who, CITIZEN.email, PASSWORD)
    fits(who.go("/projets/nouveau").fill("Le titre de votre projet", "Un café associatif"))
    who.fill("La commune du projet", "bussieres").press("Commencer").says("choisissez la vôtre ci-dessous")
    choices = who.main.get_by_role("radio")
    expect(choices).to_have_count(4)
    fits(who.holds("Le titre de votre projet", "Un café associatif").shot("telephone-homonymes"))
    who.tick("Bussières (Yonne)").press("Commencer").says("Étape 1 sur 7")
    assert who.field("Commune").input_value().startswith("Bussières (Yonne)")
    fits(who)


def test_the_button_beside_the_commune_finds_it_by_postal_code(world: World, someone: Callable[..., Visitor]) -> None:
    who = someone(width=360, height=740, script=False)
    pages.sign_in(who, CITIZEN.email, PASSWORD)
    who.go("/projets/nouveau").fill("Le titre de votre projet", "Un café associatif")
    who.fill("La commune du projet", "21410").press("Chercher").says("Laquelle est-ce")
    who.tick("Mâlain (Côte-d’Or)").press("Commencer").says("Étape 1 sur 7")
    assert who.field("Commune").input_value() == "Mâlain (Côte-d’Or)"
