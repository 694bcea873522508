"""Settings: everything from the environment, with embedded defaults that are right for development.

Secrets have no default in production; weak ones and live Stripe keys are refused at start.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
LOCAL_KEY_PREFIX = "sk_test_local_"
STRIPE_API = "https://api.stripe.com"
CHECKOUT_ORIGIN = "https://checkout.stripe.com"
CONNECT_ORIGIN = "https://connect.stripe.com"
BANK_ORIGIN = "https://hooks.stripe.com"  # where Stripe sends on to the bank (3-D Secure)
HOW_TO_MAKE_MASTER_KEY = 'give the answer of `python3 -c "import secrets; print(secrets.token_hex(32))"`.'
WEAK_SECRETS = {"", "changeme", "change-me", "secret", "dev", "development", "password", "test"}


BOUNDS = (
    ("stripe_calls_per_second", 0, 100), ("stripe_calls_in_flight", 1, 32), ("platform_fee_bps", 0, 10_000),
    ("hold_days", 0, 60), ("repair_hours", 24, 720), ("refund_below_percent", 0, 100),
    ("cross_review_from_cents", 0, 99_999_999),
)  # fmt: skip


class BadSetting(ValueError):
    """A setting is missing, weak or dangerous; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """One immutable value for the whole process. Durations in the unit of their name."""

    env: str = "development"
    public_url: str = "http://127.0.0.1:8000"
    secret_key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    notes_master_key: str = field(default="", repr=False)  # 64 hex digits; several, by commas: the first one seals
    database_url: str = field(default=f"sqlite:///{ROOT / 'instance' / 'graine.sqlite'}", repr=False)
    stripe_secret_key: str = field(default=LOCAL_KEY_PREFIX + "demo", repr=False)
    stripe_api_base: str = "http://127.0.0.1:8201"
    stripe_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    stripe_webhook_secret_file: str = ""
    stripe_calls_per_second: int = 0  # a process; 0: as fast as they come, right for the fake only
    stripe_calls_in_flight: int = 8  # how many answers the worker waits for at once
    storage_url: str = f"file://{ROOT / 'instance' / 'files'}"
    storage_options: Mapping[str, str] = field(default_factory=dict, repr=False)
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8025
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_tls: bool = False
    mail_from: str = "Graine d’Actions <bonjour@graine.invalid>"
    platform_name: str = "Graine d’Actions"
    platform_fee_bps: int = 0
    hold_days: int = 7
    repair_hours: int = 168
    # A campaign that collects less than this share of its goal in the end refunds everybody; 0: never.
    refund_below_percent: int = 0
    # From this goal on, one of the two who decide belongs to another organisation than the one that reviews.
    cross_review_from_cents: int = 1_000_000
    argon2_cheap: bool = False
    log_level: str = "INFO"

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def uses_fake_stripe(self) -> bool:
        return self.stripe_secret_key.startswith(LOCAL_KEY_PREFIX)

    @property
    def master_keys(self) -> tuple[bytes, ...]:
        return self.read_master_keys()

    def read_master_keys(self) -> tuple[bytes, ...]:
        """The keys that wrap those of the notes, the one in use first. Errors: BadSetting.

        Outside production a missing one is made from SECRET_KEY, so that every process agrees on it.
        """
        if not self.notes_master_key:
            if self.is_production:
                raise BadSetting(f"NOTES_MASTER_KEY is missing: {HOW_TO_MAKE_MASTER_KEY}")
            return (hashlib.sha256(b"notes\0" + self.secret_key.encode()).digest(),)
        parts = self.notes_master_key.split(",")
        try:
            keys = tuple(bytes.fromhex(part.strip()) for part in parts)
        except ValueError:
            keys = ()
        if not keys or any(len(key) != 32 or len(set(key)) < 12 for key in keys):
            raise BadSetting(f"NOTES_MASTER_KEY is weak or not 64 hex digits: {HOW_TO_MAKE_MASTER_KEY}")
        return keys

    @property
    def payment_origins(self) -> tuple[str, ...]:
        """Origins that a form of ours may redirect to: the hosted payment and onboarding pages."""
        if self.uses_fake_stripe:
            return (self.stripe_api_base.rstrip("/"),)
        return (CHECKOUT_ORIGIN, CONNECT_ORIGIN, BANK_ORIGIN)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read the process environment. Errors: BadSetting, with the name of the variable."""
        env = environ.get("APP_ENV", "development")
        given: dict[str, object] = {"env": env}
        for name, kind in cls._readable().items():
            raw = environ.get(name.upper())
            if raw is not None and raw != "":
                given[name] = _convert(name, raw, kind)
        options = {
            key.removeprefix("STORAGE_").lower(): value
            for key, value in environ.items()
            if key.startswith("STORAGE_") and key != "STORAGE_URL"
        }
        if options:
            given["storage_options"] = options
        webhook = environ.get("STRIPE_WEBHOOK_SECRET", "")
        if webhook:
            given["stripe_webhook_secrets"] = tuple(webhook.split(","))
        key = str(given.get("stripe_secret_key", ""))
        if key and not key.startswith(LOCAL_KEY_PREFIX) and "stripe_api_base" not in given:
            given["stripe_api_base"] = STRIPE_API
        if key and not key.startswith(LOCAL_KEY_PREFIX):
            given.setdefault("stripe_calls_per_second", 10)  # a sandbox bears 25 in all
        settings = cls(**given)  # type: ignore[arg-type]  # names and kinds come from _readable
        settings.check(secret_was_given="secret_key" in given)
        return settings

    @staticmethod
    def _readable() -> dict[str, type]:
        return {
            "public_url": str, "secret_key": str, "notes_master_key": str, "database_url": str,
            "stripe_secret_key": str,
            "stripe_api_base": str, "stripe_webhook_secret_file": str, "stripe_calls_per_second": int,
            "stripe_calls_in_flight": int,
            "storage_url": str,
            "smtp_host": str, "smtp_port": int, "smtp_user": str, "smtp_password": str,
            "smtp_tls": bool, "mail_from": str, "platform_name": str, "platform_fee_bps": int,
            "hold_days": int, "repair_hours": int, "refund_below_percent": int,
            "cross_review_from_cents": int, "argon2_cheap": bool, "log_level": str,
        }  # fmt: skip

    def check(self, *, secret_was_given: bool = True) -> None:
        """Refuse what must never start. Errors: BadSetting."""
        if self.env not in {"development", "test", "production"}:
            raise BadSetting(f"APP_ENV must be development, test or production, not {self.env!r}.")
        key = self.stripe_secret_key
        if key.startswith(("sk_live_", "rk_live_")):
            raise BadSetting("STRIPE_SECRET_KEY is a live key: this platform runs in test mode only.")
        if not key.startswith(("sk_test_", "rk_test_")):
            raise BadSetting("STRIPE_SECRET_KEY must start with sk_test_ or rk_test_.")
        if self.stripe_api_base.rstrip("/") != STRIPE_API and not self.uses_fake_stripe:
            raise BadSetting(
                "STRIPE_API_BASE points elsewhere than Stripe: allowed only with a key starting "
                f"with {LOCAL_KEY_PREFIX}."
            )
        if self.uses_fake_stripe and self.stripe_api_base.rstrip("/") == STRIPE_API:
            raise BadSetting(f"A key starting with {LOCAL_KEY_PREFIX} is for the fake Stripe only.")
        for name, low, high in BOUNDS:
            if not low <= getattr(self, name) <= high:
                raise BadSetting(f"{name.upper()} must be between {low} and {high}.")
        if self.is_production:
            self._check_production(secret_was_given)
        self.read_master_keys()

    def _check_production(self, secret_was_given: bool) -> None:
        secret = self.secret_key
        weak = len(secret) < 32 or secret.lower() in WEAK_SECRETS or len(set(secret)) < 12
        if not secret_was_given or weak:
            raise BadSetting(
                "SECRET_KEY is missing or weak: give at least 32 random characters, for example "
                'from `python3 -c "import secrets; print(secrets.token_hex(32))"`.'
            )
        if self.secret_key in self.notes_master_key:
            raise BadSetting("NOTES_MASTER_KEY must not be the SECRET_KEY: each opens something else.")
        if urlsplit(self.public_url).scheme != "https":
            raise BadSetting("PUBLIC_URL must start with https:// in production.")
        if self.uses_fake_stripe:
            raise BadSetting("Production needs a Stripe test key in STRIPE_SECRET_KEY.")
        if self.argon2_cheap:
            raise BadSetting("ARGON2_CHEAP is for tests: production stores real password hashes.")


def of_instance(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, completed by what `make run` wrote into its folder.

    So that `flask dev travel 12` speaks to the running instance: INSTANCE names its folder, else
    ./instance. Never when the environment says which database or which kind of place this is.
    """
    if environ.get("APP_ENV") or environ.get("DATABASE_URL"):
        return environ
    try:
        kept = json.loads((Path(environ.get("INSTANCE") or ROOT / "instance") / "settings.json").read_text("utf-8"))
    except (OSError, ValueError):
        return environ
    return {**kept, **environ}


def _convert(name: str, raw: str, kind: type) -> object:
    if kind is bool:
        return raw.strip().lower() in {"1", "true", "yes", "on"}
    try:
        return kind(raw)
    except ValueError as error:
        raise BadSetting(f"{name.upper()} must be a whole number, not {raw!r}.") from error
