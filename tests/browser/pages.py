"""What people do on each page, in the words of the page. Used by the journeys; asserts only what a step needs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.accounts.second_factor_rules import DRIFT, step_of
from app.accounts.totp import code_at
from dev.seed.people import PEOPLE
from tests.browser.visitor import Visitor
from tests.browser.world import World

GOOD_CARD = "4242 4242 4242 4242"
ASKS_EACH_TIME = "4000 0027 6000 3184"
REFUSED = "4000 0000 0000 0002"
FAILS_LATER = "4000 0000 0000 0341"


# -- accounts ----------------------------------------------------------------------------------


def sign_in(who: Visitor, email: str, password: str, factor: str = "") -> None:
    """With the code of the telephone, for the people of the demo who have one (or whose secret is given)."""
    who.go("/connexion").fill("Adresse e-mail", email).fill("Mot de passe", password)
    who.press("Se connecter", inside="main")
    secret = factor or next((person.factor for person in PEOPLE if person.email == email), "")
    if secret:
        who.says("Encore un code").fill("Votre code", telephone(secret)).press("Se connecter", inside="main")
    who.page.wait_for_url(lambda url: "/connexion" not in url)


_shown: dict[str, int] = {}  # secret → the step of the last code that was typed: none is taken twice


def telephone(secret: str) -> str:
    """What the application of codes shows now, or soon."""
    step = max(step_of(datetime.now(UTC)), _shown.get(secret, 0) + 1)
    while step > step_of(datetime.now(UTC)) + DRIFT:
        time.sleep(1)
    _shown[secret] = step
    return code_at(secret, step)


def switch_on_second_factor(who: Visitor, password: str) -> None:
    """As a holder does before the first payout: the key is typed into the telephone, its code here."""
    who.go("/compte/double-verification").fill("Votre mot de passe", password).press("Commencer")
    key = (
        who.says("Relier votre téléphone").page.locator("dt", has_text="Clé").locator("xpath=following-sibling::dd[1]")
    )
    secret = "".join(key.inner_text().split())
    who.fill("Le code que votre téléphone affiche", telephone(secret)).press("Activer la double vérification")
    who.says("codes de secours")


def sign_up(who: Visitor, world: World, *, name: str, email: str, password: str) -> None:
    """From the form, through the mailed link, to where the person wanted to go."""
    who.fill("Votre nom", name).fill("Adresse e-mail", email).fill("Mot de passe", password).shot("inscription")
    who.press("Ouvrir mon compte").says("Regardez vos courriels")
    who.go(world.mail(email, "Confirmez votre adresse").link("/inscription/confirmer/"))
    who.press("Confirmer et ouvrir mon compte").says("Votre adresse est confirmée")


# -- the holder --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """A campaign as its holder would write it; euros as typed."""

    title: str
    tagline: str
    theme: str
    story: str
    if_missed: str
    alternative: str
    social: str
    goal: str
    uses: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    reward: tuple[str, str, str]  # name, amount, how many
    days: int


def choose_commune(who: Visitor, label: str, typed: str, wanted: str) -> None:
    """With script: the list under the field."""
    who.field(label).press_sequentially(typed, delay=15)
    who.page.get_by_role("option", name=wanted).first.click()


def write_first_steps(who: Visitor, story: Story, photograph: Path) -> None:
    """Steps one to four: the project, its story, its photograph, its values."""
    who.says("Étape 1 sur 7").holds("Titre", story.title).fill("Votre projet en une phrase", story.tagline)
    who.choose("Thème", story.theme).tick("Une association").fill("Nom légal", "Les haies vives de Mâlain")
    who.fill("Numéro SIREN ou RNA", "W000000001").fill("Représentée par", "Flora Mirandel").shot("etape-1")
    who.press("Enregistrer et continuer")
    who.says("Étape 2 sur 7").fill("Votre histoire", story.story)
    who.fill("Si l’objectif n’est pas atteint", story.if_missed).shot("etape-2").press("Enregistrer et continuer")
    who.says("Étape 3 sur 7").field("Une photographie").set_input_files(photograph)
    who.fill("Ce que montre la photographie", story.alternative).shot("etape-3").press("Enregistrer et continuer")
    who.says("Étape 4 sur 7").fill("Sociale", story.social).shot("etape-4").press("Enregistrer et continuer")


def write_budget(who: Visitor, story: Story) -> None:
    """Step five: lines side by side with their total."""
    who.says("Étape 5 sur 7").fill("Votre objectif", story.goal)
    for side, lines in (("uses", story.uses), ("resources", story.others)):
        for number, (label, amount) in enumerate(lines):
            who.page.locator(f"[name='{side}-{number}-label']").fill(label)
            who.page.locator(f"[name='{side}-{number}-amount']").fill(amount)
    who.says("Le budget est équilibré").shot("etape-5").press("Enregistrer et continuer")


def write_last_steps(who: Visitor, story: Story) -> None:
    """Steps six and seven: a reward with a stock, the length."""
    name, amount, stock = story.reward
    who.says("Étape 6 sur 7").fill("Contrepartie", name).fill("À partir de", amount).fill("Combien y en a-t-il", stock)
    who.field("Remise prévue").select_option(index=6)
    who.press("Ajouter cette contrepartie").says("La contrepartie est ajoutée", name).shot("etape-6")
    who.follow("Continuer")
    who.says("Étape 7 sur 7").fill("Combien de jours dure la campagne", str(story.days))
    who.press("Enregistrer", inside="main")


def open_account(who: Visitor) -> None:
    """On the hosted pages, and back."""
    who.tick("Une association").press("Ouvrir mon compte de paiement")
    who.says("Compte de paiement").shot("stripe-compte").press("Terminer")
    who.says("Votre compte de paiement est prêt")


def send(who: Visitor) -> None:
    """The three consents, then away."""
    who.tick("J’accepte les règles", "J’ai dix-huit ans", "J’ai le droit d’utiliser").shot("etape-7")
    who.press("Envoyer ma campagne en relecture").says("Votre campagne est envoyée")


# -- the contributor ---------------------------------------------------------------------------


def promise(
    who: Visitor, amount: str, email: str, *, name: str = "", reward: str = "", is_anonymous: bool = False
) -> Visitor:
    """The one page of a promise; ends on the hosted card page."""
    if reward:
        who.tick(reward)
    who.fill("Votre contribution", amount).fill("Votre adresse e-mail", email)
    if name:
        who.fill("Votre nom", name)
    if is_anonymous:
        who.tick("Ne pas montrer mon nom")
    who.tick("J’accepte que ma carte soit débitée", "J’ai lu les règles")
    who.shot("contribuer").press("Promettre")
    return who.says("Enregistrer une carte")


def give(who: Visitor, amount: str, email: str, *, name: str, reward: str = "") -> Visitor:
    """The one page of a gift that is charged at once; ends on the hosted payment page."""
    if reward:
        who.tick(reward)
    who.fill("Votre contribution", amount).fill("Votre adresse e-mail", email).fill("Votre nom", name)
    who.tick("J’accepte que ma carte soit débitée de ce montant aujourd’hui", "J’ai lu les règles")
    who.shot("contribuer-flexible").press("Payer aujourd’hui")
    return who.says("Paiement", "sont débités aujourd’hui")


def pay(who: Visitor, number: str, name: str = "Camille Essai") -> Visitor:
    """On the hosted page; the bank's page comes next for some cards."""
    who.fill("Numéro de carte", number).fill("Expiration", "12/40").fill("Cryptogramme", "123")
    return who.fill("Nom du titulaire", name).press("Payer")


def give_card(who: Visitor, number: str, name: str = "Camille Essai") -> Visitor:
    """On the hosted page; the bank's page comes next for some cards."""
    who.fill("Numéro de carte", number).fill("Expiration", "12/40").fill("Cryptogramme", "123")
    return who.fill("Nom du titulaire", name).press("Enregistrer la carte")


def allow_at_bank(who: Visitor) -> Visitor:
    return who.says("Votre banque vous demande une confirmation").press("Autoriser")


# -- the reviewers -----------------------------------------------------------------------------


def open_review(who: Visitor, title: str) -> Visitor:
    return who.go("/moderation").follow(title, inside="main")


def fill_checklist(who: Visitor) -> None:
    """Every point is good."""
    who.unfold("Remplir la liste")
    for choice in who.main.locator("form[action$='/liste'] fieldset").all():
        choice.get_by_label("bon", exact=True).check()
    who.press("Enregistrer la liste").says("plus aucun point bloquant")


def note_no_opinion(who: Visitor, why: str) -> None:
    who.unfold("Noter l’avis").fill("Ou", why).press("Enregistrer l’avis").says("L’avis est noté")
