"""`make a11y`: the whole table (about half an hour), and the dated result that the statement page reads.

`--states`: each state of each page once; the HTML of all is checked, and a browser opens the fewest that show every
shape, still in all four looks (a few minutes).
"""

from __future__ import annotations

import argparse
import os
import sys

import pytest

from config import ROOT
from tests.a11y import nu
from tests.support import browser


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.a11y", description=__doc__)
    parser.add_argument("--states", action="store_true", help="each state of each page once")
    if parser.parse_args().states:
        os.environ["A11Y_STATES"] = "1"
    for lacking in (nu.missing(), None if browser.find_chromium() else browser.HOW_TO_INSTALL):
        if lacking:
            sys.stderr.write(lacking + "\n")
            return 1
    os.environ["TEST_DATABASE"] = "sqlite"
    whole = str(ROOT / "tests" / "a11y" / "whole.py")
    return int(pytest.main(["-q", "-s", "-p", "no:cacheprovider", "--tb=short", whole]))


if __name__ == "__main__":
    sys.exit(main())
