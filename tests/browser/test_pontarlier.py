"""From a question asked on line to the news a year later: coaching and campaign as one path, as people see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dev import pictures
from tests.browser import pages
from tests.browser.pontarlier import (
    ANSWER,
    COACH,
    COACHES_AT,
    COLLEAGUE,
    EMAIL,
    FIRST,
    HOLDER,
    NEED,
    NEWS,
    OWN_PASSWORD,
    PRIVATE,
    QUESTION,
    REVIEWS_AT,
    SHARED,
    STORY,
    Way,
)
from tests.browser.visitor import Visitor
from tests.browser.world import World

pytestmark = pytest.mark.browser


def test_a_holder_of_pontarlier_from_first_question_to_the_news_a_year_later(
    world: World, someone: Callable[..., Visitor], tmp_path: Path
) -> None:
    photograph = tmp_path / "velos.jpg"
    photograph.write_bytes(pictures.render("orchard", 11))
    path = Way(world, someone, photograph)
    ask_on_line(path)
    book_a_drop_in_day(path)
    take_and_welcome(path)
    join_the_record(path)
    work_together(path)
    ask_a_colleague(path)
    grow_a_campaign(path)
    moderator = ask_a_change(path)
    give_the_coach_s_opinion(path, moderator)
    make_the_change(path)
    propose(path, moderator)
    confirm_from_another_organisation(path)
    go_live(path)
    tell_the_record(path)
    write_the_news_a_year_later(path)


# -- one: a question, a welcome --------------------------------------------------------------------


def ask_on_line(path: Way) -> None:
    """Without account: who answers here, a sentence, and by when there will be an answer."""
    who = path.holder.go("/").follow("Qui peut m’aider")
    pages.choose_commune(who, "Votre commune", "pontarlier", "Pontarlier (Doubs)")
    who.press("Voir qui répond").says("À Pontarlier (Doubs)", COACHES_AT).shot("qui-repond")
    programme = who.main.locator("li", has=who.page.get_by_role("heading", name="Puls’Actions"))
    programme.get_by_role("link", name="Demander un accompagnement").click()
    who.says("Une phrase suffit").holds("Votre commune", "Pontarlier (Doubs)")
    who.fill("Votre nom", HOLDER).fill("Votre adresse e-mail", EMAIL).fill("Votre projet ou votre besoin", NEED)
    who.shot("demander").press("Envoyer ma demande")
    who.says("Elle est arrivée", f"{COACHES_AT} vous répond au plus tard le").shot("demande-envoyee")
    assert COACHES_AT in path.world.mail(EMAIL, "Votre demande d’accompagnement est arrivée").text


def book_a_drop_in_day(path: Way) -> None:
    """From the page of the request to an hour in Pontarlier."""
    who = path.holder.follow("Voir les permanences", inside="main").says("Pontarlier")
    who.follow("Pontarlier", inside="main").says("Permanence à Pontarlier", COACHES_AT)
    who.follow("Demander un rendez-vous", inside="main").says("Heure")
    hour = who.page.locator("[name=slot]").first
    path.slot = hour.get_attribute("value") or ""
    hour.check()
    who.fill("Votre nom", HOLDER).fill("Votre adresse e-mail", EMAIL).fill("En une phrase", NEED)
    pages.choose_commune(who, "Votre commune", "pontarlier", "Pontarlier (Doubs)")
    who.shot("rendez-vous").press("Demander ce rendez-vous").says("Votre rendez-vous est noté", COACHES_AT)
    assert "attendez sa réponse avant" in path.world.mail(EMAIL, "Votre rendez-vous est noté").text


def take_and_welcome(path: Way) -> None:
    """A coach takes the request, then opens the day's sheet: the person who comes has one record, not two."""
    path.world.mail(COACH.email, "Une demande d’accompagnement attend une réponse")
    who = path.coach.go("/accompagnement").unfold("Autres pages").follow("Demandes à prendre", inside="main")
    who.says(NEED, HOLDER)
    who.shot("demandes-a-prendre").press("Prendre cette demande").says("La demande est à vous")
    path.reference = who.path.rsplit("/", 1)[-1]
    assert COACH.name in path.world.mail(EMAIL, "Quelqu’un a pris votre demande").text
    path.travel_to(path.slot)
    who.go("/accompagnement").unfold("Autres pages").follow("Permanences", inside="main").says("Pontarlier")
    who.page.locator("main tr", has_text="Pontarlier").first.get_by_role("link").first.click()
    who.says("Quelqu’un arrive", HOLDER).shot("feuille-du-jour").press("Venu·e : ouvrir le dossier")
    who.says(path.reference).follow(path.reference, inside="main table").says("Premier accueil", "accueil fait")
    assert who.path == path.record


