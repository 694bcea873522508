"""Scenes under a roof: warm light, wood, things made by hand."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageFilter

from dev.pictures.buildings import WOODS, planks, stone
from dev.pictures.canvas import (
    HEIGHT,
    SIZE,
    WIDTH,
    Colour,
    Picture,
    ball,
    bokeh,
    box_mask,
    glow,
    gradient,
    ground_shadow,
    lay,
    lit,
    noise,
    polygon,
    rounded,
    shadow,
    tinted,
    vary,
)


def table(image: Picture, dice: random.Random, top: float) -> None:
    """A wooden table that fills the foreground."""
    mask = polygon([(0, top), (WIDTH, top), (WIDTH, HEIGHT), (0, HEIGHT)], 2)
    lay(image, planks(dice, dice.choice(WOODS), wide=96), mask)
    fall = gradient([(0, (255, 255, 255)), (top / HEIGHT, (120, 120, 120)), (1, (0, 0, 0))]).convert("L")
    lay(image, (26, 16, 10), Image.composite(Image.new("L", SIZE, 120), Image.new("L", SIZE), mask), 0.35)
    lay(image, (255, 226, 180), Image.composite(fall, Image.new("L", SIZE), mask), 0.25)


def bakery(image: Picture, dice: random.Random) -> None:
    """Loaves on a floured table, the oven glowing behind."""
    image.paste(gradient([(0, (58, 38, 28)), (0.5, (128, 84, 50)), (1, (70, 44, 28))]))
    lay(image, stone(dice, (150, 112, 80), 66), box_mask(-9, -9, WIDTH + 9, 700), 0.8)
    oven = dice.uniform(420, 1180)
    mouth = Image.new("L", SIZE)
    ImageDraw.Draw(mouth).pieslice((oven - 250, 180, oven + 250, 680), 180, 360, fill=255)
    ImageDraw.Draw(mouth).rectangle((oven - 250, 428, oven + 250, 560), fill=255)
    lay(image, (28, 14, 10), mouth.filter(ImageFilter.GaussianBlur(2)))
    glow(image, oven, 520, 420, (255, 140, 40), 1.0)
    glow(image, oven, 545, 190, (255, 220, 130), 1.0)
    image.paste(image.filter(ImageFilter.GaussianBlur(9)))
    bokeh(image, dice, [(255, 196, 110), (255, 224, 170)], 16, 40, 560)
    table(image, dice, 690)
    flour = noise(dice, 240, flat=0.4).point(lambda v: max(0, min(255, (v - 120) * 3)))
    lay(
        image,
        (246, 238, 222),
        Image.composite(flour, Image.new("L", SIZE), box_mask(0, 720, WIDTH, HEIGHT)),
        0.35,
    )
    for row, (y, size, count) in enumerate(((760, 118, 6), (905, 158, 5), (1085, 205, 4))):
        for index in range(count):
            x = (index + 0.5 + (row % 2) * 0.3) * WIDTH / count + dice.uniform(-26, 26)
            _loaf(image, dice, x, y, size * dice.uniform(0.9, 1.06))


def _loaf(image: Picture, dice: random.Random, x: float, y: float, size: float) -> None:
    crust = vary(dice, dice.choice(((196, 124, 58), (176, 104, 48), (212, 148, 78))), 10)
    long = dice.random() < 0.4
    rx, ry, turn = (size * 1.25, size * 0.42, dice.uniform(-14, 14)) if long else (size * 0.9, size * 0.62, 0.0)
    ground_shadow(image, x - rx * 0.95, x + rx * 1.15, y + ry * 0.8, ry * 0.9, 0.6)
    ball(image, x, y, rx, ry, crust, turn=turn, gloss=1.3)
    cuts = 4 if long else 3
    draw = ImageDraw.Draw(image)
    for index in range(cuts):
        share = (index + 0.5) / cuts - 0.5
        cx, cy = x + share * rx * 1.4, y - ry * 0.28 - share * rx * 1.4 * math.tan(math.radians(turn))
        reach, thick = ry * 0.46, max(4, int(ry * 0.13))
        draw.line(
            (cx - reach * 0.7, cy + reach * 0.8, cx + reach * 0.7, cy - reach * 0.5),
            fill=lit(crust, 0.55),
            width=thick + 5,
        )
        draw.line(
            (cx - reach * 0.66, cy + reach * 0.74, cx + reach * 0.66, cy - reach * 0.46),
            fill=(240, 208, 152),
            width=thick,
        )
    for _ in range(90):
        angle, far = dice.uniform(0, 6.28), dice.random() ** 0.5 * 0.8
        px, py, r = (
            x + math.cos(angle) * rx * far,
            y - ry * 0.15 + math.sin(angle) * ry * far,
            dice.uniform(1, 3),
        )
        draw.ellipse((px - r, py - r, px + r, py + r), fill=lit(crust, dice.choice((1.3, 1.5, 0.75))))


def theatre(image: Picture, dice: random.Random) -> None:
    """An empty stage, red curtains, a chair in the light."""
    image.paste(gradient([(0, (22, 18, 28)), (0.7, (40, 32, 40)), (1, (18, 14, 16))]))
    lay(
        image,
        planks(dice, (118, 80, 52), wide=70),
        polygon([(0, 850), (WIDTH, 850), (WIDTH, HEIGHT), (0, HEIGHT)], 2),
    )
    spot = dice.uniform(640, 960)
    beam = polygon([(spot - 30, -20), (spot + 30, -20), (spot + 330, 1010), (spot - 330, 1010)], 26)
    lay(image, (255, 214, 140), beam, 0.34)
    pool = Image.new("L", SIZE)
    ImageDraw.Draw(pool).ellipse((spot - 390, 900, spot + 390, 1100), fill=255)
    lay(image, (255, 226, 170), pool.filter(ImageFilter.GaussianBlur(30)), 0.55)
    _chair(image, spot, 1000)
    red = dice.choice(((150, 26, 34), (126, 20, 48), (34, 62, 96)))
    cloth = _folds(dice, red)
    sweep = dice.uniform(300, 400)
    for side in (0, 1):
        edge = [
            (-400, -300), (sweep + 260, -300), (sweep + 130, 240),
            (sweep - 190, 760), (sweep + 60, 985), (-400, 1000),
        ]  # fmt: skip
        points = [(float(WIDTH - x if side else x), float(y)) for x, y in edge]
        mask = polygon(rounded(points), 2)
        shadow(image, mask, -14 if side else 14, 8, 22, 0.7)
        lay(image, cloth, mask)
    frieze = polygon(
        [(0, -10), (WIDTH, -10), *[(WIDTH - i * 20, 150 + 46 * math.cos(i * 20 / 130)) for i in range(81)]], 2
    )
    shadow(image, frieze, 0, 16, 16, 0.7)
    lay(image, cloth, frieze)
    for x in range(60, WIDTH, 165):
        glow(image, x, HEIGHT - 10, 130, (255, 214, 140), 0.8)


def _folds(dice: random.Random, colour: Colour) -> Picture:
    strip, x, phase = Image.new("RGB", (WIDTH, 1)), 0, 0.0
    while x < WIDTH:
        phase += 0.055 + 0.035 * math.sin(x / 90) + dice.uniform(0, 0.01)
        strip.putpixel((x, 0), lit(colour, 0.62 + 0.5 * math.sin(phase) + 0.12 * math.sin(phase * 2.3)))
        x += 1
    cloth = strip.resize(SIZE)
    return Image.blend(cloth, tinted(noise(dice, 60, flat=6), colour, 0.4), 0.16)


def _chair(image: Picture, x: float, foot: float) -> None:
    ground_shadow(image, x - 90, x + 190, foot + 6, 40, 0.7)
    draw, wood = ImageDraw.Draw(image), (96, 62, 40)
    for dx, top in ((-70, 170), (-54, 380), (62, 170), (46, 380)):
        draw.line(
            (x + dx, foot - (22 if top > 200 else 0), x + dx * 0.95, foot - top),
            fill=lit(wood, 0.7 if top > 200 else 1.1),
            width=13,
        )
    for y in (372, 320, 268):
        draw.rounded_rectangle((x - 56, foot - y, x + 50, foot - y + 26), 8, fill=lit(wood, 1.15))
    draw.polygon(
        [(x - 84, foot - 170), (x + 76, foot - 170), (x + 56, foot - 206), (x - 62, foot - 206)],
        fill=(206, 160, 92),
    )
    draw.rectangle((x - 84, foot - 172, x + 76, foot - 154), fill=lit(wood, 0.9))


def wool(image: Picture, dice: random.Random) -> None:
    """Shelves of wool in the colours of plants, a basket in front."""
    lay(image, planks(dice, (206, 186, 156), upright=True, wide=150), Image.new("L", SIZE, 255))
    dyes = [
        (188, 84, 54),
        (222, 176, 76),
        (92, 122, 82),
        (62, 96, 126),
        (158, 84, 110),
        (226, 214, 190),
        (128, 88, 62),
        (112, 136, 150),
    ]
    dice.shuffle(dyes)
    board = dice.choice(WOODS)
    for shelf in range(4):
        base = 270 + shelf * 250
        lay(image, (30, 20, 16), box_mask(0, base - 214, WIDTH, base), 0.42)
        per_dye = 3
        for index in range(11):
            dye = dyes[(index // per_dye + shelf * 2) % len(dyes)]
            x, r = 72 + index * 148 + dice.uniform(-10, 10), dice.uniform(66, 78)
            ground_shadow(image, x - r, x + r * 1.1, base - 4, 26, 0.5)
            yarn(image, dice, x, base - r * 0.94, r, vary(dice, dye, 10))
        wood = box_mask(-10, base, WIDTH + 10, base + 34)
        shadow(image, wood, 0, 18, 12, 0.5)
        lay(image, planks(dice, board, wide=34), wood)
    glow(image, dice.choice((100, 1500)), 120, 900, (255, 234, 196), 0.45)
    dye = dice.choice(dyes)
    for x, y, r in ((430, 1090, 150), (700, 1120, 120), (1120, 1100, 165), (1370, 1130, 118)):
        ground_shadow(image, x - r, x + r * 1.3, y + r * 0.86, r * 0.5, 0.6)
        yarn(image, dice, x, y, r, vary(dice, dye if x < 800 else dyes[3], 18))


def yarn(image: Picture, dice: random.Random, x: float, y: float, r: float, colour: Colour) -> None:
    """A ball of wool: a lit sphere wound with threads."""
    ball(image, x, y, r, r * 0.96, colour, gloss=1.25)
    side = int(r * 2)
    threads = Image.new("RGBA", (side, side))
    for turn in (20, -35, 78):
        layer = Image.new("RGBA", (side, side))
        ink = ImageDraw.Draw(layer)
        for step in range(-7, 8):
            wide, offset = r * (0.98 - abs(step) * 0.06), step * r * 0.12
            tone = lit(colour, 1.3) if step % 2 else lit(colour, 0.6)
            ink.arc(
                (r - wide, r * 0.5 + offset, r + wide, r * 1.5 + offset),
                185,
                355,
                fill=(*tone, 105),
                width=max(2, int(r / 26)),
            )
        threads = Image.alpha_composite(threads, layer.rotate(turn + dice.uniform(-8, 8)))
    round_mask = Image.new("L", (side, side))
    ImageDraw.Draw(round_mask).ellipse((2, 2, side - 2, side - 4), fill=255)
    alpha = Image.composite(threads.getchannel("A"), Image.new("L", (side, side)), round_mask)
    image.paste(threads.convert("RGB"), (int(x - r), int(y - r)), alpha)
