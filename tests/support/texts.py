"""What a page says to its reader, and which of the catalogue's sentences can be recognised in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from dev import words

SAID = {"aria-label", "alt", "title", "placeholder", "data-label", "data-confirm", "data-yes", "data-no", "data-words"}
UNSEEN = {"script", "style"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
LONG_ENOUGH = 15  # characters that no name and no sum contains by chance


def flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").replace("%%", "%").split())


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text)) + sorted(re.findall(r"%%", text))


class Reader(HTMLParser):
    """`texts`: the visible pieces of a page in its own language; what is marked with another `lang` is left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._skipping: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if self._skipping or tag in UNSEEN or (tag != "html" and "lang" in own):
            if tag not in VOID:
                self._skipping.append(tag)
            return
        self.texts += [flat(value) for name, value in attrs if name in SAID and value]
        if tag == "meta" and own.get("name") == "description":
            self.texts.append(flat(own.get("content") or ""))

    def handle_endtag(self, tag: str) -> None:
        if self._skipping and self._skipping[-1] == tag:
            self._skipping.pop()

    def handle_data(self, data: str) -> None:
        if not self._skipping and data.strip():
            self.texts.append(flat(data))


class Sentences:
    """One language's side of the catalogue, without what both languages share."""

    def __init__(self, own: Iterable[str], other: Iterable[str]) -> None:
        others = {flat(text) for text in other}
        all_others = "\n".join(others)
        self.short, self.pieces = set(), {}
        for text in map(flat, own):
            piece = max((part.strip() for part in PLACEHOLDER.split(text)), key=len)
            if text in others:
                continue
            if len(piece) >= LONG_ENOUGH and piece not in all_others:
                self.pieces[piece] = text
            elif not PLACEHOLDER.search(text):
                self.short.add(text)

    def found_in(self, texts: list[str]) -> list[str]:
        page = "\n".join(texts)
        return sorted(self.short & set(texts)) + sorted(text for piece, text in self.pieces.items() if piece in page)


def both_sides() -> tuple[Sentences, Sentences]:
    """(French, English) as they can be recognised on a page."""
    french: list[str] = []
    english: list[str] = []
    for message in words.sentences(words.read_english()):
        french += [message.id] if isinstance(message.id, str) else message.id
        english += [message.string] if isinstance(message.string, str) else message.string
    return Sentences(french, english), Sentences(english, french)
