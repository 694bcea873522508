"""From starting gunicorn to the first good campaign page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from statistics import median

from bench.client import Request, seconds_until_good
from bench.registry import Figure, Ground, measure

TRIES = 5


@measure("cold_start", goals="11")
def cold_start(ground: Ground) -> Iterator[Figure]:
    """Files in the machine's cache, as after a deployment."""
    site = ground.site
    page = Request(f"/campagnes/{site.crowd.slug}")
    seconds, cpu = [], []
    for _ in range(TRIES):
        with site.serve(wait=False) as web:
            seconds.append(seconds_until_good(web.port, page))
            cpu.append(cpu_seconds(web.pid) + cpu_seconds(web.worker_pid))
    note = f"CPU {median(cpu):.2f} s"
    yield Figure("11", "cold start to the first good page", median(seconds), "s", 2.0, note, tuple(seconds))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
