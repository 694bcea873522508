"""A story with pictures and videos: Markdown to safe HTML, pictures in several widths, videos as plain links.

A picture is `![what it shows](image:its-name)`. A video is a link alone in its paragraph; script turns it into a
player when it is clicked, and nothing is asked of another host before. Source: privacy by default.
"""

from __future__ import annotations

import html as escapes
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.core.text import markdown_to_html

PLAYERS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com", "https://framatube.org")
_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\(image:([0-9a-f]{16})\)")
_OPEN, _SHUT = "\ue000", "\ue001"  # signs of no language: nobody types them, and they are taken out if somebody does
_MARK = re.compile(f"{_OPEN}(\\d+){_SHUT}")
_ALONE = re.compile(f"<p>{_OPEN}(\\d+){_SHUT}</p>")
_VIDEO = re.compile(r'<p>(?:<a href="(?P<href>https://[^"]+)" rel="(?P<rel>[^"]*)">(?P<words>[^<]*)</a>|'
                    r"(?P<bare>https://[^\s<]+))</p>")  # fmt: skip


@dataclass(frozen=True)
class StoryImage:
    """The renditions of one picture: {name, width, height, kind}, kind WEBP or JPEG, smallest first."""

    renditions: Sequence[Mapping[str, Any]]


def image_names(source: str) -> list[str]:
    """The names of the pictures in a text, in their order."""
    return [found[2] for found in _IMAGE.finditer(source)]


def without_pictures(source: str, say: Callable[[str], str]) -> str:
    """The Markdown with what each picture shows in its place: for mails, which load nothing."""
    return _IMAGE.sub(lambda found: say(found[1].strip()) if found[1].strip() else "", source)


def has_silent_picture(source: str) -> bool:
    """True when a picture says nothing to those who cannot see it."""
    return any(not found[1].strip() for found in _IMAGE.finditer(source))


def rich_html(source: str, find: Callable[[str], StoryImage | None]) -> str:
    """Safe HTML; `find` gives the picture of a name, None when there is none (its words stay)."""
    shown: list[str] = []

    def keep(found: re.Match[str]) -> str:
        image = find(found[2])
        if image is None:
            return found[1]
        shown.append(_picture(image, found[1].strip()))
        return f"{_OPEN}{len(shown) - 1}{_SHUT}"

    bare = source.replace(_OPEN, "").replace(_SHUT, "")
    html = _VIDEO.sub(_video, markdown_to_html(_IMAGE.sub(keep, bare)))
    html = _ALONE.sub(lambda found: f'<figure class="in-story">{shown[int(found[1])]}</figure>', html)
    return _MARK.sub(lambda found: shown[int(found[1])], html)


def _picture(image: StoryImage, words: str) -> str:
    webp = [r for r in image.renditions if r["kind"] == "WEBP"]
    jpeg = [r for r in image.renditions if r["kind"] == "JPEG"]
    widest = jpeg[-1]
    return (
        f'<picture><source type="image/webp" srcset="{_srcset(webp)}" sizes="(min-width: 44rem) 42rem, 100vw">'
        f'<img src="/{widest["name"]}" srcset="{_srcset(jpeg)}" sizes="(min-width: 44rem) 42rem, 100vw" '
        f'alt="{escapes.escape(words)}" width="{int(widest["width"])}" height="{int(widest["height"])}" '
        'loading="lazy" decoding="async"></picture>'
    )


def _srcset(renditions: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"/{r['name']} {int(r['width'])}w" for r in renditions)


def _video(found: re.Match[str]) -> str:
    address = escapes.unescape(found["href"] or found["bare"])
    player = player_of(address)
    if player is None:
        return found[0]
    words = found["words"] or escapes.escape(address)
    return (
        f'<p class="video"><a href="{escapes.escape(address)}" rel="noopener nofollow ugc" '
        f'data-player="{escapes.escape(player)}">{words}</a></p>'
    )


def player_of(address: str) -> str | None:
    """The address of the player of a video on a known host; None for every other address."""
    try:
        url = urlsplit(address)
    except ValueError:
        return None
    host, path = (url.hostname or "").removeprefix("www.").removeprefix("m."), url.path
    if url.scheme != "https" or url.port or url.username:
        return None
    if host in {"youtube.com", "youtube-nocookie.com"}:
        name = parse_qs(url.query).get("v", [""])[0] if path == "/watch" else path.removeprefix("/embed/")
        return _player(0, "/embed/", name, r"[\w-]{6,20}")
    if host == "youtu.be":
        return _player(0, "/embed/", path[1:], r"[\w-]{6,20}")
    if host == "vimeo.com":
        return _player(1, "/video/", path[1:], r"\d{5,12}")
    if host == "framatube.org":
        name = path.removeprefix("/w/").removeprefix("/videos/watch/")
        return _player(2, "/videos/embed/", name, r"[\w-]{10,40}")
    return None


def _player(host: int, path: str, name: str, shape: str) -> str | None:
    return f"{PLAYERS[host]}{path}{name}" if re.fullmatch(shape, name, re.ASCII) else None
