"""Stone walls, tiled roofs, windows, wood: the villages of the pictures."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageFilter

from dev.pictures.canvas import (
    HEIGHT,
    SIZE,
    WIDTH,
    Colour,
    Picture,
    Point,
    box_mask,
    glow,
    ground_shadow,
    lay,
    lit,
    mix,
    noise,
    polygon,
    tinted,
    vary,
)

STONES = ((214, 198, 168), (198, 178, 146), (222, 208, 184), (188, 172, 150))
TILES = ((146, 84, 62), (164, 98, 70), (128, 78, 64), (112, 94, 88))
SHUTTERS = ((92, 122, 128), (118, 58, 50), (74, 98, 76), (150, 140, 118))
WOODS = ((138, 96, 62), (164, 122, 82), (112, 76, 50), (182, 146, 104))


def stone(dice: random.Random, colour: Colour, course: int = 34) -> Picture:
    """A wall of irregular stones with pale joints, the size of the picture."""
    image = tinted(noise(dice, 260), colour, 0.12)
    draw = ImageDraw.Draw(image)
    y = -dice.randint(0, course)
    while y < HEIGHT:
        high = course + dice.randint(-course // 5, course // 5)
        x = -dice.randint(0, course * 2)
        while x < WIDTH:
            wide = dice.randint(course, course * 3)
            shade = vary(dice, colour, 15)
            draw.rounded_rectangle((x + 2, y + 2, x + wide - 2, y + high - 2), course // 5, fill=shade)
            draw.line((x + 4, y + 3, x + wide - 5, y + 3), fill=lit(shade, 1.18), width=2)
            draw.line((x + 4, y + high - 3, x + wide - 4, y + high - 3), fill=lit(shade, 0.82), width=2)
            x += wide
        y += high
    return Image.blend(image, tinted(noise(dice, 40), colour, 0.3), 0.28)


def planks(dice: random.Random, colour: Colour, *, upright: bool = False, wide: int = 120) -> Picture:
    """Boards with grain, the size of the picture."""
    size = (HEIGHT, WIDTH) if upright else SIZE
    grain = noise(dice, 900, size, flat=0.018)
    image = tinted(grain, colour, 0.26)
    draw = ImageDraw.Draw(image, "RGBA")
    y = 0
    while y < size[1]:
        tone = dice.choice(((0, 0, 0, 34), (255, 240, 220, 22), (0, 0, 0, 14)))
        draw.rectangle((0, y, size[0], y + wide), fill=tone)
        draw.line((0, y, size[0], y), fill=(20, 12, 8, 170), width=4)
        draw.line((0, y + 4, size[0], y + 4), fill=(255, 240, 220, 50), width=2)
        y += wide + dice.randint(-wide // 8, wide // 8)
    return image.transpose(Image.Transpose.ROTATE_90) if upright else image


def window(
    image: Picture, dice: random.Random, x: float, y: float, wide: float, high: float, *, warm: bool = False
) -> None:
    """Glass, frame, sill and two open shutters."""
    draw = ImageDraw.Draw(image)
    board = dice.choice(SHUTTERS)
    for side in (x - wide * 0.56, x + wide * 1.04):
        draw.rectangle((side, y, side + wide * 0.52, y + high), fill=board)
        for slat in range(int(high // 7)):
            draw.line((side + 2, y + slat * 7, side + wide * 0.52 - 2, y + slat * 7), fill=lit(board, 0.8), width=2)
    draw.rectangle((x - 3, y - 3, x + wide + 3, y + high + 3), fill=(232, 224, 208))
    draw.rectangle((x, y, x + wide, y + high), fill=(236, 196, 120) if warm else (62, 74, 84))
    draw.polygon([(x, y), (x + wide * 0.7, y), (x, y + high * 0.6)], fill=(246, 214, 150) if warm else (120, 138, 152))
    draw.line((x + wide / 2, y, x + wide / 2, y + high), fill=(226, 218, 202), width=max(2, int(wide / 14)))
    draw.line((x, y + high * 0.45, x + wide, y + high * 0.45), fill=(226, 218, 202), width=max(2, int(wide / 16)))
    draw.rectangle((x - wide * 0.12, y + high + 3, x + wide * 1.12, y + high + 3 + high * 0.06), fill=(204, 194, 174))


def house(
    image: Picture,
    dice: random.Random,
    left: float,
    foot: float,
    wide: float,
    high: float,
    *,
    detail: bool = True,
) -> None:
    """A house seen from its long side: wall, tiled roof, chimney, windows, door."""
    wall, tile, top, rise = dice.choice(STONES), dice.choice(TILES), foot - high, high * 0.55
    ground_shadow(image, left - wide * 0.05, left + wide * 1.12, foot, high * 0.12, 0.4)
    body = box_mask(left, top, left + wide, foot)
    lay(
        image,
        stone(dice, wall, max(9, int(high / 15))) if detail else tinted(noise(dice, 60), wall, 0.14),
        body,
    )
    draw = ImageDraw.Draw(image)
    chimney = left + wide * dice.choice((0.2, 0.72))
    draw.rectangle((chimney, top - rise * 1.12, chimney + wide * 0.07, top - rise * 0.4), fill=lit(wall, 0.82))
    roof = [
        (left - wide * 0.05, top + 6),
        (left + wide * 0.08, top - rise),
        (left + wide * 0.92, top - rise),
        (left + wide * 1.05, top + 6),
    ]
    lay(image, tiles(dice, tile, max(5, int(high / 26))) if detail else tile, polygon(roof))
    shade = Image.new("L", SIZE)
    ImageDraw.Draw(shade).rectangle((left, top, left + wide, top + high * 0.12), fill=150)
    ImageDraw.Draw(shade).rectangle((left + wide * 0.86, top, left + wide, foot), fill=70)
    lay(image, (24, 20, 26), shade.filter(ImageFilter.GaussianBlur(high / 30)), 0.55)
    if not detail:
        for _ in range(3):
            x, y = left + wide * dice.uniform(0.1, 0.8), top + high * dice.uniform(0.2, 0.6)
            draw.rectangle((x, y, x + wide * 0.08, y + high * 0.2), fill=(70, 74, 80))
        return
    count = max(2, int(wide / high * 1.6))
    for index in range(count):
        x = left + wide * (index + 0.5) / count - wide * 0.05
        window(
            image,
            dice,
            x,
            top + high * 0.2,
            min(wide * 0.1, high * 0.16),
            high * 0.26,
            warm=dice.random() < 0.3,
        )


def tiles(dice: random.Random, colour: Colour, course: int) -> Picture:
    """A tiled roof, the size of the picture; `course`: height of a row."""
    image = tinted(noise(dice, 140), colour, 0.16)
    draw = ImageDraw.Draw(image)
    for row, y in enumerate(range(0, HEIGHT, course)):
        for x in range(-course * 2 + (row % 2) * course, WIDTH, course * 2):
            draw.rectangle((x, y, x + course * 2 - 1, y + course - 1), fill=vary(dice, colour, 14))
        draw.line((0, y, WIDTH, y), fill=lit(colour, 0.68), width=max(1, course // 4))
    return image


def church(image: Picture, dice: random.Random, x: float, foot: float, high: float) -> None:
    """The bell tower of the village, with the four-sided glazed roof of Franche-Comté."""
    wall = dice.choice(STONES)
    wide = high * 0.2
    lay(image, wall, box_mask(x, foot - high * 0.62, x + wide, foot))
    draw = ImageDraw.Draw(image)
    draw.rectangle((x + wide * 0.72, foot - high * 0.62, x + wide, foot), fill=lit(wall, 0.78))
    cap: list[Point] = [
        (x - wide * 0.1, foot - high * 0.6),
        (x + wide * 0.16, foot - high * 0.76),
        (x + wide * 0.38, foot - high * 0.86),
    ]
    cap += [
        (x + wide / 2, foot - high),
        (x + wide * 0.62, foot - high * 0.86),
        (x + wide * 0.84, foot - high * 0.76),
        (x + wide * 1.1, foot - high * 0.6),
    ]
    lay(
        image,
        tinted(noise(dice, 14), dice.choice(((126, 108, 84), (150, 112, 70), (92, 98, 96))), 0.25),
        polygon(cap),
    )
    draw.rectangle((x + wide * 0.34, foot - high * 0.54, x + wide * 0.62, foot - high * 0.42), fill=(48, 46, 50))


def village(image: Picture, dice: random.Random, foot: float, size: float, left: float, right: float) -> None:
    """Small houses around a church, far away."""
    places = sorted(dice.uniform(left, right) for _ in range(10))
    tower = dice.uniform(left + (right - left) * 0.3, left + (right - left) * 0.7)
    for index, x in enumerate(places):
        if index == 5:
            church(image, dice, tower, foot, size * 2.4)
        high = size * dice.uniform(0.5, 0.85)
        house(
            image,
            dice,
            x,
            foot + dice.uniform(-size * 0.2, size * 0.3),
            high * dice.uniform(1.2, 1.9),
            high,
            detail=False,
        )


def lamp(image: Picture, x: float, y: float, reach: float) -> None:
    """A hanging lamp and its warm light."""
    glow(image, x, y + 20, reach, (255, 196, 110), 0.6)
    draw = ImageDraw.Draw(image)
    draw.line((x, 0, x, y - 60), fill=(32, 28, 28), width=5)
    draw.ellipse((x - 34, y - 14, x + 34, y + 26), fill=(255, 240, 200))
    draw.polygon([(x - 24, y - 62), (x + 24, y - 62), (x + 86, y), (x - 86, y)], fill=(44, 62, 58))
    draw.polygon([(x - 24, y - 62), (x - 6, y - 62), (x - 40, y), (x - 86, y)], fill=(86, 108, 102))
    glow(image, x, y + 14, reach * 0.16, (255, 236, 190), 0.8)


def wheel(image: Picture, x: float, y: float, radius: float, colour: Colour, paddles: int = 16) -> None:
    """A mill wheel: two rims, spokes, paddles, each with its light edge."""
    draw = ImageDraw.Draw(image)
    for index in range(paddles):
        angle = 2 * math.pi * index / paddles + 0.1
        inner, outer = radius * 0.82, radius * 1.08
        side = 0.085
        corners = [
            (x + math.cos(angle + turn) * far, y + math.sin(angle + turn) * far)
            for turn, far in ((-side, inner), (-side, outer), (side, outer), (side, inner))
        ]
        draw.polygon(corners, fill=mix(colour, (30, 34, 30), 0.25 + 0.25 * (index % 2)))
    for factor, width in ((1.0, 0.07), (0.78, 0.05)):
        r = radius * factor
        draw.ellipse((x - r, y - r, x + r, y + r), outline=lit(colour, 0.7), width=int(radius * width))
        draw.arc((x - r, y - r, x + r, y + r), 180, 300, fill=lit(colour, 1.25), width=int(radius * width * 0.5))
    for index in range(8):
        angle = math.pi * index / 4 + 0.2
        draw.line(
            (x, y, x + math.cos(angle) * radius, y + math.sin(angle) * radius),
            fill=lit(colour, 0.62),
            width=int(radius * 0.055),
        )
    draw.ellipse((x - radius * 0.12, y - radius * 0.12, x + radius * 0.12, y + radius * 0.12), fill=lit(colour, 0.5))
