"""Sky, hills, grass, trees, water: what most scenes stand in."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from dev.pictures.canvas import (
    HEIGHT,
    SIZE,
    WIDTH,
    Colour,
    Picture,
    Point,
    below,
    glow,
    gradient,
    ground_shadow,
    height_at,
    lay,
    lit,
    mix,
    noise,
    polygon,
    ridge,
    tinted,
    vary,
)


@dataclass(frozen=True)
class Mood:
    """An hour of the day: the colours of sky, haze, light and grass."""

    sky: tuple[Colour, Colour, Colour]
    haze: Colour
    sun: Colour
    grass: Colour
    sun_height: float
    dim: float


MORNING = Mood(
    ((116, 158, 201), (196, 214, 222), (250, 226, 190)),
    (214, 214, 206),
    (255, 226, 170),
    (116, 138, 62),
    0.24,
    0.98,
)
NOON = Mood(
    ((70, 132, 196), (146, 190, 226), (222, 234, 238)),
    (186, 208, 222),
    (255, 250, 232),
    (96, 142, 58),
    0.08,
    1.0,
)
EVENING = Mood(
    ((92, 104, 150), (226, 164, 136), (255, 208, 140)),
    (232, 178, 142),
    (255, 190, 110),
    (122, 122, 56),
    0.30,
    0.9,
)
CLOUDY = Mood(
    ((150, 168, 184), (198, 206, 208), (232, 228, 214)),
    (212, 216, 212),
    (255, 246, 226),
    (106, 132, 74),
    0.16,
    0.96,
)
MOODS = (MORNING, NOON, EVENING, CLOUDY)


def sky(image: Picture, dice: random.Random, mood: Mood, horizon: float) -> None:
    """Gradient, sun, two banks of clouds, down to the horizon (pixels)."""
    top, middle, low = mood.sky
    end = horizon / HEIGHT
    image.paste(gradient([(0, top), (end * 0.6, middle), (end, low), (1, low)]))
    sun_x = dice.uniform(0.15, 0.85) * WIDTH
    glow(image, sun_x, mood.sun_height * HEIGHT, 620, mood.sun, 0.75)
    for cell, flat, strength in ((520, 0.32, 0.55), (190, 0.4, 0.35)):
        clouds = noise(dice, cell, flat=flat)
        fade = gradient([(0, (150, 150, 150)), (end * 0.75, (255, 255, 255)), (end, (0, 0, 0)), (1, (0, 0, 0))])
        mask = clouds.point(lambda v: max(0, min(255, (v - 132) * 3)))
        mask = Image.composite(mask, Image.new("L", SIZE), fade.convert("L"))
        lay(image, mix((255, 255, 255), low, 0.3), mask, strength)


def hills(image: Picture, dice: random.Random, mood: Mood, top: float, bottom: float, count: int = 5) -> list[Point]:
    """Ridges one behind the other, paler with distance; gives back the nearest skyline."""
    line: list[Point] = []
    forest = mix(mood.grass, (38, 62, 44), 0.55)
    for index in range(count):
        near = index / max(1, count - 1)
        y = top + (bottom - top) * near**1.15
        line = ridge(dice, y, 62 - 34 * near)
        colour = mix(mix(mood.haze, forest, 0.22), lit(forest, mood.dim), near)
        if index == count - 1:
            colour = mood.grass
        body = tinted(noise(dice, 70 + int(120 * near), flat=0.4), colour, 0.07 + 0.13 * near)
        mask = polygon(below(line), 1.4 - near * 0.6)
        lay(image, body, mask)
        if index < count - 1:
            _hedges(image, dice, line, lit(colour, 0.72), near)
            mist = gradient(
                [
                    (0, (0, 0, 0)),
                    (y / HEIGHT, (0, 0, 0)),
                    (min(1, y / HEIGHT + 0.16), (255, 255, 255)),
                    (1, (255, 255, 255)),
                ]
            )
            fog = Image.composite(mist.convert("L"), Image.new("L", SIZE), mask)
            lay(image, mood.haze, fog, 0.4 * (1 - near))
    return line


def _hedges(image: Picture, dice: random.Random, line: list[Point], colour: Colour, near: float) -> None:
    """Woods and hedges along a ridge and down its flank."""
    draw = ImageDraw.Draw(image)
    size = 5 + 15 * near
    for _ in range(dice.randint(5, 9)):
        x, down = dice.uniform(0, WIDTH), dice.choice((0, 0, 1)) * dice.uniform(10, 60)
        for step in range(dice.randint(6, 26)):
            at = x + step * size * 0.7
            y = height_at(line, at) + down + step * (0.5 if down else 0)
            r = dice.uniform(0.5, 1.0) * size
            draw.ellipse((at - r, y - r * 1.1, at + r, y + r * 0.8), fill=vary(dice, colour, 7))


def meadow(image: Picture, dice: random.Random, mood: Mood, top: float, flowers: bool = True) -> None:
    """Grass that grows coarser towards the viewer."""
    near = lit(mood.grass, 0.74)
    body = tinted(noise(dice, 120, flat=0.25), mood.grass, 0.2)
    body = Image.blend(body, gradient([(0, mood.grass), (top / HEIGHT, lit(mood.grass, 1.15)), (1, near)]), 0.5)
    lay(image, body, polygon([(0, top), (WIDTH, top), (WIDTH, HEIGHT), (0, HEIGHT)], 2))
    draw = ImageDraw.Draw(image)
    petals = dice.choice(((236, 226, 210), (226, 178, 62), (176, 122, 176), (206, 76, 60)))
    for _ in range(2600):
        y = top + (HEIGHT - top) * dice.random() ** 0.8
        depth = (y - top) / max(1, HEIGHT - top)
        x, tall = dice.uniform(0, WIDTH), 3 + 30 * depth * depth
        lean = dice.uniform(-0.4, 0.4) * tall
        draw.line(
            (x, y, x + lean, y - tall),
            fill=vary(dice, lit(mood.grass, 1.12 - 0.4 * dice.random()), 16),
            width=1 + int(2 * depth),
        )
        if flowers and dice.random() < 0.06:
            r = 1 + 4 * depth
            draw.ellipse((x + lean - r, y - tall - r, x + lean + r, y - tall + r), fill=vary(dice, petals, 14))


def tree(
    image: Picture,
    dice: random.Random,
    x: float,
    foot: float,
    tall: float,
    leaf: Colour,
    fruit: Colour | None = None,
) -> None:
    """A trunk and a crown of some hundred leaf clumps, lit from the upper left."""
    ground_shadow(image, x - tall * 0.32, x + tall * 0.5, foot, tall * 0.1, 0.45)
    draw = ImageDraw.Draw(image)
    bark, wide = (84, 68, 54), tall * 0.045
    draw.polygon(
        [
            (x - wide, foot),
            (x - wide * 0.6, foot - tall * 0.55),
            (x + wide * 0.6, foot - tall * 0.55),
            (x + wide, foot),
        ],
        fill=bark,
    )
    draw.polygon(
        [
            (x, foot),
            (x + wide * 0.1, foot - tall * 0.55),
            (x + wide * 0.6, foot - tall * 0.55),
            (x + wide, foot),
        ],
        fill=lit(bark, 0.7),
    )
    cx, cy, rx, ry = x, foot - tall * 0.66, tall * 0.36, tall * 0.34
    for layer in range(3):
        for _ in range(420):
            angle, far = dice.uniform(0, 2 * math.pi), dice.random() ** 0.6
            px, py = cx + math.cos(angle) * far * rx, cy + math.sin(angle) * far * ry
            light = 0.55 + 0.2 * layer - 0.32 * ((px - cx) / rx * 0.5 + (py - cy) / ry * 0.7)
            r = tall * dice.uniform(0.01, 0.034) * (1.3 - 0.25 * layer)
            draw.ellipse((px - r, py - r * 0.8, px + r, py + r * 0.8), fill=vary(dice, lit(leaf, max(0.3, light)), 10))
    for _ in range(26 if fruit else 0):
        angle, far = dice.uniform(0, 2 * math.pi), dice.random() ** 0.5
        px, py, r = (
            cx + math.cos(angle) * far * rx * 0.92,
            cy + math.sin(angle) * far * ry * 0.92,
            tall * 0.017,
        )
        shade = vary(dice, fruit or leaf, 16)
        draw.ellipse((px - r, py - r, px + r, py + r), fill=lit(shade, 0.8))
        draw.ellipse((px - r * 0.8, py - r * 0.8, px + r * 0.3, py + r * 0.3), fill=lit(shade, 1.2))


def water(image: Picture, dice: random.Random, shape: list[Point], top: float) -> None:
    """What stands above `top` mirrored into `shape`, darker, blurred and rippled."""
    # Stretched a little, since there may be less picture above the line than water below it.
    above = ImageOps.flip(image.crop((0, 0, WIDTH, int(top)))).resize((WIDTH, HEIGHT - int(top)))
    mirrored = image.copy()
    mirrored.paste(above, (0, int(top)))
    mirrored = mirrored.filter(ImageFilter.GaussianBlur(4))
    ripples = noise(dice, 150, flat=0.05)
    mirrored = Image.blend(mirrored, tinted(ripples, (70, 96, 104), 0.4), 0.3)
    lay(image, mirrored, polygon(shape, 2))
    bright = ripples.point(lambda v: max(0, (v - 196) * 4))
    lay(image, (244, 242, 228), Image.composite(bright, Image.new("L", SIZE), polygon(shape, 2)), 0.35)