def join_the_record(path: Way) -> None:
    """Invited by mail; the account opens on the way, and the record says who reads it."""
    path.coach.press("Inviter la personne").says("L’invitation est partie")
    who = path.holder.go(path.world.mail(EMAIL, "Votre dossier d’accompagnement est ouvert").link("/invitation/"))
    who.follow("Ouvrir un compte", inside="main")
    pages.sign_up(who, path.world, name=HOLDER, email=EMAIL, password=OWN_PASSWORD)
    who.says("vous invite à lire votre dossier").press("Relier le dossier à mon compte")
    who.says("Où j’en suis", "Qui peut lire ce dossier", COACH.name, "Premier accueil").shot("mon-dossier")


# -- two: the coaching -----------------------------------------------------------------------------


def work_together(path: Way) -> None:
    """Explored, engaged; a note for the team that the holder never meets, an action that the holder ticks."""
    who = path.coach.go(path.record)
    who.unfold("Changer l’état du dossier").choose("Nouvel état", "Commencer l’exploration").press("Changer l’état")
    who.says("exploration").follow("Étapes, objectifs, résultats")
    who.fill("Objectif", "Ouvrir l’atelier au printemps").press("Ajouter l’objectif").says("L’objectif est noté")
    who.shot("chemin").follow(path.reference, inside="main, nav")
    who.unfold("Changer l’état du dossier").choose("Nouvel état", "L’accompagnement est engagé")
    who.fill("Engagement signé le", path.slot[:10]).press("Changer l’état").says("accompagnement en cours")
    for words, readers in ((PRIVATE, "L’équipe seulement"), (SHARED, "La personne accompagnée et l’équipe")):
        who.follow("Noter un échange").fill("Ce qu’il faut retenir", words).tick(readers)
        who.fill("Prochaine étape", "Visiter le local").press("Enregistrer la note").says(words)
    who.unfold("Ajouter une action").fill("À faire", "Demander trois devis d’outils")
    who.press("Ajouter").says("Demander trois devis d’outils").shot("dossier-equipe")
    holder = path.holder.go("/accompagnement").follow(NEED, inside="main").says(SHARED, "Ouvrir l’atelier au printemps")
    holder.never_says(PRIVATE).press("Marquer comme fait").says("L’action est à jour").shot("mon-dossier-suivi")


def ask_a_colleague(path: Way) -> None:
    """Of another organisation: sees the question, never the person."""
    who = path.coach.go(path.record).follow("Avis de collègues")
    who.choose("À qui", f"{COLLEAGUE.name} — Pôle d’Économie Solidaire 21").fill("Votre question", QUESTION)
    who.press("Envoyer la question").says("La question est partie")
    other = path.signed_in(COLLEAGUE).go("/accompagnement").follow("1 avis vous est demandé").follow(QUESTION)
    other.says(QUESTION, COACHES_AT, "Puls’Actions").never_says(HOLDER, NEED, path.reference)
    other.fill("Votre avis", ANSWER).shot("avis-collegue").press("Donner mon avis").says("Votre avis est transmis")
    who.go(path.record).follow("Avis de collègues").says(ANSWER)


# -- three: the campaign that grows from it --------------------------------------------------------


def grow_a_campaign(path: Way) -> None:
    """Begun by the coach with what the record knows, written and sent by the holder."""
    path.coach.go(path.record).press("Préparer une campagne").says("Le brouillon est prêt")
    told = path.world.mail(EMAIL, "Une campagne est préparée pour vous")
    who = path.holder.go(told.link("/mes-campagnes/")).says(NEED, path.reference)
    path.slug = who.path.split("/")[2]
    who.follow("Modifier", inside="main")
    pages.write_first_steps(who, STORY, path.photograph)
    pages.write_budget(who, STORY)
    pages.write_last_steps(who, STORY)
    who.go(f"/mes-campagnes/{path.slug}/calendrier")
    pages.open_account(who)
    pages.send(who)
    who.says(f"Chez {REVIEWS_AT}", "Une première réponse au plus tard le")
    path.coach.go(path.record).says("Envoyée en relecture").follow(NEED, inside="main article").says(STORY.tagline)


def ask_a_change(path: Way) -> Visitor:
    """The reviewer sees who coaches and where it stands, never a note."""
    who = pages.open_review(path.signed_in(FIRST), NEED).press("Je m’en occupe").says("Cette relecture est à votre nom")
    who.says(path.reference, COACHES_AT, "Puls’Actions", COACH.name, "L’avis est demandé")
    who.never_says(PRIVATE, SHARED, ANSWER).choose("Sur quoi", "Si l’objectif n’est pas atteint")
    who.fill("Votre demande", "C’est clair. Dites aussi quel samedi.").press("Noter cette demande")
    who.says("La demande est notée").press("Envoyer les demandes").says("Les demandes sont envoyées")
    return who.shot("relecture-croisee")


def give_the_coach_s_opinion(path: Way, moderator: Visitor) -> None:
    """Found on the record as well as in the mail."""
    path.world.mail(COACH.email, "Votre avis sur une campagne que vous accompagnez")
    who = path.coach.go(path.record).follow("Mon avis pour la relecture").says("Votre avis conseille, il ne décide pas")
    who.tick("prêt").fill("Pour le porteur ou la porteuse", "Le budget est solide, bravo.")
    who.fill("Pour l’équipe qui relit", "Le local est vu, les devis sont là.").shot("mon-avis")
    who.press("Transmettre mon avis").says("Votre avis est transmis")
    pages.open_review(moderator, NEED).says("Le local est vu, les devis sont là.", COACH.name)


