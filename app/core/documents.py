"""Documents that leave the site: PDF drawn by typst, CSV and XLSX that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import IO, Any

from flask import Response, current_app
from flask_babel import gettext as _

from app.core import clock
from app.core.i18n import current as language
from app.core.i18n import date_long

Cell = str | int | date | None
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection").
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
A_PIECE = 64 * 1024
PDF, CSV = "application/pdf", "text/csv"  # the encoding of a text is added by the answer
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """Rows of words, ready to be read; `numbers`: the columns set to the right."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()


@dataclass(frozen=True)
class Document:
    """What a PDF says: words and figures as they are printed, in the reader's language."""

    title: str
    paragraphs: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    footer: str = ""
    dated_at: datetime = field(default_factory=clock.now)


def pdf(document: Document) -> bytes:
    """An accessible PDF (PDF/UA-1) where our fonts know every sign; the same document gives the same bytes."""
    import typst  # 80 MB of library: only the process that draws pays

    said = asdict(document)
    dated_at: datetime = said.pop("dated_at")
    said |= {
        "platform": current_app.config["SETTINGS"].platform_name,
        "lang": language(),
        "dated": _("Établi le %(day)s", day=date_long(dated_at)),
    }
    layout = (current_app.config["ROOT"] / "templates" / "pdf" / "document.typ").read_bytes()
    drawn: dict[str, Any] = {
        "sys_inputs": {"data": json.dumps(said, default=str)},
        "ignore_system_fonts": True,
        "timestamp": int(dated_at.timestamp()),
    }
    try:
        made: bytes = typst.compile(layout, pdf_standards=["ua-1"], **drawn)
    except typst.TypstError:  # a sign that our fonts lack (an emoji in a name): shown as a box, without the label
        made = typst.compile(layout, **drawn)
    return made


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """RFC 4180 with semicolons and a byte order mark, as French spreadsheets expect; dates in ISO, cents as « 12,50 »
    are the caller's."""
    return b"".join(csv_pieces(header, rows))


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same file a piece at a time: memory does not grow with it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([harmless(cell) for cell in header])
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if out.tell() > A_PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def harmless(cell: Cell) -> str | int:
    """A cell that no spreadsheet calculates: text that begins like a formula is preceded by an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        text = cell.replace("\0", "")
        return f"'{text}" if text.lstrip(" ").startswith(RISKY) else text
    return cell


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str, euros: Sequence[int] = ()) -> bytes:
    """Every text is written as text; the columns `euros` hold cents and are shown as amounts."""
    out = io.BytesIO()
    write_xlsx(out, header, rows, sheet=sheet, euros=euros)
    return out.getvalue()


def write_xlsx(
    out: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str, euros: Sequence[int] = ()
) -> None:
    """The same into a file: rows go to the disk one by one, memory does not grow with them."""
    import xlsxwriter

    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page, bold = book.add_worksheet(sheet[:31]), book.add_format({"bold": True})
    amount, day = book.add_format({"num_format": '#,##0.00\\ "€"'}), book.add_format({"num_format": "dd/mm/yyyy"})
    page.freeze_panes(1, 0)
    page.set_column(0, max(0, len(header) - 1), 16)
    page.write_row(0, 0, header, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell is None:
                continue
            if isinstance(cell, date):
                page.write_datetime(number, column, cell, day)
            elif isinstance(cell, int):
                page.write_number(number, column, cell / 100 if column in euros else cell,
                                  amount if column in euros else None)  # fmt: skip
            else:
                page.write_string(number, column, cell)
    book.close()


def download(content: bytes | Iterator[bytes], name: str, kind: str) -> Response:
    """A file that the browser saves under `name`; nothing keeps a copy on the way."""
    answer = Response(content, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
