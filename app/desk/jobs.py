"""The clock's part. Safe to stop, repeat, or run twice at once."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock, storage
from app.core.clock import paris_day
from app.core.database import db, transaction
from app.core.i18n import LANGUAGES
from app.desk import curve, curve_services, home, services

A_BATCH = 50
REDRAW_AFTER = timedelta(minutes=2)


def post_messages() -> int:
    """Write the mails of messages that wait; the occasion of each keeps two workers from writing it twice."""
    total, posted = 0, A_BATCH
    while posted == A_BATCH:
        with transaction():
            posted = services.post_next_mails(at=clock.now(), limit=A_BATCH)
        total += posted
    return total


def forget_addresses() -> int:
    with transaction():
        return services.forget_addresses(at=clock.now())


def draw_curves() -> int:
    """Draw what has changed, a few at a time: each drawing takes a second, in a process of its own.

    Two workers draw the same twice at worst; the last one's files are shown, the other's are forgotten.
    """
    at, drawn = clock.now(), 0
    for campaign in home.to_draw(at, at - REDRAW_AFTER):
        mark, found = home.mark_of(campaign, at), home.drawing(campaign, at)
        if found is None:
            continue
        campaign_id, closes_at = campaign.id, campaign.closes_at
        last_day = paris_day(closes_at).date().isoformat() if closes_at else ""
        is_same = home.drawn_for(campaign_id) == mark
        db.session.rollback()  # the library draws for a while: no snapshot is held meanwhile
        if is_same:
            with transaction():
                curve_services.looked_at(campaign_id, at=at)  # the others come first next time
            continue
        names = {}
        for language in LANGUAGES:
            names[language] = storage.new_name("charts", "svg")
            svg = curve.draw(found.points, found.goal_cents, found.band, last_day, language)
            storage.write(names[language], svg.encode())
        with transaction():
            gone = curve_services.remember(campaign_id, drawn_for=mark, names=names, at=at)
        for name in gone:
            storage.delete(name)
        drawn += 1
    db.session.rollback()
    return drawn
