"""What machines read of a campaign's page, in the words of schema.org."""

from __future__ import annotations

from typing import Any

from app.campaigns.public_page import Page
from app.core.i18n import current as language
from app.core.links import external_url


def of_page(page: Page, *, is_open: bool) -> dict[str, Any]:
    """A JSON-LD object; only what the page itself shows."""
    address = external_url("campaigns.show", slug=page.slug)
    trail = [
        (page.departement_name, page.departement_code, "pages.territory"),
        (page.commune_name, page.commune_code, "pages.territory"),
    ]
    places = [(name, external_url(endpoint, code=code)) for name, code, endpoint in trail if name and code]
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": address,
        "name": page.title,
        "description": page.tagline,
        "inLanguage": language(),
        "primaryImageOfPage": external_url("campaigns.shared_picture", slug=page.slug),
        "breadcrumb": _trail([*places, (page.title, address)]),
        "mainEntity": {
            "@type": "Project",
            "name": page.title,
            "description": page.tagline,
            "location": {
                "@type": "Place",
                "address": {
                    "@type": "PostalAddress", "addressLocality": page.commune_name,
                    "addressRegion": page.departement_name, "addressCountry": "FR",
                },
            },
        },
    }  # fmt: skip
    if page.opens_at:
        found["datePublished"] = page.opens_at.isoformat()
    if page.edited_at:
        found["dateModified"] = page.edited_at.isoformat()
    if is_open:
        target = external_url("pledges.contribute", slug=page.slug)
        found["potentialAction"] = {"@type": "DonateAction", "target": target}
    return found


def _trail(steps: list[tuple[str, str]]) -> dict[str, Any]:
    first = (external_url("campaigns.catalogue"), "Campagnes" if language() == "fr" else "Campaigns")
    items = [first, *((url, name) for name, url in steps)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (url, name) in enumerate(items, 1)
        ],
    }


def of_site() -> dict[str, Any]:
    """The home page: which site this is, and how to search it."""
    search = external_url("campaigns.catalogue") + "?q={words}"
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Graine d’Actions",
        "url": external_url("pages.home"),
        "inLanguage": ["fr", "en"],
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=words",
        },
    }
