"""A story's pictures and videos: what is shown, what stays a word, and what never becomes anything else."""

from __future__ import annotations

import re

import pytest

from app.core.rich import PLAYERS, StoryImage, has_silent_picture, player_of, rich_html

NAME = "0123456789abcdef"
IMAGE = StoryImage(
    [{"name": f"images/a{kind}{width}.x", "width": width, "height": 100, "kind": kind}
     for kind in ("WEBP", "JPEG") for width in (480, 960)]
)  # fmt: skip


def shown(source: str) -> str:
    return rich_html(source, {NAME: IMAGE}.get)


def test_a_picture_is_shown_in_several_widths_with_its_words():
    html = shown(f'Avant.\n\n![Trois « voisins » & "un" four](image:{NAME})\n\nAprès.')
    assert '<figure class="in-story"><picture><source type="image/webp"' in html
    assert "480w" in html
    assert 'alt="Trois « voisins » &amp; &quot;un&quot; four"' in html
    assert "<p>Avant.</p>" in html


@pytest.mark.parametrize(
    "source",
    [
        "![x](https://mal.example/p.png)", "![x](image:ffffffffffffffff)", "![x](image:../../etc)",
        f'![" onerror="alert(1)](image:{NAME}', f"<img src=x onerror=alert(1)> ![x](image:{NAME[:-1]})",
    ],
)  # fmt: skip
def test_other_pictures_are_no_pictures(source: str):
    html = shown(source)
    assert "<img" not in html
    assert not re.search(r"<[^>]*onerror", html)


def test_words_of_a_picture_cannot_leave_their_attribute():
    html = shown(f'![a" onload="alert(1)<script>](image:{NAME})')
    assert 'onload="' not in html
    assert "<script" not in html


def test_signs_that_stand_for_pictures_cannot_be_typed():
    assert "<picture" not in shown("\ue0000\ue001")


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", f"{PLAYERS[0]}/embed/dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ", f"{PLAYERS[0]}/embed/dQw4w9WgXcQ"),
        ("https://vimeo.com/123456789", f"{PLAYERS[1]}/video/123456789"),
        ("https://framatube.org/w/9db9f3f1-9b54-44ed", f"{PLAYERS[2]}/videos/embed/9db9f3f1-9b54-44ed"),
        ("http://youtu.be/dQw4w9WgXcQ", None),
        ("https://youtube.com.mal.example/watch?v=dQw4w9WgXcQ", None),
        ("https://youtube.com@mal.example/watch?v=dQw4w9WgXcQ", None),
        ("https://youtu.be/../../evil?x=1", None),
        ("https://youtu.be:444/dQw4w9WgXcQ", None),
        ("https://[::1", None),
    ],
)
def test_only_known_hosts_have_a_player(address: str, player: str | None):
    assert player_of(address) == player


def test_a_video_is_a_link_alone_in_its_paragraph_and_nothing_loads_by_itself():
    html = shown("https://youtu.be/dQw4w9WgXcQ\n\nVoyez [le film](https://vimeo.com/123456789) en entier.")
    assert html.count("data-player") == 1
    assert 'href="https://youtu.be/dQw4w9WgXcQ"' in html
    assert "<iframe" not in html
    assert shown("[Le film](https://vimeo.com/123456789)").count("data-player") == 1


def test_a_picture_without_words_is_seen():
    assert has_silent_picture(f"![ ](image:{NAME})")
    assert not has_silent_picture(f"![Le four](image:{NAME})")
