"""Every kind of call has somebody who hears its result, and only one."""

from __future__ import annotations

import pytest
from flask import Flask

from app.payments import dispatch
from app.payments.rules import OperationKind


def test_the_whole_app_hears_every_kind(migrated_app: Flask) -> None:
    with migrated_app.app_context():
        dispatch.check()


def test_a_kind_that_nobody_hears_is_named() -> None:
    app = Flask("small")
    dispatch.init_app(app)
    with app.app_context():
        for kind in OperationKind:
            if kind != OperationKind.TRANSFER_CREATE:
                dispatch.register(kind, print)
        with pytest.raises(dispatch.HandlerMissing, match=r"^transfer\.create$"):
            dispatch.check()


def test_a_second_handler_or_bell_is_refused_and_the_same_one_is_not() -> None:
    app = Flask("small")
    dispatch.init_app(app)
    with app.app_context():
        dispatch.register(OperationKind.INTENT_CREATE, print)
        dispatch.register(OperationKind.INTENT_CREATE, print)
        dispatch.register_bell("rows", print)
        with pytest.raises(ValueError, match="handler"):
            dispatch.register(OperationKind.INTENT_CREATE, repr)
        with pytest.raises(ValueError, match="bell"):
            dispatch.register_bell("rows", repr)
