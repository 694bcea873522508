"""Python's search for circular garbage, set for a process that has started."""

import gc

NEW_BEFORE_A_LOOK = 10_000  # Python's 700 is reached several times in one request or one charge


def settle() -> None:
    """What was made while starting lives as long as the process and is never looked at again; the rest less often."""
    gc.freeze()
    gc.set_threshold(NEW_BEFORE_A_LOOK)
    gc.enable()
