"""The ledger as a file: for a treasurer who has just given a code, and written down in the journal."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date

from flask import Response, render_template, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries import get_user
from app.accounts.step_up import require_second_factor
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.documents import A_PIECE, CSV, XLSX, csv_pieces, download, write_xlsx
from app.treasury import ledger_file, policy, services
from app.treasury.forms import LedgerForm
from app.treasury.views import bp


@bp.get("/livre")
@allow(policy.works_here)
@require_second_factor()
def ledger() -> ResponseReturnValue:
    """Of which days, as which file; the year so far unless told otherwise."""
    today = clock.paris_day(clock.now()).date()
    return _page(LedgerForm(since=today.replace(month=1, day=1), until=today, kind="xlsx"), 200)


@bp.post("/livre")
@allow(policy.works_here)
@require_second_factor()
def take_ledger() -> ResponseReturnValue:
    form, at, by = LedgerForm(), clock.now(), viewer().user_id or 0
    if not form.validate_on_submit():
        return _page(form, 422)
    first, last, kind = form.since.data, form.until.data, form.kind.data
    with transaction():
        services.note_ledger_file(get_user(by), first=first, last=last, kind=kind, at=at)
    return _as_xlsx(first, last) if kind == "xlsx" else _as_csv(first, last)


def _page(form: LedgerForm, status: int) -> ResponseReturnValue:
    return render_template("treasury/ledger.html", form=form), status


def _name(first: date, last: date, end: str) -> str:
    name = _("grand-livre-%(first)s-%(last)s", first=first.isoformat(), last=last.isoformat())
    return f"{name}.{end}"


def _as_csv(first: date, last: date) -> Response:
    """Sent while it is read."""
    pieces = csv_pieces(ledger_file.header(), ledger_file.in_words(ledger_file.rows(first, last)))
    return download(stream_with_context(pieces), _name(first, last, "csv"), CSV)


def _as_xlsx(first: date, last: date) -> Response:
    return download(stream_with_context(_sheet(first, last)), _name(first, last, "xlsx"), XLSX)


def _sheet(first: date, last: date) -> Iterator[bytes]:
    """On the disk first: the index of such a file stands at its end."""
    with tempfile.TemporaryFile() as out:
        write_xlsx(
            out, ledger_file.header(), ledger_file.rows(first, last), sheet=_("Grand livre"), euros=ledger_file.EUROS
        )
        out.seek(0)
        while piece := out.read(A_PIECE):
            yield piece
