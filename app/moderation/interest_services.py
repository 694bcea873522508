"""Interests, said before acting; the yearly list; the sentences an organisation uses again. The caller commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.core.clock import paris_day
from app.core.database import db
from app.core.journal import record as journal
from app.moderation import interest_rules, interests
from app.moderation.models import InterestDeclaration, InterestStatement, Phrase, Review
from app.moderation.queries import Case


def state(case: Case, review: Review, *, no_interest: bool, words: str, by: int, at: datetime) -> InterestStatement:
    """Each of both persons says so before proposing or deciding; what the platform found is kept beside it.

    Errors: OwnOrReferent, InterestsUnchecked, ExplanationMissing.
    """
    found = interests.found(case, by)
    interest_rules.check_statement(found, no_interest=no_interest, words=words)
    made = db.session.scalar(
        select(InterestStatement).where(InterestStatement.review_id == review.id, InterestStatement.user_id == by)
    )
    if made is None:
        made = InterestStatement(review_id=review.id, user_id=by, at=at)
        db.session.add(made)
    made.hits, made.words, made.at = sorted(hit.value for hit in found), words, at
    journal("review.interests_stated", on=review, by=by, at=at, found=len(found))
    return made


def declare(
    names: list[str], *, by: int, at: datetime, contacts: str = "", forget: bool = False
) -> InterestDeclaration:
    """The yearly list, written anew; empty means nothing to declare.

    `contacts`: fingerprints (`core.prints`) of a telephone or an address, "" leaves those of before; `forget` them all.
    """
    year = paris_day(at).year
    made = db.session.scalar(
        select(InterestDeclaration).where(InterestDeclaration.user_id == by, InterestDeclaration.year == year)
    )
    if made is None:
        made = InterestDeclaration(user_id=by, year=year, at=at)
        db.session.add(made)
    made.names, made.at = names, at
    if forget or contacts:
        every = update(InterestDeclaration).where(InterestDeclaration.user_id == by)
        db.session.execute(every.values(prints=None).execution_options(synchronize_session="fetch"))
        made.prints = contacts or None
    journal("interests.declared", on=made, by=by, at=at, names=len(names))
    return made


def add_phrase(organisation_id: int, *, title: str, text: str, by: int, at: datetime) -> Phrase:
    made = Phrase(organisation_id=organisation_id, title=title, text=text, written_by_id=by, written_at=at)
    db.session.add(made)
    journal("phrase.added", on=made, by=by, at=at, organisation=organisation_id)
    return made


def change_phrase(phrase: Phrase, *, title: str, text: str, by: int, at: datetime) -> None:
    phrase.title, phrase.text, phrase.written_by_id, phrase.written_at = title, text, by, at
    journal("phrase.changed", on=phrase, by=by, at=at)


def end_phrase(phrase: Phrase, *, by: int, at: datetime) -> None:
    """Withdrawn: no longer offered. A second click changes nothing."""
    if phrase.ended_at is None:
        phrase.ended_at = at
        journal("phrase.ended", on=phrase, by=by, at=at)
