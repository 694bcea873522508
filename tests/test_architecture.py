"""The shape of the house, as docs/architecture.md says it. There is no list of exceptions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from app import FEATURES
from config import ROOT

ORDER = ("core", *FEATURES)
LONGEST_FILE = 300
APP_FILES = sorted((ROOT / "app").rglob("*.py"))
OURS = [*APP_FILES, *sorted((ROOT / "fake_stripe").rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
ALL_CODE = [*OURS, *sorted((ROOT / "dev").rglob("*.py")), ROOT / "config.py", ROOT / "wsgi.py"]


@dataclass(frozen=True)
class Imported:
    """One imported thing: `app.network.queries`, or `app.network.queries.people_with`."""

    name: str
    line: int

    @property
    def parts(self) -> list[str]:
        return self.name.split(".")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(source: ast.Module) -> Iterator[Imported]:
    """Both forms, also inside functions. `from app.x import y` counts as app.x.y."""
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            yield from (Imported(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            yield from (Imported(f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def feature_of(path: Path) -> str:
    return path.relative_to(ROOT / "app").parts[0]


def is_edge(path: Path) -> bool:
    """views.py, cli.py and what they were split into (draft_views.py, accounts_cli.py)."""
    return re.fullmatch(r"(\w+_)?(views|cli)", path.stem) is not None


def is_services(path: Path) -> bool:
    return re.fullmatch(r"(\w+_)?services", path.stem) is not None or "services" in path.parts


def is_rules(path: Path) -> bool:
    return re.fullmatch(r"(\w+_)?rules", path.stem) is not None


def out_of_order(path: Path, source: ast.Module) -> list[str]:
    here = feature_of(path)
    allowed = ORDER[: ORDER.index(here) + 1]
    wrong = []
    for found in imports(source):
        if found.parts[0] != "app" or len(found.parts) < 2 or found.parts[1] in allowed:
            continue
        reads = is_edge(path) and found.parts[2:3] == ["queries"]
        if not reads:
            wrong.append(f"{path.relative_to(ROOT)}:{found.line} imports {found.name}")
    return wrong


def in_features() -> list[Path]:
    return [path for path in APP_FILES if path.parent != ROOT / "app"]


def test_features_import_only_what_stands_to_their_left():
    assert [line for path in in_features() for line in out_of_order(path, tree_of(path))] == []


@pytest.mark.parametrize(
    ("place", "source", "is_wrong"),
    [
        ("core/x.py", "from app.pages import views", True),
        ("accounts/x.py", "import app.network.models", True),
        ("accounts/services.py", "from app.network import queries", True),
        ("accounts/deep/er/x.py", "def f():\n    from app.campaigns.models import Campaign", True),
        ("accounts/views.py", "from app.network import queries", False),
        ("accounts/admin_views.py", "from app.network.queries import people_with", False),
        ("accounts/cli.py", "from app.network import services", True),
        ("network/cli.py", "from app.accounts import services", False),
        ("pages/x.py", "from app.core.text import fold", False),
    ],
)
def test_the_order_is_really_checked(place, source, is_wrong):
    assert bool(out_of_order(ROOT / "app" / place, ast.parse(source))) is is_wrong


def test_every_room_is_known_and_every_known_room_exists():
    rooms = {path.name for path in (ROOT / "app").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == set(ORDER)


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_says_what_it_owns(feature):
    assert (ROOT / "app" / feature / "README.md").is_file()
    assert (ROOT / "app" / feature / "__init__.py").read_text("utf-8").strip() == ""


PURE = {
    "__future__", "app.core.errors", "app.core.money", "app.core.text", "app.core.calendar", "app.core.registration",
    "app.core.access.Role", "app.core.access.Viewer", "bisect", "collections", "dataclasses", "datetime", "decimal",
    "enum", "fractions", "functools", "hashlib", "hmac", "itertools", "math", "re", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip


def impurities(path: Path, source: ast.Module) -> list[str]:
    """What a rules.py must not touch: anything but values, its own errors and other rules."""
    wrong = []
    for found in imports(source):
        whose = found.parts[2] if found.parts[0] == "app" and len(found.parts) > 2 else ""
        own = whose in {"errors", "rules", "common_passwords"} or whose.endswith("_rules")
        known = any(found.name == name or found.name.startswith(name + ".") for name in PURE)
        if not own and not known:
            wrong.append(f"{path.name}:{found.line} imports {found.name}")
    for node in ast.walk(source):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"now", "utcnow", "today", "open", "print", "random"}:
                wrong.append(f"{path.name}:{node.lineno} calls {called}")
    return wrong


def test_rules_are_pure():
    files = [path for path in in_features() if is_rules(path)]
    assert len(files) >= 8
    assert [f"{feature_of(path)}: {line}" for path in files for line in impurities(path, tree_of(path))] == []


@pytest.mark.parametrize(
    "source",
    [
        "from flask import request", "import sqlalchemy", "from app.core import clock",
        "from app.core.database import db", "from app.campaigns.models import Campaign",
        "import stripe", "from datetime import datetime\ndatetime.now()",
        "from app.core.access import viewer",
    ],
)  # fmt: skip
def test_impure_rules_would_be_seen(source):
    assert impurities(Path("rules.py"), ast.parse(source))


def test_only_the_gateway_imports_stripe():
    importers = {
        str(path.relative_to(ROOT))
        for path in ALL_CODE
        for found in imports(tree_of(path))
        if found.parts[0] == "stripe"
    }
    assert importers == {"app/payments/gateway.py"}


def test_the_fake_and_the_app_do_not_know_each_other():
    for path in APP_FILES:
        assert not any(found.parts[0] == "fake_stripe" for found in imports(tree_of(path))), path
    for path in (ROOT / "fake_stripe").rglob("*.py"):
        assert not any(found.parts[0] in {"app", "config"} for found in imports(tree_of(path))), path


def test_no_file_is_longer_than_a_person_reads_at_once():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in OURS
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def calls(source: ast.AST) -> Iterator[tuple[str, int]]:
    """Every call with the last part of its name."""
    for node in ast.walk(source):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node.lineno


def test_services_leave_commit_request_and_html_to_the_edges():
    files = [path for path in in_features() if is_services(path)]
    assert len(files) >= 8
    wrong = []
    for path in files:
        wrong += [
            f"{path.relative_to(ROOT)}:{found.line} imports {found.name}"
            for found in imports(tree_of(path))
            if found.name
            in {"flask.request", "flask.session", "flask.render_template", "flask.redirect", "flask.flash"}
            or found.name == "app.core.database.transaction"
            or found.name.startswith(("stripe", "app.payments.gateway", "app.payments.client"))
        ]
        wrong += [
            f"{path.relative_to(ROOT)}:{line} calls {name}"
            for name, line in calls(tree_of(path))
            if name in {"commit", "rollback"}
        ]
    assert wrong == []


OUTSIDE = {"gateway", "run_now", "run_chain", "run_due", "send_message", "urlopen", "deliver_waiting", "tell_fake"}


def outside_calls(source: ast.Module) -> list[int]:
    """Lines inside `with transaction():` that call Stripe, mail or the network."""
    found = []
    for node in ast.walk(source):
        if isinstance(node, ast.With) and any(
            getattr(getattr(item.context_expr, "func", None), "id", "") == "transaction" for item in node.items
        ):
            found += [line for part in node.body for name, line in calls(part) if name in OUTSIDE]
    return found


def test_nothing_outside_the_database_is_called_inside_a_transaction():
    assert {str(path): lines for path in APP_FILES if (lines := outside_calls(tree_of(path)))} == {}
    assert outside_calls(ast.parse("with transaction():\n    x = gateway().fetch('a', 'b')")) == [2]


def test_views_hold_no_sql():
    for path in APP_FILES:
        if is_edge(path) and path.stem.endswith("views"):
            for found in imports(tree_of(path)):
                sql = found.parts[0] == "sqlalchemy" and "exc" not in found.parts
                assert not sql, f"{path.relative_to(ROOT)}:{found.line} imports {found.name}"
                assert found.name != "app.core.database.db", f"{path.relative_to(ROOT)}:{found.line}"


def test_time_comes_from_one_clock():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in APP_FILES
        if path.name != "clock.py"
        for name, line in clock_calls(tree_of(path))
    ]
    assert wrong == []


def test_a_day_is_a_day_in_paris_in_the_tests_too():
    wrong = [f"{path.relative_to(ROOT)}:{line}" for path in APP_FILES for line in utc_days(tree_of(path))]
    wrong += [f"{path.relative_to(ROOT)}:{line}" for path in TESTS for line in utc_days(tree_of(path), keys=False)]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "is_wrong"),
    [
        ("day = at.date()", True), ("row.created_at.date()", True), ("clock.now().date()", True),
        ("paris_day(at).date()", False), ("key = at.date().isoformat()", False), ("datetime.date()", False),
        ("(now - timedelta(days=3)).date()", True), ("(clock.now() + A_DAY).date()", True),
    ],
)  # fmt: skip
def test_a_day_of_utc_would_be_seen(source, is_wrong):
    assert bool(list(utc_days(ast.parse(source)))) is is_wrong


def utc_days(source: ast.Module, *, keys: bool = True) -> Iterator[int]:
    """Lines where an instant becomes a day without Paris being asked; as a part of a key it may, if `keys`."""
    in_keys = {id(node.func.value) for node in ast.walk(source) if keys and is_method_call(node, "isoformat")}
    for node in ast.walk(source):
        if is_method_call(node, "date") and not node.args:
            of = node.func.value.left if isinstance(node.func.value, ast.BinOp) else node.func.value
            of = of.func if isinstance(of, ast.Call) else of
            name = getattr(of, "id", getattr(of, "attr", ""))
            if (name in {"at", "now", "real_now"} or name.endswith("_at")) and id(node) not in in_keys:
                yield node.lineno


def is_method_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name


def clock_calls(source: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = getattr(node.func.value, "id", getattr(node.func.value, "attr", ""))
            if (owner, node.func.attr) in {
                ("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("datetime", "today"), ("time", "time"),
            }:  # fmt: skip
                yield f"{owner}.{node.func.attr}", node.lineno


def test_every_route_names_one_policy_that_stands_in_a_policy_file(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        policy = getattr(app.view_functions[rule.endpoint], "policy", None)
        assert policy is not None, f"{rule.endpoint} has no policy"
        where = policy.__module__
        assert where == "app.core.access" or re.fullmatch(r"app\.\w+\.(\w+_)?policy", where), (
            f"{rule.endpoint}: {where}"
        )
