"""Scenes under the sky."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageFilter

from dev.pictures.buildings import TILES, house, planks, tiles, village, wheel
from dev.pictures.canvas import (
    HEIGHT,
    SIZE,
    WIDTH,
    Colour,
    Picture,
    Point,
    ball,
    box_mask,
    glow,
    ground_shadow,
    height_at,
    lay,
    lit,
    mix,
    noise,
    polygon,
    rounded,
    shadow,
    tinted,
    vary,
)
from dev.pictures.nature import MOODS, Mood, hills, meadow, sky, tree, water

LEAVES = ((78, 118, 52), (96, 128, 58), (66, 104, 62), (120, 132, 56))


def country(image: Picture, dice: random.Random, horizon: float, *, with_village: bool = True) -> Mood:
    """Sky, hills and a village in the distance."""
    mood = dice.choice(MOODS)
    sky(image, dice, mood, horizon)
    line = hills(image, dice, mood, horizon - 190, horizon, 5)
    if with_village:
        left = dice.uniform(120, 700)
        village(image, dice, height_at(line, left + 200) + 16, 54, left, left + 460)
    return mood


def garden(image: Picture, dice: random.Random) -> None:
    """Rows of a market garden running to the hills."""
    country(image, dice, 470)
    soil, vanish = (104, 78, 56), (dice.uniform(620, 980), 455.0)
    lay(
        image,
        tinted(noise(dice, 50, flat=0.4), soil, 0.3),
        polygon([(0, 500), (WIDTH, 500), (WIDTH, HEIGHT), (0, HEIGHT)], 5),
    )
    kinds = [
        dice.choice(((104, 146, 62), (78, 126, 84), (132, 156, 76), (126, 66, 84), (92, 138, 58))) for _ in range(9)
    ]
    # From far to near, so that each plant hides what stands behind it.
    for step in range(26):
        depth = (step / 25) ** 1.9
        y = 512 + (HEIGHT + 40 - 512) * depth
        for row in range(9):
            x = vanish[0] + (row - 4) * (30 + 330 * depth) + dice.uniform(-6, 6) * depth
            if -200 < x < WIDTH + 200:
                _plant(image, dice, x, y, 9 + 92 * depth, vary(dice, kinds[row], 10))
    if dice.random() < 0.6:
        _crate(image, dice, dice.choice((230, 1330)), 1120, 300)


def _plant(image: Picture, dice: random.Random, x: float, y: float, r: float, colour: Colour) -> None:
    """A rosette: dark outer leaves, light heart."""
    draw = ImageDraw.Draw(image)
    draw.ellipse((x - r * 0.9, y - r * 0.12, x + r * 1.15, y + r * 0.42), fill=(58, 44, 36))
    for ring, count in ((1.0, 9), (0.72, 8), (0.42, 6)):
        for index in range(count if r > 20 else 4):
            angle = 2 * math.pi * index / count + dice.uniform(-0.2, 0.2)
            px, py = x + math.cos(angle) * r * ring * 0.62, y - r * 0.3 + math.sin(angle) * r * ring * 0.36
            size = r * (0.44 - 0.1 * (1 - ring))
            shade = lit(colour, 0.62 + 0.5 * (1 - ring) - 0.16 * math.sin(angle) - 0.12 * math.cos(angle))
            draw.ellipse((px - size, py - size * 0.72, px + size, py + size * 0.72), fill=vary(dice, shade, 6))
            if r > 34:
                draw.line(
                    (
                        px,
                        py + size * 0.5,
                        px + math.cos(angle) * size * 0.7,
                        py + math.sin(angle) * size * 0.4,
                    ),
                    fill=lit(shade, 1.22),
                    width=2,
                )


def _crate(image: Picture, dice: random.Random, x: float, foot: float, wide: float) -> None:
    """A wooden crate full of what was picked."""
    high = wide * 0.42
    ground_shadow(image, x - wide * 0.6, x + wide * 0.7, foot, high * 0.4, 0.6)
    harvest = dice.choice(((206, 62, 46), (226, 142, 42), (150, 78, 118), (214, 190, 80)))
    for row in range(3):
        for index in range(7):
            px = x - wide * 0.42 + index * wide * 0.14 + dice.uniform(-6, 6)
            ball(image, px, foot - high - 26 + row * 20, wide * 0.085, wide * 0.08, vary(dice, harvest, 16))
    wood = planks(dice, (184, 150, 104), wide=int(high / 3))
    shadow(image, box_mask(x - wide / 2, foot - high, x + wide / 2, foot), 6, 8, 10, 0.4)
    lay(image, wood, box_mask(x - wide / 2, foot - high, x + wide / 2, foot, 4))


def orchard(image: Picture, dice: random.Random) -> None:
    """Apple trees in rows on a meadow."""
    mood = country(image, dice, 520)
    meadow(image, dice, mood, 540)
    fruit = dice.choice(((196, 48, 40), (216, 170, 60), (150, 40, 66)))
    leaf = dice.choice(LEAVES)
    for foot, tall, count in ((610, 170, 9), (720, 300, 6), (1010, 720, 2)):
        start = dice.uniform(-60, 160)
        for index in range(count):
            x = start + index * WIDTH / max(1.6, count - 0.6)
            tree(
                image,
                dice,
                x,
                foot + dice.uniform(-14, 14),
                tall * dice.uniform(0.9, 1.1),
                vary(dice, leaf, 8),
                fruit,
            )
    for _ in range(16):
        x, y = dice.uniform(0, WIDTH), dice.uniform(1000, 1170)
        ground_shadow(image, x - 16, x + 26, y + 12, 14, 0.4)
        ball(image, x, y, 17, 16, vary(dice, fruit, 18))


def river(image: Picture, dice: random.Random) -> None:
    """A slow river between meadows, a village on the bank."""
    mood = country(image, dice, 480)
    meadow(image, dice, mood, 520)
    bend = dice.uniform(-200, 200)
    tree(image, dice, dice.choice((150, 1430)), 700, 380, dice.choice(LEAVES))
    shape: list[Point] = [
        (700 + bend, 548),
        (900 + bend, 548),
        (1080 + bend, 640),
        (1120, 760),
        (1660, HEIGHT + 300),
        (-40, HEIGHT + 300),
        (520, 800),
        (660 + bend, 650),
    ]
    water(image, dice, rounded(shape, 2), 548)
    draw = ImageDraw.Draw(image)
    for edge, lean in (((520, 800, 60, 1200), -1), ((1120, 760, 1560, 1200), 1)):
        for _ in range(240):
            share = dice.random()
            x = edge[0] + (edge[2] - edge[0]) * share + dice.uniform(-26, 26)
            y = edge[1] + (edge[3] - edge[1]) * share + dice.uniform(-10, 20)
            tall = 30 + 110 * share
            colour = vary(dice, lit(mood.grass, dice.uniform(0.5, 1.15)), 12)
            draw.line(
                (x, y, x + lean * dice.uniform(-8, 26), y - tall * dice.uniform(0.5, 1)),
                fill=colour,
                width=2 + int(4 * share),
            )


def mill(image: Picture, dice: random.Random) -> None:
    """A stone mill, its wheel and the stream."""
    mood = country(image, dice, 460, with_village=False)
    meadow(image, dice, mood, 520, flowers=False)
    tree(image, dice, 1480, 760, 560, dice.choice(LEAVES))
    tree(image, dice, 90, 740, 420, dice.choice(LEAVES))
    house(image, dice, 260, 830, 720, 400)
    wheel(image, 1050, 700, 210, (104, 78, 56))
    water(image, dice, [(0, 836), (WIDTH, 800), (WIDTH, HEIGHT), (0, HEIGHT)], 832)
    foam = noise(dice, 60, flat=0.5).point(lambda v: max(0, min(255, (v - 110) * 3)))
    spray = Image.new("L", SIZE)
    ImageDraw.Draw(spray).ellipse((880, 800, 1330, 960), fill=255)
    lay(
        image,
        (240, 244, 242),
        Image.composite(foam, Image.new("L", SIZE), spray.filter(ImageFilter.GaussianBlur(30))),
        0.85,
    )
    for _ in range(26):
        x, y, r = dice.uniform(0, WIDTH), dice.uniform(800, 870), dice.uniform(14, 46)
        ball(image, x, y, r * 1.5, r, vary(dice, (128, 124, 112), 18), gloss=1.15)


def solar(image: Picture, dice: random.Random) -> None:
    """Panels on a tiled roof above the village."""
    mood = dice.choice(MOODS)
    sky(image, dice, mood, 620)
    line = hills(image, dice, mood, 430, 640, 5)
    village(image, dice, height_at(line, 400) + 40, 76, 40, 900)
    eaves, top = HEIGHT + 60, dice.uniform(560, 640)
    roof: list[Point] = [(-60, eaves), (430, top), (WIDTH + 60, top - 60), (WIDTH + 60, eaves)]
    shadow(image, polygon(roof), 0, -8, 14, 0.3)
    lay(image, tiles(dice, dice.choice(TILES), 22), polygon(roof))

    def place(u: float, v: float) -> Point:
        left = (-60 + 490 * (1 - v), eaves + (top - eaves) * (1 - v))
        right = (WIDTH + 200, eaves + (top - 66 - eaves) * (1 - v))
        return (left[0] + (right[0] - left[0]) * u, left[1] + (right[1] - left[1]) * u)

    columns, rows = 7, 3
    for row in range(rows):
        for column in range(columns):
            u, v = 0.07 + column * 0.128, 0.12 + row * 0.255
            corners = [place(u, v), place(u + 0.122, v), place(u + 0.122, v + 0.245), place(u, v + 0.245)]
            mask = polygon(corners)
            shadow(image, mask, 5, 9, 6, 0.5)
            lay(image, vary(dice, (34, 52, 92), 8), mask)
            lay(
                image,
                mix(mood.sky[1], (34, 52, 92), 0.4),
                polygon([corners[0], corners[1], place(u, v + 0.2)], 20),
                0.4,
            )
            draw = ImageDraw.Draw(image)
            for part in range(1, 6):
                share = part / 6
                draw.line(
                    (*place(u + 0.122 * share, v), *place(u + 0.122 * share, v + 0.245)),
                    fill=(70, 92, 134),
                    width=2,
                )
                draw.line(
                    (*place(u, v + 0.245 * share), *place(u + 0.122, v + 0.245 * share)),
                    fill=(70, 92, 134),
                    width=2,
                )
            draw.line([*corners, corners[0]], fill=(196, 202, 208), width=6)
    glow(image, dice.uniform(700, 1300), 760, 420, mood.sun, 0.35)
