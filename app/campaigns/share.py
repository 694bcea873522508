"""What leaves the site to bring people to a campaign: a picture for links, a poster with a code; drawn once, kept."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

import segno
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from PIL import Image, ImageDraw, ImageFont, ImageOps

from app.campaigns.public_page import Page
from app.campaigns.rules import percent
from app.core import storage
from app.core.i18n import current as language
from app.core.i18n import date_long, euros, rate
from app.core.links import external_url

SIZE = (1200, 630)  # what networks show of a link (Open Graph)
PAPER, INK, SOFT, FOREST, LINE, MUSTARD = "#fbf8f2", "#1d2a24", "#52605a", "#1f5b3a", "#e2dccf", "#e0a526"
PICTURE_WIDTH = 520
FOLDER = "share"
DRAWING = 1  # raised when the drawing itself changes: kept files are then left alone


def kept(kind: str, said: object, draw: Callable[[], bytes]) -> bytes:
    """The file that says `said`, from the store or drawn now. Drawn twice at once it is the same."""
    mark = hashlib.sha256(json.dumps([DRAWING, said], default=str).encode()).hexdigest()[:32]
    name = f"{FOLDER}/{mark}.{kind}"
    try:
        return storage.read(name)
    except storage.FileMissing:
        content = draw()
        storage.write(name, content)
        return content


def picture(page: Page) -> bytes:
    """PNG, 1200 × 630: photograph, title, place, how far it is. In French, as the page first speaks."""
    reached = percent(page.shown_cents, page.goal_cents or 0) // 5 * 5  # a new drawing every five per cent
    image = page.images[0].url if page.images else ""
    said = ["picture", page.title, page.commune_name, page.departement_name, reached, image, page.kind, page.goal_cents]
    return kept("png", said, lambda: _draw(page, reached, image))


def _draw(page: Page, reached: int, image: str) -> bytes:
    sheet = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(sheet)
    sheet.paste(_photograph(image), (0, 0))
    left, right = PICTURE_WIDTH + 56, SIZE[0] - 56
    draw.text((left, 54), "Graine d’Actions", font=_font("title", 30, 700), fill=FOREST)
    y = 116
    for line in _lines(draw, page.title, _font("title", 54, 750), right - left, most=4):
        draw.text((left, y), line, font=_font("title", 54, 750), fill=INK)
        y += 62
    place = ", ".join(filter(None, (page.commune_name, page.departement_name)))
    draw.text((left, y + 14), place, font=_font("text", 28, 400), fill=SOFT)
    with force_locale("fr"):
        _gauge(draw, left, right, reached, page)
    out = io.BytesIO()
    sheet.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()


def _gauge(draw: ImageDraw.ImageDraw, left: int, right: int, reached: int, page: Page) -> None:
    top = 500
    draw.rounded_rectangle((left, top, right, top + 22), 11, fill=LINE)
    if reached:
        full = left + max(22, (right - left) * min(reached, 100) // 100)
        draw.rounded_rectangle((left, top, full, top + 22), 11, fill=FOREST)
    words = rate(reached * 100) if reached else _("Ça commence")
    draw.text((left, top + 40), words, font=_font("title", 40, 700), fill=FOREST)
    goal = _("sur %(goal)s", goal=euros(page.goal_cents))
    draw.text((right, top + 48), goal, font=_font("text", 28, 400), fill=SOFT, anchor="ra")


def _photograph(url: str) -> Image.Image:
    """The campaign's own photograph, cut to the left column; our hills when there is none."""
    size = (PICTURE_WIDTH, SIZE[1])
    if url:
        try:
            with Image.open(io.BytesIO(storage.read(url.removeprefix("/")))) as found:
                return ImageOps.fit(found.convert("RGB"), size)
        except (storage.FileMissing, OSError):
            pass  # gone since: the page shows hills, too
    hills = Image.new("RGB", size, "#bfe0ea")
    draw = ImageDraw.Draw(hills)
    draw.ellipse((330, 90, 450, 210), fill="#fbeecb")
    draw.ellipse((-220, 330, 460, 1100), fill="#5c9a4f")
    draw.ellipse((160, 430, 900, 1200), fill=FOREST)
    return hills


def _lines(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int, *, most: int) -> list[str]:
    """The words on lines that fit; what is too much ends with an ellipsis."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font=font) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
    return [_cut(draw, line, font, width) for line in lines]


def _cut(draw: ImageDraw.ImageDraw, line: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    while len(line) > 2 and draw.textlength(line, font=font) > width:
        line = line.rstrip("…")[:-1] + "…"
    return line


@cache
def _font(name: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Our own fonts, as the pages have them; where nothing was built, the library's own."""
    built: dict[str, str] = current_app.extensions["assets"].files
    if f"{name}.woff2" not in built:
        return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size))
    root: Path = current_app.config["ROOT"]
    font = ImageFont.truetype(root / "static" / "dist" / built[f"{name}.woff2"], size)
    font.set_variation_by_axes([weight])
    return font


def poster(page: Page) -> bytes:
    """PDF, A4: title, place, last day, and a code that leads to the page."""
    address = external_url("campaigns.show", slug=page.slug)
    said: dict[str, Any] = {
        "title": page.title,
        "tagline": page.tagline,
        "place": ", ".join(filter(None, (page.commune_name, page.departement_name))),
        "until": _("Jusqu’au %(day)s", day=date_long(page.closes_at)) if page.closes_at else "",
        "goal": _("Objectif : %(goal)s", goal=euros(page.goal_cents)),
        "how": _("Photographiez ce carré avec un téléphone, ou ouvrez l’adresse :"),
        "address": address.removeprefix("https://").removeprefix("http://"),
        "alt": _("Code à photographier : il ouvre la page de la campagne"),
        "platform": current_app.config["SETTINGS"].platform_name,
        "lang": language(),
        "code": _code(address),
    }
    return kept("pdf", ["poster", said], lambda: _typeset(said))


def _code(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=0, omitsize=True, xmldecl=False)
    return out.getvalue().decode()


def _typeset(said: dict[str, Any]) -> bytes:
    import typst  # 80 MB of library: only the process that draws pays

    layout = (current_app.config["ROOT"] / "templates" / "pdf" / "poster.typ").read_bytes()
    drawn: dict[str, Any] = {
        "sys_inputs": {"data": json.dumps(said)}, "ignore_system_fonts": True, "timestamp": 0,
    }  # fmt: skip
    try:
        made: bytes = typst.compile(layout, pdf_standards=["ua-1"], **drawn)
    except typst.TypstError:  # a sign that our fonts lack: shown as a box, without the label
        made = typst.compile(layout, **drawn)
    return made
