"""One real campaign, from the sign-up to the money on the holder's account, through every page as people see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dev import pictures
from tests.browser import pages
from tests.browser.journey import (
    COACH,
    EMAIL,
    HOLDER,
    MODERATOR,
    OWN_PASSWORD,
    PROMISED_CENTS,
    RECEIVED_CENTS,
    SECOND,
    SECOND_TREASURER,
    STORY,
    TITLE,
    TREASURER,
    Journey,
)
from tests.browser.visitor import Visitor
from tests.browser.world import World, knock, plain

pytestmark = pytest.mark.browser


def test_one_campaign_from_first_draft_to_money_received(
    world: World, someone: Callable[..., Visitor], tmp_path: Path
) -> None:
    photograph = tmp_path / "haie.jpg"
    photograph.write_bytes(pictures.render("orchard", 7))
    journey = Journey(world, someone)
    coach = open_record(journey)
    write_campaign(journey, photograph)
    send_and_read_who_answers(journey)
    moderator = take_and_ask(journey)
    answer_and_resend(journey)
    link_the_record(journey, coach, moderator)
    review_and_propose(journey, moderator)
    confirm(journey)
    consent_and_open(journey, coach)
    find_it(journey)
    four_promises(journey)
    end_of_the_campaign(journey)
    repair_both(journey)
    two_treasurers_agree(journey)
    receive_the_money(journey, coach)


# -- one: the record, the draft, the account -----------------------------------------------------


def open_record(journey: Journey) -> Visitor:
    """A coach has met the holder before any account exists."""
    coach = journey.signed_in(COACH.email)
    coach.go("/accompagnement").follow("Ouvrir un dossier", inside="main").fill("Nom du projet", "Une haie à Mâlain")
    pages.choose_commune(coach, "Commune du projet", "malain", "Mâlain (Côte-d’Or)")
    coach.fill("Personne accompagnée", HOLDER).fill("Son adresse e-mail", EMAIL).tick("Lui écrire")
    coach.choose("Structure qui accompagne", "Pôle d’Économie Solidaire 21").choose("Dispositif", "Puls’Actions")
    coach.fill("Étape", "Idée").fill("Prochaine action", "Relire le budget ensemble").shot("dossier-nouveau")
    coach.press("Ouvrir le dossier").says("est ouvert", "Relire le budget ensemble", COACH.name)
    journey.reference = coach.path.rsplit("/", 1)[-1]
    journey.world.mail(EMAIL, "dossier")
    return coach


def write_campaign(journey: Journey, photograph: Path) -> None:
    who = journey.holder
    who.go("/").follow("Déposer un projet").says("Ce que vous préparerez").follow("Ouvrir un compte", inside="main")
    pages.sign_up(who, journey.world, name=HOLDER, email=EMAIL, password=OWN_PASSWORD)
    who.says("Déposer un projet").fill("Le titre de votre projet", TITLE)
    pages.choose_commune(who, "La commune du projet", "malain", "Mâlain (Côte-d’Or)")
    who.shot("deposer").press("Commencer")
    pages.write_first_steps(who, STORY, photograph)
    pages.write_budget(who, STORY)
    pages.write_last_steps(who, STORY)
    journey.slug = who.path.split("/")[2]
    who.go(f"/mes-campagnes/{journey.slug}/calendrier")
    pages.open_account(who)


def send_and_read_who_answers(journey: Journey) -> None:
    """Leave, come back elsewhere: everything is there. Send it; learn who answers, by when."""
    journey.holder = who = journey.signed_in(EMAIL, OWN_PASSWORD)
    who.follow(TITLE, inside="main").says("Rien : votre campagne peut partir").shot("bureau-brouillon")
    who.go(f"/mes-campagnes/{journey.slug}/projet").holds("Votre projet en une phrase", STORY.tagline)
    who.go(f"/mes-campagnes/{journey.slug}/budget").holds("Votre objectif", STORY.goal)
    assert who.page.locator("[name='uses-0-amount']").input_value() == "120,50"
    who.go(f"/mes-campagnes/{journey.slug}/image").holds("Ce que montre la photographie", STORY.alternative)
    who.go(f"/mes-campagnes/{journey.slug}/calendrier").holds("Combien de jours dure la campagne", "5")
    pages.send(who)
    who.says("Chez Pôle d’Économie Solidaire 21", "Une première réponse au plus tard le").shot("bureau-envoye")
    told = journey.world.mail(EMAIL, "Votre campagne est bien arrivée").text
    assert "Pôle d’Économie Solidaire 21" in told
    assert "Une première réponse au plus tard le" in told


# -- two: the review -----------------------------------------------------------------------------


def take_and_ask(journey: Journey) -> Visitor:
    """A moderator takes it, sees the page as the public will, asks for one change on a named field."""
    who = journey.signed_in(MODERATOR.email)
    pages.open_review(who, TITLE).shot("relecture").press("Je m’en occupe").says("Cette relecture est à votre nom")
    who.follow("Ouvrir la page").says(TITLE, STORY.tagline, "Le vent emporte la terre").shot("apercu")
    who.never_says("Accompagné par")
    pages.open_review(who, TITLE).choose("Sur quoi", "Si l’objectif n’est pas atteint")
    who.fill("Votre demande", "C’est clair. Dites aussi quand ces cent mètres seraient plantés.")
    who.press("Noter cette demande").says("La demande est notée")
    who.press("Envoyer les demandes").says("Les demandes sont envoyées", "En attente du porteur")
    return who


def answer_and_resend(journey: Journey) -> None:
    who, mail = journey.holder, journey.world.mail(EMAIL, "Quelques modifications avant la publication")
    assert "Si l’objectif n’est pas atteint" in mail.text
    assert "quand ces cent mètres seraient plantés" in mail.text
    who.go(mail.link("/relecture")).says("Si l’objectif n’est pas atteint", "seraient plantés").shot("demandes")
    who.follow("Corriger ce point").says("Étape 2 sur 7")
    who.fill("Si l’objectif n’est pas atteint", f"{STORY.if_missed} Ce serait en mars.")
    who.press("Enregistrer et continuer").says("Étape 3 sur 7")
    who.go(mail.link("/relecture")).fill("Votre réponse", "C’est ajouté : en mars.").press("Enregistrer ma réponse")
    who.says("Votre réponse est enregistrée").press("Renvoyer ma campagne").says("Votre campagne est renvoyée")


def link_the_record(journey: Journey, coach: Visitor, moderator: Visitor) -> None:
    """Who only reviews does not learn that somebody is coached: who coaches says it, from the page of the record."""
    pages.open_review(moderator, TITLE).says("Aucun dossier relié", "demandez à une ou un collègue qui accompagne")
    moderator.never_says(journey.reference).shot("relecture-sans-dossier")
    coach.go(f"/accompagnement/dossiers/{journey.reference}").shot("dossier-sans-campagne")
    coach.follow("Relier une campagne", inside="main").says(TITLE, "en relecture").shot("relier")
    coach.press("Relier").says("La campagne est reliée à ce dossier", TITLE)


def review_and_propose(journey: Journey, who: Visitor) -> None:
    """That very record, the checklist, the coach's opinion; then a proposal."""
    journey.world.mail(MODERATOR.email, "Les réponses sont arrivées")
    pages.open_review(who, TITLE).says("C’est ajouté : en mars", journey.reference, "Puls’Actions", COACH.name)
    pages.fill_checklist(who)
    who.unfold("Noter l’avis").fill("Avis de la personne qui accompagne", "Prêt : budget relu ensemble.")
    who.press("Enregistrer l’avis").says("L’avis est noté")
    who.unfold("Proposer l’approbation").tick("Je n’ai aucun lien d’intérêt").shot("relecture-complete")
    who.press("Proposer l’approbation").says("L’approbation est proposée", "Vous avez fait cette proposition")


