"""The doors beside a record: its messages, documents and opinions, as far as this viewer may open them."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from app.coaching import document_policy, message_policy, opinion_policy, policy
from app.coaching.file_queries import RecordFile
from app.core.access import Viewer


@dataclass(frozen=True)
class Exchange:
    """A door: its words, where it leads, its icon."""

    words: str
    endpoint: str
    icon: str


def exchanges(viewer: Viewer, file: RecordFile) -> list[Exchange]:
    """Without any statement."""
    found = []
    if message_policy.may_read_thread(viewer, file):
        found.append(Exchange(_("Messages"), "messages.thread", "chat-left-text"))
    if document_policy.may_list(viewer, file):
        found.append(Exchange(_("Documents"), "documents.listed", "paperclip"))
    if opinion_policy.may_list(viewer, file):
        found.append(Exchange(_("Avis de collègues"), "opinions.listed", "people"))
    if policy.relation(viewer, file).sees_restricted:  # without a second factor the door leads to switching one on
        found.append(Exchange(_("Situation de la personne"), "situations.shown", "lock"))
    return found
