"""Brushes: gradients, noise, soft masks, light and shadow. Everything is Pillow; sizes are pixels."""

from __future__ import annotations

import random
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

Colour = tuple[int, int, int]
Point = tuple[float, float]
Picture = Image.Image
WIDTH, HEIGHT = SIZE = (1600, 1200)
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` 0 gives `one`, 1 gives `other`."""
    a, b = one, other
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def lit(colour: Colour, factor: float) -> Colour:
    """Above 1 towards white, below 1 towards black."""
    return mix(colour, WHITE, factor - 1) if factor > 1 else mix(BLACK, colour, factor)


def vary(dice: random.Random, colour: Colour, by: int = 12) -> Colour:
    """A neighbour of the colour: brighter or darker, a little warmer or cooler."""
    whole, warm = dice.randint(-by, by), dice.randint(-by // 3, by // 3)
    r, g, b = colour[0] + whole + warm, colour[1] + whole, colour[2] + whole - warm
    return (min(255, max(0, r)), min(255, max(0, g)), min(255, max(0, b)))


def gradient(stops: list[tuple[float, Colour]], size: tuple[int, int] = SIZE) -> Picture:
    """Top to bottom; stops are (0…1, colour) in rising order."""
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        at = y / 255
        before = max((s for s in stops if s[0] <= at), key=lambda s: s[0], default=stops[0])
        after = min((s for s in stops if s[0] >= at), key=lambda s: s[0], default=stops[-1])
        span = after[0] - before[0]
        column.putpixel((0, y), mix(before[1], after[1], (at - before[0]) / span if span else 0))
    return column.resize(size, Image.Resampling.BILINEAR)


def noise(dice: random.Random, cell: int, size: tuple[int, int] = SIZE, *, flat: float = 1.0) -> Picture:
    """Smooth grey noise in three octaves; `cell`: width of its largest spots, `flat`: their height."""
    # Coarse noise is mixed on a quarter of the width: four times finer than its smallest spot still.
    coarse = cell * min(1.0, flat) >= 48
    inner = (size[0] // 4, size[1] // 4) if coarse else size
    layers = []
    for octave in range(3):
        wide = min(inner[0], max(2, round(size[0] / cell * 2**octave)))
        high = min(inner[1], max(2, round(size[1] / (cell * flat) * 2**octave)))
        grid = Image.frombytes("L", (wide, high), dice.randbytes(wide * high))
        layers.append(grid.resize(inner, Image.Resampling.BICUBIC if coarse else Image.Resampling.BILINEAR))
    mixed = Image.blend(Image.blend(layers[0], layers[1], 0.35), layers[2], 0.22)
    return ImageOps.autocontrast(mixed, cutoff=1).resize(size, Image.Resampling.BILINEAR)


def tinted(grey: Picture, colour: Colour, contrast: float = 0.18) -> Picture:
    """Grey values as darker and lighter shades of a colour."""
    return ImageOps.colorize(grey, lit(colour, 1 - contrast), lit(colour, 1 + contrast), mid=colour)


def polygon(points: list[Point], soft: float = 0.8) -> Picture:
    """A mask with soft edges."""
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).polygon(points, fill=255)
    return soften(mask, soft)


def rounded(points: list[Point], times: int = 3) -> list[Point]:
    """The closed outline with its corners cut again and again: a smooth curve."""
    for _ in range(times):
        finer: list[Point] = []
        for (x1, y1), (x2, y2) in pairwise([*points, points[0]]):
            finer += [
                (x1 * 0.75 + x2 * 0.25, y1 * 0.75 + y2 * 0.25),
                (x1 * 0.25 + x2 * 0.75, y1 * 0.25 + y2 * 0.75),
            ]
        points = finer
    return points


def box_mask(left: float, top: float, right: float, bottom: float, radius: float = 0) -> Picture:
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).rounded_rectangle((left, top, right, bottom), radius, fill=255)
    return soften(mask, 0.8)


def soften(mask: Picture, radius: float) -> Picture:
    """Blur where there is something only: most masks cover a small part of the picture."""
    box = mask.getbbox()
    if box is None or radius <= 0:
        return mask
    reach = int(radius * 3) + 2
    left, top = max(0, box[0] - reach), max(0, box[1] - reach)
    right, bottom = min(mask.width, box[2] + reach), min(mask.height, box[3] + reach)
    part = mask.crop((left, top, right, bottom)).filter(ImageFilter.GaussianBlur(radius))
    mask.paste(part, (left, top))
    return mask


def lay(image: Picture, paint: Picture | Colour, mask: Picture, strength: float = 1.0) -> None:
    """Paint through a mask of the picture's size."""
    box = mask.getbbox()
    if box is None:
        return
    part = mask.crop(box)
    if strength < 1:
        part = part.point(lambda value: round(value * strength))
    image.paste(paint if isinstance(paint, tuple) else paint.crop(box), box, part)


def shadow(image: Picture, mask: Picture, dx: int, dy: int, blur: float, strength: float = 0.45) -> None:
    """The soft shadow of what the mask shows; lay the thing itself afterwards."""
    lay(image, (18, 14, 20), soften(ImageChops.offset(mask, dx, dy), blur), strength)


def ground_shadow(image: Picture, left: float, right: float, y: float, height: float, strength: float) -> None:
    """The flat soft ellipse under something that stands."""
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).ellipse((left, y - height / 2, right, y + height / 2), fill=255)
    lay(image, (14, 14, 16), soften(mask, height / 3), strength)


@lru_cache(maxsize=1)
def halo() -> Picture:
    """White in the middle, black at the rim."""
    return ImageOps.invert(Image.radial_gradient("L"))


def glow(image: Picture, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
    """Light added around a point."""
    side = max(4, int(radius * 2))
    # Pillow's gradient is at 76 in the middle of each side: without this, the square would show.
    spot = halo().point(lambda v: round((max(0, v - 76) / 179) ** 1.5 * 255 * strength)).resize((side, side))
    box = (int(x - radius), int(y - radius), int(x - radius) + side, int(y - radius) + side)
    inside = (max(0, box[0]), max(0, box[1]), min(image.width, box[2]), min(image.height, box[3]))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        return
    light = ImageOps.colorize(spot, BLACK, colour).crop(
        (inside[0] - box[0], inside[1] - box[1], inside[2] - box[0], inside[3] - box[1])
    )
    image.paste(ImageChops.screen(image.crop(inside), light), inside)


@lru_cache(maxsize=1)
def _ball_light() -> tuple[Picture, Picture]:
    """Shading and mask of a sphere lit from the upper left, 300 × 300."""
    side, shading = 300, Image.new("L", (300, 300), 0)
    spot = halo().resize((520, 520))
    shading.paste(spot, (-150, -170))
    mask = Image.new("L", (side * 2, side * 2))
    ImageDraw.Draw(mask).ellipse((4, 4, side * 2 - 4, side * 2 - 4), fill=255)
    return shading, mask.resize((side, side), Image.Resampling.LANCZOS)


def ball(
    image: Picture,
    x: float,
    y: float,
    rx: float,
    ry: float,
    colour: Colour,
    *,
    turn: float = 0.0,
    gloss: float = 1.35,
) -> None:
    """A rounded thing lit from the upper left: a loaf, an apple, a ball of wool."""
    shading, mask = _ball_light()
    size = (max(2, int(rx * 2)), max(2, int(ry * 2)))
    body = ImageOps.colorize(shading.resize(size), lit(colour, 0.28), lit(colour, gloss), mid=lit(colour, 0.92))
    edge = mask.resize(size)
    if turn:
        body = body.rotate(turn, expand=True, resample=Image.Resampling.BICUBIC)
        edge = edge.rotate(turn, expand=True, resample=Image.Resampling.BICUBIC)
    image.paste(body, (int(x - body.width / 2), int(y - body.height / 2)), edge)


def bokeh(image: Picture, dice: random.Random, colours: list[Colour], count: int, low: float, high: float) -> None:
    """Lights out of focus between two heights."""
    for _ in range(count):
        grey = Image.new("L", (160, 160))
        radius = dice.randint(22, 76)
        ImageDraw.Draw(grey).ellipse((80 - radius, 80 - radius, 80 + radius, 80 + radius), fill=dice.randint(30, 120))
        grey = grey.filter(ImageFilter.GaussianBlur(3))
        at = (dice.randint(-80, WIDTH - 80), int(dice.uniform(low, high)) - 80)
        image.paste(dice.choice(colours), (*at, at[0] + 160, at[1] + 160), grey)


def ridge(dice: random.Random, y: float, height: float, steps: int = 6) -> list[Point]:
    """A skyline from left to right, by halving and shifting."""
    points: list[Point] = [
        (-20, y + dice.uniform(-height, height)),
        (WIDTH + 20, y + dice.uniform(-height, height)),
    ]
    for step in range(steps):
        finer: list[Point] = []
        reach = height / 2**step
        for (x1, y1), (x2, y2) in pairwise(points):
            finer += [(x1, y1), ((x1 + x2) / 2, (y1 + y2) / 2 + dice.uniform(-reach, reach) * 0.8)]
        points = [*finer, points[-1]]
    return points


def below(points: list[Point], bottom: float = HEIGHT + 20) -> list[Point]:
    """The polygon under a skyline."""
    return [*points, (points[-1][0], bottom), (points[0][0], bottom)]


def height_at(points: list[Point], x: float) -> float:
    """The skyline's y at x."""
    for (x1, y1), (x2, y2) in pairwise(points):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * (x - x1) / max(1e-6, x2 - x1)
    return points[-1][1]
