"""A corpus of bad files, class by class. `python -m tests.intake.bad_files FOLDER` writes it."""

import io
import struct
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl

from tests.intake.files import HEADINGS, NEW_ROW, ROWS, csv_of, text_of, with_cell

CSV = ".csv"


@dataclass(frozen=True)
class BadFile:
    """`kind` is its class; `fatal`: nothing of it can be read."""

    kind: str
    name: str
    content: bytes
    fatal: bool = False


def corpus() -> list[BadFile]:
    """Every file; the same bytes whenever it is called, except for office files' own time stamps."""
    made = [*_no_table(), *_other_kinds(), *_encodings(), *_headers(), *_shapes(), *_cells(), *_units(), *_numbers()]
    return [*made, *_workbooks(), *_reaching_too_far(), *_documents(), *_archives(), *_texts()]


def _no_table() -> Iterator[BadFile]:
    for name, content in {
        "empty.csv": b"", "blank.csv": b"\r\n\r\n  \r\n", "bom.csv": b"\xef\xbb\xbf", "commas.csv": b",,,\n,,,\n",
        "nul.csv": b"\x00" * 40, "header-only.csv": text_of(()).encode(),
        "other-table.csv": "姓名,电话\n甲,1\n".encode(),
    }.items():  # fmt: skip
        yield BadFile("没有表", name, content, fatal=True)


def _other_kinds() -> Iterator[BadFile]:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    word = ole + "WordDocument".encode("utf-16-le")
    locked = ole + "EncryptedPackage".encode("utf-16-le")
    for name, content in {
        "pdf.csv": b"%PDF-1.7\n%\xe2\xe3", "pdf.docx": b"%PDF-1.7", "png.xlsx": b"\x89PNG\r\n\x1a\n", "old.doc": word,
        "old.wps": ole, "old.et": ole, "renamed.docx": word, "locked.docx": locked, "locked.xlsx": locked,
        "page.xls": b"<html><table><tr><td>1</td></tr></table></html>", "rar.csv": b"Rar!\x1a\x07",
        "rtf.csv": b"{\\rtf1 x}",
        "gzip.csv": b"\x1f\x8b\x08", "exe.txt": b"MZ\x90\x00\x03",
    }.items():  # fmt: skip
        yield BadFile("别的格式", name, content, fatal=True)


def _encodings() -> Iterator[BadFile]:
    good = text_of()
    yield BadFile("编码", "big5.csv", good.encode("big5", "ignore"), fatal=True)
    yield BadFile("编码", "utf16-no-bom.csv", good.encode("utf-16-le"), fatal=True)
    yield BadFile("编码", "half-sign.csv", good.encode("gb18030")[:-3])
    yield BadFile("编码", "broken-utf8.csv", good.encode()[:200] + b"\xff\xfe" + good.encode()[200:], fatal=True)
    yield BadFile("编码", "mojibake.csv", good.encode().decode("latin-1").encode(), fatal=True)
    yield BadFile("编码", "replaced.csv", good.replace("市", "\ufffd").encode())


def _headers() -> Iterator[BadFile]:
    for place, heading in enumerate(HEADINGS):
        if heading in {"序号", "牵头单位", "工作事项和年度目标成果"}:
            rows = [row[:place] + row[place + 1 :] for row in ROWS]
            yield BadFile("缺列", f"without-{place}.csv", csv_of(rows, HEADINGS[:place] + HEADINGS[place + 1 :]))
    yield BadFile("重列", "twice.csv", csv_of([(*row, "x") for row in ROWS], (*HEADINGS, "主要任务")))
    yield BadFile("重列", "leads.csv", csv_of([(*row, "x") for row in ROWS], (*HEADINGS, "主办单位")))
    yield BadFile("多列", "many.csv", csv_of([(*row, *"x" * 300) for row in ROWS], (*HEADINGS, *"x" * 300)), fatal=True)


def _shapes() -> Iterator[BadFile]:
    good = text_of().splitlines()
    yield BadFile("引号", "open-quote.csv", "\n".join([good[0], '1,"一,二', *good[2:]]).encode())
    yield BadFile(
        "引号", "quote-inside.csv", "\n".join([good[0], good[1].replace("改造", '改"造'), *good[2:]]).encode()
    )
    yield BadFile("引号", "quote-last.csv", (text_of() + '5,"x').encode())
    yield BadFile("格数", "too-many.csv", "\n".join([good[0], good[1] + ",x,y", *good[2:]]).encode())
    yield BadFile(
        "格数", "comma-in-text.csv", "\n".join([good[0], good[1].replace("改造", "改造,扩建"), *good[2:]]).encode()
    )
    yield BadFile("格数", "lonely.csv", "\n".join([*good, "说明：以上为全部任务"]).encode())
    yield BadFile("格数", "total.csv", "\n".join([*good, ",,,,合计 4 项,,,"]).encode())


