"""Words that a note should perhaps not hold: a reminder beside the box, never a lock.

Source: data that the law wants kept apart (GDPR, article 9): no field asks for them, no note needs them.
"""

from __future__ import annotations

from app.core.text import fold

WATCHED = {
    "maladie", "malade", "cancer", "depression", "depressif", "depressive", "addiction", "alcool", "alcoolique",
    "handicap", "handicape", "handicapee", "enceinte", "psychiatrique", "hopital", "rqth",
    "origine", "ethnie", "race", "religion", "musulman", "musulmane", "juif", "juive", "chretien", "chretienne",
    "syndicat", "syndique", "syndiquee", "prison", "condamnation", "condamne", "condamnee", "delit", "homosexuel",
    "homosexuelle", "sexualite",
}  # fmt: skip


def sensitive_words(text: str) -> list[str]:
    """Those of the list that stand in the text, once each, in its order, without accents."""
    found = dict.fromkeys(word for word in fold(text).split() if word in WATCHED or word.removesuffix("s") in WATCHED)
    return list(found)
