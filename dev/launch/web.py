"""How the site is served by `make run` and measured by `make bench`."""

from __future__ import annotations


def gunicorn(address: str) -> tuple[str, ...]:
    """The words after `python`: one process with eight threads at `address` (host:port).

    Browsers talk to it directly: a connection closed after gunicorn's own two seconds is sometimes
    closed while the next request is on its way, and a page then stands there without its style.
    """
    return (
        "-m", "gunicorn", "--bind", address, "--workers", "1", "--worker-class", "gthread", "--threads", "8",
        "--keep-alive", "75", "--no-control-socket", "--graceful-timeout", "5", "wsgi:app",
    )  # fmt: skip