def confirm(journey: Journey) -> None:
    """A second person, from the mail."""
    who = journey.signed_in(SECOND.email)
    who.go(journey.world.mail(SECOND.email, "Une décision attend une deuxième personne").link("/moderation/"))
    who.says(f"Par {MODERATOR.name}").tick("Je n’ai aucun lien d’intérêt").shot("decision")
    who.press("Confirmer l’approbation")
    who.says("La campagne est approuvée")


def consent_and_open(journey: Journey, coach: Visitor) -> None:
    """The holder opens it today; the public line is there only once they agree."""
    who, mail = journey.holder, journey.world.mail(EMAIL, "Votre campagne est approuvée")
    who.go(mail.link("/relecture")).follow("Choisir le jour").says("choisissez le jour d’ouverture")
    today = date.fromisoformat(who.field("Jour d’ouverture").input_value())
    journey.last_day = today + timedelta(days=STORY.days)
    who.press("Choisir ce jour").says("Le jour d’ouverture est choisi")
    live = journey.world.mail(EMAIL, "Votre campagne est en ligne")
    assert journey.last_day_words in live.text
    public = journey.someone().go(f"/campagnes/{journey.slug}").says(TITLE).never_says("Accompagné par")
    who.go(f"/mes-campagnes/{journey.slug}").says("Votre page ne dit pas").follow(journey.reference, inside="main")
    who.says("Qui peut lire ce dossier", COACH.name, "Sans votre accord, rien n’est affiché").shot("dossier-porteuse")
    who.press("Je suis d’accord").says("Vous êtes d’accord").follow(TITLE, inside="main").says("Votre page dit")
    public.go(f"/campagnes/{journey.slug}").says("Accompagné par Pôle d’Économie Solidaire 21").shot("campagne")
    coach.go(f"/accompagnement/dossiers/{journey.reference}").says(TITLE, "en cours").shot("dossier")


