"""The `.ics` addresses."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, anyone, rights_now
from app.core.errors import NotFound
from app.dropins import feeds, keys, policy, queries
from app.dropins.models import DropInSeries
from app.dropins.views import bp
from app.network import queries as network_queries
from app.network.communes import Commune

CACHE_SECONDS = 900


def _answer(content: bytes, name: str, *, is_public: bool) -> Response:
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    if is_public:
        answer.cache_control.public, answer.cache_control.max_age = True, CACHE_SECONDS
    else:
        answer.cache_control.no_store = True
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/permanences/<slug>.ics")
@allow(anyone, subject=queries.get_series)
def series_feed(series: DropInSeries) -> ResponseReturnValue:
    at, slug, town = clock.now(), series.slug, series.commune.name
    content = feeds.public_calendar(_("Permanence à %(town)s", town=town), queries.sessions_of(series.id, at), at)
    return _answer(content, slug, is_public=True)


@bp.get("/permanences/commune/<code>.ics")
@allow(anyone, subject=network_queries.get_commune)
def town_feed(commune: Commune) -> ResponseReturnValue:
    """Every series of a town; an empty calendar where there is none yet, so that one may subscribe."""
    at = clock.now()
    sessions = queries.sessions_in(commune.code, at)
    content = feeds.public_calendar(_("Permanences à %(town)s", town=commune.name), sessions, at)
    return _answer(content, f"permanences-{commune.code}", is_public=True)


def get_coach(token: str) -> tuple[int, frozenset[int]]:
    """(user id, organisations) of a private calendar. Errors: NotFound, also when the right or the version ended."""
    owner = keys.feed_owner(token)
    if owner is None or queries.feed_version(owner[0]) != owner[1]:
        raise NotFound
    organisations = frozenset(at for role, at in rights_now(owner[0]) if role in policy.KEEPERS and at is not None)
    if not organisations:
        raise NotFound
    return owner[0], organisations


@bp.get("/permanences/agenda/<token>.ics")
@allow(anyone, subject=get_coach)
def coach_feed(subject: tuple[int, frozenset[int]]) -> ResponseReturnValue:
    at = clock.now()
    sessions = queries.sessions_for_feed(subject[1], at)
    content = feeds.coach_calendar(sessions, queries.lines_for_feed(subject[1], at), at)
    return _answer(content, "mes-permanences", is_public=False)
