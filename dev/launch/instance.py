"""The instance folder: everything one running copy keeps. Deleting it starts from nothing."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dev.launch.checks import HOST, pick_free_port, port_is_free
from dev.launch.words import Refusal

ROOT = Path(__file__).resolve().parents[2]
LOCAL_KEY_PREFIX = "sk_test_local_"
# What a started and unfinished demo leaves behind, to be made anew.
MADE_BY_DEMO = ("graine.sqlite", "graine.sqlite-wal", "graine.sqlite-shm", "fake-stripe.sqlite",
                "fake-stripe.sqlite-wal", "fake-stripe.sqlite-shm", "demo-accounts.json", "demo.json",
                "webhook.json", "webhook-secret", "prepared", "demo-begun", "files", "mails")  # fmt: skip


@dataclass(frozen=True)
class Ports:
    web: int
    stripe: int
    smtp: int
    mail: int


class Instance:
    """One folder, one launcher at a time."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._lock: IO[str] | None = None

    def path(self, name: str) -> Path:
        return self.folder / name

    def lock(self) -> None:
        """Until the process ends. Errors: Refusal when another launcher runs on this folder."""
        self._lock = self.path("lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal(
                f"La plateforme tourne déjà sur le dossier {self.folder} : arrêtez-la (Ctrl-C), ou "
                f"choisissez un autre dossier avec INSTANCE=…"
            ) from None

    def ports(self, web: int) -> Ports:
        """The web port as asked; the others as last time when they are still free."""
        known, chosen, taken = self.read("ports.json"), {}, {web}
        for name in ("stripe", "smtp", "mail"):
            port = known.get(name)
            if not isinstance(port, int) or port in taken or not port_is_free(port):
                port = pick_free_port(taken)
            chosen[name] = port
            taken.add(port)
        self.write("ports.json", chosen)
        return Ports(web, **chosen)

    def keys(self) -> dict[str, str]:
        """The signing secret, the fake's key, the notes' master key: made once, readable by their owner only."""
        known = self.read("keys.json")
        made = {
            "secret_key": secrets.token_hex(32),
            "stripe_key": LOCAL_KEY_PREFIX + secrets.token_hex(12),
            "notes_master_key": secrets.token_hex(32),
        }
        if not made.keys() <= known.keys():
            known = {**made, **known}
            self.write("keys.json", known, mode=0o600)
        return known

    def read(self, name: str) -> dict[str, Any]:
        """{} when the file is missing or was cut short by a crash."""
        try:
            value = json.loads(self.path(name).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def write(self, name: str, value: object, mode: int = 0o644) -> None:
        """Complete or not at all."""
        unfinished = self.path(name + ".part")
        unfinished.touch(mode)
        unfinished.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")
        unfinished.rename(self.path(name))

    @property
    def has_own_database(self) -> bool:
        return self.path("graine.sqlite").exists()

    def start_over(self) -> None:
        """Forget everything an unfinished demo made."""
        for name in MADE_BY_DEMO:
            path = self.path(name)
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)

    def environment(self, ports: Ports, given: Mapping[str, str]) -> dict[str, str]:
        """What every program of ours is started with. A setting given by the person wins."""
        keys = self.keys()
        own = {
            "APP_ENV": "development",
            "PUBLIC_URL": f"http://{HOST}:{ports.web}",
            "SECRET_KEY": keys["secret_key"],
            "NOTES_MASTER_KEY": keys["notes_master_key"],
            "DATABASE_URL": f"sqlite:///{self.path('graine.sqlite')}",
            "STORAGE_URL": f"file://{self.path('files')}",
            "STRIPE_SECRET_KEY": keys["stripe_key"],
            "MAIL_FROM": "Graine d’Actions <bonjour@graine.example.org>",
            "SMTP_HOST": HOST,
            "SMTP_PORT": str(ports.smtp),
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # glibc: eight threads need no memory pool each
        }
        merged = {**own, **{name: value for name, value in given.items() if value or name not in own}}
        if uses_fake_stripe(merged):
            merged["STRIPE_API_BASE"] = f"http://{HOST}:{ports.stripe}"
            merged["STRIPE_WEBHOOK_SECRET_FILE"] = str(self.path("webhook-secret"))
        return merged


def uses_fake_stripe(environment: Mapping[str, str]) -> bool:
    return environment["STRIPE_SECRET_KEY"].startswith(LOCAL_KEY_PREFIX)


def fingerprint() -> str:
    """Changes when the tables or the reference data of this checkout do."""
    digest = hashlib.sha256()
    for folder in (ROOT / "migrations", ROOT / "app" / "network"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def instance_folder(environ: Mapping[str, str]) -> Path:
    asked = environ.get("INSTANCE") or str(ROOT / "instance")
    return Path(os.path.abspath(Path(asked).expanduser()))