# -- three and four: found, and helped -----------------------------------------------------------


def find_it(journey: Journey) -> None:
    who = journey.someone().go("/").says("Elles ont besoin de vous", TITLE).shot("accueil")
    who.follow("Voir les campagnes", inside="main").fill("Chercher", "ecoliers haie malain")
    who.press("Voir les campagnes").says(TITLE)
    who.choose("Territoire", "Côte-d’Or").press("Voir les campagnes").says(TITLE)
    who.unfold("Plus de filtres").choose("Thème", "Nature").press("Voir les campagnes").says(TITLE).shot("catalogue")
    who.choose("Thème", "Culture").press("Voir les campagnes").says("Aucune campagne ne correspond").never_says(TITLE)


def four_promises(journey: Journey) -> None:
    """Two good cards, one whose bank asks each time, one refused and tried again."""
    giver = promise_page(journey).says("Rien n’est débité aujourd’hui")
    pages.promise(giver, "25", "ana@journey.example.org", name="Ana Seguin", reward="Un plant de noisetier")
    pages.give_card(giver.shot("stripe-carte"), pages.GOOD_CARD)
    thanked(journey, giver, "ana@journey.example.org", "25 €")
    giver.shot("merci").follow("Voir ma contribution").says("Un plant de noisetier", "Annuler ma promesse")
    giver.shot("promesse")

    giver = promise_page(journey)
    pages.promise(giver, "12,50", "honore@journey.example.org", name="Honoré Discret", is_anonymous=True)
    pages.give_card(giver, pages.GOOD_CARD)
    thanked(journey, giver, "honore@journey.example.org", "12,50 €")
    giver.follow("Revenir à la campagne").says("Personne anonyme", "Ana Seguin").never_says("Honoré Discret")

    giver = promise_page(journey)
    pages.promise(giver, "20", "berthe@journey.example.org", name="Berthe Collin")
    pages.allow_at_bank(pages.give_card(giver, pages.ASKS_EACH_TIME))
    thanked(journey, giver, "berthe@journey.example.org", "20 €")

    giver = promise_page(journey)
    pages.promise(giver, "50", "ivan@journey.example.org", name="Ivan Prost")
    pages.give_card(giver, pages.REFUSED).says("Votre carte a été refusée. Essayez avec une autre carte.")
    giver.follow("Annuler et revenir au site").says("Votre promesse attend encore une carte").press("Donner ma carte")
    pages.give_card(giver, pages.FAILS_LATER)
    thanked(journey, giver, "ivan@journey.example.org", "50 €")
    giver.go(f"/campagnes/{journey.slug}").says("107,50 €", "4 personnes", "il en reste 9 sur 10")


def promise_page(journey: Journey) -> Visitor:
    return journey.someone().go(f"/campagnes/{journey.slug}").follow("Contribuer")


def thanked(journey: Journey, giver: Visitor, email: str, amount: str) -> None:
    """Page and mail say what will be debited, when, and on what condition."""
    giver.says(
        "Merci, votre promesse est enregistrée",
        f"{amount} seront débités après le {journey.last_day_words}, seulement si la campagne a réuni au moins 100 €",
    )
    told = journey.world.mail(email, "Votre promesse est enregistrée").text
    assert "Rien n’est débité aujourd’hui." in told
    assert (
        f"{amount} seront débités de votre carte après le {journey.last_day_words}, seulement si la campagne a réuni "
        "au moins 100 € à cette date. Sinon, rien ne sera débité." in told
    )


# -- five and six: the end, the repairs, the money -----------------------------------------------


