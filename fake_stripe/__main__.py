"""`python -m fake_stripe --port 8201 --database PATH`: serves until it is told to stop."""

import argparse
import errno
import ipaddress
import logging
import signal
import sys
import threading
from pathlib import Path

from fake_stripe.application import Application
from fake_stripe.server import Busy, Server


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 2 for a wrong option, 3 for a busy port, 4 for an unusable file."""
    parser = argparse.ArgumentParser(prog="fake_stripe", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--database", type=Path, required=True)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="fake_stripe: %(message)s")
    if not _is_loopback(options.host):
        parser.error("--host must be an address of this machine only: 127.0.0.1")
    try:
        server = Server(options.host, options.port)
    except Busy:
        sys.stderr.write(f"fake_stripe: le port {options.port} est déjà occupé.\n")
        return 3
    except OSError as wrong:
        reason = "réservé" if wrong.errno == errno.EACCES else str(wrong)
        sys.stderr.write(f"fake_stripe: le port {options.port} n’est pas utilisable ({reason}).\n")
        return 3
    url = f"http://{options.host}:{server.server_port}"
    try:
        options.database.parent.mkdir(parents=True, exist_ok=True)
        application = Application(options.database, url)
    except Exception as wrong:
        sys.stderr.write(f"fake_stripe: le fichier {options.database} n’est pas utilisable ({wrong}).\n")
        return 4
    server.serve(application)
    application.courier.start()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    sys.stdout.write(f"Ready: {url}\n")
    sys.stdout.flush()
    stop.wait()
    application.courier.stop()
    server.close()
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if __name__ == "__main__":
    raise SystemExit(main())
