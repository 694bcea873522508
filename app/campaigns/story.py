"""The story with its pictures: sent, stored in several widths, found again when the text is shown."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.campaigns.models import StoryPicture
from app.core import images, limits, storage
from app.core.database import db
from app.core.rich import StoryImage, image_names, rich_html

WIDTHS = (480, 960, 1600)
SUFFIXES = {"WEBP": "webp", "JPEG": "jpg"}


def story_html(markdown: str) -> str:
    """Safe HTML, its pictures read in one statement (none without pictures)."""
    names = image_names(markdown)
    found: dict[str, StoryImage] = {}
    if names:
        rows = db.session.scalars(select(StoryPicture).where(StoryPicture.public_id.in_(names)))
        found = {row.public_id: StoryImage(row.renditions) for row in rows}
    return rich_html(markdown, found.get)


def store(content: bytes, *, account: str, write: Callable[[str, bytes], None]) -> list[dict[str, Any]]:
    """Re-encoded as WebP and JPEG, without metadata, before the transaction that names the files. `write`: (name,
    content), of an `uploads.Uploads`.

    Errors: PictureRefused, PictureTooLarge, TooManyTries.
    """
    limits.check("upload_account", account)
    limits.hit("upload_account", account)
    found: list[dict[str, Any]] = []
    for kind, suffix in SUFFIXES.items():
        for rendition in images.renditions(content, kind=kind, widths=WIDTHS):
            name = storage.new_name("images", suffix)
            write(name, rendition.content)
            found.append({"name": name, "width": rendition.width, "height": rendition.height, "kind": kind})
    return found


def add_picture(campaign_id: int, renditions: list[dict[str, Any]], *, at: datetime) -> str:
    """The name by which a text shows it. The caller commits."""
    row = StoryPicture(public_id=secrets.token_hex(8), campaign_id=campaign_id, renditions=renditions, created_at=at)
    db.session.add(row)
    return row.public_id


def markdown_of(name: str, words: str) -> str:
    """What stands in the text; brackets would end its words too early."""
    return f"![{words.replace('[', '(').replace(']', ')')}](image:{name})"
