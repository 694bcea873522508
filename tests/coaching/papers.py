"""Small files to hand in."""

from __future__ import annotations

import io

from PIL import Image


def a_pdf(words: bytes = b"") -> bytes:
    return b"%PDF-1.4\n1 0 obj<<>>endobj\n" + words + b"\ntrailer<<>>\n%%EOF\n"


def a_picture(kind: str = "JPEG", *, size: tuple[int, int] = (320, 240), exif: bytes = b"") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()
