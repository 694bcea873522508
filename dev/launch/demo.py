"""What is printed, and written for scripts, once everything answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dev.launch.checks import HOST
from dev.launch.instance import Instance, Ports, uses_fake_stripe
from dev.launch.words import say, table

# docs.stripe.com/testing; the fake behaves alike. Any future date and any code of three digits do.
TEST_CARDS = (
    ("4242 4242 4242 4242", "acceptée"),
    ("4000 0025 0000 3155", "demande une confirmation par la banque (3-D Secure), puis acceptée"),
    ("4000 0027 6000 3184", "demande une confirmation à chaque débit, même plus tard"),
    ("4000 0000 0000 0341", "s’enregistre, mais le débit sera refusé : à réparer par le lien du courriel"),
    ("4000 0082 6000 3178", "confirmation par la banque, puis débit refusé pour provision insuffisante"),
    ("4000 0000 0000 0002", "refusée tout de suite"),
    ("4000 0000 0000 9995", "refusée tout de suite : provision insuffisante"),
    ("4000 0000 0000 0069", "refusée : carte expirée"),
)
ROLES = {
    "platform_admin": "administration",
    "administrator": "administration",
    "organisation_lead": "responsable de structure",
    "moderator": "modération",
    "coach": "accompagnement",
    "referent": "accompagnement",
    "treasurer": "trésorerie",
    "holder": "porteur ou porteuse",
    "citizen": "citoyenne ou citoyen",
}


KEPT_SETTINGS = (
    "APP_ENV", "PUBLIC_URL", "SECRET_KEY", "DATABASE_URL", "STORAGE_URL", "STRIPE_SECRET_KEY", "STRIPE_API_BASE",
    "STRIPE_WEBHOOK_SECRET_FILE", "MAIL_FROM", "SMTP_HOST", "SMTP_PORT", "NOTES_MASTER_KEY",
)  # fmt: skip


def accounts(instance: Instance) -> list[dict[str, Any]]:
    """What the seed wrote; [] without a demo."""
    try:
        found = json.loads(instance.path("demo-accounts.json").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [account for account in found if isinstance(account, dict)] if isinstance(found, list) else []


def write_summary(instance: Instance, ports: Ports, environment: Mapping[str, str]) -> None:
    """INSTANCE/demo.json: everything a script needs to use the running platform.

    INSTANCE/settings.json: what `flask` needs to speak to this instance (config.of_instance).
    """
    kept = {name: environment[name] for name in KEPT_SETTINGS if name in environment}
    instance.write("settings.json", kept, mode=0o600)
    fake = uses_fake_stripe(environment)
    own_mail = mail_is_caught(environment, ports)
    instance.write(
        "demo.json",
        {
            "base_url": f"http://{HOST}:{ports.web}",
            "accounts": accounts(instance),
            "fake_stripe_url": f"http://{HOST}:{ports.stripe}" if fake else None,
            "mailcatcher_url": f"http://{HOST}:{ports.mail}" if own_mail else None,
            "smtp": {"host": environment["SMTP_HOST"], "port": int(environment["SMTP_PORT"])},
            "test_cards": [{"number": number.replace(" ", ""), "what": what} for number, what in TEST_CARDS],
        },
        mode=0o600,
    )


def mail_is_caught(environment: Mapping[str, str], ports: Ports) -> bool:
    """False when the person gave a mail server of their own."""
    return environment["SMTP_HOST"] == HOST and environment["SMTP_PORT"] == str(ports.smtp)


def print_summary(instance: Instance, ports: Ports, environment: Mapping[str, str]) -> None:
    people = accounts(instance)
    say()
    if people:
        say("Comptes de démonstration :")
        rows = [
            (
                ROLES.get(str(person.get("role")), str(person.get("role", ""))),
                str(person.get("organisation") or "—"),
                str(person.get("email", "")),
                str(person.get("password", "")),
            )
            for person in people
        ]
        say(table([("rôle", "structure", "adresse", "mot de passe"), *rows]))
        say("Administration et trésorerie demandent aussi un code : INSTANCE=… flask dev code ADRESSE le donne.")
        say()
    say("Cartes d’essai (date future quelconque, code à trois chiffres quelconque) :")
    say(table(list(TEST_CARDS)))
    say()
    if mail_is_caught(environment, ports):
        say(f"Courriels envoyés :  http://{HOST}:{ports.mail}/")
    if uses_fake_stripe(environment):
        say(f"Faux Stripe :        http://{HOST}:{ports.stripe}/  (aucun argent réel)")
    else:
        say("Paiements :          Stripe, en mode test")
    say(f"Données, journaux :  {instance.folder}")
    say("Pour tout arrêter :  Ctrl-C")
    say()
    say(f"Ready: http://{HOST}:{ports.web}/")
