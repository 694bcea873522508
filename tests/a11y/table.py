"""What belongs in the table: every GET route, but those that are no pages, each with a word why."""

from __future__ import annotations

import re

from flask import Flask
from werkzeug.routing import Rule

from config import ROOT
from tests.access.people import LATER, PEOPLE
from tests.access.who import WHO

# Who looks at the states that are set from behind.
VISITOR, HOLDER, CONTRIBUTOR = "visitor.none", "holder.own", "contributor.own"
MODERATOR, REFERENT, LEAD = "moderator.own", "coach.own", "lead.same/code"

FEED, FILE, MOVES_ON, DATA = "a feed for programs", "a file", "only leads on", "data for programs"
NOT_PAGES: dict[str, str] = {
    **dict.fromkeys(
        ("campaigns.campaign_feed", "campaigns.feed", "campaigns.place_feed", "dropins.coach_feed",
         "dropins.series_feed", "dropins.town_feed"),
        FEED,
    ),
    **dict.fromkeys(
        ("campaigns.picture", "campaigns.poster", "campaigns.shared_picture", "desk.deliveries_export", "desk.export",
         "documents.download", "settlement.attestation", "settlement.given", "settlement.of_year",
         "settlement.statement", "pages.favicon"),
        FILE,
    ),
    **dict.fromkeys(
        ("campaigns.edit_by_number", "payments.account_returned", "settlement.repaired"),
        MOVES_ON,
    ),
    **dict.fromkeys(
        ("network.communes_json", "pages.health", "pages.robots", "pages.security_contact", "pages.sitemap"),
        DATA,
    ),
    "settlement.renounce": "only a paid purchase has it: looked at with what it would be handed (afterwards)",
    "pages.gallery": "served in development only; looked at by the journeys",
}  # fmt: skip
STEPS = ("projet", "histoire", "image", "valeur-ajoutee", "budget", "contreparties", "calendrier")
# More addresses of one route: other steps, a search that finds nothing, a figure that cannot be.
MORE: dict[str, tuple[tuple[str, str], ...]] = {
    "campaigns.catalogue": (("empty", "?q=zzzzzz"), ("long", "?tri=fin&etat=live&vue=carte")),
    "pages.fees": (("error", "?montant=abc"), ("usual", "?montant=5000&contributions=100")),
    "network.who_helps": (("usual", "?commune=21373"), ("error", "?commune_text=zzzz")),
    "coaching.search": (("usual", "?q=four"), ("empty", "?q=zzzzzz")),
}


def pages(app: Flask) -> list[Rule]:
    """The routes of the table, by endpoint."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static")
    return sorted((rule for rule in rules if rule.endpoint not in NOT_PAGES), key=lambda rule: rule.endpoint)


NAMED = re.compile(r"""["']([\w/]+\.html)["']""")
BY_ITSELF = {"campaigns/show.html"}  # a page that another one extends
# Pages that no request of the table shows, each with a word where it is looked at.
SHOWN_ELSEWHERE = {"coaching/export.html": "a file inside an archive, for the person whom the record is about"}


def page_templates() -> set[str]:
    """Those that a view shows: not the parts of others, nor mails and refusals, which have tables of their own."""
    folder = ROOT / "templates"
    found = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.html")}
    parts = {name for text in found.values() for name in NAMED.findall(text)} - BY_ITSELF
    return {name for name in found.keys() - parts if not name.startswith(("emails/", "errors/", "components/"))}


PRESSED = {"coaching.read_note"}  # forms without a field whose answer is a page
# For whom the page is made, where that is not the first who may.
MADE_FOR = {
    "coaching.morning": REFERENT, "coaching.drafts": REFERENT, "coaching.show": REFERENT, "reporting.overview": LEAD,
    "dropins.desk": REFERENT, "moderation.queue": MODERATOR,
}  # fmt: skip


def people_of(endpoint: str) -> list[str]:
    """Who may: for whom it is made, then a visitor first. Nobody whose code is missing: they are sent elsewhere."""
    door = WHO[endpoint]
    asked = (name for name in PEOPLE if name in door.may & door.kind.asked and name not in LATER)
    return sorted(
        (name for name in asked if not name.endswith("/no_code")), key=lambda name: name != MADE_FOR.get(endpoint)
    )
