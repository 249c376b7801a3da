"""The month as a workbook: what comes down goes up again, and nothing else does."""

import datetime as dt
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from tasks_app.audit.models import Event
from tasks_app.lib import apart
from tasks_app.workbook import layout
from tests.factories import beijing
from tests.support.office import converted

AT = "2024-08-02 10:00"


@pytest.fixture
def report(world):
    return world.report("liaison")


def download(client, report):
    answer = client.get(reverse("report_workbook", args=[report.pk]))
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content))


def upload(client, report, book, name="月报.xlsx"):
    content = book
    if not isinstance(book, bytes):
        file = io.BytesIO()
        book.save(file)
        content = file.getvalue()
    form = {"file": SimpleUploadedFile(name, content)}
    return client.post(reverse("workbook_upload", args=[report.pk]), form, follow=True)


def apply(client, answer, **form):
    return client.post(answer.redirect_chain[-1][0], form, follow=True)


def said(report):
    return [(e.percent, e.done_text, e.no_progress) for e in report.entries.order_by("task__seq")]


def test_the_workbook_has_frame_locks_dropdowns_last_month_and_hidden_ids(world, signed_in):
    world.submit("liaison", percent=30, at=AT, text="=HYPERLINK(1)")
    world.open("2024-09-01 00:00")
    book = download(signed_in("liaison"), world.report("liaison"))
    sheet = book["月报"]
    assert [sheet[f"{c}2"].value for c in "ABF"] == ["序号", "任务", "完成百分比"]
    assert (sheet["D3"].value, sheet["E3"].value, sheet["E3"].data_type) == ("30", "=HYPERLINK(1)", "s")
    assert sheet.protection.sheet
    assert sheet["B3"].protection.locked
    assert not sheet["H3"].protection.locked
    assert sheet.column_dimensions["M"].hidden
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"whole", "list", "textLength"}
    assert book["_duban"].sheet_state == "veryHidden"
    assert book["指标"]["C3"].value == "目标 2000 套"


def test_every_change_is_previewed_and_written_only_when_confirmed(report, signed_in):
    client = signed_in("liaison")
    book = download(client, report)
    book["月报"]["F3"], book["月报"]["H3"] = 31, "已完成 412 套。"
    book["月报"]["G4"], book["月报"]["H4"] = "是", "汛期停工"
    book["指标"]["F3"] = 412
    answer = upload(client, report, book)
    for words in ("改动 2 项、5 处", "已完成 412 套。", "月报!H3", "指标!F3", "汛期停工"):
        assert words in answer.text
    assert said(report) == [(None, "", False)] * 2
    assert "改动了 2 项" in apply(client, answer).text
    assert said(report) == [(31, "已完成 412 套。", False), (None, "汛期停工", True)]
    assert report.entries.get(task__seq=1).values.get().value == 412
    assert Event.objects.filter(verb="workbook.apply").count() == 1
    assert "已经写入过了" in apply(client, answer).text


def test_every_problem_is_named_by_its_cell_and_nothing_is_written(report, signed_in):
    client = signed_in("liaison")
    book = download(client, report)
    sheet = book["月报"]
    sheet["F3"], sheet["G3"], sheet["H3"], sheet["H4"] = 130, "也许", "=1+1", "好的一行"
    book["指标"]["F3"] = "四百套"
    answer = upload(client, report, book)
    for cell, words in (
        ("月报!F3", "“130”不是 0 到 100 的整数"),
        ("月报!G3", "“也许”不认识"),
        ("月报!H3", "这一格是公式"),
        ("指标!F3", "“四百套”不是数字"),
    ):
        assert cell in answer.text
        assert words in answer.text
    assert "全部写入草稿" not in answer.text
    assert apply(client, answer).status_code == 409
    assert said(report) == [(None, "", False)] * 2


def test_a_percent_typed_as_percent_is_understood(report, signed_in):
    client = signed_in("liaison")
    book = download(client, report)
    book["月报"]["F3"] = 0.3
    book["月报"]["F3"].number_format = "0%"
    apply(client, upload(client, report, book))
    assert said(report)[0][0] == 30


