"""Photographs from people: what is refused, what is kept of them, and how they are served."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.builders import token_of
from tests.campaigns.conftest import Desk, a_picture

ALTERNATIVE = "Le four, porte ouverte."


def send(desk: Desk, content: io.BytesIO | bytes, name: str = "four.jpg", version: str = ""):
    """Encoded here: the test client would leave a temporary file open behind a large body."""
    stream = content if isinstance(content, io.BytesIO) else io.BytesIO(content)
    data = {
        "csrf_token": token_of(desk.holder.client, desk.page("image")),
        "version": version or desk.version("image"),
        "alternative": ALTERNATIVE,
        "picture": FileStorage(stream, name),
    }
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return desk.holder.client.post(desk.page("image"), data=body, content_type=kind)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that would open to `width` × `height` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * (width // 8 + 1) * 400)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def a_located_picture() -> io.BytesIO:
    picture, content = Image.new("RGB", (900, 600), "green"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[2] = (47.0, 16.0, 0.0)
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(content, "JPEG", exif=exif, comment=b"SECRET-COMMENT")
    content.seek(0)
    return content


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "four.jpg"), (b"not an image", "four.jpg"), (b"<svg onload='alert(1)'/>", "four.svg"),
        (b"GIF89a" + b"\0" * 40, "four.gif"), (b"\xff\xd8\xff\xe0" + b"\0" * 100, "four.jpg"),
        (bomb(30_000, 30_000), "bomb.png"), (bomb(21_000, 300), "long.png"), (b"%PDF-1.7", "four.pdf"),
        (b"x" * (12 * 1024 * 1024 + 1), "heavy.jpg"),
    ],
)  # fmt: skip
def test_what_is_no_photograph_is_refused_with_a_sentence_and_keeps_the_words(desk: Desk, content: bytes, name: str):
    answer = send(desk, content, name)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Cette image" in html
    assert ALTERNATIVE in html
    assert desk.read(lambda c: c.picture) is None


def test_a_picture_too_small_to_be_seen_is_refused(desk: Desk):
    assert send(desk, a_picture(size=(120, 90))).status_code == 422


def test_a_body_too_large_is_refused_with_a_page(desk: Desk):
    answer = send(desk, b"\xff\xd8" + b"x" * (17 * 1024 * 1024))
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_is_stored_in_widths_and_served_for_ever(desk: Desk, kind: str):
    assert send(desk, a_picture(kind)).status_code == 303
    renditions = desk.read(lambda c: c.picture.renditions)
    assert [r["width"] for r in renditions] == [480, 960, 1600]
    for rendition in renditions:
        served = desk.stranger.get(f"/{rendition['name']}")
        assert served.status_code == 200
        assert served.mimetype == "image/webp"
        assert "immutable" in served.headers["Cache-Control"]
        assert Image.open(io.BytesIO(served.data)).size == (rendition["width"], rendition["height"])


def kept_files(settings) -> set[str]:
    folder = Path(settings.storage_url.removeprefix("file://")) / "images"
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_a_photograph_that_comes_too_late_leaves_no_file_behind(desk: Desk, settings):
    seen = desk.version("image")
    assert desk.save("image", alternative="Une autre description").status_code == 303
    before = kept_files(settings)
    answer = send(desk, a_picture(), version=seen)
    assert answer.status_code == 409
    assert kept_files(settings) == before
    assert send(desk, a_picture()).status_code == 303
    named = {rendition["name"].rpartition("/")[2] for rendition in desk.read(lambda c: c.picture.renditions)}
    assert named, "the photograph is there once it was accepted"
    assert named <= kept_files(settings)


def test_place_camera_and_hidden_payload_do_not_survive(desk: Desk):
    polyglot = a_located_picture().getvalue() + b"<?php system('id'); ?><script>alert(1)</script>PK\x03\x04"
    assert send(desk, polyglot, "four.php.jpg").status_code == 303
    for rendition in desk.read(lambda c: c.picture.renditions):
        content = desk.stranger.get(f"/{rendition['name']}").data
        for secret in (b"SECRET", b"Exif", b"GPS", b"<?php", b"<script", b"PK\x03\x04"):
            assert secret not in content
        assert not Image.open(io.BytesIO(content)).getexif()


def test_a_new_photograph_replaces_the_old_file_and_its_words_can_change_alone(desk: Desk):
    send(desk, a_picture())
    old = desk.read(lambda c: c.picture.renditions[0]["name"])
    send(desk, a_picture(size=(700, 500)))
    assert desk.stranger.get(f"/{old}").status_code == 404
    assert desk.read(lambda c: len(c.pictures)) == 1
    assert desk.save("image", alternative="Autre description").status_code == 303
    assert desk.read(lambda c: c.picture.alternative) == "Autre description"
    assert desk.stranger.get(f"/{desk.read(lambda c: c.picture.renditions[0]['name'])}").status_code == 200


@pytest.mark.parametrize(
    "name", ["x.webp", "../config.py", "%2e%2e%2fconfig.py", "0" * 32 + ".webp", "0" * 32 + ".png", "é" * 32 + ".webp"]
)
def test_no_other_file_is_ever_served(desk: Desk, name: str):
    assert desk.stranger.get(f"/images/{name}").status_code == 404
