"""A photograph on its way in: checked, re-encoded and stored before the transaction that names it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.campaigns import drafting
from app.campaigns.models import Campaign
from app.core import images, limits, storage
from app.core.access import viewer

Renditions = list[dict[str, int | str]]


def prepare(form: Any) -> Renditions | None:
    """The stored renditions of the sent file; None when none was sent.

    Errors: PictureRefused, PictureTooLarge, TooManyTries.
    """
    sent = form.picture.data
    if not sent or not sent.filename:
        return None
    account = str(viewer().user_id)
    limits.check("upload_account", account)
    limits.hit("upload_account", account)
    content = sent.stream.read(images.MAX_BYTES + 1)
    found: Renditions = []
    for rendition in images.renditions(content):
        name = storage.new_name("images", "webp")
        storage.write(name, rendition.content)
        found.append({"name": name, "width": rendition.width, "height": rendition.height})
    return found


def save(campaign: Campaign, form: Any, renditions: Renditions | None, *, by: int, at: datetime) -> list[str]:
    """Calls the verb; gives the names of files to forget once it is committed."""
    return drafting.save_picture(campaign, alternative=form.alternative.data or "", renditions=renditions, by=by, at=at)


def forget(names: list[str]) -> None:
    """Files that no row names any more."""
    for name in names:
        storage.delete(name)


def copy(renditions: Renditions) -> Renditions:
    """The same pictures in files of their own; those whose file is gone are left out."""
    found: Renditions = []
    for rendition in renditions:
        name = storage.new_name("images", "webp")
        try:
            storage.write(name, storage.read(str(rendition["name"])))
        except storage.FileMissing:
            continue
        found.append({**rendition, "name": name})
    return found
