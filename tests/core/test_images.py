"""Pictures from people: decoded under limits, upright, resized, without a trace of where they were taken."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from app.core.images import MAX_BYTES, PictureRefused, PictureTooLarge, renditions


def picture(size=(1200, 800), form="JPEG", mode="RGB", **options):
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert(mode).save(out, form, **options)
    return out.getvalue()


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_becomes_webp_in_several_widths(form):
    found = renditions(picture((2000, 1000), form))
    assert [one.width for one in found] == [480, 960, 1600]
    for one in found:
        image = opened(one.content)
        assert image.format == "WEBP"
        assert image.size == (one.width, one.height)
        assert one.height == one.width // 2


def test_a_small_picture_is_not_blown_up():
    assert [(one.width, one.height) for one in renditions(picture((300, 250)))] == [(300, 250)]


def test_no_place_time_or_camera_survives():
    exif = Image.Exif()
    exif[0x010F] = "CanaryCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 19.0, 0.0), 3: "E", 4: (5.0, 2.0, 0.0)})
    content = picture(exif=exif, comment=b"canary comment", icc_profile=b"canary profile" * 20)
    assert b"CanaryCamera" in content
    for one in renditions(content):
        image = opened(one.content)
        assert not image.getexif()
        assert set(image.info) <= {"loop", "background", "timestamp", "duration"}
        assert b"anary" not in one.content


def test_a_picture_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    (small, *_) = renditions(picture((800, 400), exif=exif))
    assert small.height > small.width


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("PNG", "LA"), ("JPEG", "CMYK"), ("PNG", "1")]
)
def test_every_kind_of_colour_is_taken(form, mode):
    assert opened(renditions(picture((400, 300), form, mode))[0].content).mode == "RGB"


def bomb(width, height):
    """A small PNG that claims to be enormous."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (50_000, 1_000), (1_000, 50_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_before_it_is_decoded(size):
    with pytest.raises(PictureTooLarge):
        renditions(bomb(*size))


def whole(form, size):
    out = io.BytesIO()
    Image.new("RGBA", size).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_few_kilobytes_that_would_fill_the_memory_are_refused(form):
    """What cannot be read at a reduced size takes 4 bytes a pixel and copy: 36 million pixels were 700 MB and more."""
    content = whole(form, (6000, 6000))
    assert len(content) < 200_000
    with pytest.raises(PictureTooLarge):
        renditions(content)


def test_a_large_jpeg_is_read_at_a_reduced_size():
    out = io.BytesIO()
    Image.new("RGB", (6000, 6000)).save(out, "JPEG")
    assert [one.width for one in renditions(out.getvalue())] == [480, 960, 1600]


def test_too_many_bytes_are_refused():
    with pytest.raises(PictureTooLarge):
        renditions(b"\xff\xd8" + b"\0" * MAX_BYTES)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"GIF89a" + b"\0" * 500,
        SVG,
        b"%PDF-1.7" + b"\0" * 500,
        b"<html><script>alert(1)</script>",
        b"\0" * 5000,
        picture()[:3000],
        picture(form="PNG")[:3000],
        picture(form="GIF", mode="L"),
        picture(form="BMP"),
        picture(form="TIFF"),
        b"PK\x03\x04" + b"\0" * 500,
        picture((199, 400)),
        picture((400, 1)),
    ],
)
def test_what_is_no_photograph_is_refused_in_words(content):
    with pytest.raises(PictureRefused) as refusal:
        renditions(content)
    assert "image" in str(refusal.value)


def test_of_a_picture_that_is_also_a_page_only_the_picture_is_kept():
    for one in renditions(picture() + b"<script>alert('canary')</script>"):
        assert b"canary" not in one.content
