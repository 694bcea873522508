"""A sealed backup: read by its key, by no other, and not at all once a byte of it is missing or changed."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from app.upkeep import sealed
from app.upkeep.errors import UpkeepRefused
from tests.support.scene import Scene
from tests.upkeep.copies import a_stored_picture, run
from tests.upkeep.elsewhere import Elsewhere

SIZES = (0, 1, sealed.PIECE - 1, sealed.PIECE, sealed.PIECE + 1, 3 * sealed.PIECE)


def a_folder(where: Path) -> Path:
    """Files of awkward sizes, one of them below another folder."""
    for number, size in enumerate(SIZES):
        path = where / ("files" if number % 2 else "") / f"f{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(range(256)) * (size // 256) + b"x" * (size % 256))
    return where


def contents(where: Path) -> dict[str, bytes]:
    return {path.relative_to(where).as_posix(): path.read_bytes() for path in where.rglob("*") if path.is_file()}


@pytest.fixture
def key() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


def sealed_bytes(folder: Path, key: X25519PrivateKey) -> bytes:
    out = io.BytesIO()
    sealed.seal(folder, out, key.public_key())
    return out.getvalue()


def opened(content: bytes, where: Path, key: X25519PrivateKey) -> dict[str, bytes]:
    where.mkdir()
    sealed.unseal(io.BytesIO(content), where, key)
    return contents(where)


def test_what_was_sealed_comes_back_and_says_nothing_before(tmp_path: Path, key: X25519PrivateKey) -> None:
    folder = a_folder(tmp_path / "a")
    content = sealed_bytes(folder, key)
    assert b"xxxx" not in content
    assert b"f1" not in content[48:400]
    assert content != sealed_bytes(folder, key), "another one-time key each time"
    assert opened(content, tmp_path / "b", key) == contents(folder)


def test_another_key_opens_nothing(tmp_path: Path, key: X25519PrivateKey) -> None:
    content = sealed_bytes(a_folder(tmp_path / "a"), key)
    with pytest.raises(UpkeepRefused, match="The key is not the one"):
        opened(content, tmp_path / "b", X25519PrivateKey.generate())


def test_a_file_cut_anywhere_is_refused_also_between_two_pieces(tmp_path: Path, key: X25519PrivateKey) -> None:
    content = sealed_bytes(a_folder(tmp_path / "a"), key)
    head, step = len(sealed.MAGIC) + sealed.KEY, sealed.PIECE + sealed.TAG
    whole_pieces = range(head, len(content), step)
    assert len(whole_pieces) > 3
    for number, cut in enumerate([0, 10, head - 1, *whole_pieces, head + 7, len(content) - 1]):
        with pytest.raises(UpkeepRefused):
            opened(content[:cut], tmp_path / f"b{number}", key)


def test_pieces_changed_swapped_repeated_or_added_are_refused(tmp_path: Path, key: X25519PrivateKey) -> None:
    content = sealed_bytes(a_folder(tmp_path / "a"), key)
    head, step = len(sealed.MAGIC) + sealed.KEY, sealed.PIECE + sealed.TAG
    first, second, rest = (
        content[head : head + step],
        content[head + step : head + 2 * step],
        content[head + 2 * step :],
    )
    start = content[:head]
    flipped = bytearray(content)
    flipped[head + 5] ^= 1
    for number, harmed in enumerate(
        [bytes(flipped), start + second + first + rest, start + first + first + second + rest, content + rest[-40:]]
    ):
        with pytest.raises(UpkeepRefused):
            opened(harmed, tmp_path / f"b{number}", key)


def made(scene: Scene, tmp_path: Path) -> tuple[Path, Path]:
    """(key file, sealed backup), by the commands."""
    key_file, file = tmp_path / "key", tmp_path / "copy.sealed"
    answer = run(scene.app, "backup-key", key_file)
    assert answer.exit_code == 0, answer.output
    public = answer.output.split()[-1]
    answer = run(scene.app, "backup", file, "--recipient", public)
    assert answer.exit_code == 0, answer.output
    return key_file, file


def test_the_commands_seal_and_put_back_and_leave_nothing_plain_behind(
    scene: Scene, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    slug = scene.campaign()
    gift = scene.give(slug)
    a_stored_picture(scene.app, scene.row(slug).id)
    place = tmp_path / "place"
    place.mkdir()
    key_file, file = made(scene, place)
    assert sorted(path.name for path in place.iterdir()) == ["copy.sealed", "key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (key_file, file)} == {0o600}
    assert gift.email.encode() not in file.read_bytes()
    assert run(scene.app, "backup", file, "--recipient", "x").exit_code == 1
    other = elsewhere()
    for more in ([], ["--key-file", str(file)]):
        refused = run(other, "restore", file, *more)
        assert refused.exit_code == 1, refused.output
    assert run(other, "restore", file, "--key-file", str(key_file), "--check-only").exit_code == 0
    answer = run(other, "restore", file, "--key-file", str(key_file))
    assert answer.exit_code == 0, answer.output
    assert sorted(path.name for path in place.iterdir()) == ["copy.sealed", "key"]


@pytest.mark.parametrize("words", ["", "graine-public-", "graine-public-AAAA", "graine-private-" + "A" * 43 + "=", "é"])
def test_what_is_no_public_key_makes_no_backup(scene: Scene, tmp_path: Path, words: str) -> None:
    with pytest.raises(UpkeepRefused, match="not a public key"):
        sealed.recipient(words)
