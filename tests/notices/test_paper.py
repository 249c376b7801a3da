"""The notice as an official document, opened by LibreOffice."""

import dataclasses
import io
import zipfile

import pytest

from tasks_app.catalogue.actions import apply_items
from tasks_app.notices.actions import withdraw_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.paper import docx_of
from tasks_app.reporting.actions import refresh_standings
from tasks_app.schedule.actions import derive_obligations
from tests.factories import ITEMS, beijing
from tests.support.office import converted, pdf_pages, pdf_text

pytestmark = pytest.mark.slow
AT = beijing("2024-08-02 10:00")


def opened(notice) -> tuple[str, list[tuple[float, float]]]:
    """The words without blanks, and the sizes of the pages."""
    pdf = converted(docx_of(notice), suffix="docx", to="pdf")
    return "".join(pdf_text(pdf).split()), pdf_pages(pdf)


def test_the_paper_says_what_the_notice_says_on_a4(world, issue):
    world.submit("liaison", percent=30, at="2024-08-02 09:00")
    notice = issue(1, 2, level=NoticeLevel.RED, demands="请立即办理 <整改> & 报告。\n请附照片。")
    text, pages = opened(notice)
    for words in (
        "市政府办公室督查室",
        "东督〔2024〕1号",
        "关于加快推进第1项等2项任务的挂牌督办通知",
        "市住房建设局：",
        "现予挂牌督办",
        "请立即办理<整改>&报告。",
        "请附照片。",
        "2024年8月7日18:00前（自签发次日起3个工作日）",
        "抄送：市发展改革委。",
        "2024年8月2日印发",
    ):
        assert words in text, words
    # A cell's words are broken into lines; the document itself has them in one piece.
    with zipfile.ZipFile(io.BytesIO(docx_of(notice))) as book:
        cells = book.read("word/document.xml").decode()
    for words in ("推动城乡公共资源均衡配置", "改造城镇老旧小区 2000 套。", "2024年12月31日", "2024年8月期，报30%"):
        assert words in cells, words
    assert {(round(width), round(height)) for width, height in pages} == {(595, 842)}


def test_a_notice_over_thirty_tasks_runs_over_several_pages(world, issue):
    items = [dataclasses.replace(ITEMS[0], seq=100 + n, no=str(100 + n)) for n in range(30)]
    apply_items(task_list=world.task_list, items=items, by=None, at=AT)
    derive_obligations(task_list=world.task_list, by=None, at=AT)
    refresh_standings(today=AT.date())
    text, pages = opened(issue(*range(100, 130)))
    assert len(pages) > 2
    assert all(str(100 + n) in text for n in range(30))
    assert text.count("完成时限") > 1  # the head of the table is repeated


def test_a_withdrawn_notice_says_so(world, issue):
    notice = issue(1)
    withdraw_notice(notice=notice, reason="任务已调整", by=world.people["supervisor"], at=AT)
    notice.refresh_from_db()
    text, _pages = opened(notice)
    assert "本通知已于2024年8月2日10:00撤销，不再办理。理由：任务已调整" in text
