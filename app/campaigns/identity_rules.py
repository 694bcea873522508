"""Who holds a campaign in law: which words each kind of holder has, and which are still missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.core.registration import is_rna, is_siren


class HolderKind(StrEnum):
    PERSON = "person"  # in their own name
    ASSOCIATION = "association"
    COMPANY = "company"  # and whatever else has a SIREN: a cooperative, a micro-enterprise, a commune


@dataclass(frozen=True)
class Identity:
    """Empty where nothing is said yet. `number`: a SIREN or an RNA, compact. No address: none is to be shown."""

    kind: str = ""
    name: str = ""
    form: str = ""
    number: str = ""
    representative: str = ""

    @property
    def is_given(self) -> bool:
        return bool(self.kind)

    @property
    def is_trader(self) -> bool:
        """Sells as a professional: its prices to consumers are said with all taxes."""
        return self.kind == HolderKind.COMPANY


FIELDS_OF: dict[str, frozenset[str]] = {
    HolderKind.PERSON: frozenset({"name"}),
    HolderKind.ASSOCIATION: frozenset({"name", "number", "representative"}),
    HolderKind.COMPANY: frozenset({"name", "form", "number", "representative"}),
}
BESIDE_THE_KIND = ("name", "form", "number", "representative")


def fitting(identity: Identity) -> Identity:
    """Without what this kind of holder has not; everything while the kind is not chosen."""
    wanted = FIELDS_OF.get(identity.kind)
    if wanted is None:
        return identity
    return replace(identity, **{name: "" for name in BESIDE_THE_KIND if name not in wanted})


def is_number(kind: str, number: str) -> bool:
    """True for a number that this kind of holder may have, compact; an association may have either."""
    return is_siren(number) or (kind != HolderKind.COMPANY and is_rna(number))


def missing(identity: Identity) -> tuple[str, ...]:
    """Names of fields without which it cannot be sent, in the order of the form; a number that is wrong is missing."""
    if identity.kind not in FIELDS_OF:
        return ("kind",)
    wanted = [name for name in BESIDE_THE_KIND if name in FIELDS_OF[identity.kind]]
    wrong = "number" in wanted and not is_number(identity.kind, identity.number)
    return tuple(name for name in wanted if not getattr(identity, name).strip() or (name == "number" and wrong))


def forgotten(identity: Identity, *, was_public: bool) -> Identity:
    """What stays when the account that held it closes: of a campaign that people contributed to, the organisation with
    which they have a contract, without the name of a person; nothing of any other."""
    if not was_public:
        return Identity()
    if identity.kind == HolderKind.PERSON:
        return Identity(kind=identity.kind)
    return replace(identity, representative="") if identity.kind in FIELDS_OF else Identity()
