"""Who else reads what is for everybody: rooms to the right that know people (who follow) register here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy import Select


@dataclass(frozen=True)
class Reader:
    """One address; `name` may be ""."""

    email: str
    name: str
    locale: str


# (campaign id, addresses after this one in their order, at most so many) → the next readers, by address
MoreReaders = Callable[[int, str, int], list[Reader]]


def register(app: Flask, find: MoreReaders) -> None:
    """`find(campaign_id, after, limit)` gives at most `limit` readers whose address sorts after `after`, in order."""
    app.extensions.setdefault("news_readers", []).append(find)


# → a SELECT of the addresses that want no news at all
Refusals = Callable[[], Select[str]]


def register_refusals(app: Flask, find: Refusals) -> None:
    """`find()` gives the addresses that no news is written to, whatever they gave to."""
    app.extensions.setdefault("news_refusals", []).append(find)


def refusals() -> list[Select[str]]:
    finds: list[Refusals] = current_app.extensions.get("news_refusals", [])
    return [find() for find in finds]


def others(campaign_id: int, after: str, limit: int) -> list[Reader]:
    finds: list[MoreReaders] = current_app.extensions.get("news_readers", [])
    return [reader for find in finds for reader in find(campaign_id, after, limit)]