def _cells() -> Iterator[BadFile]:
    wrong = {
        "完成时限": ["快了", "2024-02-30", "45657", "2204年底前", "13月底"],
        "工作事项和年度目标成果": ["", "长" * 10_001, "乱码锟斤拷", "控制\x07符"],
        "牵头单位": ["", "、、", "无"],
        "重点任务": ["长" * 300],
        "章": ["长" * 300],
    }
    for heading, values in wrong.items():
        for number, value in enumerate(values):
            yield BadFile(f"单元格：{heading}", f"{heading}-{number}.csv", csv_of(with_cell(1, heading, value)))


def _units() -> Iterator[BadFile]:
    for number, value in enumerate(
        ["市住建局", "市教育局、某某局", "张三", "市教育局市发展改革委", "<script>", "x" * 500]
    ):
        yield BadFile("单位", f"unit-{number}.csv", csv_of(with_cell(2, "牵头单位", value)))


def _numbers() -> Iterator[BadFile]:
    for number, value in enumerate(["", "1", "１", "1" * 40, "、"]):
        yield BadFile("序号", f"number-{number}.csv", csv_of(with_cell(3, "序号", value)))
    everything = with_cell(1, "完成时限", "快了", with_cell(0, "牵头单位", "某局", [*ROWS, NEW_ROW]))
    yield BadFile("几处一起", "several.csv", csv_of(with_cell(3, "工作事项和年度目标成果", "", everything)))


def _workbooks() -> Iterator[BadFile]:
    for name, rows in {
        "unit.xlsx": with_cell(0, "牵头单位", "市住建局"),
        "formula.xlsx": with_cell(0, "工作事项和年度目标成果", '=WEBSERVICE("http://localhost/")'),
        "error.xlsx": with_cell(0, "完成时限", "#REF!"),
        "nothing.xlsx": (),
    }.items():
        book = openpyxl.Workbook()
        for row in (HEADINGS, *rows):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        yield BadFile("工作簿", name, out.getvalue(), fatal=name in {"nothing.xlsx"})
        if name == "unit.xlsx":
            yield BadFile("坏压缩包", "cut.xlsx", out.getvalue()[:-300], fatal=True)
            yield BadFile("坏压缩包", "hole.xlsx", _with_hole(out.getvalue()), fatal=True)


def _reaching_too_far() -> Iterator[BadFile]:
    """One cell just outside of what is read: 600,001 rows of one column."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (HEADINGS, *ROWS):
        book.active.append(row)
    book.active["A600001"] = "x"
    book.save(out)
    yield BadFile("工作簿", "far.xlsx", out.getvalue(), fatal=True)


def _with_hole(content: bytes) -> bytes:
    middle = len(content) // 3
    return content[:middle] + b"\x00" * 400 + content[middle + 400 :]


def _documents() -> Iterator[BadFile]:
    for name, lines in {"letter.docx": ["各位同事：", "请准时开会。"], "blank.docx": []}.items():
        paper = docx.Document()
        for line in lines:
            paper.add_paragraph(line)
        out = io.BytesIO()
        paper.save(out)
        yield BadFile("没有任务的文档", name, out.getvalue(), fatal=True)
    paper = docx.Document()
    table = paper.add_table(0, 3)
    for cells in (("序号", "主要任务", "牵头单位"), ("1", "新增结对校", "市教育厨房局"), ("", "", "市教育局")):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    paper.save(out)
    yield BadFile("文档里的表", "table.docx", out.getvalue())


def _archives() -> Iterator[BadFile]:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 130_000_000)
    yield BadFile("压缩炸弹", "bomb.xlsx", bomb.getvalue(), fatal=True)
    lying = bytearray(bomb.getvalue())
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 100)
    yield BadFile("压缩炸弹", "lying.xlsx", bytes(lying), fatal=True)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(2500):
            archive.writestr(f"word/{number}.xml", b"")
    yield BadFile("压缩炸弹", "many.docx", many.getvalue(), fatal=True)
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("清单.csv", csv_of())
    yield BadFile("压缩包", "list.zip", plain.getvalue(), fatal=True)


def _texts() -> Iterator[BadFile]:
    yield BadFile("没有任务的文本", "mail.txt", "你好，附件请查收。".encode(), fatal=True)
    yield BadFile("没有任务的文本", "numbers.txt", b"1 2 3\n4 5 6\n" * 40, fatal=True)
    yield BadFile("文本里的单位", "unknown.txt", "一、教育\n\n1. 新增结对校3所。\n责任单位：市教育厨房局\n".encode())


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file in corpus():
        (folder / file.name).write_bytes(file.content)
