"""Words: Markdown to safe HTML, slugs, and the folded form used for searching."""

from __future__ import annotations

import re
import secrets
import unicodedata

import nh3
from markdown_it import MarkdownIt

_ALLOWED = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a", "br", "hr", "code", "pre",
    "del", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_MARKDOWN = MarkdownIt(
    "js-default",
    {"html": False, "linkify": False, "typographer": True, "quotes": ["«\u00a0", "\u00a0»", "“", "”"]},
).disable("image")
_FINE_SPACE = re.compile(r"(?<=\S) ([:;!?»])")
_BEFORE_SIGN = re.compile(r" ([?!:;»€]|%%|%$)")
_AFTER_QUOTE = re.compile(r"« ")


def markdown_to_html(source: str) -> str:
    """Safe HTML of a person's Markdown: no script, style, image or frame; outside links say so.

    Headings go down one level (the page owns h1). Done when saved; the HTML is kept.
    """
    html = str(_MARKDOWN.render(source))
    html = re.sub(r"<(/?)h([1-6])>", lambda m: f"<{m[1]}h{min(4, int(m[2]) + 1)}>", html)
    html = _FINE_SPACE.sub("\u00a0\\1", _AFTER_QUOTE.sub("«\u00a0", html))
    return str(
        nh3.clean(
            html,
            tags=_ALLOWED,
            attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto"},
            link_rel="noopener nofollow ugc",
        )
    )


def french_spaces(text: str) -> str:
    """No-break spaces where French wants them: « Pourquoi ? », « 12 % », inside guillemets."""
    return _BEFORE_SIGN.sub("\u00a0\\1", text.replace("« ", "«\u00a0"))


def fold(text: str) -> str:
    """Lower case, without accents, ligatures opened, punctuation as spaces: « Mâlain » → "malain"."""
    opened = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae").replace("ß", "ss")
    bare = "".join(c for c in unicodedata.normalize("NFKD", opened) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare.casefold()).split())


_ONE_OF = {"travaux": "travail", "vitraux": "vitrail", "baux": "bail", "yeux": "oeil", "cieux": "ciel"}


def stem(word: str) -> str:
    """A folded word without its French plural: « vélos » finds « vélo », « locaux » finds « local »."""
    if word in _ONE_OF:
        return _ONE_OF[word]
    if len(word) > 4 and word.endswith("aux") and not word.endswith(("eaux", "yaux")):
        return f"{word[:-3]}al"
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def slugify(text: str, limit: int = 60) -> str:
    """A readable, unguessable-free address part; « projet » when nothing is left."""
    slug = fold(text).replace(" ", "-")[:limit].strip("-")
    return slug or "projet"


def public_id() -> str:
    """A 128-bit random name for URLs that must not be guessed."""
    return secrets.token_urlsafe(16)
