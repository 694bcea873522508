"""A platform without anything, and one where every word is too long and every list too full."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import CheckConstraint, String, Table, Text, update

from app.core.database import db, transaction
from tests.a11y.table import VISITOR
from tests.access.objects import ONE_A_ROLE
from tests.access.people import NOW
from tests.access.scene import Browser, World, browsers, give_rights
from tests.builders import a_user
from tests.support.crowd import browser_of, gather

MANY = 24
SIGNS = str.maketrans("./_", "---")
# What people type, as their columns are called. Codes and addresses keep their form.
TYPED = frozenset((
    "access_notes", "address", "alternative", "answer", "appeal_words", "argument", "cancel_reason", "closing_markdown",
    "closing_reason", "closing_words", "coach_opinion", "comment", "description", "end_reason", "ended_reason",
    "if_missed",
    "label", "legal_form", "legal_name", "lift_reason", "message", "motive", "name", "need", "next_action", "note",
    "opinion_to_holder", "place", "postage_words", "question", "representative", "risk_reason", "statement",
    "subject", "summary", "tagline", "text", "title",
    "to_name", "told_name", "words", "routing_reason", "no_record_reason", "story_markdown",
))  # fmt: skip
RICH = frozenset(("closing_html", "html", "story_html"))
NOT_TYPED = frozenset(("territories", "outbox_mail", "record_opinions"))  # official, sent, sealed
WORD = "Anticonstitutionnellementparlantdesfoursbanalsintercommunauxdemontagne"
LONG = f"{WORD} {WORD.lower()} et encore beaucoup de mots que personne n’aurait crus possibles. " * 9
RICH_HTML = (
    f"<h2>{WORD}</h2><p>{LONG}</p><h3>Et ensuite</h3><ul><li>{WORD}</li><li>{LONG}</li></ul>"
    f"<blockquote><p>{LONG}</p></blockquote><p><strong>{WORD}</strong> <a href='https://example.org/{WORD * 3}' "
    f"rel='nofollow noopener'>https://example.org/{WORD * 3}</a></p>"
)


def only_accounts(app: Flask) -> dict[str, Browser]:
    """One person of each role with their rights, and nothing else on the platform."""
    with app.app_context():
        ids = {}
        for name in sorted(ONE_A_ROLE & set(NOW) - {VISITOR}):
            person = a_user(name, f"{name.translate(SIGNS)}@example.org")
            ids[name] = person.id
            give_rights(name, person)
        return {VISITOR: Browser(app), **browsers(app, ids)}


def lengthen(app: Flask) -> dict[str, FlaskClient]:
    """Many of everything beside the scene, and every word as long as its column holds. Browsers of the crowd's people,
    with the crowd's addresses known to `about`."""
    with app.app_context():
        crowd = gather(MANY)
        with transaction():
            for table in db.metadata.tables.values():
                for column in table.columns:
                    if words := _words(table.name, column):
                        # Where a rule of the table speaks of the column, what is empty stays empty.
                        ruled = any(column.name in str(rule.sqltext) for rule in _rules(table))
                        given = column != "" if ruled else column.is_not(None)
                        db.session.execute(update(table).where(given).values({column: words}))
        db.session.remove()
    _crowd.update(slug=crowd.slug, reviewed=crowd.reviewed_slug, reference=crowd.reference)
    return {name: browser_of(app, crowd, name) for name in crowd.people}


def _rules(table: Table) -> list[CheckConstraint]:
    return [rule for rule in table.constraints if isinstance(rule, CheckConstraint)]


def _words(table: str, column: object) -> str:
    kind, name = column.type, column.name
    if type(kind) not in (String, Text) or table in NOT_TYPED or column.unique or column.foreign_keys:
        return ""
    if name in RICH:
        return RICH_HTML
    return LONG[: kind.length or 600] if name in TYPED and (kind.length or 600) >= 60 else ""


_crowd: dict[str, str] = {}


def about(world: World, others: Mapping[str, FlaskClient]) -> list[tuple[str, str]]:
    """Who of the crowd looks at what of the crowd."""
    slug, reviewed, reference = _crowd["slug"], _crowd["reviewed"], _crowd["reference"]
    desk = ["", "/contributeurs", "/equipe", "/argent", "/remises-a-faire", "/apercu", "/nouvelles", "/questions"]
    desk.append("/contributeurs/ecrire?tous=1")
    return [
        ("backer", f"/campagnes/{slug}"), ("backer", f"/campagnes/{slug}/contribuer"),
        *(("holder", f"/mes-campagnes/{slug}{page}") for page in desk),
        ("moderator", f"/moderation/{reviewed}"), ("moderator", f"/moderation/{reviewed}/page"),
        ("coach", f"/accompagnement/dossiers/{reference}"), ("holder", f"/accompagnement/dossiers/{reference}"),
    ]  # fmt: skip
