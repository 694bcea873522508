"""The doors of following: a line per route."""

from __future__ import annotations

from app.campaigns.queries import get_by_slug
from app.core import clock
from app.core.database import db, transaction
from app.following import keys
from app.following.models import Follow, Reader
from tests.access.objects import ACCOUNT, PLATFORM, Door, doors
from tests.access.people import EVERYBODY, SIGNED_IN

WHO: dict[str, Door] = {
    # a signed link of a mail is their login
    **doors("following", Door(PLATFORM, EVERYBODY), "follow confirm unfollow preferences_by_link"),
    "following.preferences": Door(ACCOUNT, SIGNED_IN),
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """Somebody follows the live campaign."""

    campaign_id, at = get_by_slug(str(shared["live_slug"])).id, clock.now()
    with transaction():
        reader = Reader(
            public_id="reader-of-the-scene", email="reader@example.org", locale="fr", wants_reminders=True,
            wants_digest=True, wants_news=True, digested_week="", created_at=at,
        )  # fmt: skip
        db.session.add(Follow(reader=reader, campaign_id=campaign_id, asked_at=at))
    return {
        ("following.follow", "slug"): shared["live_slug"],
        ("following.confirm", "key"): keys.confirm_key("reader-of-the-scene", campaign_id),
        ("following.unfollow", "key"): keys.leave_key("reader-of-the-scene", campaign_id),
        ("following.preferences_by_link", "key"): keys.reader_key("reader-of-the-scene"),
    }
