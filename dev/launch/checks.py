"""What must be true before anything starts; each check either passes or refuses in one sentence."""

from __future__ import annotations

import random
import shutil
import socket
from pathlib import Path

from dev.launch.words import DISK_FULL, Refusal, is_disk_full

HOST = "127.0.0.1"
NEEDED_MEGABYTES = 200
# Below the range of outgoing connections, so that no program grabs one by accident meanwhile.
LOW, HIGH = 20_000, 31_999


def read_port(text: str) -> int:
    """Errors: Refusal when it is not a port number."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise Refusal(f"PORT={text} n’est pas un numéro de port : choisissez un nombre de 1 à 65535.")
    return int(text)


def port_is_free(port: int) -> bool:
    """Errors: PermissionError for a port reserved to the administrator."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise
        except OSError:
            return False
    return True


def require_free_port(port: int) -> None:
    """Errors: Refusal."""
    try:
        free = port_is_free(port)
    except PermissionError:
        raise Refusal(
            f"Le port {port} est réservé à l’administrateur de la machine : choisissez-en un autre, "
            f"par exemple PORT=8000 make run."
        ) from None
    if not free:
        raise Refusal(
            f"Le port {port} est déjà utilisé par un autre programme : arrêtez-le, ou choisissez un autre "
            f"port, par exemple PORT={port + 1 if port < 65_535 else 8000} make run."
        )


def pick_free_port(taken: set[int]) -> int:
    dice = random.SystemRandom()
    while True:
        port = dice.randint(LOW, HIGH)
        if port not in taken and port_is_free(port):
            return port


def require_room(folder: Path) -> None:
    """A folder that exists, can be written and has room. Errors: Refusal."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_bytes(b"x" * 65_536)
        probe.unlink()
    except OSError as error:
        if is_disk_full(error):
            raise Refusal(DISK_FULL) from None
        raise Refusal(
            f"Le dossier {folder} ne peut pas être écrit ({error.strerror}) : choisissez-en un autre, "
            f"par exemple INSTANCE=~/graine make run."
        ) from None
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        raise Refusal(
            f"Il ne reste que {free} Mo sur le disque de {folder}, et il en faut {NEEDED_MEGABYTES} : "
            f"libérez de la place, ou choisissez un autre dossier avec INSTANCE=…"
        )
