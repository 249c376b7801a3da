"""Both versions stay; the paper form carries a code that tells them apart."""

import pytest
from django.urls import reverse

from tasks_app.reporting.actions import EntryDraft, return_entries, save_entries, submit_report
from tests.factories import beijing

AT = "2024-08-02 10:00"


@pytest.fixture
def again(world):
    """Handed in, one entry returned, corrected, handed in again."""
    report = world.submit("liaison", percent=30, at=AT, text="第一稿")
    entry = report.entries.get(task__seq=1)
    by = world.people["liaison"]
    return_entries(report=report, entry_ids=[entry.pk], reason="请补", by=world.people["coordinator"], at=beijing(AT))
    draft = EntryDraft(entry.pk, entry.version, 35, "第二稿", "", "", False)
    save_entries(report=report, drafts=[draft], by=by, at=beijing("2024-08-05 09:00"))
    return submit_report(report=report, by=by, at=beijing("2024-08-05 09:00"))


def test_each_handing_in_keeps_what_was_handed_in(again):
    kept = [
        (version.submission.number, version.entry.task.no, version.percent, version.done_text)
        for submission in again.submissions.all()
        for version in submission.versions.all()
    ]
    assert kept == [(1, "1", 30, "第一稿"), (1, "2", 30, "第一稿"), (2, "1", 35, "第二稿")]


@pytest.mark.parametrize("who", ["liaison", "coordinator", "leader"])
def test_both_versions_are_shown_side_by_side(again, signed_in, who):
    html = signed_in(who).get(reverse("report", args=[again.pk])).text
    assert "与第 1 次报送" in html
    assert html.index("第一稿") < html.rindex("第二稿")


def test_a_version_is_not_shown_to_who_could_not_read_it(again, signed_in, world):
    assert signed_in("colleague").get(reverse("report", args=[again.pk])).status_code == 404
    assert "第一稿" not in signed_in("colleague").get(reverse("task", args=[world.task(1).pk])).text


def test_the_paper_form_carries_number_and_code_and_both_verify(again, signed_in):
    client = signed_in("liaison")
    first, second = again.submissions.all()
    html = client.get(reverse("report_form", args=[again.pk])).text
    assert again.receipt_no in html
    assert second.check_code in html
    assert "单位公章" in html
    assert "第二稿" in html

    def check(code, no=again.receipt_no, who="coordinator"):
        return signed_in(who).get(reverse("verify"), {"no": no, "code": code}).text

    assert "相符：这张表与系统里最近一次报送一致" in check(second.check_code)
    assert "相符：" in check(second.check_code.lower().replace("-", " "))
    assert "之后又重新报送过" in check(first.check_code)
    assert "不相符" in check("0000-0000-0000-0000")
    assert "不相符" in check(second.check_code, no="TEST-1")
    assert "16 位" in check("123")
    assert "不相符" in check(second.check_code, who="stranger")


def test_a_form_is_not_printed_while_an_entry_is_back_with_the_unit(world, signed_in):
    report = world.submit("liaison", percent=30, at=AT, text="旧词")
    ids = [report.entries.first().pk]
    return_entries(report=report, entry_ids=ids, reason="请补", by=world.people["coordinator"], at=beijing(AT))
    html = signed_in("liaison").get(reverse("report_form", args=[report.pk])).text
    assert "有条目已退回修改" in html
    assert report.submissions.get().check_code not in html


def test_there_is_no_paper_before_the_first_handing_in(world, signed_in):
    assert signed_in("liaison").get(reverse("report_form", args=[world.report("liaison").pk])).status_code == 404


def test_one_other_word_gives_another_code(again):
    first, second = again.submissions.all()
    assert first.check_code != second.check_code
    assert len(second.check_code) == 19
