"""The doors of dropins: a line per route."""

from __future__ import annotations

from app.core import clock
from app.core.database import transaction
from app.dropins import booking_services, jobs, queries
from app.dropins.keys import booking_token, feed_token
from app.dropins.rules import Mode
from tests.access.objects import COACHES, DESK, ORGANISATION, PLATFORM, Door, doors
from tests.access.people import EVERYBODY, people
from tests.builders import an_organisation

WHO: dict[str, Door] = {
    **doors(
        "dropins",
        Door(PLATFORM, EVERYBODY),
        """
        where_and_when series book booking take_back series_feed town_feed coach_feed
    """,
    ),
    **doors("dropins", Door(DESK, COACHES), "desk renew_feed new_series"),
    **doors(
        "dropins",
        Door(ORGANISATION, people("coach.same lead.same/*")),
        """
        sheet welcome set_status cancel move extra edit_series
    """,
    ),
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A booked hour of the organisation for which the referent and the lead work."""
    with transaction():
        queries.get_series("pontarlier").organisation_id = an_organisation().id
    jobs.plan_ahead()
    at = clock.now()
    session = next(s for s in queries.sessions_of(queries.get_series("pontarlier").id, at) if s.starts_at > at)
    key, slot = session.id, queries.free_slots([session], at)[session.id][0]
    with transaction():
        booking = booking_services.book(
            key, slot, name="Nina", email="nina@example.org", phone="", commune_code="25462", need="Un four", once="1",
            mode=Mode.ON_SITE, locale="fr", at=at,
        )  # fmt: skip
        booking_id, token = booking.id, booking_token(booking.key)
    coach_id = ids["coach.self"]  # whose right stays in force: a feed ends with it
    with transaction():
        version = booking_services.renew_feed(coach_id, at=at)
    return {
        "slug": "pontarlier", "session_id": key, "booking_id": booking_id, "token": token, "code": "25462",
        ("dropins.coach_feed", "token"): feed_token(coach_id, version),
    }  # fmt: skip
