"""`python -m dev.mailcatcher --smtp-port 8025 --http-port 8026 --folder mails`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from dev.mailcatcher.http import Server
from dev.mailcatcher.smtp import serve_smtp
from dev.mailcatcher.store import Store


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m dev.mailcatcher", description=__doc__)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args()
    store = Store(asked.folder)

    def keep(raw: bytes, to: list[str], sender: str) -> None:
        caught = store.add(raw, to=to, sender=sender)
        print(f"courriel {caught.id} à {caught.to} : {caught.subject}", flush=True)

    try:
        smtp = serve_smtp(asked.smtp_port, keep)
        http = Server(asked.http_port, store)
    except OSError as error:
        print(f"Le port demandé n’est pas libre : {error}", file=sys.stderr)
        return 1
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=http.serve_forever, daemon=True).start()
    stop.wait()
    http.shutdown()
    http.server_close()
    smtp.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
