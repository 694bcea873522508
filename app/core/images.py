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
MAX_PIXELS_WHOLE = 25_000_000  # of what is not read at a reduced size, as a JPEG is: each copy takes 4 bytes a pixel
FORMATS = ("JPEG", "PNG", "WEBP")
DRAFTED = ("JPEG", "MPO")  # MPO: what telephones call a JPEG with a second picture in it
WIDTHS = (480, 960, 1600)


class PictureRefused(DomainError):
    message = _l("Cette image n’est pas lisible : envoyez une photographie JPEG, PNG ou WebP.")


class PictureTooLarge(PictureRefused):
    message = _l("Cette image est trop grande : 12 Mo au plus, et 50 millions de pixels (25 pour un PNG ou un WebP).")


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
            most = MAX_PIXELS if picture.format in DRAFTED else MAX_PIXELS_WHOLE
            if picture.width * picture.height > most or max(picture.size) > 20_000:
                raise PictureTooLarge
            if min(picture.size) < 200:
                raise PictureRefused(_l("Cette image est trop petite : 200 pixels de côté au moins."))
            picture.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureRefused from error
    if picture.mode in {"RGBA", "LA", "P"}:
        seen = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        paper = Image.new("RGB", seen.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    return picture if picture.mode == "RGB" else picture.convert("RGB")
