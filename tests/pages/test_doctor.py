"""What the operator has not said is named to the operator, and said to be missing to the public."""

from __future__ import annotations

from flask import Flask

from app.core import clock
from app.core.database import transaction
from app.core.texts import DEFAULTS, set_text
from tests.builders import a_user


def test_each_missing_text_is_named_until_it_is_set(app: Flask):
    runner = app.test_cli_runner()
    first = runner.invoke(args=["pages", "doctor"])
    assert first.exit_code == 1
    assert "missing: mediator" in first.output
    assert "orias_number" not in first.output
    assert "à renseigner par l’exploitant" in app.test_client().get("/mentions-legales").get_data(as_text=True)
    with app.app_context():
        admin = a_user().id
        with transaction():
            for key in DEFAULTS:
                if key != "platform_fee_bps":
                    set_text(key, "dit", by=admin, at=clock.now())
    last = runner.invoke(args=["pages", "doctor"])
    assert (last.exit_code, last.output) == (0, "Every text is set.\n")
