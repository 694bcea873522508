"""Scenes of a village street."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw

from dev.pictures.buildings import STONES, church, house, stone, window
from dev.pictures.canvas import (
    HEIGHT,
    SIZE,
    WIDTH,
    Colour,
    Picture,
    ball,
    box_mask,
    ground_shadow,
    lay,
    lit,
    noise,
    polygon,
    shadow,
    tinted,
    vary,
)
from dev.pictures.nature import tree
from dev.pictures.outdoors import LEAVES, country


def bikes(image: Picture, dice: random.Random) -> None:
    """Bicycles against a sunlit wall."""
    wall = dice.choice(STONES)
    lay(image, stone(dice, wall, 58), box_mask(-10, -10, WIDTH + 10, 900))
    lay(
        image,
        tinted(noise(dice, 90, flat=0.4), (150, 142, 130), 0.2),
        polygon([(0, 880), (WIDTH, 880), (WIDTH, HEIGHT), (0, HEIGHT)], 3),
    )
    window(image, dice, 720, 120, 190, 300)
    leaf_shadow = noise(dice, 170).point(lambda v: max(0, min(255, (v - 120) * 4)))
    lay(image, (30, 26, 40), leaf_shadow, 0.28)
    for x, colour in ((370, (42, 96, 82)), (1215, (176, 72, 46))):
        _bicycle(
            image,
            dice,
            x + dice.uniform(-30, 30),
            1005,
            178,
            vary(dice, dice.choice((colour, (40, 70, 120), (214, 168, 60))), 10),
        )


def _bicycle(image: Picture, dice: random.Random, x: float, axle: float, r: float, colour: Colour) -> None:
    ground_shadow(image, x - r * 2.3, x + r * 2.5, axle + r, 50, 0.55)
    ink, span = Image.new("L", SIZE), r * 1.35
    back, front, crank = (x - span, axle), (x + span, axle), (x - r * 0.25, axle + r * 0.12)
    seat, head = (x - r * 0.72, axle - r * 1.28), (x + r * 0.86, axle - r * 1.25)
    frame = [
        (back, crank),
        (crank, seat),
        (back, (seat[0] + 12, seat[1] + 50)),
        (crank, head),
        ((seat[0] + 10, seat[1] + 60), head),
        (head, front),
    ]
    pen = ImageDraw.Draw(ink)
    for hub in (back, front):
        pen.ellipse((hub[0] - r, hub[1] - r, hub[0] + r, hub[1] + r), outline=255, width=14)
    for one, other in frame:
        pen.line((*one, *other), fill=255, width=16)
    shadow(image, ink, 46, 26, 9, 0.42)
    draw = ImageDraw.Draw(image)
    for hub in (back, front):
        for spoke in range(22):
            angle = math.pi * 2 * spoke / 22
            draw.line(
                (*hub, hub[0] + math.cos(angle) * r, hub[1] + math.sin(angle) * r),
                fill=(196, 196, 192),
                width=2,
            )
        draw.ellipse((hub[0] - r, hub[1] - r, hub[0] + r, hub[1] + r), outline=(34, 32, 34), width=15)
        draw.ellipse(
            (hub[0] - r + 15, hub[1] - r + 15, hub[0] + r - 15, hub[1] + r - 15),
            outline=(188, 186, 180),
            width=5,
        )
        draw.arc(
            (hub[0] - r - 14, hub[1] - r - 14, hub[0] + r + 14, hub[1] + r + 14),
            190,
            330,
            fill=lit(colour, 0.85),
            width=9,
        )
        draw.ellipse((hub[0] - 14, hub[1] - 14, hub[0] + 14, hub[1] + 14), fill=(90, 90, 92))
    for one, other in frame:
        draw.line((*one, *other), fill=lit(colour, 0.75), width=19)
        draw.line((one[0] - 3, one[1] - 3, other[0] - 3, other[1] - 3), fill=lit(colour, 1.2), width=6)
    draw.ellipse((crank[0] - 40, crank[1] - 40, crank[0] + 40, crank[1] + 40), outline=(70, 70, 72), width=10)
    draw.line((crank[0], crank[1], crank[0] + 50, crank[1] + 66), fill=(90, 90, 92), width=11)
    draw.rounded_rectangle((crank[0] + 24, crank[1] + 60, crank[0] + 84, crank[1] + 76), 6, fill=(40, 38, 38))
    draw.line((seat[0], seat[1] + 30, seat[0] - 12, seat[1] - 30), fill=(180, 180, 176), width=10)
    draw.polygon(
        [
            (seat[0] - 74, seat[1] - 44),
            (seat[0] + 62, seat[1] - 34),
            (seat[0] + 20, seat[1] - 20),
            (seat[0] - 60, seat[1] - 8),
        ],
        fill=(96, 58, 36),
    )
    draw.line((head[0], head[1], head[0] - 16, head[1] - 66), fill=(180, 180, 176), width=11)
    draw.arc((head[0] - 70, head[1] - 84, head[0] + 76, head[1] + 10), 190, 330, fill=(176, 176, 172), width=11)
    draw.line((head[0] - 72, head[1] - 50, head[0] - 30, head[1] - 54), fill=(70, 44, 30), width=17)
    _basket(image, dice, head[0] + 92, head[1] + 10, 120)


def _basket(image: Picture, dice: random.Random, x: float, y: float, wide: float) -> None:
    for _ in range(26):
        ball(
            image,
            x + dice.uniform(-50, 50),
            y - 34 + dice.uniform(-34, 14),
            17,
            17,
            vary(dice, dice.choice(((224, 186, 70), (206, 90, 96), (240, 232, 220), (110, 140, 70))), 12),
        )
    lay(
        image,
        tinted(noise(dice, 14, flat=0.5), (168, 124, 74), 0.4),
        polygon(
            [
                (x - wide / 2, y - 26),
                (x + wide / 2, y - 26),
                (x + wide * 0.38, y + 70),
                (x - wide * 0.38, y + 70),
            ]
        ),
    )


def library_bus(image: Picture, dice: random.Random) -> None:
    """The bus of books on a village square."""
    country(image, dice, 470, with_village=False)
    lay(
        image,
        tinted(noise(dice, 60, flat=0.3), (186, 172, 148), 0.16),
        polygon([(0, 700), (WIDTH, 690), (WIDTH, HEIGHT), (0, HEIGHT)], 4),
    )
    church(image, dice, 1300, 720, 470)
    house(image, dice, -40, 730, 520, 270)
    house(image, dice, 1120, 730, 560, 250)
    tree(image, dice, 620, 740, 380, dice.choice(LEAVES))
    colour = dice.choice(((190, 72, 50), (36, 104, 92), (222, 170, 60), (48, 88, 138)))
    left, top, right, foot = 230, 430, 1330, 960
    ground_shadow(image, left - 50, right + 90, foot + 44, 90, 0.65)
    body = box_mask(left, top, right, foot, 54)
    lay(image, tinted(noise(dice, 700), colour, 0.05), body)
    lay(image, lit(colour, 1.3), box_mask(left, top, right, top + 70, 40), 0.5)
    lay(image, (242, 234, 216), box_mask(left, 770, right, 812), 0.95)
    draw = ImageDraw.Draw(image)
    for index in range(3):
        _shelves(image, dice, left + 60 + index * 250, 500, 224, 236)
    draw.rounded_rectangle((1030, 490, 1290, 730), 20, fill=(78, 96, 108))
    draw.polygon([(1040, 500), (1190, 500), (1080, 722), (1040, 722)], fill=(146, 166, 178))
    draw.rounded_rectangle((800, 480, 1000, 946), 12, fill=lit(colour, 0.66))
    draw.rounded_rectangle((818, 500, 982, 940), 8, fill=(236, 206, 150))
    for step in range(3):
        draw.rectangle(
            (790 - step * 14, 946 + step * 26, 1010 + step * 14, 972 + step * 26),
            fill=lit((150, 138, 122), 1 - step * 0.12),
        )
    for x in (420, 1170):
        draw.ellipse((x - 96, 876, x + 96, 1068), fill=(36, 34, 36))
        draw.ellipse((x - 52, 920, x + 52, 1024), fill=(178, 176, 170))
        draw.ellipse((x - 20, 952, x + 20, 992), fill=(92, 92, 94))
    draw.ellipse((1282, 826, 1326, 880), fill=(255, 240, 196))


def _shelves(image: Picture, dice: random.Random, left: float, top: float, wide: float, high: float) -> None:
    """Books behind a window."""
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((left - 8, top - 8, left + wide + 8, top + high + 8), 16, fill=(60, 46, 38))
    draw.rectangle((left, top, left + wide, top + high), fill=(238, 208, 150))
    row = high / 3
    for shelf in range(3):
        x, base = left + 6, top + (shelf + 1) * row - 6
        while x < left + wide - 16:
            thick, tall = dice.randint(8, 22), row * dice.uniform(0.55, 0.86)
            spine = vary(
                dice,
                dice.choice(
                    (
                        (170, 58, 48),
                        (44, 92, 110),
                        (214, 170, 84),
                        (72, 104, 70),
                        (236, 228, 210),
                        (104, 62, 96),
                    )
                ),
                14,
            )
            draw.rectangle((x, base - tall, x + thick, base), fill=spine)
            draw.line((x + 2, base - tall, x + 2, base), fill=lit(spine, 1.25), width=2)
            x += thick + 1
        draw.rectangle((left, base, left + wide, base + 7), fill=(120, 84, 54))


def school(image: Picture, dice: random.Random) -> None:
    """A village school, its chestnut tree and a chalk game on the ground."""
    country(image, dice, 420, with_village=False)
    lay(
        image,
        tinted(noise(dice, 46, flat=0.35), (170, 162, 150), 0.16),
        polygon([(0, 700), (WIDTH, 700), (WIDTH, HEIGHT), (0, HEIGHT)], 4),
    )
    house(image, dice, 170, 760, 980, 400)
    draw = ImageDraw.Draw(image)
    draw.rectangle((600, 560, 720, 762), fill=(232, 222, 204))
    draw.rectangle((612, 572, 708, 762), fill=dice.choice(((60, 96, 112), (150, 66, 48), (70, 104, 76))))
    draw.ellipse((630, 300, 690, 360), fill=(240, 234, 220), outline=(90, 76, 62), width=5)
    draw.line((660, 330, 660, 310), fill=(50, 44, 40), width=4)
    draw.line((660, 330, 676, 336), fill=(50, 44, 40), width=4)
    tree(image, dice, 1340, 850, 800, dice.choice(LEAVES))
    chalks = ((246, 240, 226), (246, 206, 96), (226, 126, 110), (132, 186, 206))
    ink = Image.new("RGBA", SIZE)
    pen = ImageDraw.Draw(ink)
    squares = [(0, 0), (0, 1), (-0.5, 2), (0.5, 2), (0, 3), (-0.5, 4), (0.5, 4), (0, 5)]
    for index, (column, row) in enumerate(squares):
        near, far = 1180 - row * 62, 1180 - (row + 1) * 62
        points = [
            (640 + column * (190 - row * 18) + side * (95 - (row + deep) * 9), near if not deep else far)
            for side, deep in ((-1, 0), (1, 0), (1, 1), (-1, 1))
        ]
        pen.line([*points, points[0]], fill=(*chalks[index % 4], 215), width=9)
    grain = noise(dice, 5).point(lambda v: 255 if v > 96 else 90)
    lay(image, ink.convert("RGB"), Image.composite(ink.getchannel("A"), Image.new("L", SIZE), grain))
    for x, colour in ((1010, (204, 70, 54)), (1120, (58, 110, 150))):
        ground_shadow(image, x - 34, x + 60, 1104, 26, 0.5)
        ball(image, x, 1072, 36, 36, colour)
