"""What a file is, by its bytes; what it may be called."""

import io
import zipfile

import pytest

from tasks_app.files.choices import FileKind
from tasks_app.files.rules import clean_name, kind_of


def office(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n...", FileKind.PDF),
        (b"\xff\xd8\xff\xe0JFIF", FileKind.JPG),
        (b"\x89PNG\r\n\x1a\nrest", FileKind.PNG),
        (office("word/document.xml"), FileKind.DOCX),
        (office("xl/workbook.xml"), FileKind.XLSX),
        (office("word/document.xml", "word/vbaProject.bin"), None),
        (office("ppt/presentation.xml"), None),
        (office(), None),
        (b"PK\x03\x04 and then nothing", None),
        (b"MZ\x90\x00", None),
        (b"<html><script>alert(1)</script>", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_the_content_decides_what_a_file_is(content, kind):
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("验收单.pdf", "验收单.pdf"),
        ("C:\\我的文档\\验收单.PDF", "验收单.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("报告.exe", "报告.exe.pdf"),
        ("a\u202efdp.exe", "afdp.exe.pdf"),
        ("con.pdf", "附件con.pdf"),
        ("", "附件.pdf"),
        (".pdf", "附件.pdf"),
        ('a<b>:"|?*\r\n.pdf', "a_b______.pdf"),
        ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
    ],
)
def test_a_name_is_cleaned_and_gets_the_suffix_of_its_content(given, kept):
    assert clean_name(given, FileKind.PDF) == kept


def test_jpeg_is_jpg():
    assert clean_name("现场.jpeg", FileKind.JPG) == "现场.jpg"
