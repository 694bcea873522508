"""Two versions of a text, compared word by word.

Each piece says by its kind whether it is the same, gone or new: a page can show it with marks, not with colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"


@dataclass(frozen=True)
class Piece:
    """A run of words. `kind`: same, gone (only before) or new (only now)."""

    kind: str
    text: str


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """Pieces that, without the gone ones, spell `new`, and without the new ones `old`."""
    return tuple(_joined(_by_line(old.splitlines(keepends=True), new.splitlines(keepends=True))))


def _by_line(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[i:j]), "".join(new[k:m])
        if kind == "equal":
            yield Piece(SAME, after)
        elif kind == "replace":
            yield from _by_word(before, after)
        else:
            yield Piece(GONE, before) if before else Piece(NEW, after)


def _by_word(before: str, after: str) -> Iterator[Piece]:
    old, new = words_of(before), words_of(after)
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece(SAME, "".join(new[k:m]))
        else:
            yield Piece(GONE, "".join(old[i:j]))
            yield Piece(NEW, "".join(new[k:m]))


def words_of(text: str) -> list[str]:
    """Words with the space that follows them; put together again they are the text."""
    return re.findall(r"^\s+|\S+\s*", text)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind become one; empty ones leave."""
    held: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if held is not None and held.kind == piece.kind:
            held = Piece(held.kind, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def changed_share(old: str, new: str) -> float:
    """How much of a text changed, 0 to 1: words that are gone or new, of all words of both."""
    before, after = words_of(old), words_of(new)
    if not before and not after:
        return 0.0
    pieces = compare(old, new)
    touched = sum(len(words_of(piece.text)) for piece in pieces if piece.kind != SAME)
    return touched / (len(before) + len(after))
