"""`flask coaching retention`: what the rules of retention would do, or do."""

from __future__ import annotations

import click

from app.coaching.cli import coaching_cli
from app.coaching.retention_jobs import count_due, run_rules
from app.core import clock


@coaching_cli.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what is due, change nothing.")
def retention(dry_run: bool) -> None:
    """Prompt, close, give notice and erase what is due. The worker does it every night."""
    if dry_run:
        for key, references in count_due(clock.now()).items():
            click.echo(f"{len(references):>6} {key}" + (f": {', '.join(references[:20])}" if references else ""))
        return
    click.echo(run_rules() or "Nothing is due.")
