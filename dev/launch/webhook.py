"""The web app's webhook, registered at the fake Stripe by the official call, once per address."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlencode

from dev.launch.checks import HOST
from dev.launch.instance import Instance, Ports
from dev.launch.words import Refusal
from fake_stripe.work import API_VERSION

PATH = "/stripe/webhook"


def register(instance: Instance, ports: Ports, key: str) -> None:
    """Leaves the signing secret in the instance folder. Errors: Refusal when the fake says no."""
    url = f"http://{HOST}:{ports.web}{PATH}"
    known = instance.read("webhook.json")
    secret_file = instance.path("webhook-secret")
    still_there = known.get("id") and _call(ports, key, "GET", f"/{known['id']}")[0] == 200
    if still_there and known.get("url") == url and secret_file.exists():
        return
    if still_there:
        _call(ports, key, "DELETE", f"/{known['id']}")
    status, answer = _call(ports, key, "POST", "", {"url": url, "enabled_events[]": "*"})
    if status != 200:
        raise Refusal(f"Le faux Stripe refuse l’adresse des notifications ({status}) : {answer}")
    secret_file.touch(0o600)
    secret_file.write_text(answer["secret"] + "\n", "utf-8")
    instance.write("webhook.json", {"id": answer["id"], "url": url})


def _call(
    ports: Ports, key: str, method: str, path: str, form: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(HOST, ports.stripe, timeout=10)
    try:
        connection.request(
            method,
            f"/v1/webhook_endpoints{path}",
            body=urlencode(form or {}),
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Stripe-Version": API_VERSION,
            },
        )
        answer = connection.getresponse()
        value = json.loads(answer.read() or b"{}")
        return answer.status, value if isinstance(value, dict) else {}
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Refusal(f"Le faux Stripe ne répond pas comme attendu : {error}") from error
    finally:
        connection.close()
