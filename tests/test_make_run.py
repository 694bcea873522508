"""`make run` and `make serve` as a newcomer meets them: real programs, real signals, real folders."""

from __future__ import annotations

import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from config import ROOT
from dev.launch.checks import require_room
from dev.launch.words import Refusal
from tests.support.platform import Platform

pytestmark = pytest.mark.machine
PREFLIGHT = str(ROOT / "dev" / "preflight.py")


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """Not started; whatever a test does, nothing of it is left running."""
    made = Platform(tmp_path / "instance with a space")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop(signal.SIGTERM)


def processes_of(folder: Path) -> set[int]:
    """Every process that was started for this instance folder, whoever its parent is."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            started_with = (entry / "environ").read_bytes()
            is_zombie = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if f"sqlite:///{folder}/".encode() in started_with and not is_zombie:
            found.add(int(entry.name))
    return found


def wait_until_gone(folder: Path) -> None:
    until = time.monotonic() + 30
    while processes_of(folder):
        assert time.monotonic() < until, f"left running: {processes_of(folder)}"
        time.sleep(0.1)


def status_of(url: str) -> int:
    with urlopen(url, timeout=10) as answer:
        return int(answer.status)


def run_make(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **settings}
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_it_starts_everything_says_so_and_ends_everything(platform: Platform) -> None:
    platform.start()
    assert platform.lines.count(f"Ready: {platform.url}/") == 1
    summary = platform.summary
    assert summary["base_url"] == platform.url
    assert {card["number"] for card in summary["test_cards"]} >= {"4242424242424242", "4000000000000341"}
    for address in (platform.url, summary["mailcatcher_url"], summary["fake_stripe_url"]):
        assert status_of(f"{address}/health") == 200
    assert status_of(platform.url + "/") == 200
    with socket.create_connection((summary["smtp"]["host"], summary["smtp"]["port"]), timeout=5) as line:
        assert line.recv(3) == b"220"
    assert summary["accounts"] == [], "make serve makes no demo"
    for name in ("keys.json", "demo.json", "webhook-secret"):
        assert (platform.folder / name).stat().st_mode & 0o077 == 0, f"others can read {name}"

    assert platform.stop(signal.SIGINT) == 0, platform.output
    wait_until_gone(platform.folder)
    with pytest.raises(URLError):
        urlopen(platform.url, timeout=2)

    keys, ports = ((platform.folder / name).read_text() for name in ("keys.json", "ports.json"))
    again = Platform(platform.folder, port=platform.port).start()
    assert "Préparation" not in again.output, "a second start must not prepare again"
    assert (platform.folder / "keys.json").read_text() == keys
    assert (platform.folder / "ports.json").read_text() == ports
    assert again.stop(signal.SIGTERM) == 0


def test_an_interrupted_demo_is_told_and_made_anew_and_its_books_are_right(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    quick = {"DEMO_PLEDGES": "0.05"}
    first = Platform(folder, demo=True).start(wait=False, **quick)
    first.wait_for("  J-")
    first.stop(signal.SIGKILL)
    wait_until_gone(folder)

    second = Platform(folder, demo=True)
    try:
        second.start(**quick)
        assert second.lines[0].startswith("La création de la démonstration avait été interrompue")
        roles = {account["role"] for account in second.summary["accounts"]}
        assert roles >= {"moderator", "referent", "organisation_lead", "holder", "citizen", "platform_admin"}
        assert all(account["email"] in second.output for account in second.summary["accounts"])
        assert books_of(second).returncode == 0
    finally:
        second.stop()


def books_of(platform: Platform) -> subprocess.CompletedProcess[str]:
    """`flask payments check` on the running platform, with the settings its launcher gave it."""
    process = max(processes_of(platform.folder))
    raw = Path(f"/proc/{process}/environ").read_text()
    environment = dict(line.split("=", 1) for line in raw.split("\0") if "=" in line)
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "payments", "check"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_nothing_outlives_a_launcher_that_is_killed(platform: Platform) -> None:
    platform.start()
    assert len(processes_of(platform.folder)) >= 5, "web, its worker process, worker, fake Stripe, mail"
    platform.stop(signal.SIGKILL)
    wait_until_gone(platform.folder)


def test_the_death_of_one_program_is_told_and_ends_the_others(platform: Platform) -> None:
    platform.start()
    for process in processes_of(platform.folder):
        if b"dev.mailcatcher" in Path(f"/proc/{process}/cmdline").read_bytes():
            os.kill(process, signal.SIGKILL)
    assert platform.wait() == 1
    assert "« mail » s’est arrêté (tué par le signal 9)" in platform.output
    wait_until_gone(platform.folder)


def test_a_busy_port_is_one_sentence(platform: Platform) -> None:
    with socket.create_server(("127.0.0.1", platform.port)):
        platform.start(wait=False)
        assert platform.wait() == 1
    assert platform.output.startswith(f"Le port {platform.port} est déjà utilisé")
    assert len(platform.lines) == 1


def test_a_second_launcher_on_the_same_folder_is_refused(platform: Platform) -> None:
    platform.start()
    second = Platform(platform.folder).start(wait=False)
    assert second.wait() == 1
    assert second.output.startswith("La plateforme tourne déjà")
    assert status_of(platform.url + "/health") == 200


@pytest.mark.parametrize(
    ("settings", "beginning"),
    [
        ({"PORT": "huit mille"}, "PORT=huit mille n’est pas un numéro de port"),
        ({"PORT": "70000"}, "PORT=70000 n’est pas un numéro de port"),
        ({"INSTANCE": "/proc/graine"}, "Le dossier /proc/graine ne peut pas être écrit"),
        ({"STRIPE_SECRET_KEY": "sk_live_abc"}, "STRIPE_SECRET_KEY est une clé réelle"),
    ],
)
def test_a_wrong_setting_is_one_sentence(platform: Platform, settings: dict[str, str], beginning: str) -> None:
    platform.start(wait=False, **settings)
    assert platform.wait() == 1
    assert platform.output.startswith(beginning), platform.output
    assert len(platform.lines) == 1


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=12_000_000))
    with pytest.raises(Refusal, match="Il ne reste que 12 Mo"):
        require_room(tmp_path)


def test_a_missing_python_is_one_sentence() -> None:
    made = run_make("lint", "PYTHON=python-that-is-nowhere")
    assert made.returncode != 0
    assert made.stderr.startswith("Python est introuvable")


def test_an_old_python_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = runpy.run_path(PREFLIGHT)["refusal"]
    assert refusal() is None
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert refusal().startswith("Python 3.11 ou plus récent est nécessaire")


def test_a_python_without_venv_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "python3-venv" in runpy.run_path(PREFLIGHT)["no_venv"]()


def test_make_alone_lists_every_command() -> None:
    made = run_make()
    for command in ("run", "serve", "test", "lint", "bench", "browser", "shots", "lock", "help"):
        assert f"make {command} " in made.stdout
