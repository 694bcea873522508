"""`python -m dev.seed --accounts-to FILE`: fill an empty instance with the demo.

Everything goes through the product's verbs and the fake Stripe's pages; no money row is inserted.
The clock starts a hundred days ago and ends today.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from app import create_app
from app.core.database import db
from dev.seed.story import Story


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts-to", type=Path, required=True, help="where to write the demo accounts")
    parser.add_argument("--pledges", type=float, default=1.0, help="share of the pledges to make, for quick trials")
    given = parser.parse_args()
    app = create_app()
    with app.app_context():
        story = Story(share=given.pledges)
        if story.is_told():
            print("The demo is already there.")
            return 0
        accounts = story.tell()
        db.session.remove()
        db.engine.dispose()
    given.accounts_to.write_text(json.dumps(accounts, ensure_ascii=False, indent=2) + "\n", "utf-8")
    given.accounts_to.chmod(0o600)
    return 0


if __name__ == "__main__":
    sys.exit(main())
