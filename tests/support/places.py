"""Where tests put what is written all the time: in memory, where the machine has such a place."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED_BYTES = 500_000_000
PREFIX = "graine-tests"


def quick_folder() -> Path:
    """A new folder, in memory when there is room; whoever asks for it removes it."""
    sweep()
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= NEEDED_BYTES
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}-{os.getpid()}-", dir=MEMORY if in_memory else "/tmp"))


def sweep() -> None:
    """Remove what runs that were killed have left in memory: their process number is in the name."""
    for left in MEMORY.glob(f"{PREFIX}-*-*"):
        owner = left.name.split("-")[2]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(left, ignore_errors=True)
