"""Which files are taken, and how many. Pure; pictures are judged by core/images.py, which decodes them."""

from __future__ import annotations

from app.coaching.errors import DocumentRefused, DocumentTooLarge, TooManyDocuments

MAX_BYTES = 10 * 1024 * 1024
MOST_DOCUMENTS = 100
MOST_BYTES = 200 * 1024 * 1024  # of one record
PDF, PICTURE = "application/pdf", "image/webp"
SUFFIX = {PDF: "pdf", PICTURE: "webp"}
_STARTS = {b"\xff\xd8\xff": PICTURE, b"\x89PNG\r\n\x1a\n": PICTURE, b"%PDF-": PDF}


def kind_of(content: bytes) -> str:
    """What the first bytes say it is; a name or a browser's word is never believed.

    Errors: DocumentTooLarge, DocumentRefused.
    """
    if len(content) > MAX_BYTES:
        raise DocumentTooLarge
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return PICTURE
    kind = next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)
    if kind is None or (kind == PDF and b"%%EOF" not in content[-2048:]):
        raise DocumentRefused
    return kind


def check_room(*, count: int, size_bytes: int, more_bytes: int) -> None:
    """Errors: TooManyDocuments."""
    if count >= MOST_DOCUMENTS or size_bytes + more_bytes > MOST_BYTES:
        raise TooManyDocuments