def test_words_saved_after_the_download_are_a_conflict_until_decided(world, report, signed_in):
    client = signed_in("liaison")
    book = download(client, report)
    book["月报"]["F3"], book["月报"]["H3"] = 31, "工作簿里的"
    book["月报"]["F4"], book["月报"]["H4"] = 10, "第二项"
    world.fill(report, percent=20, text="网页上的", by="liaison", at=AT)
    answer = upload(client, report, book)
    assert "下载后有人改过" in answer.text
    refused = apply(client, answer)
    assert refused.status_code == 409
    assert said(report) == [(20, "网页上的", False)] * 2
    apply(client, answer, overwrite="1")
    assert said(report) == [(31, "工作簿里的", False), (10, "第二项", False)]


def test_a_sheet_thrown_away_wipes_nothing(world, report, signed_in):
    client = signed_in("liaison")
    entry = report.entries.get(task__seq=1)
    entry.values.create(indicator=entry.task.indicators.get(), value=7)
    book = download(client, report)
    del book["指标"]
    book["月报"].delete_rows(4)
    book["月报"]["H3"] = "只改这里"
    apply(client, upload(client, report, book))
    assert said(report) == [(None, "只改这里", False), (None, "", False)]
    assert entry.values.get().value == 7


def test_another_units_or_months_workbook_is_refused_by_name(world, report, signed_in):
    theirs = download(signed_in("school"), world.report("school"))
    answer = upload(signed_in("liaison"), report, theirs)
    assert answer.status_code == 422
    assert "市教育局" in answer.text
    july = world.task_list.periods.get(month=7).reports.get(unit=report.unit)
    assert "2024年7月期" in upload(signed_in("liaison"), report, download(signed_in("liaison"), july)).text


def test_a_forged_number_is_refused(world, report, signed_in):
    book = download(signed_in("school"), world.report("school"))
    book["_duban"]["A2"] = str(report.pk)
    assert "校验码不对" in upload(signed_in("liaison"), report, book).text


def test_an_entry_of_another_report_is_a_problem(world, report, signed_in):
    client = signed_in("liaison")
    book = download(client, report)
    book["月报"]["M3"] = world.report("school").entries.get().pk
    book["月报"]["H3"] = "越权"
    answer = upload(client, report, book)
    assert "这一行不属于这份月报" in answer.text
    apply(client, answer)
    assert world.report("school").entries.get().done_text == ""


def test_what_was_handed_in_meanwhile_is_not_changed(world, report, signed_in):
    client = signed_in("liaison")
    book = download(client, report)
    book["月报"]["H3"] = "晚了一步"
    world.submit("liaison", percent=30, at=AT)
    answer = upload(client, report, book)
    assert "第 1 项待审核，不能再改" in answer.text


def bomb(member, size):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, b"0" * size)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "不是可以读取的"),
        (b"%PDF-1.4", "不是可以读取的"),
        (b"PK\x03\x04broken", "不是可以读取的"),
        (b"PK\x03\x04" + b"0" * (5 * 1024 * 1024), "超过 5 MB"),
        (bomb("xl/workbook.xml", 60 * 1024 * 1024), "内容太多"),
        (bomb("anything.txt", 10), "不是可以读取的"),
    ],
)
def test_what_is_no_workbook_is_refused_clearly(report, signed_in, content, words):
    answer = upload(signed_in("liaison"), report, content)
    assert answer.status_code == 422
    assert words in answer.text


def test_definitions_in_a_part_are_refused(report, signed_in):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>')
    assert "不该有的定义" in upload(signed_in("liaison"), report, file.getvalue()).text


@pytest.mark.parametrize("who", ["colleague", "school", "stranger", "coordinator", "leader"])
def test_the_workbook_of_a_draft_is_for_its_unit_alone(world, report, signed_in, who):
    mine = upload(signed_in("liaison"), report, download(signed_in("liaison"), report))
    client = signed_in(who)
    assert client.get(mine.redirect_chain[-1][0]).status_code == 404
    assert client.get(reverse("report_workbook", args=[report.pk])).status_code == 404


