"""Photographs for the demo, made by arithmetic: no real place, no face, free to use.

Large JPEG files with the camera data, position included, that a telephone would write, so that the
platform's own cleaning and resizing have something to do.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from dev.pictures import indoors, outdoors, street, workshop
from dev.pictures.canvas import SIZE, WIDTH, Picture, halo

PHOTO_SIZE = (4000, 3000)
QUALITY = 88
TURNS = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_180)
SCENES: dict[str, Callable[[Picture, random.Random], None]] = {
    "bakery": indoors.bakery,
    "garden": outdoors.garden,
    "bikes": street.bikes,
    "theatre": indoors.theatre,
    "repair": workshop.repair,
    "mill": outdoors.mill,
    "orchard": outdoors.orchard,
    "library_bus": street.library_bus,
    "solar": outdoors.solar,
    "wool": indoors.wool,
    "river": outdoors.river,
    "school": street.school,
}
THEMES = tuple(SCENES)


def render(theme: str, seed: int) -> bytes:
    """A JPEG of 4000 × 3000 pixels; the same bytes for the same theme and seed.

    Errors: KeyError for a theme that is not in THEMES.
    """
    dice = random.Random(f"{theme}-{seed}")
    image = Image.new("RGB", SIZE)
    SCENES[theme](image, dice)
    photo = develop(image, dice)
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=QUALITY, exif=camera_data(dice))
    return out.getvalue()


def develop(image: Picture, dice: random.Random) -> Picture:
    """What a lens and a sensor add: soft bloom, darker corners, warmth, grain."""
    bloom = image.resize((400, 300)).filter(ImageFilter.GaussianBlur(8)).resize(SIZE, Image.Resampling.BICUBIC)
    image = Image.blend(image, ImageChops.screen(image, bloom.point(lambda v: max(0, v - 110))), 0.5)
    corners = halo().resize((WIDTH * 2, WIDTH * 2)).crop((WIDTH // 2, WIDTH - 600, WIDTH * 3 // 2, WIDTH + 600))
    dark = ImageEnhance.Brightness(image).enhance(0.66)
    image = Image.composite(image, dark, corners.point(lambda v: min(255, round(v * 1.7))))
    image = ImageEnhance.Contrast(ImageEnhance.Color(image).enhance(1.08)).enhance(1.06)
    large = image.resize(PHOTO_SIZE, Image.Resampling.BICUBIC)
    # Grain is drawn once as a tile and laid edge to edge: 12 million fresh values would take a second.
    tile = Image.frombytes("L", (1020, 770), dice.randbytes(1020 * 770)).filter(ImageFilter.GaussianBlur(0.9))
    tile = tile.crop((10, 10, 1010, 760))
    grain = Image.new("L", PHOTO_SIZE)
    for x in range(0, PHOTO_SIZE[0], 1000):
        for y in range(0, PHOTO_SIZE[1], 750):
            grain.paste(tile.transpose(dice.choice(TURNS)), (x, y))
    return ImageChops.add(large, Image.merge("RGB", (grain.point(lambda v: v // 6),) * 3), 1, -21)


def camera_data(dice: random.Random) -> Image.Exif:
    """Invented: a camera that does not exist, somewhere in Bourgogne-Franche-Comté."""
    data = Image.Exif()
    data[0x010F], data[0x0110] = "Exemple", "Appareil de demonstration"
    data[0x0112] = 1  # upright
    data[0x0132] = "2026:05:17 10:24:36"
    data[0x8769] = {0x9003: "2026:05:17 10:24:36", 0x829A: 0.004, 0x829D: 4.0, 0x8827: 200}
    north, east = dice.uniform(46.4, 47.9), dice.uniform(3.2, 6.9)
    data[0x8825] = {1: "N", 2: _degrees(north), 3: "E", 4: _degrees(east), 5: 0, 6: 320.0}
    return data


def _degrees(angle: float) -> tuple[float, float, float]:
    whole, minutes = int(angle), (angle % 1) * 60
    return float(whole), float(int(minutes)), round((minutes % 1) * 60, 2)
