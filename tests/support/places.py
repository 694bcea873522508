"""Where tests put what is written all the time."""

import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED_BYTES = 500_000_000


def memory_folder() -> Path | None:
    """A folder held in memory with room enough for databases; None where there is none."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < NEEDED_BYTES:
        return None
    return MEMORY
