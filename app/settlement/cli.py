"""`flask payments check`: the books side by side. Ends with 1 when two of them differ."""

from __future__ import annotations

import click

from app.core.money import format_euros
from app.payments.cli import payments_cli
from app.payments.errors import GatewayRefused, GatewayUnavailable
from app.settlement.books import Comparison, compare

SHOWN = ("total", "charged", "refunded", "transferred", "left to the campaign", "owed by holders", "balance")


@payments_cli.command("check")
@click.option("--all", "show_all", is_flag=True, help="Show equal lines too.")
def check(show_all: bool) -> None:
    """Compare totals, promises, charges, refunds, disputes, transfers, the sealed ledger and Stripe's own books."""
    lines = differences = 0
    try:
        for found in compare():
            lines += 1
            differences += not found.is_equal
            if show_all or found.note or not found.is_equal or found.name in SHOWN:
                click.echo(_line(found))
    except (GatewayUnavailable, GatewayRefused) as error:
        click.echo(f"Stripe gives no answer: {getattr(error, 'reason', '') or getattr(error, 'code', '')}", err=True)
        raise SystemExit(2) from error
    click.echo(f"{lines} comparisons, {differences} differences")
    raise SystemExit(1 if differences else 0)


def _line(found: Comparison) -> str:
    is_count = "(count)" in found.name
    figures = "   ".join(
        f"{book.replace('_', ' ')} {figure if is_count else format_euros(figure)}" for book, figure in found.values
    )
    mark = "·" if found.note else "✓" if found.is_equal else "≠"
    return f"{mark} {found.campaign:<40.40} {found.name:<32} {figures}   {found.note}".rstrip()


def init_app() -> None:
    """The command is in the group of payments as soon as this module is read; its door puts the group in the app."""
    assert "check" in payments_cli.commands