def end_of_the_campaign(journey: Journey) -> None:
    """Judged once, charged once: two cards pass, two owners are asked."""
    world = journey.world
    world.travel(f"{STORY.days + 1}d")
    assert "107,50 € ont été promis" in world.mail(EMAIL, "Votre campagne a réussi").text
    assert "25 € ont été débités de votre carte le" in world.mail("ana@journey.example.org", "Reçu : 25 € débités").text
    assert "12,50 € ont été débités" in world.mail("honore@journey.example.org", "Reçu : 12,50 € débités").text
    world.mail("berthe@journey.example.org", "Votre banque attend votre accord")
    world.mail("ivan@journey.example.org", "Votre carte a été refusée")
    assert journey.charged_cents() == 37_50
    journey.holder.go(f"/mes-campagnes/{journey.slug}").says("Objectif atteint").follow("Suivre l’argent")
    journey.holder.says("37,50 €", "70 €").shot("argent-en-cours")


def repair_both(journey: Journey) -> None:
    """From the mail's link, which does nothing by itself however often it is opened."""
    ivan = journey.world.mail("ivan@journey.example.org", "Votre carte a été refusée").link("/regler")
    berthe = journey.world.mail("berthe@journey.example.org", "Votre banque attend").link("/regler")
    before = journey.world.orders()
    assert [knock(url) for url in (ivan, berthe, ivan)] == [200, 200, 200]
    assert journey.world.orders() == before
    who = journey.someone().go(ivan).says("Votre carte a été refusée", "Rien n’est débité pour l’instant", "50 €")
    who.shot("regler").press("Donner une autre carte")
    pages.give_card(who, pages.GOOD_CARD).says("C’est réglé", "50 € ont été débités le")
    who = journey.someone().go(berthe).says("Votre banque attend votre accord").press("Confirmer avec ma banque")
    pages.allow_at_bank(who.says("20,00 €")).says("C’est réglé", "20 € ont été débités le")
    journey.world.mail("ivan@journey.example.org", "Reçu : 50 € débités")
    assert journey.charged_cents() == PROMISED_CENTS


def two_treasurers_agree(journey: Journey) -> None:
    """Nothing leaves before: one prepares, the other one reads the mail and approves; the holder has a code too."""
    first = journey.signed_in(TREASURER.email).go("/tresorerie").says("Versements à préparer", TITLE).shot("tresorerie")
    first.follow(TITLE, inside="main").says("Le versement est à préparer", "107,50 €").shot("tresorerie-campagne")
    first.press("Préparer le versement").says("une deuxième personne doit l’approuver")
    first.follow("Voir le versement préparé").says("Vous avez préparé ce versement")
    second = journey.signed_in(SECOND_TREASURER.email)
    second.go(journey.world.mail(SECOND_TREASURER.email, "Une décision sur l’argent").link("/tresorerie/versements/"))
    second.says("107,50 €", TREASURER.name).shot("versement-a-approuver").press("Approuver le versement")
    second.says("Le versement est approuvé", "se connecte avec la double vérification").shot("versement-approuve")
    pages.switch_on_second_factor(journey.holder, OWN_PASSWORD)
    assert journey.transferred_cents() == 0


def receive_the_money(journey: Journey, coach: Visitor) -> None:
    """After the hold: to the cent on the page, in the mail, in our books, in Stripe's."""
    world = journey.world
    world.travel("8d")
    statement = world.mail(EMAIL, "L’argent de votre campagne est versé").text
    for words in ("107,50 € (4 contributions)", "Stripe : 2,62 €", "plateforme : 5,38 €", ": 99,50 €"):
        assert words in statement
    journey.holder.go(f"/mes-campagnes/{journey.slug}/argent").says("Frais de la plateforme (5 %)").shot("argent")
    journey.holder.says("107,50 €", "2,62 €", "5,38 €", "99,50 €", "Tout ce qui a été débité vous a été versé")
    checked = world.flask("payments", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    said = plain(checked.stdout)
    assert journey.slug[:40] in said
    assert re.search(r"charged .*107,50 €", said)
    assert said.endswith(" 0 differences")
    assert journey.transferred_cents() == RECEIVED_CENTS
    desk = journey.signed_in(TREASURER.email).go(f"/tresorerie/campagnes/{journey.slug}").says("99,50 €", "fait")
    desk.page.locator("main table").last.get_by_role("link").first.click()
    desk.says("Du premier clic au versement", "Promesse enregistrée", "Versement fait", "Écriture : versement")
    desk.shot("tresorerie-contribution").follow("Appels à Stripe").says("Appel prévu (verser)")
    coach.go(f"/accompagnement/dossiers/{journey.reference}").says("argent versé", "107,50 €")
    journey.someone().go(f"/campagnes/{journey.slug}").says("Objectif atteint").shot("campagne-reussie")
