"""A campaign that keeps what is raised, as people see it: chosen, given with the bank's page, taken back, ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dev.seed.people import PASSWORD, PEOPLE
from tests.browser import pages
from tests.browser.visitor import Visitor
from tests.browser.world import World, knock

pytestmark = pytest.mark.browser

PERSON = {person.key: person for person in PEOPLE}
STRIPE_FEE_CENTS, PLATFORM_FEE_CENTS = 85, 2_00  # of 40 €: 1.5 % and 25 cents; 5 % here
TITLE = "Le moulin à huile de Mâlain"


def test_the_holder_chooses_what_becomes_of_the_money_in_plain_words(
    world: World, someone: Callable[..., Visitor]
) -> None:
    holder = PERSON["porteuse.laine"]
    draft = world.scenery("draft", holder.key, "21373", "Le lavoir retrouve son toit")
    who = someone()
    pages.sign_in(who, holder.email, PASSWORD)
    who.go(f"/mes-campagnes/{draft['slug']}/budget").says("vous recevez 0 €", "vous recevez 900 € moins les frais")
    who.tick("Garde ce qui est réuni").shot("choix-flexible").press("Enregistrer et continuer")
    who.go(f"/mes-campagnes/{draft['slug']}/calendrier").says("De 5 à 60 jours")
    who.fill("Combien de jours", "75").press("Enregistrer", inside="main").says("Entre 5 et 60 jours")
    who.go(f"/mes-campagnes/{draft['slug']}/apercu").says("Si l’objectif n’est pas atteint", "garde ce qui est réuni")


def test_gifts_are_charged_at_once_taken_back_until_the_end_and_passed_on(
    world: World, someone: Callable[..., Visitor]
) -> None:
    holder = PERSON["porteuse.moulin"]
    live = world.scenery("flexible", holder.key, "21373", TITLE)
    before = books(world)
    fanny = give_with_three_d_secure(someone, live["slug"])
    take_back(world, someone, live["slug"])
    page = someone(width=360).go(f"/campagnes/{live['slug']}").says("40 €", "réunis sur 100 €").shot("flexible")
    page.says("Débité tout de suite ; la campagne garde ce qui est réuni")
    world.travel("6d")
    told = world.mail("fanny@flexible.example.org", "La campagne est terminée").text
    assert "40 € ont été réunis, pour un objectif de 100 €. Le projet garde cette somme." in told
    assert (
        "Votre campagne est terminée : 40 € réunis" in world.mail(holder.email, "Votre campagne est terminée").subject
    )
    fanny.go(world.mail("fanny@flexible.example.org", "Reçu").link("/contributions/"))
    fanny.says("40 € ont été débités", "ne peut plus être annulée").never_says("Annuler ma contribution")
    someone().go(f"/campagnes/{live['slug']}").says("Collecte terminée : 40 € réunis").never_says("Objectif atteint")
    world.scenery("payout", live["slug"])
    world.travel("8d")
    world.mail(holder.email, "L’argent de votre campagne est versé")
    after = books(world)
    assert {name: after[name] - before[name] for name in after} == {
        "charged": 65_00, "refunded": 25_00, "transferred": 40_00 - STRIPE_FEE_CENTS - PLATFORM_FEE_CENTS,
    }  # fmt: skip
    checked = world.flask("payments", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def books(world: World) -> dict[str, int]:
    """Cents by the local Stripe's own account."""
    told = world.books()
    return {
        "charged": sum(one["amount"] for one in told["charges"] if one["status"] == "succeeded"),
        "refunded": sum(one["amount"] for one in told["refunds"] if one["status"] == "succeeded"),
        "transferred": sum(one["amount"] for one in told["transfers"]),
    }


def give_with_three_d_secure(someone: Callable[..., Visitor], slug: str) -> Visitor:
    who = someone().go(f"/campagnes/{slug}").says("la campagne garde ce qui est réuni").follow("Contribuer")
    who.says("Débité aujourd’hui").never_says("Promettre", "Rien n’est débité")
    pages.give(who, "40", "fanny@flexible.example.org", name="Fanny Rabel")
    pages.allow_at_bank(pages.pay(who.says("40,00 €"), pages.ASKS_EACH_TIME))
    return who.says(
        "Merci, votre contribution est payée", "40 € ont été débités", "tout vous est alors remboursé"
    ).shot("merci-flexible")


def take_back(world: World, someone: Callable[..., Visitor], slug: str) -> None:
    """A refused card first; then paid, and back in two clicks from the link of the receipt."""
    who = someone(script=False).go(f"/campagnes/{slug}/contribuer")
    pages.give(who, "25", "gil@flexible.example.org", name="Gil Morvan")
    pages.pay(who, pages.REFUSED).says("a été refusée")
    pages.pay(who, pages.GOOD_CARD).says("Merci, votre contribution est payée")
    link = world.mail("gil@flexible.example.org", "Reçu").link("/contributions/")
    assert knock(link) == 200  # a scanner that opens it takes nothing back
    who = someone().go(link).says("débitée", "annulez, puis contribuez à nouveau").shot("contribution-payee")
    who.unfold("Annuler ma contribution").press("Oui, annuler").says("C’est annulé : le remboursement est demandé")
    world.mail("gil@flexible.example.org", "Votre contribution est annulée")
    assert "remboursée en entier" in world.mail("gil@flexible.example.org", "Remboursement : 25 €").text
    who.go(link).says("remboursée").never_says("Annuler ma contribution").shot("contribution-remboursee")
