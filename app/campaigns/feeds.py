"""Atom feeds: new campaigns everywhere or in a place, and what happened to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedgenerator import Atom1Feed
from flask_babel import gettext as _

from app.campaigns.public_page import Page
from app.campaigns.rules import CampaignState, FundingKind
from app.core.i18n import current as language
from app.core.i18n import date_long, euros
from app.core.links import external_url
from app.network.places import Place

ATOM = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True)
class Line:
    """A campaign in a feed."""

    slug: str
    title: str
    tagline: str
    commune_name: str
    theme: str
    holder_name: str
    opens_at: datetime
    edited_at: datetime | None


def of_campaigns(lines: Sequence[Line], at: datetime, place: Place | None = None) -> str:
    """The newest campaigns, of a place if one is given."""
    name = place.name if place else _("Bourgogne-Franche-Comté")
    endpoint, values = ("campaigns.place_feed", {"code": place.code}) if place else ("campaigns.feed", {})
    feed = Atom1Feed(
        title=_("Campagnes, %(place)s", place=name),
        link=external_url("pages.territory", code=place.code) if place else external_url("campaigns.catalogue"),
        description=_("Les nouvelles campagnes de financement participatif."),
        language=language(),
        feed_url=external_url(endpoint, **values),
    )
    for line in lines:
        address = external_url("campaigns.show", slug=line.slug)
        feed.add_item(
            title=line.title,
            link=address,
            unique_id=address,
            description=" ".join(filter(None, (line.tagline, f"({line.commune_name})" if line.commune_name else ""))),
            pubdate=line.opens_at,
            updateddate=line.edited_at or line.opens_at,
            author_name=line.holder_name,
        )
    return str(feed.writeString("utf-8"))


def of_campaign(page: Page) -> str:
    """What happened to one campaign, newest first."""
    address = external_url("campaigns.show", slug=page.slug)
    feed = Atom1Feed(
        title=page.title, link=address, description=page.tagline, language=language(),
        feed_url=external_url("campaigns.campaign_feed", slug=page.slug), author_name=page.holder_name,
    )  # fmt: skip
    for name, at, words in _events(page):
        feed.add_item(
            title=words, link=address, unique_id=f"{address}#{name}", description=words, pubdate=at, updateddate=at
        )
    return str(feed.writeString("utf-8"))


def _events(page: Page) -> list[tuple[str, datetime, str]]:
    found: list[tuple[str, datetime, str]] = []
    if page.verdict_at:
        amount = euros(page.verdict_raised_cents)
        if page.state == CampaignState.FAILED:
            words = _("La campagne est terminée : l’objectif n’est pas atteint.")
            if page.kind == FundingKind.FLEXIBLE:
                words = _("La campagne est terminée, sans contribution.")
        else:
            words = _("La campagne est terminée : %(amount)s réunis.", amount=amount)
        found.append(("fin", page.verdict_at, words))
    if page.edited_at:
        found.append(("modification", page.edited_at, _("La page a été modifiée.")))
    if page.opens_at:
        words = _("La campagne est ouverte jusqu’au %(day)s.", day=date_long(page.closes_at))
        found.append(("ouverture", page.opens_at, words))
    return sorted(found, key=lambda one: one[1], reverse=True)
