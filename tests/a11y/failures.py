"""Our own pages of refusal and failure, as the site shows them."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, render_template

from config import ROOT

FRAMES = {"alone", "layout"}  # what the others extend
WORDS = {"message": "Cette action n’est plus possible : la situation a changé.", "reference": "AB12CD34"}
TYPED = [("title", "Le four du village"), ("story", "Une longue histoire, " * 60)]


def pages(app: Flask) -> Iterator[tuple[str, str]]:
    """(name, page) of each."""
    for path in sorted((ROOT / "templates" / "errors").glob("*.html")):
        if path.stem in FRAMES:
            continue
        if path.stem in {"500", "503"}:  # these must need nothing
            yield path.stem, app.jinja_env.get_template(f"errors/{path.name}").render(**WORDS)
            continue
        with app.test_request_context("/campagnes"):
            yield path.stem, render_template(f"errors/{path.name}", **WORDS, action="/projets/nouveau", typed=TYPED)
    with app.test_request_context("/campagnes"):
        yield "409 with a way back", render_template("errors/409.html", **WORDS, back="/campagnes")
