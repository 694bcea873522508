"""A photograph on its way in: checked, re-encoded and stored before the transaction that names it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, request
from flask_babel import gettext as _

from app.campaigns import drafting, story
from app.campaigns.models import Campaign
from app.core import clock, images, limits, storage
from app.core.access import viewer
from app.core.database import transaction
from app.core.forms import EmptyForm

Renditions = list[dict[str, int | str]]


class Uploads:
    """The files of one request. What `keep` was not said of is deleted at the end: the form was refused, or overtaken.

    with Uploads() as uploads: prepare(form, uploads); with transaction(): …; uploads.keep()
    """

    def __init__(self) -> None:
        self._names: list[str] = []

    def __enter__(self) -> Uploads:
        return self

    def __exit__(self, *_error: object) -> None:
        forget(self._names)

    def write(self, name: str, content: bytes) -> None:
        """As `storage.write`."""
        self._names.append(name)  # first: a write that stops half-way may leave a file too
        storage.write(name, content)

    def keep(self) -> None:
        """Rows name them now: said after the commit."""
        self._names.clear()


def prepare(form: Any, uploads: Uploads) -> Renditions | None:
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
        uploads.write(name, rendition.content)
        found.append({"name": name, "width": rendition.width, "height": rendition.height})
    return found


def for_text(campaign_id: int, words: str) -> str:
    """Store the picture just sent under the campaign; the Markdown that shows it.

    Errors: PictureRefused, PictureTooLarge, TooManyTries.
    """
    sent = request.files.get("picture")
    if sent is None or not sent.filename:
        raise images.PictureRefused(_("Choisissez d’abord une image."))
    content = sent.stream.read(images.MAX_BYTES + 1)
    with Uploads() as uploads:
        renditions = story.store(content, account=str(viewer().user_id), write=uploads.write)
        with transaction():
            name = story.add_picture(campaign_id, renditions, at=clock.now())
        uploads.keep()
    return story.markdown_of(name, words)


def into_text(form: Any, campaign_id: int) -> bool:
    """Put the picture just sent at the end of the form's text; nothing else is saved. False: the form says why not.

    Rows are expired afterwards: the caller reads them anew.
    """
    if not EmptyForm().validate():
        form.validate()
        return False
    try:
        added = for_text(campaign_id, form.picture_words.data or "")
    except images.PictureRefused as refusal:
        form.picture.errors = [str(refusal)]
        return False
    form.story.data = f"{form.story.data or ''}\n\n{added}\n".lstrip()
    form.picture_words.data = ""
    flash(_("L’image est à la fin de votre texte. Enregistrez pour la garder."), "info")
    return True


def save(campaign: Campaign, form: Any, renditions: Renditions | None, *, by: int, at: datetime) -> list[str]:
    """Calls the verb; gives the names of files to forget once it is committed."""
    return drafting.save_picture(campaign, alternative=form.alternative.data or "", renditions=renditions, by=by, at=at)


def forget(names: list[str]) -> None:
    """Files that no row names any more."""
    for name in names:
        storage.delete(name)


def copy(renditions: Renditions, uploads: Uploads) -> Renditions:
    """The same pictures in files of their own; those whose file is gone are left out."""
    found: Renditions = []
    for rendition in renditions:
        name = storage.new_name("images", "webp")
        try:
            uploads.write(name, storage.read(str(rendition["name"])))
        except storage.FileMissing:
            continue
        found.append({**rendition, "name": name})
    return found
