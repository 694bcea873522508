"""The repair café: a bench, tools, a radio."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFilter

from dev.pictures.buildings import lamp, planks
from dev.pictures.canvas import (
    HEIGHT,
    SIZE,
    WIDTH,
    Picture,
    ball,
    box_mask,
    gradient,
    ground_shadow,
    lay,
    lit,
    noise,
    shadow,
    tinted,
    vary,
)
from dev.pictures.indoors import table


def repair(image: Picture, dice: random.Random) -> None:
    """A workbench, tools on the wall, a radio being mended under the lamp."""
    lay(image, planks(dice, vary(dice, (118, 112, 96), 14), upright=True, wide=110), Image.new("L", SIZE, 255))
    lay(image, (22, 20, 24), Image.new("L", SIZE, 255), 0.28)
    for index in range(9):
        _tool(image, dice, 110 + index * 172, 170, index)
    image.paste(image.filter(ImageFilter.GaussianBlur(1.6)))  # the bench is in focus, the wall is not
    table(image, dice, 780)
    _radio(image, dice, dice.uniform(380, 620), 900, 380)
    for _ in range(34):
        x, y = dice.uniform(760, 1500), dice.uniform(900, 1150)
        r = dice.uniform(7, 17)
        ground_shadow(image, x - r, x + r * 1.6, y + r * 0.6, r, 0.5)
        ball(
            image,
            x,
            y,
            r,
            r * 0.8,
            vary(dice, dice.choice(((186, 180, 170), (196, 150, 70), (120, 118, 120))), 14),
        )
    draw = ImageDraw.Draw(image)
    colour = dice.choice(((196, 60, 44), (226, 168, 52), (44, 98, 120)))
    ground_shadow(image, 880, 1330, 1082, 40, 0.5)
    draw.line((890, 1070, 1130, 1050), fill=(190, 190, 188), width=13)
    draw.line((890, 1067, 1130, 1047), fill=(236, 236, 232), width=4)
    draw.rounded_rectangle((1120, 1026, 1330, 1070), 20, fill=colour)
    draw.rounded_rectangle((1128, 1032, 1320, 1044), 8, fill=lit(colour, 1.35))
    lamp(image, dice.choice((700, 1044, 1390)), 300, 820)


def _tool(image: Picture, dice: random.Random, x: float, y: float, kind: int) -> None:
    """A hammer, spanner, screwdriver or saw on its nail."""
    ink = Image.new("L", SIZE)
    pen = ImageDraw.Draw(ink)
    handle = vary(dice, dice.choice(((168, 112, 60), (182, 56, 44), (44, 84, 110), (214, 166, 54))), 12)
    steel, split = (172, 174, 176), 130
    if kind % 4 == 0:
        pen.rounded_rectangle((x - 13, y + 60, x + 13, y + 380), 11, fill=255)
        pen.rounded_rectangle((x - 66, y, x + 66, y + 62), 12, fill=255)
        split = 62
    elif kind % 4 == 1:
        pen.rounded_rectangle((x - 17, y + 40, x + 17, y + 340), 14, fill=255)
        pen.ellipse((x - 48, y - 20, x + 48, y + 76), fill=255)
        pen.rectangle((x - 18, y - 30, x + 18, y + 26), fill=0)
        pen.ellipse((x - 36, y + 310, x + 36, y + 382), fill=255)
        split, handle = 400, steel
    elif kind % 4 == 2:
        pen.rounded_rectangle((x - 7, y, x + 7, y + 220), 4, fill=255)
        pen.rounded_rectangle((x - 24, y + 200, x + 24, y + 360), 20, fill=255)
        split = 200
    else:
        pen.polygon([(x - 20, y), (x + 44, y), (x + 60, y + 300), (x - 34, y + 300)], fill=255)
        pen.rounded_rectangle((x - 52, y + 286, x + 76, y + 392), 30, fill=255)
        pen.rounded_rectangle((x - 22, y + 314, x + 46, y + 364), 20, fill=0)
        split = 292
    mask = ink.filter(ImageFilter.GaussianBlur(0.8))
    shadow(image, mask, 20, 24, 10, 0.55)
    paint = Image.new("RGB", SIZE, handle)
    paint.paste(steel, (0, 0, WIDTH, int(y + split)))
    band = (
        gradient([(0, (255, 255, 255)), (1, (0, 0, 0))], (HEIGHT, WIDTH))
        .rotate(90, expand=True)
        .resize((150, HEIGHT))
        .convert("L")
    )
    paint.paste(
        lit(handle, 0.55),
        (int(x - 20), int(y + split), int(x + 130), HEIGHT),
        Image.eval(band, lambda v: 255 - v).crop((0, int(y + split), 150, HEIGHT)),
    )
    paint.paste((226, 228, 228), (int(x - 60), int(y - 30), int(x - 4), int(y + split)))
    lay(image, paint, mask)


def _radio(image: Picture, dice: random.Random, x: float, foot: float, wide: float) -> None:
    high, colour = wide * 0.62, dice.choice(((188, 92, 56), (84, 126, 118), (214, 196, 156)))
    ground_shadow(image, x - wide * 0.1, x + wide * 1.16, foot + 4, 70, 0.6)
    body = box_mask(x, foot - high, x + wide, foot, 34)
    shadow(image, body, 16, 12, 16, 0.4)
    lay(image, tinted(noise(dice, 500), colour, 0.06), body)
    lay(image, lit(colour, 1.35), box_mask(x + 14, foot - high + 8, x + wide - 14, foot - high + 30, 12), 0.6)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((x + 26, foot - high + 46, x + wide * 0.6, foot - 30), 18, fill=(70, 54, 42))
    for line in range(int(foot - high + 58), int(foot - 36), 13):
        draw.line((x + 36, line, x + wide * 0.6 - 10, line), fill=(196, 166, 116), width=5)
    draw.rounded_rectangle(
        (x + wide * 0.66, foot - high + 46, x + wide - 24, foot - high + 110), 8, fill=(250, 226, 160)
    )
    draw.line((x + wide * 0.78, foot - high + 50, x + wide * 0.78, foot - high + 106), fill=(180, 50, 40), width=4)
    for dx in (0.74, 0.88):
        ball(image, x + wide * dx, foot - 66, 27, 27, (60, 50, 46))
    draw.line((x + wide * 0.9, foot - high, x + wide * 1.06, foot - high * 1.9), fill=(206, 206, 204), width=6)
