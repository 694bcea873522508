"""What the build gives every page: the weight of script, style and icons as sent to a browser."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from bench.registry import CannotMeasure, Figure, Ground, measure
from config import ROOT

DIST = ROOT / "static" / "dist"


@measure("scripts")
def scripts(_ground: Ground) -> Iterator[Figure]:
    """Compressed with gzip, the larger of the two forms that are served."""
    if not DIST.is_dir():
        raise CannotMeasure("static/dist is missing: make bench builds it")
    for suffix, what in ((".js", "all scripts"), (".css", "all styles"), (".svg", "icons")):
        files = [path for path in DIST.iterdir() if path.suffix == suffix]
        size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
        yield Figure("", f"{what}, gzip", size / 1000, "kB", note=f"{len(files)} file(s)")
