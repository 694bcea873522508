"""The door: what a call may carry. Anything not listed is refused, as Stripe does."""

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl

from fake_stripe.errors import invalid


class Reader(Protocol):
    """Turns a raw value (text from a form, or JSON) into a typed one, or raises a Refusal."""

    required: bool

    def read(self, raw: Any, path: str) -> Any: ...


class Text:
    def __init__(
        self,
        *,
        required: bool = False,
        max_length: int = 5000,
        choices: tuple[str, ...] = (),
        unset: bool = False,
    ) -> None:
        self.required = required
        self.max_length = max_length
        self.choices = choices
        self.unset = unset

    def read(self, raw: Any, path: str) -> str:
        if not isinstance(raw, str):
            raise invalid(f"Invalid string: {raw!r}", path)
        if raw == "" and not self.unset:
            raise invalid(
                f"You passed an empty string for '{path}'. We assume empty values are an attempt "
                f"to unset a parameter; however '{path}' cannot be unset.",
                path,
                "parameter_invalid_empty",
            )
        if len(raw) > self.max_length:
            raise invalid(
                f"Invalid string: {path} has {len(raw)} characters; the maximum is {self.max_length}.",
                path,
            )
        if self.choices and raw not in self.choices:
            raise invalid(f"Invalid {path}: must be one of {', '.join(self.choices)}", path)
        return raw


class Number:
    def __init__(self, *, required: bool = False, least: int | None = None, most: int | None = None) -> None:
        self.required = required
        self.least = least
        self.most = most

    def read(self, raw: Any, path: str) -> int:
        text = str(raw)
        sign_free = text[1:] if text.startswith("-") else text
        if isinstance(raw, bool) or not (sign_free.isascii() and sign_free.isdigit()):
            raise invalid(f"Invalid integer: {text}", path, "parameter_invalid_integer")
        if len(text) > 15:
            raise invalid(f"Invalid integer: {text[:20]}…", path, "parameter_invalid_integer")
        value = int(text)
        if self.least is not None and value < self.least:
            raise invalid(
                f"This value must be greater than or equal to {self.least}.",
                path,
                "parameter_invalid_integer",
            )
        if self.most is not None and value > self.most:
            raise invalid(
                f"This value must be less than or equal to {self.most}.",
                path,
                "parameter_invalid_integer",
            )
        return value


class Flag:
    def __init__(self, *, required: bool = False) -> None:
        self.required = required

    def read(self, raw: Any, path: str) -> bool:
        if raw in (True, "true"):
            return True
        if raw in (False, "false"):
            return False
        raise invalid(f"Invalid boolean: {raw}", path)


class Metadata:
    """Up to 50 keys of 40 characters, values of 500 (docs.stripe.com/api/metadata)."""

    required = False

    def read(self, raw: Any, path: str) -> dict[str, str]:
        if raw == "":
            return {}
        if not isinstance(raw, Mapping):
            raise invalid(f"Invalid object: {path} must be a hash", path)
        if len(raw) > 50:
            raise invalid("You may only have up to 50 keys in metadata.", path)
        found: dict[str, str] = {}
        for key, value in raw.items():
            where = f"{path}[{key}]"
            if not isinstance(value, str):
                raise invalid(f"Metadata values must be strings: {where}", where)
            if len(key) > 40:
                raise invalid("Metadata keys must have up to 40 characters.", where)
            if len(value) > 500:
                raise invalid(
                    "Metadata values must have up to 500 characters, but you passed in a value "
                    f"that is {len(value)} characters.",
                    where,
                )
            found[key] = value
        return found


class Many:
    def __init__(self, item: Reader, *, required: bool = False, most: int = 100) -> None:
        self.item = item
        self.required = required
        self.most = most

    def read(self, raw: Any, path: str) -> list[Any]:
        if isinstance(raw, Mapping) and all(str(key).isdigit() for key in raw):
            raw = [raw[key] for key in sorted(raw, key=int)]
        if not isinstance(raw, list):
            raise invalid("Invalid array", path)
        if len(raw) > self.most:
            raise invalid(f"Invalid array: at most {self.most} items are allowed.", path)
        return [self.item.read(value, f"{path}[{index}]") for index, value in enumerate(raw)]


class Shape:
    """A hash with known names. `Shape(name=Reader, …)`; `wanted` makes it required."""

    required = False

    def __init__(self, **fields: Reader) -> None:
        self.fields = fields

    def wanted(self) -> "Shape":
        self.required = True
        return self

    def read(self, raw: Any, path: str) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            raise invalid("Invalid object", path)
        prefix = f"{path}[{{}}]" if path else "{}"
        for name in raw:
            if name not in self.fields:
                full = prefix.format(name)
                raise invalid(f"Received unknown parameter: {full}", full, "parameter_unknown")
        found: dict[str, Any] = {}
        for name, reader in self.fields.items():
            full = prefix.format(name)
            if name in raw:
                found[name] = reader.read(raw[name], full)
            elif reader.required:
                raise invalid(f"Missing required param: {full}.", full, "parameter_missing")
        return found


class NumberOrRange:
    """`created=…` or `created[gte]=…` and the like, in Unix seconds."""

    required = False
    bounds = Shape(gt=Number(), gte=Number(), lt=Number(), lte=Number())

    def read(self, raw: Any, path: str) -> dict[str, int]:
        if isinstance(raw, Mapping):
            return self.bounds.read(raw, path)
        value = Number().read(raw, path)
        return {"gte": value, "lte": value}


EXPAND = Many(Text(), most=20)


def retrieval() -> Shape:
    return Shape(expand=EXPAND)


def listing(**filters: Reader) -> Shape:
    """The parameters shared by every v1 list, newest first, 10 a page, 100 at most."""
    return Shape(
        limit=Number(least=1, most=100),
        starting_after=Text(),
        ending_before=Text(),
        expand=EXPAND,
        **filters,
    )


def decode_form(text: str) -> dict[str, Any]:
    """`a[b][0]=x` → {"a": {"b": {"0": "x"}}}; `a[]=x` numbers itself.

    Raises:
        Refusal: 400 when a name is both a value and a hash, or nests deeper than 8.
    """
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=2000):
        parts = name.replace("]", "").split("[")
        if len(parts) > 8:
            raise invalid("Invalid request: nested too deeply", name[:80])
        node = root
        for part in parts[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise invalid("Invalid object", name)
        last = parts[-1] if parts[-1] != "" or len(parts) == 1 else str(len(node))
        if isinstance(node.get(last), dict):
            raise invalid("Invalid object", name)
        node[last] = value
    return root
