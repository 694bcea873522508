"""Free ports, chosen before the program that will listen is started."""

from __future__ import annotations

import random
import socket

# Below the range from which the system takes the ports of outgoing connections: nobody grabs one
# between the moment it is chosen and the moment it is used.
LOW, HIGH = 20_000, 31_999


def free_port() -> int:
    dice = random.SystemRandom()
    while True:
        port = dice.randint(LOW, HIGH)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
