"""The words that the catalogue searches: folded and stemmed here, kept in `Campaign.search_text`, with an index.

SQLite has an FTS5 table that triggers keep equal to the column, PostgreSQL a GIN index over it. Both see the same
words and compare their beginnings only, so both find the same campaigns. Neither stems by itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import force_locale
from sqlalchemy import DDL, ColumnElement, Integer, Select, cast, event, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import TSQUERY

from app.campaigns.models import Campaign
from app.campaigns.words import THEMES, VALUES
from app.core.database import db
from app.core.text import fold, stem
from app.network.communes import get_commune

SEARCHED_STORY = 10_000  # characters of the story that are searched
LONGEST_WORD = 40  # PostgreSQL refuses words of two thousand letters; nobody types them
MOST_WORDS = 6
EMPTY_WORDS = frozenset(
    {
        "a", "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les",
        "leur", "nos", "notre", "ou", "par", "pour", "qui", "sa", "ses", "son", "sur", "un", "une", "and", "for", "in",
        "of", "on", "the", "to", "with",
    }
)  # fmt: skip
POSTGRESQL_WORDS = "array_to_tsvector(string_to_array(search_text, ' '))"
INDEX = {
    "sqlite": [
        "CREATE VIRTUAL TABLE campaign_search USING fts5(search_text, content='campaigns', content_rowid='id')",
        "CREATE TRIGGER campaign_search_insert AFTER INSERT ON campaigns BEGIN "
        "INSERT INTO campaign_search(rowid, search_text) VALUES (new.id, new.search_text); END",
        "CREATE TRIGGER campaign_search_delete AFTER DELETE ON campaigns BEGIN "
        "INSERT INTO campaign_search(campaign_search, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text); END",
        "CREATE TRIGGER campaign_search_update AFTER UPDATE OF search_text ON campaigns BEGIN "
        "INSERT INTO campaign_search(campaign_search, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text); "
        "INSERT INTO campaign_search(rowid, search_text) VALUES (new.id, new.search_text); END",
    ],
    "postgresql": [f"CREATE INDEX campaign_search ON campaigns USING gin ({POSTGRESQL_WORDS})"],
}
for _dialect, _statements in INDEX.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy gives no type
        event.listen(Campaign.__table__, "after_create", _ddl.execute_if(dialect=_dialect))


def stems(words: Iterable[str]) -> list[str]:
    """Folded words as they are indexed, each once."""
    return list(dict.fromkeys(stem(word)[:LONGEST_WORD] for word in words))


def asked(words: str) -> list[str]:
    """What is looked for when a visitor types `words`: empty words count only when there is nothing else."""
    typed = fold(words).split()
    return stems([word for word in typed if word not in EMPTY_WORDS] or typed)[:MOST_WORDS]


def matches(words: str) -> ColumnElement[bool] | None:
    """The condition that a campaign holds a word beginning with each of those typed; None when none was."""
    looked_for = asked(words)
    if not looked_for:
        return None
    if db.engine.dialect.name == "sqlite":
        found: Select[int] = select(literal_column("rowid", Integer)).select_from(text("campaign_search"))
        query = " ".join(f'"{word}"*' for word in looked_for)
        return Campaign.id.in_(found.where(text("campaign_search MATCH :words").bindparams(words=query)))
    query = " & ".join(f"'{word}':*" for word in looked_for)  # letters and digits only: nothing to escape
    held = POSTGRESQL_WORDS.replace("search_text", "campaigns.search_text")
    return literal_column(held).op("@@", is_comparison=True)(cast(query, TSQUERY))


def refresh(campaign: Campaign) -> None:
    """Take the campaign's words anew; the verbs that change what it says call this."""
    campaign.search_text = words_of(campaign)


def words_of(campaign: Campaign) -> str:
    """What a neighbour would type: title, place, theme, values, story."""
    commune = get_commune(campaign.commune_code) if campaign.commune_code else None
    places = (commune.name, commune.departement, commune.epci) if commune else ()
    with force_locale("fr"):
        theme = str(THEMES.get(campaign.theme, ""))  # type: ignore[call-overload]  # "" when not chosen yet
        values = [f"{VALUES[value.value]} {value.argument}" for value in campaign.values]
    story = (campaign.story_markdown or "")[:SEARCHED_STORY]
    said = (campaign.title, campaign.tagline or "", *places, theme, *values, story)
    return " ".join(stems(fold(" ".join(said)).split()))


def reindex(ids: Iterable[int]) -> int:
    """Take the words of these campaigns anew; returns how many had changed. The caller commits.

    Outside the ORM's version: a holder who is writing meanwhile is not disturbed.
    """
    changed = 0
    for campaign_id in ids:
        campaign = db.session.get_one(Campaign, campaign_id)
        words = words_of(campaign)
        if words != campaign.search_text:
            db.session.execute(update(Campaign).where(Campaign.id == campaign_id).values(search_text=words))
            changed += 1
    return changed


def rebuild() -> None:
    """Build SQLite's index from the column once more, should it ever differ; PostgreSQL keeps its own."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("INSERT INTO campaign_search(campaign_search) VALUES ('rebuild')"))
