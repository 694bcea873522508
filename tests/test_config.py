"""What the settings accept, and what must never start."""

from __future__ import annotations

import re
import secrets

import pytest

from config import ROOT, STRIPE_API, BadSetting, Settings

GOOD = {
    "APP_ENV": "production",
    "PUBLIC_URL": "https://graine.example",
    "SECRET_KEY": secrets.token_hex(32),
    "NOTES_MASTER_KEY": secrets.token_hex(32),
    "STRIPE_SECRET_KEY": "sk_test_51abcdefghijklmnop",
    "DATABASE_URL": "postgresql+psycopg://graine:motdepasse-base@/graine",
}


def settings(**changes: str) -> Settings:
    return Settings.from_env({**GOOD, **changes})


def refused(words: str, **changes: str) -> None:
    with pytest.raises(BadSetting, match=words):
        settings(**changes)


def test_a_good_production_starts_against_stripe_itself():
    found = settings()
    assert found.is_production
    assert not found.uses_fake_stripe
    assert found.stripe_api_base == STRIPE_API
    assert found.payment_origins[0] == "https://checkout.stripe.com"


def test_nothing_in_the_environment_is_a_development_with_the_fake():
    found = Settings.from_env({})
    assert not found.is_production
    assert found.uses_fake_stripe
    assert found.stripe_api_base.startswith("http://127.0.0.1:")
    assert found.payment_origins == (found.stripe_api_base,)
    assert len(found.secret_key) == 64
    assert Settings.from_env({}).secret_key != found.secret_key, "no secret is published in the code"


@pytest.mark.parametrize("env", ["development", "test", "production"])
@pytest.mark.parametrize("key", ["sk_live_51abcdef", "rk_live_51abcdef"])
def test_a_live_key_is_refused_everywhere(env: str, key: str):
    refused("live key", APP_ENV=env, STRIPE_SECRET_KEY=key)


@pytest.mark.parametrize("key", ["pk_test_51abc", "pk_live_51abc", " sk_live_51abc", "SK_TEST_1", "whsec_abc", "x"])
def test_what_is_no_secret_test_key_is_refused(key: str):
    refused("must start with sk_test_", STRIPE_SECRET_KEY=key)


@pytest.mark.parametrize(
    "secret",
    [
        "", "changeme", "secret", "x" * 31, "a" * 64, "ab" * 32, "0123456789" * 4, "development",
        "only-31-characters-of-randomne",
    ],
)  # fmt: skip
def test_a_weak_secret_is_refused_in_production(secret: str):
    refused("SECRET_KEY", SECRET_KEY=secret)


def test_a_missing_secret_is_refused_in_production_although_development_makes_one_up():
    with pytest.raises(BadSetting, match="SECRET_KEY"):
        Settings.from_env({name: value for name, value in GOOD.items() if name != "SECRET_KEY"})
    assert settings(APP_ENV="development", SECRET_KEY="court").secret_key == "court"


@pytest.mark.parametrize(
    "key",
    ["", "changeme", "00" * 32, "ab" * 32, secrets.token_hex(16), "z" * 64, GOOD["SECRET_KEY"]],
    ids=["none", "a word", "zeros", "one pair", "too short", "not hexadecimal", "another secret"],
)
def test_a_weak_missing_or_shared_master_key_of_the_notes_is_refused_in_production(key: str):
    refused("NOTES_MASTER_KEY", NOTES_MASTER_KEY=key)


def test_the_first_of_several_master_keys_is_the_one_in_use_and_none_is_shown():
    new, old = secrets.token_hex(32), secrets.token_hex(32)
    found = settings(NOTES_MASTER_KEY=f"{new}, {old}")
    assert found.master_keys == (bytes.fromhex(new), bytes.fromhex(old))
    assert new not in repr(found)


def test_without_a_master_key_every_process_of_a_development_makes_the_same_one():
    one, two = (Settings.from_env({"SECRET_KEY": "partagé"}) for _ in range(2))
    assert one.master_keys == two.master_keys != Settings.from_env({"SECRET_KEY": "autre"}).master_keys


def test_the_fake_is_for_development_only():
    refused("Stripe test key", STRIPE_SECRET_KEY="sk_test_local_demo", STRIPE_API_BASE="http://127.0.0.1:8201")


@pytest.mark.parametrize("env", ["development", "production"])
@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8201", "https://api.stripe.com.evil.example", "http://api.stripe.com"]
)
def test_a_real_key_never_leaves_for_another_address(env: str, base: str):
    refused("STRIPE_API_BASE", APP_ENV=env, STRIPE_API_BASE=base)


def test_the_fake_key_never_goes_to_stripe():
    refused("fake Stripe only", APP_ENV="development", STRIPE_SECRET_KEY="sk_test_local_x", STRIPE_API_BASE=STRIPE_API)


def test_a_real_key_is_paced_and_the_fake_is_not():
    assert settings().stripe_calls_per_second == 10
    assert settings(STRIPE_CALLS_PER_SECOND="3").stripe_calls_per_second == 3
    assert Settings.from_env({}).stripe_calls_per_second == 0


def test_production_is_served_over_https():
    refused("PUBLIC_URL", PUBLIC_URL="http://graine.example")


def test_cheap_password_hashes_are_refused_in_production():
    refused("ARGON2_CHEAP", ARGON2_CHEAP="1")
    assert settings(APP_ENV="test", ARGON2_CHEAP="yes").argon2_cheap


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLATFORM_FEE_BPS", "-1"), ("PLATFORM_FEE_BPS", "10001"), ("PLATFORM_FEE_BPS", "4,5"), ("HOLD_DAYS", "61"),
        ("HOLD_DAYS", "-1"), ("REFUND_BELOW_PERCENT", "101"), ("SMTP_PORT", "courrier"), ("APP_ENV", "prod"),
        ("STRIPE_CALLS_PER_SECOND", "101"), ("STRIPE_CALLS_IN_FLIGHT", "0"), ("STRIPE_CALLS_IN_FLIGHT", "33"),
        ("REPAIR_HOURS", "une semaine"), ("REPAIR_HOURS", "0"), ("REPAIR_HOURS", "721"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_names_its_variable(name: str, value: str):
    refused(name, **{name: value})


def test_every_setting_is_explained_to_who_runs_it():
    told = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert [name for name in Settings._readable() if not re.search(rf"\b{name.upper()}\b", told)] == []


def test_an_empty_variable_counts_as_not_given():
    assert settings(SMTP_PORT="", HOLD_DAYS="").hold_days == 7


def test_several_webhook_secrets_and_storage_options_are_read():
    found = settings(STRIPE_WEBHOOK_SECRET="whsec_new,whsec_old", STORAGE_URL="s3://seau", STORAGE_REGION="fr-par")
    assert found.stripe_webhook_secrets == ("whsec_new", "whsec_old")
    assert found.storage_options == {"region": "fr-par"}


def test_no_secret_is_printed_with_the_settings():
    given = {
        "STRIPE_WEBHOOK_SECRET": "whsec_tres_secret", "SMTP_PASSWORD": "motdepasse-courrier",
        "STORAGE_SECRET_ACCESS_KEY": "cle-du-seau",
    }  # fmt: skip
    words = repr(settings(**given))
    for value in (*given.values(), GOOD["SECRET_KEY"], GOOD["STRIPE_SECRET_KEY"], "motdepasse-base"):
        assert value not in words
