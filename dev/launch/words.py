"""What the launcher says: refusals in one sentence, short coloured lines, nothing interleaved."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import threading
from datetime import datetime
from typing import TextIO

COLOURS = {"web": 32, "worker": 36, "stripe": 35, "mail": 33, "prepare": 34, "demo": 34}
DISK_FULL = (
    "Le disque est plein : libérez de la place (au moins 200 Mo), puis relancez « make run ». "
    "Les données déjà écrites sont intactes."
)
_FULL_SIGNS = ("No space left on device", "database or disk is full", "Errno 28")
_lock = threading.Lock()


class Refusal(Exception):
    """The launcher cannot go on; the message is the one sentence to print."""


def is_disk_full(error: OSError) -> bool:
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def speaks_of_full_disk(text: str) -> bool:
    return any(sign in text for sign in _FULL_SIGNS)


def say(text: str = "", stream: TextIO | None = None) -> None:
    out = stream or sys.stdout
    with _lock:
        try:
            out.write(text + "\n")
            out.flush()
        except (OSError, ValueError):  # the terminal is gone; the children must still be ended
            return


def say_from(name: str, line: str) -> None:
    """A child's line, shortened to the width of the terminal, after its coloured name."""
    text = shorten(line)
    width = shutil.get_terminal_size((110, 24)).columns - 12
    if len(text) > width:
        text = text[: width - 1] + "…"
    label = f"{name:>8} │"
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        label = f"\033[{COLOURS.get(name, 37)}m{label}\033[0m"
    say(f"{label} {text}")


def shorten(line: str) -> str:
    """A JSON log line as « 12:03:04 info request status=200 … »; any other line as it is."""
    if not line.startswith("{"):
        return line
    try:
        fields = json.loads(line)
        at = datetime.fromisoformat(fields.pop("timestamp")).astimezone().strftime("%H:%M:%S")
        level, event = fields.pop("level"), fields.pop("event")
    except (ValueError, KeyError, TypeError, AttributeError):
        return line
    shown = " ".join(f"{key}={value}" for key, value in fields.items() if value is not None)
    return f"{at} {level} {event} {' '.join(shown.split())}"


def table(rows: list[tuple[str, ...]], indent: str = "  ") -> str:
    """Columns as wide as their longest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return "\n".join(
        indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
