"""What becomes of every column of words about a record when it is erased: one table, walked, with no exception list.

A test holds it against the models: a new column of words, in any table of a record, must be said here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

GONE = "Effacé"


@dataclass(frozen=True)
class Erased:
    """`words`: column → what stands there afterwards. `kept`: columns of words that stay, being codes or facts of the
    house. `deletes`: the rows themselves go."""

    words: dict[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    deletes: bool = False


LEVEL = ("visibility",)
SEALED = {"sealed": "", "key_id": None}

TABLES: dict[str, Erased] = {
    # of the record, by record_id
    "activities": Erased({"summary": "", "place": ""}, kept=("kind", "category", "attendance", "once", *LEVEL)),
    "action_items": Erased({"text": GONE}, kept=("owner", *LEVEL)),
    "objectives": Erased({"text": GONE, "reason": ""}, kept=("owner", "status", *LEVEL)),
    "record_moves": Erased({"reason": GONE}, kept=("old_state", "new_state")),
    "step_progress": Erased(kept=("step", "state")),
    "outcomes": Erased({"siret": ""}, kept=("kind", "legal_form")),
    "follow_ups": Erased({"comment": ""}, kept=("alive",)),
    "referrals": Erased({"to_name": "", "need": GONE, "reason": ""}, kept=("state",)),
    "handovers": Erased({"words": GONE}),
    "coaching_notes": Erased({**SEALED, "is_draft": False, "expires_at": None}, kept=("public_id", *LEVEL)),
    "coaching_messages": Erased(SEALED, kept=("public_id", *LEVEL)),
    "record_documents": Erased({"title": "", "files": [], "key_id": None}, kept=("public_id", "kind", *LEVEL)),
    "record_opinions": Erased({"question": "", "answer": "", "key_id": None, "answer_key_id": None}, kept=("name",)),
    "record_members": Erased({"reason": None}, kept=("role", "end_reason")),
    "record_exclusions": Erased({"reason": ""}, kept=("kind",)),
    "glass_breaks": Erased({"reason": GONE}),
    "coaching_requests": Erased({"need": GONE}, kept=("key", "digest", "routing_reason", "locale")),
    "assignments": Erased(kept=("mode", "reason")),
    "privacy_requests": Erased({"words": ""}, kept=("public_id", "kind", "state", "answer")),
    "record_erasures": Erased(kept=("why",)),
    "retention_notices": Erased(kept=("kind",)),
    "record_proposals": Erased(kept=("kind", "suggested", "answer")),
    "situation_snapshots": Erased(
        {"education": "", "household": ""},
        kept=("moment", "employment", "on_social_minimum", "lives_in_qpv", *LEVEL),  # for totals, of a tombstone
    ),
    "consents": Erased(deletes=True),
    "record_links": Erased(deletes=True),
    "thread_reads": Erased(deletes=True),
    "dropin_bookings": Erased(
        {"name": GONE, "email": "", "phone": "", "need": ""}, kept=("key", "digest", "locale", "status", "mode")
    ),
    # around it
    "coaching_records": Erased(
        {"step": "", "next_action": "", "next_action_on": None, "closing_reason": "", "search_text": ""},
        kept=("reference", "state"),
    ),
    "projects": Erased({"title": GONE, "search_title": "", "summary": "", "commune_code": None, "themes": []}),
    "persons": Erased({"name": "Personne effacée", "email": None, "user_id": None}),
    "project_members": Erased({"told_name": None}),
}
ABOUT_A_RECORD = "record_id"
AROUND = ("coaching_records", "projects", "persons", "project_members")
