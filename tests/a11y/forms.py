"""The forms of a page, read as a browser would, to be sent back empty or overfull."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSEEN = {"hidden", "submit", "button", "image", "reset"}
OVERFULL = "mot " * 9_000


@dataclass
class Form:
    action: str
    kept: dict[str, str] = field(default_factory=dict)  # hidden values, and the first button's
    has_button: bool = False
    typed: list[tuple[str, str]] = field(default_factory=list)  # (name, type) of what a person fills in

    def empty(self) -> dict[str, str]:
        return self.kept | {name: "" for name, kind in self.typed if kind not in {"checkbox", "radio", "file"}}

    @property
    def ways(self) -> list[tuple[str, dict[str, str]]]:
        """(name, what is sent): twice wrong where something is filled in; once where one only presses."""
        if not self.typed:
            return [("pressed", self.kept)]
        return [("error, empty form", self.empty()), ("error, overfull form", self.overfull())]

    def overfull(self) -> dict[str, str]:
        return self.kept | {name: OVERFULL for name, kind in self.typed if kind != "file"}


class Reader(HTMLParser):
    """`forms`: those inside main that are posted."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._in_main = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._in_main = True
        elif tag == "form" and self._in_main and found.get("method", "").lower() == "post":
            self._open = Form(found.get("action", ""))
            self.forms.append(self._open)
        elif self._open is not None and found.get("name"):
            self._field(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "main":
            self._in_main = False

    def _field(self, tag: str, found: dict[str, str]) -> None:
        assert self._open is not None
        name, kind = found["name"], found.get("type", "text" if tag == "input" else tag)
        if tag == "button" or kind == "submit":
            if "formnovalidate" in found:
                return  # it looks something up on the way; the form is sent by the next one
            if not self._open.has_button:
                self._open.kept[name], self._open.has_button = found.get("value", ""), True
        elif kind == "hidden":
            self._open.kept[name] = found.get("value", "")
        elif kind not in UNSEEN:
            self._open.typed.append((name, kind))


def forms_of(html: str) -> list[Form]:
    reader = Reader()
    reader.feed(html)
    return reader.forms
