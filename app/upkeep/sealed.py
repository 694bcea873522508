"""A backup as one file that only the owner of a private key can read: X25519, HKDF-SHA256, AES-256-GCM in pieces.

    magic (16 bytes) | one-time public key (32) | pieces of 64 KiB, each with its tag (16)

Each piece is sealed under its number and whether it is the last, so that none can be left out, moved, repeated
or cut off (the STREAM construction, Hoang et al. 2015, as the tool « age » does it).
"""

from __future__ import annotations

import base64
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.upkeep import disk
from app.upkeep.errors import UpkeepRefused

MAGIC = b"graine sealed 1\n"
PIECE, TAG, KEY = 64 * 1024, 16, 32
PUBLIC, PRIVATE = "graine-public-", "graine-private-"


def new_key(path: Path) -> str:
    """A new private key in a new file of mode 0600; returns its public half. Errors: FileExistsError, OSError."""
    key = X25519PrivateKey.generate()
    disk.write(path, (PRIVATE + base64.b64encode(key.private_bytes_raw()).decode() + "\n").encode())
    return PUBLIC + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def recipient(words: str) -> X25519PublicKey:
    """Errors: UpkeepRefused."""
    return X25519PublicKey.from_public_bytes(_raw(words, PUBLIC, "a public key (flask backup-key prints one)"))


def private_key(path: Path) -> X25519PrivateKey:
    """Errors: UpkeepRefused, OSError."""
    return X25519PrivateKey.from_private_bytes(_raw(path.read_text("ascii", "replace"), PRIVATE, f"a key: {path}"))


def _raw(words: str, prefix: str, what: str) -> bytes:
    words = words.strip()
    try:
        found = base64.b64decode(words.removeprefix(prefix), validate=True) if words.startswith(prefix) else b""
    except ValueError:
        found = b""
    if len(found) != KEY:
        raise UpkeepRefused(f"This is not {what}.")
    return found


def seal(folder: Path, out: IO[bytes], to: X25519PublicKey) -> None:
    """Write everything in `folder` into `out`, sealed; memory does not grow with it."""
    once = X25519PrivateKey.generate()
    mine = once.public_key().public_bytes_raw()
    writer = _Writer(out, _cipher(once.exchange(to), mine, to.public_bytes_raw()))
    out.write(MAGIC + mine)
    with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in disk.walk(folder):
            tar.add(path, path.relative_to(folder).as_posix(), recursive=False)
    writer.finish()


def unseal(source: IO[bytes], folder: Path, key: X25519PrivateKey) -> None:
    """Put what was sealed into the folder `folder`, which exists. Errors: UpkeepRefused; then it holds rubbish."""
    head = source.read(len(MAGIC) + KEY)
    if len(head) != len(MAGIC) + KEY or not head.startswith(MAGIC):
        raise UpkeepRefused("This is not a sealed backup.")
    theirs, mine = head[len(MAGIC) :], key.public_key().public_bytes_raw()
    pieces = _opened(source, _cipher(key.exchange(X25519PublicKey.from_public_bytes(theirs)), theirs, mine))
    reader = _Reader(pieces)
    try:
        with tarfile.open(fileobj=reader, mode="r|") as tar:
            tar.extractall(folder, filter="data")
        while reader.read(PIECE):  # to the very end: only the last piece says that nothing is missing
            pass
    except InvalidTag as error:
        raise UpkeepRefused("The key is not the one of this backup, or the file was changed or cut.") from error
    except tarfile.TarError as error:
        raise UpkeepRefused(f"What was sealed is not a backup: {error}.") from error


def is_sealed(path: Path) -> bool:
    """Whether a file begins like one of ours."""
    with path.open("rb") as source:
        return source.read(len(MAGIC)) == MAGIC


def _cipher(shared: bytes, once: bytes, recipient_key: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY, salt=once + recipient_key, info=MAGIC).derive(shared))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _opened(source: IO[bytes], cipher: AESGCM) -> Iterator[bytes]:
    """Errors: InvalidTag."""
    piece, number = source.read(PIECE + TAG), 0
    while True:
        following = source.read(PIECE + TAG)
        yield cipher.decrypt(_nonce(number, is_last=not following), piece, None)
        if not following:
            return
        piece, number = following, number + 1


class _Writer(io.RawIOBase):
    """What is written into it leaves in sealed pieces; `finish` seals the last one."""

    def __init__(self, out: IO[bytes], cipher: AESGCM):
        self.out, self.cipher, self.number, self.left = out, cipher, 0, b""

    def write(self, content: Any) -> int:
        self.left += content
        while len(self.left) > PIECE:  # one piece stays for `finish`: it may be the last
            self._send(self.left[:PIECE], is_last=False)
            self.left = self.left[PIECE:]
        return len(content)

    def finish(self) -> None:
        self._send(self.left, is_last=True)

    def _send(self, piece: bytes, *, is_last: bool) -> None:
        self.out.write(self.cipher.encrypt(_nonce(self.number, is_last=is_last), piece, None))
        self.number += 1


class _Reader(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes]):
        self.pieces, self.left = pieces, b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self.left) < size:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.left += piece
        given = self.left if size < 0 else self.left[:size]
        self.left = self.left[len(given) :]
        return given