def make_the_change(path: Way) -> None:
    who, mail = path.holder, path.world.mail(EMAIL, "Quelques modifications avant la publication")
    who.go(mail.link("/relecture")).says("quel samedi", "Le budget est solide").never_says("les devis sont là")
    who.follow("Corriger ce point").says("Étape 2 sur 7")
    who.fill("Si l’objectif n’est pas atteint", f"{STORY.if_missed} Le premier samedi.")
    who.press("Enregistrer et continuer").says("Étape 3 sur 7").go(mail.link("/relecture"))
    who.fill("Votre réponse", "C’est ajouté : le premier samedi.").press("Enregistrer ma réponse")
    who.says("Votre réponse est enregistrée").press("Renvoyer ma campagne").says("Votre campagne est renvoyée")


def propose(path: Way, who: Visitor) -> None:
    """What has changed is shown; the amount asks for a person of another organisation."""
    path.world.mail(FIRST.email, "Les réponses sont arrivées")
    pages.open_review(who, NEED).follow("Ce qui a changé depuis la dernière fois").says("Le premier samedi")
    pages.fill_checklist(pages.open_review(who, NEED))
    who.unfold("Proposer l’approbation").tick("Je n’ai aucun lien d’intérêt").press("Proposer l’approbation")
    who.says("L’approbation est proposée", "Cette personne vient d’une autre structure : l’objectif est élevé")


def confirm_from_another_organisation(path: Way) -> None:
    second = path.second_person()
    assert second.organisation not in {FIRST.organisation, COACH.organisation}
    who = path.signed_in(second).go("/moderation").says("deuxième personne demandée").follow(NEED, inside="main")
    who.says(f"Par {FIRST.name}").never_says(PRIVATE, SHARED).tick("Je n’ai aucun lien d’intérêt")
    who.shot("decision-croisee").press("Confirmer l’approbation").says("La campagne est approuvée")
    who.says("Relectures").never_says(NEED)  # asked for this one decision: the file closes again behind it


def go_live(path: Way) -> None:
    """The holder opens it today and lets the page name who coaches; somebody promises a quarter of the goal."""
    who = path.holder.go(path.world.mail(EMAIL, "Votre campagne est approuvée").link("/relecture"))
    who.follow("Choisir le jour").press("Choisir ce jour").says("Le jour d’ouverture est choisi")
    path.world.mail(EMAIL, "Votre campagne est en ligne")
    who.go(path.record).press("Je suis d’accord").says("Vous êtes d’accord")
    public = path.someone().go(f"/campagnes/{path.slug}").says(NEED, f"Accompagné par {COACHES_AT}")
    public.never_says(COACH.name).follow("Contribuer")
    pages.promise(public, "3000", "odile@pontarlier.example.org", name="Odile Grandjean")
    pages.give_card(public, pages.GOOD_CARD).says("Merci, votre promesse est enregistrée")


# -- four: the record hears of it, and lives on ----------------------------------------------------


def tell_the_record(path: Way) -> None:
    """Its milestones came by themselves; the coach notes what the project has become."""
    who = path.coach.go(path.record)
    who.says("Envoyée en relecture", "Modifications demandées", "Renvoyée après modifications")
    who.says("Approuvée par deux personnes", "Mise en ligne", "Un quart de l’objectif", "3 000 €")
    who.shot("dossier-campagne").follow("Étapes, objectifs, résultats").unfold("Noter un aboutissement")
    who.choose("Ce qui a abouti", "Structure créée").fill("Statut juridique", "Association")
    who.press("Noter").says("Structure créée").follow(path.reference, inside="main, nav")
    who.unfold("Changer l’état du dossier").choose("Nouvel état", "Le projet a abouti : passer au suivi").press(
        "Changer l’état"
    )
    who.says("suivi")


def write_the_news_a_year_later(path: Way) -> None:
    """The morning page asks for them; the holder reads them on the path."""
    path.world.travel("367d")
    who = path.coach.go("/accompagnement").says("Prendre des nouvelles, 12 mois après").shot("matin-un-an-apres")
    who.main.locator("li", has_text="12 mois après").get_by_role("link", name=NEED).click()
    line = who.main.locator("#suivis li", has_text="À 12 mois").first
    line.locator("summary").first.click()
    line.get_by_label("Oui").check()
    line.get_by_label("Des nouvelles").fill(NEWS)
    line.get_by_role("button", name="Enregistrer").click()
    who.says(NEWS, "Toujours en activité").shot("un-an-apres")
    who.go("/accompagnement").never_says("12 mois après")
    path.holder.go(path.record).says("Où j’en suis").go(f"{path.record}/chemin").says(NEWS)
