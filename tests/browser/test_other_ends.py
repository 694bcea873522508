"""The ends nobody hopes for: no organisation here yet, a refusal, a goal that is missed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dev.seed.people import PASSWORD, PEOPLE, Someone
from tests.browser import pages
from tests.browser.visitor import Visitor
from tests.browser.world import World, knock

pytestmark = pytest.mark.browser

PERSON = {person.key: person for person in PEOPLE}
NETWORK = "Réseau Graine d’Actions"


def signed_in(someone: Callable[..., Visitor], person: Someone) -> Visitor:
    who = someone()
    pages.sign_in(who, person.email, PASSWORD)
    return who


def test_a_commune_without_operator_goes_to_the_network_and_the_holder_reads_why(
    world: World, someone: Callable[..., Visitor]
) -> None:
    holder = PERSON["porteuse.laine"]
    draft = world.scenery("draft", holder.key, "58194", "La laine de Nevers reprend vie")
    who = signed_in(someone, holder).go(f"/mes-campagnes/{draft['slug']}").shot("bureau-pret")
    pages.send(who.follow("Envoyer en relecture"))
    reason = "aucune structure n’est encore désignée ici pour ce dispositif (Nevers, Nièvre)"
    who.says(f"Chez {NETWORK}", reason, "Une première réponse au plus tard le", "une décision au plus tard le")
    told = world.mail(holder.email, "Votre campagne est bien arrivée").text
    assert f"Qui vous répond : {NETWORK}" in told
    assert reason in told
    reader = (
        signed_in(someone, PERSON["moderation1.reseau"]).go("/moderation").says(draft["title"], f"{NETWORK} · Nièvre")
    )
    pages.open_review(reader.shot("file"), draft["title"]).says("Je m’en occupe")
    queue = signed_in(someone, PERSON["moderation1.pes21"]).go("/moderation")
    queue.never_says(draft["title"])


def test_a_refusal_takes_two_people_a_reason_and_another_way(world: World, someone: Callable[..., Visitor]) -> None:
    holder, first, second = (PERSON[key] for key in ("porteur.verger", "moderation1.reseau", "moderation2.reseau"))
    draft = world.scenery("draft", holder.key, "70550", "Un verger derrière la gare de Vesoul")
    owner = signed_in(someone, holder).go(f"/mes-campagnes/{draft['slug']}/calendrier")
    pages.send(owner)
    who = pages.open_review(signed_in(someone, first), draft["title"]).press("Je m’en occupe")
    pages.note_no_opinion(who, "Pas encore d’accompagnement dans ce département.")
    who.unfold("Proposer un refus").choose("Raison", "Le projet n’est pas encore assez avancé.")
    who.press("Proposer le refus").says("Expliquez la raison", "Proposez une autre piste")
    who.fill("En vos mots", "Le terrain n’est pas encore prêté par la ville.")
    who.fill("Ce que vous proposez à la place", "Un rendez-vous avec nous, puis une campagne au printemps.")
    who.tick("Je n’ai aucun lien d’intérêt", inside="form[action$='/proposer-refus']").shot("refus")
    who.press("Proposer le refus").says("Le refus est proposé", "Vous avez fait cette proposition")
    owner.go(f"/mes-campagnes/{draft['slug']}").never_says("n’a pas été retenue")
    who = signed_in(someone, second)
    who.go(world.mail(second.email, "Une décision attend une deuxième personne").link("/moderation/"))
    who.says("Le terrain n’est pas encore prêté").tick("Je n’ai aucun lien d’intérêt")
    who.press("Confirmer le refus").says("Le refus est confirmé")
    told = world.mail(holder.email, "La réponse à votre campagne")
    for words in ("n’est pas encore assez avancé", "n’est pas encore prêté", "Un rendez-vous avec nous, puis"):
        assert words in told.text
    owner.go(told.link("/relecture")).says("Deux personnes ont relu", "Ce que nous vous proposons").shot("refusee")
    owner.go(f"/mes-campagnes/{draft['slug']}").says("n’a pas été retenue", "Demander un nouvel examen")
    assert knock(f"{world.platform.url}/campagnes/{draft['slug']}") == 404


def test_a_missed_goal_releases_everybody_and_charges_nobody(world: World, someone: Callable[..., Visitor]) -> None:
    holder = PERSON["porteuse.moulin"]
    live = world.scenery("live", holder.key, "21231", "Le moulin de l’Ouche tourne encore")
    charges = len(world.books()["charges"])
    world.mail(holder.email, "Votre campagne est en ligne")
    for email, amount in (("rose@missed.example.org", "40"), ("samir@missed.example.org", "59,99")):
        giver = someone().go(f"/campagnes/{live['slug']}").follow("Contribuer")
        pages.give_card(pages.promise(giver, amount, email, name="Rose Vergnaud"), pages.GOOD_CARD)
        giver.says("Merci, votre promesse est enregistrée")
    world.travel("6d")
    assert "99,99 € ont été promis, pour un objectif de 100 €" in world.mail(holder.email, "n’a pas atteint").text
    for email in ("rose@missed.example.org", "samir@missed.example.org"):
        told = world.mail(email, "Rien n’est débité : l’objectif n’a pas été atteint").text
        assert "votre promesse est levée, rien n’est débité, et votre carte n’est plus enregistrée" in told
        assert not [mail.subject for mail in world.mails(email) if "Reçu" in mail.subject]
    giver.go(world.mail("samir@missed.example.org", "Rien n’est débité").link("/contributions/"))
    giver.says("rien n’est débité, et votre carte n’est plus enregistrée").never_says("Annuler ma promesse")
    someone().go(f"/campagnes/{live['slug']}").says(
        "L’objectif n’a pas été atteint : personne n’a été débité"
    ).never_says("Contribuer").shot("campagne-manquee")
    who = signed_in(someone, holder).go(f"/mes-campagnes/{live['slug']}").says("Personne n’a été débité")
    who.go(f"/mes-campagnes/{live['slug']}/argent").says("Personne n’a été débité").shot("argent-manque")
    books = world.books()
    assert len(books["charges"]) == charges
    assert not [one for one in books["payment_methods"] if one["customer"] and is_of(books, one, "missed.example.org")]
    checked = world.flask("payments", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def is_of(books: dict[str, list[dict[str, str]]], method: dict[str, str], host: str) -> bool:
    """Whether a card still hangs on a customer of these givers."""
    customers = {one["id"]: one for one in books["customers"]}
    return (customers.get(method["customer"], {}).get("email") or "").endswith(host)