def test_a_table_of_ten_thousand_rows_is_refused(report, signed_in):
    book = download(signed_in("liaison"), report)
    book["月报"]["A5000"] = "x"
    assert "行数超过 2000" in upload(signed_in("liaison"), report, book).text


@pytest.mark.parametrize(("sheet", "change"), [("月报", "GR1001"), ("别的", "GR1001"), ("月报", "A1:GR1001")])
def test_a_sheet_that_reaches_just_too_far_is_refused(report, signed_in, sheet, change):
    """200 columns by 1,001 rows, in whichever sheet, filled or only merged."""
    book = download(signed_in("liaison"), report)
    page = book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet)
    if ":" in change:
        page.merged_cells.add(change)
    else:
        page[change] = "x"
    answer = upload(signed_in("liaison"), report, book)
    assert (answer.status_code, "内容太多" in answer.text) == (422, True)


def test_a_workbook_that_ends_its_reader_is_refused_like_any_other(report, signed_in, monkeypatch):
    book = download(signed_in("liaison"), report)
    monkeypatch.setattr(apart, "MEMORY", 16 * apart.MEGABYTE)
    answer = upload(signed_in("liaison"), report, book)
    assert (answer.status_code, "内容太多" in answer.text) == (422, True)


def test_dates_and_formulas_of_every_kind_are_named(report, signed_in):
    book = download(signed_in("liaison"), report)
    sheet = book["月报"]
    sheet["F3"], sheet["H3"], sheet["I3"] = dt.date(2024, 8, 1), ArrayFormula("H3", "=A1:A2"), dt.timedelta(hours=1)
    text = upload(signed_in("liaison"), report, book).text
    for cell, words in (("F3", "是日期"), ("H3", "是公式"), ("I3", "是日期")):
        assert re.search(f"月报!{cell}(?:(?!月报!).)*{words}", text, re.DOTALL), cell


def test_last_month_stands_beside(world, signed_in):
    world.submit("liaison", percent=30, at=AT, text="上期说的")
    world.open("2024-09-01 00:00")
    sheet = download(signed_in("liaison"), world.report("liaison"))["月报"]
    assert (sheet["D3"].value, sheet["E3"].value, sheet["F3"].value) == ("30", "上期说的", 30)
    assert beijing(AT)


def test_what_another_office_suite_saved_anew_is_read_and_still_locked(world, signed_in):
    """LibreOffice writes every part of the file its own way; WPS does likewise."""
    world.submit("liaison", percent=30, at=AT, text="完成项目前期。")
    world.open("2024-09-01 00:00")
    report, client = world.report("liaison"), signed_in("liaison")
    book = download(client, report)
    book["月报"]["F3"], book["月报"]["H3"] = 41, "已完成 512 套，\n平安区进场施工。"
    book["月报"]["G4"], book["月报"]["H4"] = "是", "汛期停工"
    book["指标"]["F3"] = 512
    typed = io.BytesIO()
    book.save(typed)
    saved = converted(typed.getvalue(), suffix="xlsx", to="xlsx")
    anew = load_workbook(io.BytesIO(saved))
    sheet = anew["月报"]
    assert sheet.protection.sheet
    assert sheet["B3"].protection.locked
    assert not sheet["H3"].protection.locked
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert any("G3" in rule.sqref for rule in lists)
    assert anew["_duban"].sheet_state != "visible"
    answer = upload(client, report, saved)
    for words in ("改动 2 项", "已完成 512 套，", "汛期停工", "指标!F3"):
        assert words in answer.text
    apply(client, answer)
    first, second = said(report)
    assert first == (41, "已完成 512 套，\n平安区进场施工。", False)
    assert second[1:] == ("汛期停工", True)
    assert report.entries.get(task__seq=1).values.get().value == 512


def test_targets_have_their_sheet_where_one_of_the_tasks_has_any(world, signed_in):
    report = world.report("colleague")
    having = [entry.task.indicators.exists() for entry in report.entries.all()]
    assert True in having
    assert False in having
    assert layout.TARGETS in download(signed_in("colleague"), report).sheetnames
