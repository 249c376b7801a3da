"""Every number of a bulletin is what plain SQL counts over the freeze: on the page and in the .docx."""

import io
import json
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree

import pytest
from django.db import connection
from docx import Document

from tasks_app.bulletins.models import Bulletin
from tasks_app.bulletins.queries import read
from tasks_app.closing.models import SnapshotTask
from tests.factories import beijing
from tests.support.office import converted, pdf_pages, pdf_text

LABELS = {"blue": "已销号", "green": "正常", "yellow": "预警", "red": "滞后", "grey": "未报"}


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def percent(number):
    return f"{Decimal(repr(float(number))).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def plain(text):
    return re.sub(r"\s", "", text)


@pytest.fixture
def bulletin(office):
    """August's, with lights of every colour, two leads on one task, and a unit that made up its report."""
    august = office.august.snapshots.get()
    for no, light in (("1", "red"), ("2", "yellow"), ("3", "blue"), ("4", "red")):
        SnapshotTask.objects.filter(snapshot=august, no=no).update(light=light)
    SnapshotTask.objects.filter(snapshot=august, no="3").update(leads=["市教育局", "市住房建设局"])
    august.units.filter(name="市教育局").update(timeliness="made_up")
    pk = office.published().pk
    return Bulletin.objects.select_related("task_list", "snapshot__period", "compared_with__period").get(pk=pk)


@pytest.fixture
def page(bulletin, signed_in):
    """The words of the page's paper, without markup."""
    html = signed_in("school").get(f"/bulletins/{bulletin.pk}/").content.decode()
    paper = re.search(r'<article class="paper".*?</article>', html, re.S)[0]
    return plain(re.sub(r"<[^>]+>", "", paper).replace("&amp;", "&"))


@pytest.fixture
def file(bulletin, signed_in):
    return signed_in("school").get(f"/bulletins/{bulletin.pk}/docx/").content


def test_counts_by_light_and_means_are_those_of_the_freeze(bulletin, page, file):
    pk = bulletin.snapshot_id
    counts = dict(rows("SELECT light, COUNT(*) FROM tasks_app_snapshottask WHERE snapshot_id = %s GROUP BY 1", pk))
    total = sum(counts.values())
    ((mean, expected),) = rows("SELECT mean, expected FROM tasks_app_periodsnapshot WHERE id = %s", pk)
    said = f"共有任务{total}项，其中" + "、".join(f"{word}{counts.get(light, 0)}项" for light, word in LABELS.items())
    words = "".join(paragraph.text for paragraph in Document(io.BytesIO(file)).paragraphs)
    for text in (page, plain(words)):
        assert said in text
        assert f"任务平均进度{percent(mean)}，序时进度{percent(expected)}" in text


def test_every_row_of_every_table_is_in_the_page_and_in_the_file_as_counted_by_sql(bulletin, page, file):
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in Document(io.BytesIO(file)).tables]
    found = {table[0][0] + str(len(table[0])): table[1:] for table in tables if len(table[0]) > 1}
    pk = bulletin.snapshot_id

    units = rows(
        "SELECT name, owed, accepted, mean, timeliness FROM tasks_app_snapshotunit WHERE snapshot_id = %s"
        ' ORDER BY "order", unit_id',
        pk,
    )
    boards = [
        [name, str(owed), str(accepted), percent(mean)] for name, owed, accepted, mean, _ in units if mean is not None
    ]
    assert [row[:4] for row in found["县区、园区9"]] == boards

    tasks = rows(
        "SELECT no, progress, light, leads FROM tasks_app_snapshottask WHERE snapshot_id = %s ORDER BY seq", pk
    )
    led = {}
    for _no, progress, light, leads in tasks:
        for name in json.loads(leads) if isinstance(leads, str) else leads:
            led.setdefault(name, []).append((light, progress))
    assert {row[0]: row[1:] for row in found["牵头单位8"]} == {
        name: [
            str(len(theirs)),
            *(str(sum(light == each for light, _ in theirs)) for each in LABELS),
            percent(sum(progress for _, progress in theirs) / len(theirs)),
        ]
        for name, theirs in led.items()
    }
    for name, *_, count, red, yellow, _reported in found["县区、园区9"]:
        lights = [light for light, _ in led.get(name, [])]
        assert [count, red, yellow] == [str(len(lights)), str(lights.count("red")), str(lights.count("yellow"))]
    assert [row[0] for row in found["序号7"]] == [no for no, _, light, _ in tasks if light == "red"]
    assert [row[4] for row in found["序号7"]] == [f"{progress}%" for _, progress, light, _ in tasks if light == "red"]

    late = {name: timeliness for name, *_, timeliness in units if timeliness not in ("on_time", "none")}
    assert {row[0] for row in found["单位5"]} == set(late)
    for table in tables:
        for row in table if len(table[0]) > 1 else []:
            assert plain("".join(row)) in page, "the page says the same"


