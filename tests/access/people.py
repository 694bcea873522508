"""Everybody of the scene, and the groups in whose words the table is written."""

from __future__ import annotations

PEOPLE = (
    "nobody", "stranger", "holder", "contributor", "referent", "coach_elsewhere", "moderator", "moderator_elsewhere",
    "lead", "admin", "treasurer", "other_treasurer",
)  # fmt: skip
EVERYBODY = frozenset(PEOPLE)
SIGNED_IN = EVERYBODY - {"nobody"}
ADMIN = frozenset({"admin"})
HOLDER = frozenset({"holder"})
CONTRIBUTOR = frozenset({"contributor"})
COACHES = frozenset({"referent", "coach_elsewhere", "lead"})
RECORD_TEAM = frozenset({"referent", "lead"})
RECORD_READERS = RECORD_TEAM | HOLDER
MODERATORS = frozenset({"moderator", "moderator_elsewhere", "lead"})
REVIEWERS = frozenset({"moderator", "lead"})  # of the organisation that this campaign was sent to
PREVIEWERS = HOLDER | {"referent"}  # reviewers see the same page through moderation
TREASURERS = frozenset({"treasurer", "other_treasurer"})  # with a code given a moment ago
SECONDS = TREASURERS | {"lead"}  # the lead of the organisation that reviewed the campaign, with a code too
NOBODY_AT_ALL: frozenset[str] = frozenset()
