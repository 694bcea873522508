"""`make run`: prepares the instance folder, starts everything on loopback, ends it all on Ctrl-C.

PORT (8000) is where the site answers; INSTANCE (./instance) is the folder that keeps everything.
Settings of `config.py` given in the environment win: DATABASE_URL for a PostgreSQL,
STRIPE_SECRET_KEY for Stripe's test mode (the fake Stripe and the demo then stay off).
DEMO_PLEDGES=0.1 makes a tenth of the demo's pledges, for a quick look.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Mapping

from dev.launch import demo, webhook
from dev.launch.checks import HOST, read_port, require_free_port, require_room
from dev.launch.children import Children, answers_ok, parent_is_gone
from dev.launch.instance import Instance, Ports, fingerprint, instance_folder, uses_fake_stripe
from dev.launch.web import gunicorn
from dev.launch.words import DISK_FULL, Refusal, is_disk_full, say

DEFAULT_PORT = "8000"


class Launcher:
    """One run, from the checks to the end of every child."""

    def __init__(self, instance: Instance, ports: Ports, environment: Mapping[str, str], *, demo: bool):
        self.instance, self.ports, self.environment = instance, ports, environment
        self.fake = uses_fake_stripe(environment)
        self.wants_demo = demo
        self.stop = threading.Event()
        self.children = Children(environment, instance.path("log"), self.stop)

    def run(self) -> None:
        """Until stopped. Errors: Refusal, also when a child ends on its own."""
        parent = os.getppid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop.set())
        with self.children:
            if self._start():
                while not self.stop.wait(0.3) and not parent_is_gone(parent):
                    self.children.check()
            say("Arrêt en cours…")
        say("Tout est arrêté ; les données sont gardées.")

    def _start(self) -> bool:
        """False when asked to stop meanwhile."""
        makes_demo = self._decide_demo()
        return (
            self._start_servers()
            and self._prepare()
            and (not makes_demo or self._make_demo())
            and self._start_site()
            and self._announce()
        )

    def _decide_demo(self) -> bool:
        """True when the demo is to be made now; an unfinished one is cleared away first."""
        instance, own_database = self.instance, "DATABASE_URL" not in os.environ
        if instance.path("demo-begun").exists():
            if not own_database:
                raise Refusal(
                    "La création de la démonstration a été interrompue : videz la base de données donnée "
                    f"par DATABASE_URL, supprimez {instance.path('demo-begun')}, puis relancez."
                )
            say("La création de la démonstration avait été interrompue : elle est refaite du début.")
            instance.start_over()
        if instance.path("demo-done").exists() or not self.wants_demo:
            return False
        if not self.fake:
            say("Avec une clé de Stripe, pas de démonstration : elle a besoin du faux Stripe.")
            return False
        if instance.path("prepared").exists():
            say(
                "Ce dossier a été commencé sans démonstration et reste ainsi ; pour en avoir une, "
                "choisissez un autre dossier avec INSTANCE=…"
            )
            return False
        # From here on until the demo is complete, an interruption means starting over.
        instance.path("demo-begun").touch()
        return True

    def _start_servers(self) -> bool:
        """What the site needs around it: the fake Stripe and the mail catcher."""
        ports, path = self.ports, self.instance.path
        waiting = []
        if self.fake:
            self.children.start(
                "stripe", "-m", "fake_stripe",
                "--port", str(ports.stripe), "--database", str(path("fake-stripe.sqlite")),
            )  # fmt: skip
            waiting.append(ports.stripe)
        if demo.mail_is_caught(self.environment, ports):
            self.children.start(
                "mail", "-m", "dev.mailcatcher", "--smtp-port", str(ports.smtp),
                "--http-port", str(ports.mail), "--folder", str(path("mails")),
            )  # fmt: skip
            waiting.append(ports.mail)
        return self.children.wait_until(lambda: all(answers_ok(port) for port in waiting))

    def _prepare(self) -> bool:
        """Migrations and reference data; skipped when this checkout has already done both here."""
        mark, current = self.instance.path("prepared"), fingerprint()
        done = mark.exists() and mark.read_text("utf-8") == current
        if done and self.instance.has_own_database and "DATABASE_URL" not in os.environ:
            return True
        say("Préparation de la base de données…")
        for words in (("db", "upgrade"), ("network", "load")):
            if not self.children.run("prepare", "-m", "flask", "--app", "wsgi", *words):
                return self._unless_stopped("La base de données n’a pas pu être préparée")
        mark.write_text(current, "utf-8")
        return True

    def _start_site(self) -> bool:
        if self.fake:
            webhook.register(self.instance, self.ports, self.environment["STRIPE_SECRET_KEY"])
        self.children.start("web", *gunicorn(f"{HOST}:{self.ports.web}"))
        self.children.start("worker", "-m", "flask", "--app", "wsgi", "worker")
        return self.children.wait_until(lambda: answers_ok(self.ports.web))

    def _make_demo(self) -> bool:
        """Before web, worker and webhook: the story does their work itself, a hundred days in order."""
        say("Création de la démonstration (une à deux minutes, une seule fois)…")
        made = self.children.run(
            "demo", "-m", "dev.seed", "--accounts-to", str(self.instance.path("demo-accounts.json")),
            "--pledges", self.environment.get("DEMO_PLEDGES") or "1", on_screen=True,
        )  # fmt: skip
        if not made:
            return self._unless_stopped("La démonstration n’a pas pu être créée")
        self.instance.path("demo-done").touch()
        self.instance.path("demo-begun").unlink()
        return True

    def _announce(self) -> bool:
        demo.write_summary(self.instance, self.ports, self.environment)
        demo.print_summary(self.instance, self.ports, self.environment)
        self.children.on_screen = True
        return True

    def _unless_stopped(self, sentence: str) -> bool:
        if self.stop.is_set():
            return False
        raise Refusal(f"{sentence} : le détail est ci-dessus et dans {self.instance.path('log')}.")


def prepare(environ: Mapping[str, str], *, wants_demo: bool) -> Launcher:
    """All checks, nothing started yet. Errors: Refusal."""
    if environ.get("STRIPE_SECRET_KEY", "").startswith(("sk_live_", "rk_live_")):
        raise Refusal(
            "STRIPE_SECRET_KEY est une clé réelle : cette plateforme ne fonctionne qu’avec une clé de test (sk_test_…)."
        )
    port = read_port(environ.get("PORT") or DEFAULT_PORT)
    instance = Instance(instance_folder(environ))
    require_room(instance.folder)
    instance.lock()
    require_free_port(port)
    ports = instance.ports(port)
    return Launcher(instance, ports, instance.environment(ports, environ), demo=wants_demo)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m dev.run", description=__doc__)
    parser.add_argument("--no-demo", action="store_true", help="start with an empty platform")
    asked = parser.parse_args()
    try:
        prepare(os.environ, wants_demo=not asked.no_demo).run()
    except Refusal as refusal:
        say(str(refusal), sys.stderr)
        return 1
    except OSError as error:
        if not is_disk_full(error):
            raise
        say(DISK_FULL, sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
