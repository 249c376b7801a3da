"""Valid files, damaged at random: each is read or refused, and nothing else ever happens.

A few hundred in every run; `DUBAN_MUTATIONS=10000 pytest tests/intake/test_mutations.py` for the long one.
"""

import io
import os
import zipfile
from functools import cache

import docx
import openpyxl
import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks_app.intake import actions
from tasks_app.lib.errors import Refused
from tests.factories import beijing
from tests.intake.files import HEADINGS, NEW_ROW, ROWS, csv_of

AT = beijing("2024-08-02 11:00")
MANY = int(os.environ.get("DUBAN_MUTATIONS", "200"))
NAMES = ["清单.csv", "清单.tsv", "国标.csv", "清单.xlsx", "通知.docx", "通知.txt"]
NOISE = st.sampled_from(
    [word.encode() for word in ('"', ",", "\n", "\r", "\t", "(", "（", "责任单位：", "一、", "1．", "、", "〔2024〕")]
    + [b"", b"\x00", b"\xff", b"9" * 40, "2024年2月30日".encode(), b"<w:p>", b"&#0;", b"<"]
)
CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), NOISE), max_size=6)


@cache
def original(name: str) -> bytes:
    """A small valid file of each kind that we read."""
    rows = (HEADINGS, *ROWS, NEW_ROW)
    if name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        return _saved(book)
    if name.endswith(".docx"):
        paper = docx.Document()
        paper.add_paragraph("东政办〔2025〕9号")
        table = paper.add_table(0, len(HEADINGS))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        return _saved(paper)
    if name.endswith(".txt"):
        printed = django_settings.BASE_DIR / "tests" / "sources" / "printed" / "000_140b536ee8b35441.txt"
        return printed.read_bytes()[9000:14000]
    if name == "国标.csv":
        return csv_of(encoding="gb18030")
    return csv_of(delimiter="\t" if name.endswith(".tsv") else ",")


def _saved(paper) -> bytes:
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def damaged(content: bytes, cuts) -> bytes:
    """At each place some bytes are taken out and others put in."""
    for where, length, noise in cuts:
        at = int(where * len(content))
        content = content[:at] + noise + content[at + length :]
    return content


def damaged_inside(content: bytes, cuts, part: float) -> bytes:
    """One part of an office file damaged, the zip around it whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        likely = [name for name in names if name.endswith(("document.xml", "sheet1.xml", "sharedStrings.xml"))] or names
        hit = likely[int(part * (len(likely) - 1))]
        for name in names:
            new.writestr(name, damaged(old.read(name), cuts) if name == hit else old.read(name))
    return out.getvalue()


@pytest.mark.django_db
@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(NAMES), cuts=CUTS, inside=st.booleans(), part=st.floats(0, 1))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(world, name, cuts, inside, part):
    content = original(name)
    is_office = name.endswith((".xlsx", ".docx"))
    content = damaged_inside(content, cuts, part) if is_office and inside else damaged(content, cuts)
    with transaction.atomic():
        try:
            batch = actions.stage(
                content=content, file_name=name, by=world.people["administrator"], at=AT, task_list=world.task_list
            )
        except Refused as refusal:
            assert str(refusal)  # noqa: PT017
        else:
            assert all(row.item or row.problems for row in batch.rows.all())
        transaction.set_rollback(True)