def test_who_reported_how_is_named(bulletin, page):
    by = {}
    for name, timeliness in rows(
        'SELECT name, timeliness FROM tasks_app_snapshotunit WHERE snapshot_id = %s ORDER BY "order", unit_id',
        bulletin.snapshot_id,
    ):
        by.setdefault(timeliness, []).append(name)
    assert by["late"] == ["乐都区政府"]
    due = sum(len(by.get(each, [])) for each in ("on_time", "late", "made_up", "missing"))
    on_time = len(by["on_time"])
    assert f"应报送单位{due}家，按时报送{on_time}家，按时率{percent(100 * on_time / due)}。" in page
    for timeliness, word in (("late", "迟报"), ("made_up", "缺报已补"), ("missing", "缺报"), ("exempt", "免报")):
        names = by.get(timeliness, [])
        assert f"{word}{len(names)}家（{'、'.join(names)}）" in page


def test_changes_are_those_between_the_two_freezes(bulletin, page):
    before = dict(
        rows("SELECT no, light FROM tasks_app_snapshottask WHERE snapshot_id = %s", bulletin.compared_with_id)
    )
    after = dict(rows("SELECT no, light FROM tasks_app_snapshottask WHERE snapshot_id = %s", bulletin.snapshot_id))
    red = sum(light == "red" != before[no] for no, light in after.items())
    closed = sum(light == "blue" != before[no] for no, light in after.items())
    (old,), (new,) = (
        rows("SELECT mean FROM tasks_app_periodsnapshot WHERE id = %s", pk)[0]
        for pk in (bulletin.compared_with_id, bulletin.snapshot_id)
    )
    points = Decimal(percent(new)[:-1]) - Decimal(percent(old)[:-1])
    assert f"与2024年7月期相比，平均进度上升{points}个百分点；销号{closed}项，转为滞后{red}项" in page


def test_the_charts_in_the_file_hold_the_same_numbers(bulletin, file):
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        charts = [parts.read(name) for name in sorted(parts.namelist()) if re.match(r"word/charts/chart\d\.xml", name)]
    space = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
    drawn = []
    for chart in map(ElementTree.fromstring, charts):
        series = {}
        for each in chart.iterfind(".//c:ser", space):
            name = each.find("c:tx//c:v", space).text
            names = [point.text for point in each.iterfind("c:cat//c:v", space)]
            series[name] = dict(zip(names, (float(p.text) for p in each.iterfind("c:val//c:v", space)), strict=True))
        drawn.append(series)
    means = rows("SELECT name, mean FROM tasks_app_snapshotunit WHERE snapshot_id = %s", bulletin.snapshot_id)
    assert drawn[0]["平均进度"] == {name: float(percent(mean)[:-1]) for name, mean in means if mean is not None}
    leads = rows("SELECT light, leads FROM tasks_app_snapshottask WHERE snapshot_id = %s", bulletin.snapshot_id)
    led = [(light, name) for light, names in leads for name in (json.loads(names) if isinstance(names, str) else names)]
    for light in ("red", "yellow"):
        assert {name: n for name, n in drawn[1][LABELS[light]].items() if n} == {
            name: led.count((light, name)) for each, name in led if each == light
        }


def test_a_document_is_chinese_and_the_same_whoever_looks(bulletin, signed_in, page, file):
    client = signed_in("school")
    client.cookies["django_language"] = "en"
    html = client.get(f"/bulletins/{bulletin.pk}/").content.decode()
    paper = re.search(r'<article class="paper".*?</article>', html, re.S)[0]
    assert plain(re.sub(r"<[^>]+>", "", paper).replace("&amp;", "&")) == page
    english = client.get(f"/bulletins/{bulletin.pk}/docx/").content
    texts = [[p.text for p in Document(io.BytesIO(each)).paragraphs] for each in (file, english)]
    assert texts[0] == texts[1]


def test_a_correction_afterwards_changes_no_figure_of_a_published_bulletin(office, bulletin, page, signed_in):
    task = office.world.task(1)
    type(task).objects.filter(pk=task.pk).update(closed_on=beijing("2024-08-08 09:00").date(), key_task="别的名称")
    html = signed_in("school").get(f"/bulletins/{bulletin.pk}/").content.decode()
    paper = re.search(r'<article class="paper".*?</article>', html, re.S)[0]
    assert plain(re.sub(r"<[^>]+>", "", paper).replace("&amp;", "&")) == page


def test_the_first_bulletin_of_a_list_says_that_there_is_nothing_to_compare_with(office):
    reading = read(office.draft(office.july))
    assert reading.inline["上期"] == "无"
    assert "本期为首次通报" in "".join(element.text for element in reading.elements)


@pytest.mark.slow
def test_office_renders_the_bulletin_with_its_tables_charts_and_imprint(file):
    pdf = converted(file, suffix="docx", to="pdf")
    assert all(abs(width - 595) < 2 for width, _ in pdf_pages(pdf))
    said = plain(pdf_text(pdf))
    for words in (
        "通报〔2024〕1期",
        "一、总体情况",
        "七、下步要求",
        "图1各县区、园区平均进度（%）",
        "表4滞后任务及原因",
    ):
        assert words in said
    assert said.endswith(f"2024年8月7日印发—{len(pdf_pages(pdf))}—")


def test_tables_and_charts_are_numbered_through_each_kind_by_itself(bulletin):
    captions = [element.caption.split("　")[0] for element in read(bulletin).elements if element.caption]
    for sign in "表图":
        numbered = [caption for caption in captions if caption.startswith(sign)]
        assert len(numbered) > 1
        assert numbered == [f"{sign}{n}" for n in range(1, len(numbered) + 1)]
