"""People who promise, come back, change their mind and repair, over real HTTP, while everything around them dies.

A citizen remembers what a page has told them: exactly that must be found afterwards. No answer at all
tells nothing, and they try again, as people do.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from fake_stripe import shopper
from tests.money.crash.stories import Story

CONSENTS = {"consent_charge": "y", "consent_terms": "y"}
PATIENCE_SECONDS = 20
KEPT = ("votre promesse est enregistrée", "votre contribution est payée")
CANCELLED = ("C’est annulé : rien", "Vous avez annulé cette promesse", "Le paiement n’a pas abouti à temps")
PAID = ("C’est réglé", "ont été débités le", "votre contribution est payée")
BACK = ("le remboursement est demandé", "vous ont été remboursés")
MAY_CHANGE, MAY_REPAIR, MAY_GIVE_CARD = "/montant?cle=", "/regler?cle=", "/carte?cle="


class Away(Exception):
    """No answer, or an error page: nothing is known."""


@dataclass
class Memory:
    """What was sent, and what was told in return."""

    email: str
    slug: str
    story: Story
    may_cost_cents: set[int]  # amounts that may be the right one
    card_pages: list[str] = field(default_factory=list)  # Sessions we were sent to
    public_id: str = ""
    was_thanked: bool = False
    was_told_paid: bool = False
    was_told_cancelled: bool = False
    was_told_back: bool = False
    done: set[str] = field(default_factory=set)  # acts whose end a page has confirmed
    surprises: list[str] = field(default_factory=list)  # pages that nobody should ever see


class Citizen:
    def __init__(self, platform: str, stripe: str, slug: str, story: Story, number: int):
        self.platform, self.stripe, self.story = platform, stripe, story
        self.cents = 30_00 + 37 * number % 40_00
        self.memory = Memory(f"gens{number}@exemple.fr", slug, story, {self.cents})
        self.http = requests.Session()
        self.form: dict[str, str] | None = None
        self.path = self.card_page = self.back = self.second_back = ""
        self.card = story.card

    def act(self, name: str) -> bool:
        """One try; True once a page has said that it is done."""
        try:
            is_done: bool = getattr(self, name)()
        except Away:
            return False
        if is_done:
            self.memory.done.add(name)
        return is_done

    def knows(self) -> tuple[object, ...]:
        """What was sent and seen so far, without the names that were drawn."""
        told, places = self.memory, (self.form, self.path, self.card_page, self.back, self.second_back)
        drawn = {"card_pages": len(told.card_pages), "public_id": bool(told.public_id), "done": sorted(told.done)}
        return (*sorted((vars(told) | drawn).items()), *map(bool, places))

    def has_no_use_for(self, act: str) -> bool:
        """A page has said that there is nothing left to repair."""
        return act in self.story.after and (self.memory.was_told_paid or self.memory.was_told_cancelled)

    # -- acts: each may be tried again until it says True -------------------------------------------

    def promise(self) -> bool:
        """Our form, until Stripe's card page stands before us."""
        path = f"/campagnes/{self.memory.slug}/contribuer"
        if self.form is None:
            page = self._get(path).text
            self.form = {name: _hidden(page, name) for name in ("csrf_token", "form_key")} | {
                "reward": "0", "amount": _euros(self.cents), "email": self.memory.email, "name": "Une personne",
                **CONSENTS,
            }  # fmt: skip
        if self.story.clicks_twice:
            self._in_passing(path, self.form)
        return self._stands_before_card(self._post(path, self.form))

    def give(self) -> bool:
        """The form, the card, and the way back, until a page says thank you."""
        if not self.back:
            if not self.card_page and not self.promise():
                return self.memory.was_thanked
            self._fill_card()
        page = self._follow(self.back)
        self._read(page)
        if not self.memory.was_thanked:
            self.back = ""  # told to wait, or asked for the card again
        return self.memory.was_thanked

    def lower(self) -> bool:
        cents = self.cents - 5_00
        self.memory.may_cost_cents.add(cents)
        if "nouveau montant est enregistré" not in self._press("/montant", amount=_euros(cents)).text:
            return False
        self.memory.may_cost_cents = {cents}
        return True

    def withdraw(self) -> bool:
        self._read(self._get(self.path))
        if not self.memory.was_told_cancelled:
            self._read(self._press("/annuler"))
        return self.memory.was_told_cancelled

    def other_card(self) -> bool:
        """Before the end: another good card in place of the first. Given once, it is only asked about again."""
        if not self.second_back:
            if not self.card_page and not self._stands_before_card(self._press_button("/carte")):
                return False
            self._fill_card()
            self.second_back = self.back
        return _says(self._follow(self.second_back), KEPT)

    def take_back(self) -> bool:
        """A gift that was charged at once, before the end of its campaign."""
        self._read(self._get(self.path))
        if not self.memory.was_told_back:
            self._read(self._press("/reprendre"))
        return self.memory.was_told_back

    def confirm(self) -> bool:
        """With the bank, after a refusal."""
        if not self._may_repair():
            return self.memory.was_told_paid
        place = self._press_button("/confirmer").headers.get("Location", "")
        if place.startswith(self.stripe):
            self._read(self._follow(_elsewhere(lambda: shopper.authenticate_payment(place))))
        return self.memory.was_told_paid

    def new_card(self) -> bool:
        """Another card, after a refusal."""
        if not self._may_repair():
            return self.memory.was_told_paid
        self.card = shopper.GOOD_CARD
        if self.card_page or self._stands_before_card(self._press_button("/carte")):
            self._fill_card()
            self._read(self._follow(self.back))
        return self.memory.was_told_paid

    def give_up(self) -> bool:
        if not self._may_repair():
            return self.memory.was_told_cancelled
        self._read(self._press("/renoncer"))
        return self.memory.was_told_cancelled

    # -- pages ---------------------------------------------------------------------------------------

    def _fill_card(self) -> None:
        place, self.card_page = self.card_page, ""
        try:
            self.back = shopper.complete_checkout(place, self.card, email=self.memory.email)
        except shopper.PageRefused:  # over, or filled in before and the answer was lost: our own page will say
            self.back = ""
            if self.path:
                self.back = self.platform + self.path
        except (OSError, HTTPException) as error:
            self.card_page = place
            raise Away from error
        if self.back:
            self._learn(self.back)

    def _stands_before_card(self, answer: requests.Response) -> bool:
        place = answer.headers.get("Location", "")
        if place.startswith(f"{self.stripe}/"):
            self.card_page = place
            self.memory.card_pages.append(urlsplit(place).path.rpartition("/")[2])
            return True
        page = self._follow(place) if place else answer
        self._read(page)
        if page.status_code == 422:
            self.memory.surprises.append(f"the form was refused: {_alert(page.text)}")
        return False

    def _read(self, page: requests.Response) -> None:
        """What a page of ours tells."""
        if found := re.search(r"/contributions/([\w-]+)(?:/carte|/montant)?\?cle=[\w.-]+", page.text):
            self._learn(found.group(0))
        memory = self.memory
        memory.was_thanked = memory.was_thanked or _says(page, (*KEPT, MAY_CHANGE))
        memory.was_told_paid = memory.was_told_paid or _says(page, PAID)
        memory.was_told_cancelled = memory.was_told_cancelled or _says(page, CANCELLED)
        memory.was_told_back = memory.was_told_back or _says(page, BACK)

    def _learn(self, url: str) -> None:
        """The address of our own promise is in every link to it."""
        parts = urlsplit(url)
        key = parse_qs(parts.query).get("cle")
        if parts.path.startswith("/contributions/") and key:
            self.memory.public_id = parts.path.split("/")[2]
            self.path = f"/contributions/{self.memory.public_id}?cle={key[0]}"

    def _may_repair(self) -> bool:
        page = self._get(self.path)
        self._read(page)
        return MAY_REPAIR in page.text

    def _press_button(self, end: str, **data: str) -> requests.Response:
        token = _hidden(self._get("/contributions").text, "csrf_token")
        own, _, query = self.path.partition("?")
        return self._post(f"{own}{end}?{query}", {"csrf_token": token, **data})

    def _press(self, end: str, **data: str) -> requests.Response:
        """The page after the button."""
        answer = self._press_button(end, **data)
        place = answer.headers.get("Location", "")
        return self._follow(place) if place else answer

    # -- the wire ------------------------------------------------------------------------------------

    def _get(self, path: str) -> requests.Response:
        return self._ask("GET", path)

    def _post(self, path: str, data: dict[str, str]) -> requests.Response:
        return self._ask("POST", path, data)

    def _follow(self, url: str) -> requests.Response:
        """An address of ours, and where it leads."""
        for _ in range(4):
            if not url:
                raise Away
            parts = urlsplit(url)
            answer = self._get(f"{parts.path}?{parts.query}")
            url = answer.headers.get("Location", "")
            if not url:
                return answer
        raise Away

    def _ask(self, method: str, path: str, data: dict[str, str] | None = None) -> requests.Response:
        try:
            answer = self.http.request(
                method, self.platform + path, data=data, allow_redirects=False, timeout=PATIENCE_SECONDS
            )
        except requests.RequestException as error:
            raise Away from error
        if answer.status_code >= 500 and MAY_GIVE_CARD not in answer.text:
            raise Away
        if answer.status_code in (403, 404, 429):
            self.memory.surprises.append(f"{method} {urlsplit(path).path}: {answer.status_code}")
        return answer

    def _in_passing(self, path: str, data: dict[str, str]) -> None:
        """The first of two clicks: nobody waits for its answer."""
        cookies = self.http.cookies.copy()

        def click() -> None:
            with suppress(requests.RequestException), requests.Session() as other:
                other.cookies.update(cookies)
                other.post(self.platform + path, data=data, allow_redirects=False, timeout=PATIENCE_SECONDS)

        threading.Thread(target=click, daemon=True).start()

    def close(self) -> None:
        self.http.close()


def _elsewhere(do: Callable[[], str]) -> str:
    """On a page of Stripe's. Errors: Away."""
    try:
        return do()
    except (OSError, HTTPException, shopper.PageRefused) as error:
        raise Away from error


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]+)"', page)
    assert found, f"no {name} on the page"
    return found.group(1)


def _says(page: requests.Response, words: tuple[str, ...]) -> bool:
    return any(one in page.text for one in words)


def _alert(page: str) -> str:
    words: list[Any] = re.findall(r'class="[^"]*error[^"]*"[^>]*>([^<]+)', page)
    return " / ".join(words)[:200]


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"
