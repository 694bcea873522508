"""Files that leave the site: accessible PDFs, and sheets in which nothing is calculated."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.documents import CSV, PDF, Document, Table, as_csv, as_xlsx, download, harmless, pdf

AT = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["=1+1", "+33", "-5", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "  =HYPERLINK(1)"])
def test_text_that_begins_like_a_formula_is_made_text(text):
    assert harmless(text).startswith("'")


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_whatever_people_typed_comes_back_from_csv_without_a_formula(cells):
    content = as_csv(["a"] * len(cells), [cells]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert len(rows) == 2
    for cell, typed in zip(rows[1], cells, strict=True):
        assert cell.lstrip("'") == typed.replace("\0", "").lstrip("'")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_sheet_holds_text_numbers_and_days_and_no_formula():
    made = as_xlsx(["a", "b", "c"], [["=1+1", 12_50, date(2027, 3, 1)], [None, 3, None]], sheet="x" * 40, euros=(1,))
    sheet = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>12.5</v>" in sheet


def test_what_a_person_typed_is_never_read_as_markup(app):
    typed = "#eval(1) *gras* $x$ <script> \u202b\u05d0 \U0001f600 = titre\n= autre"
    document = Document(
        title=typed, paragraphs=[typed], facts=[(typed, typed)],
        tables=[Table(title=typed, header=[typed], rows=[[typed]], numbers=(0,))], notes=[typed], footer=typed,
        dated_at=AT,
    )  # fmt: skip
    with app.test_request_context():
        made = pdf(document)
        assert made.startswith(b"%PDF")
        assert pdf(document) == made


def test_a_file_of_words_names_its_encoding_once(app):
    with app.test_request_context("/"):
        assert download(b"a;b", "a.csv", CSV).headers["Content-Type"] == "text/csv; charset=utf-8"
        assert download(b"%PDF", "a.pdf", PDF).headers["Content-Type"] == "application/pdf"


def test_an_almost_empty_document_is_drawn(app):
    with app.test_request_context():
        assert pdf(Document(title="Vide", dated_at=AT)).startswith(b"%PDF")
