"""Pictures from people: decoded under limits, turned upright, resized, re-encoded without metadata."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps, UnidentifiedImageError

from app.core.errors import DomainError

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
WIDTHS = (480, 960, 1600)


class PictureRefused(DomainError):
    message = _l("Cette image n’est pas lisible : envoyez une photographie JPEG, PNG ou WebP.")


class PictureTooLarge(PictureRefused):
    message = _l("Cette image est trop grande : 12 Mo et 50 millions de pixels au plus.")


@dataclass(frozen=True)
class Rendition:
    """One width of a picture, ready to store; width and height in pixels."""

    width: int
    height: int
    content: bytes


def renditions(content: bytes, *, kind: str = "WEBP", widths: tuple[int, ...] = WIDTHS) -> list[Rendition]:
    """Copies (WEBP or JPEG) at the widths not above the original (at least one), smallest first.

    No EXIF, GPS or profile survives: only pixels are copied.
    Errors: PictureTooLarge, PictureRefused (not an image, cut, or a format we do not take).
    """
    picture = _decode(content)
    found: list[Rendition] = []
    options = {"quality": 78, "method": 3} if kind == "WEBP" else {"quality": 80, "progressive": True}
    for width in widths:
        if width > picture.width and found:
            break
        width = min(width, picture.width)
        height = max(1, round(picture.height * width / picture.width))
        small = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        out = io.BytesIO()
        small.info.clear()  # a comment of the camera would be written into a JPEG again
        small.save(out, kind, **options)
        found.append(Rendition(width, height, out.getvalue()))
    return found


def _decode(content: bytes) -> Image.Image:
    if len(content) > MAX_BYTES:
        raise PictureTooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS or max(picture.size) > 20_000:
                raise PictureTooLarge
            if min(picture.size) < 200:
                raise PictureRefused(_l("Cette image est trop petite : 200 pixels de côté au moins."))
            picture.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureRefused from error
    if upright.mode in {"RGBA", "LA", "P"}:
        upright = upright.convert("RGBA")
        paper = Image.new("RGB", upright.size, "white")
        paper.paste(upright, mask=upright.getchannel("A"))
        return paper
    return upright.convert("RGB")
