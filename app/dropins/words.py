"""Codes of this room in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.dropins.rules import Mode, Status

STATUS_WORDS = {
    Status.BOOKED: _l("attendu·e"),
    Status.HELD: _l("venu·e"),
    Status.NO_SHOW: _l("pas venu·e"),
    Status.EXCUSED: _l("excusé·e"),
    Status.CANCELLED_BY_US: _l("annulé par nous"),
}
STATUS_KINDS = {
    Status.BOOKED: "info",
    Status.HELD: "good",
    Status.NO_SHOW: "",
    Status.EXCUSED: "",
    Status.CANCELLED_BY_US: "",
}
MODE_WORDS = {
    Mode.ON_SITE: _l("Sur place"),
    Mode.PHONE: _l("Par téléphone"),
    Mode.VIDEO: _l("En visio"),
}
WEEKDAYS = (
    _l("lundi"), _l("mardi"), _l("mercredi"), _l("jeudi"), _l("vendredi"), _l("samedi"), _l("dimanche"),
)  # fmt: skip
