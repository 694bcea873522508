"""Jinja templates, and the few words they share."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fake_stripe.http import HTML, Response

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(code: int, template: str, **values: Any) -> Response:
    """code: the HTTP status."""
    return Response(code, _templates.get_template(template).render(**values).encode(), HTML)


def money(amount: int, currency: str) -> str:
    """1250, eur → « 12,50 € » with no-break spaces. amount: smallest unit."""
    if currency == "jpy":
        whole, rest = f"{amount:,}", ""
    else:
        whole, rest = f"{amount // 100:,}", f",{amount % 100:02d}"
    sign = {"eur": "€", "usd": "$", "gbp": "£", "chf": "CHF", "jpy": "¥"}[currency]
    thin, fixed = "\u202f", "\u00a0"
    return whole.replace(",", thin) + rest + fixed + sign


_templates.filters["money"] = money


def with_query(url: str, **values: str) -> str:
    """Adds parameters to an address that may already have some."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    return urlunsplit(parts._replace(query=query))
