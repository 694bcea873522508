"""The words that the catalogue searches: folded and stemmed here, kept in `Campaign.search_text`, with an index.

SQLite has an FTS5 table that triggers keep equal to the column, PostgreSQL a GIN index over it. Both see the same
words and compare their beginnings only, so both find the same campaigns. Neither stems by itself. Which answers best
is asked of each database's own measure (bm25, ts_rank), with the title before the summary before the story.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale
from sqlalchemy import (
    DDL,
    ColumnElement,
    Float,
    Integer,
    Select,
    cast,
    column,
    event,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.campaigns.models import Campaign
from app.campaigns.words import THEMES, VALUES
from app.core.database import db
from app.core.text import fold, stem
from app.network.communes import get_commune

SEARCHED_STORY = 10_000  # characters of the story that are searched
LONGEST_WORD = 40  # PostgreSQL refuses words of two thousand letters; nobody types them
MOST_WORDS = 6
WEIGHTS = "12.0, 5.0, 1.0"  # title, summary, everything
EMPTY_WORDS = frozenset(
    {
        "a", "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les",
        "leur", "nos", "notre", "ou", "par", "pour", "qui", "sa", "ses", "son", "sur", "un", "une", "and", "for", "in",
        "of", "on", "the", "to", "with",
    }
)  # fmt: skip
COLUMNS = "search_title, search_summary, search_text"
_IN = (
    f"INSERT INTO campaign_search(rowid, {COLUMNS}) "
    "VALUES (new.id, new.search_title, new.search_summary, new.search_text)"
)
_OUT = (
    f"INSERT INTO campaign_search(campaign_search, rowid, {COLUMNS}) "
    "VALUES ('delete', old.id, old.search_title, old.search_summary, old.search_text)"
)
POSTGRESQL_WORDS = "array_to_tsvector(string_to_array(search_text, ' '))"
INDEX = {
    "sqlite": [
        f"CREATE VIRTUAL TABLE campaign_search USING fts5({COLUMNS}, content='campaigns', content_rowid='id')",
        f"CREATE TRIGGER campaign_search_insert AFTER INSERT ON campaigns BEGIN {_IN}; END",
        f"CREATE TRIGGER campaign_search_delete AFTER DELETE ON campaigns BEGIN {_OUT}; END",
        f"CREATE TRIGGER campaign_search_update AFTER UPDATE OF {COLUMNS} ON campaigns BEGIN {_OUT}; {_IN}; END",
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
        asks = text("campaign_search MATCH :words").bindparams(words=f"search_text : ({_for_sqlite(looked_for)})")
        return Campaign.id.in_(found.where(asks))
    held = POSTGRESQL_WORDS.replace("search_text", "campaigns.search_text")
    return literal_column(held).op("@@", is_comparison=True)(cast(_for_postgresql(looked_for), TSQUERY))


def relevance(words: str) -> tuple[ColumnElement[Any], ...]:
    """What to order by, best answer first: the title weighs most, then the line, the place and the theme, then the
    story. () when no word was typed. Beside `matches` only: SQLite ranks what its index has found."""
    looked_for = asked(words)
    if not looked_for:
        return ()
    if db.engine.dialect.name == "sqlite":
        found = text(
            f"SELECT rowid, bm25(campaign_search, {WEIGHTS}) AS rank FROM campaign_search "
            "WHERE campaign_search MATCH :ranked"
        )
        ranked = found.bindparams(ranked=_for_sqlite(looked_for)).columns(
            column("rowid", Integer), column("rank", Float)
        )
        table = ranked.subquery("ranked")
        return (select(table.c.rank).where(table.c.rowid == Campaign.id).scalar_subquery(),)
    held: ColumnElement[Any] = literal_column(
        " || ".join(
            f"setweight(to_tsvector('simple', coalesce(campaigns.{name}, '')), '{letter}')"
            for name, letter in (("search_title", "A"), ("search_summary", "B"), ("search_text", "D"))
        )
    )
    return (func.ts_rank(held, cast(_for_postgresql(looked_for), TSQUERY)).desc(),)


def _for_sqlite(looked_for: list[str]) -> str:
    return " ".join(f'"{word}"*' for word in looked_for)


def _for_postgresql(looked_for: list[str]) -> str:
    """Letters and digits only: nothing to escape."""
    return " & ".join(f"'{word}':*" for word in looked_for)


def refresh(campaign: Campaign) -> None:
    """Take the campaign's words anew; the verbs that change what it says call this."""
    for name, words in words_of(campaign).items():
        setattr(campaign, name, words)


def words_of(campaign: Campaign) -> dict[str, str]:
    """What a neighbour would type: title; line, place, theme, values; and everything with the story."""
    commune = get_commune(campaign.commune_code) if campaign.commune_code else None
    places = (commune.name, commune.departement, commune.epci) if commune else ()
    with force_locale("fr"):
        theme = str(THEMES.get(campaign.theme, ""))  # type: ignore[call-overload]  # "" when not chosen yet
        values = [f"{VALUES[value.value]} {value.argument}" for value in campaign.values]
    story = (campaign.story_markdown or "")[:SEARCHED_STORY]
    summary = (campaign.tagline or "", *places, theme, *values)
    return {
        "search_title": _stemmed(campaign.title),
        "search_summary": _stemmed(*summary),
        "search_text": _stemmed(campaign.title, *summary, story),
    }


def _stemmed(*said: str) -> str:
    return " ".join(stems(fold(" ".join(said)).split()))


def reindex(ids: Iterable[int]) -> int:
    """Take the words of these campaigns anew; returns how many had changed. The caller commits.

    Outside the ORM's version: a holder who is writing meanwhile is not disturbed.
    """
    changed = 0
    for campaign_id in ids:
        campaign = db.session.get_one(Campaign, campaign_id)
        words = words_of(campaign)
        if any(getattr(campaign, name) != now for name, now in words.items()):
            db.session.execute(update(Campaign).where(Campaign.id == campaign_id).values(words))
            changed += 1
    return changed


def ids_without_words(limit: int = 100) -> list[int]:
    """Campaigns whose words for the order were never taken."""
    return list(db.session.scalars(select(Campaign.id).where(Campaign.search_title.is_(None)).limit(limit)))


def rebuild() -> None:
    """Build SQLite's index from the column once more, should it ever differ; PostgreSQL keeps its own."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("INSERT INTO campaign_search(campaign_search) VALUES ('rebuild')"))
