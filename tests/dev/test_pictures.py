"""The demo photographs are what a telephone sends: large, with a position inside, each different."""

import io

import pytest
from PIL import Image

from dev.pictures import THEMES, render

# Drawing twelve large pictures has nothing to do with the database.
pytestmark = pytest.mark.machine


@pytest.mark.parametrize("theme", THEMES)
def test_a_picture_is_a_large_jpeg_with_a_position_in_the_region(theme: str) -> None:
    with Image.open(io.BytesIO(render(theme, 7))) as image:
        assert (image.format, image.size) == ("JPEG", (4000, 3000))
        position = image.getexif().get_ifd(0x8825)
        small = image.resize((40, 30))
    assert 46 <= position[2][0] <= 48
    assert 3 <= position[4][0] <= 7
    assert len(set(small.get_flattened_data())) > 200, "a flat or empty picture"


def test_the_seed_decides_everything() -> None:
    assert render("theatre", 1) == render("theatre", 1)
    assert render("theatre", 1) != render("theatre", 2)


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(KeyError):
        render("castle", 1)
