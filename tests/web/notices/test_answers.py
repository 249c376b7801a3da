"""The unit signs for, answers and corrects; the supervisor judges and withdraws; forms keep what was typed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tasks_app.notices.actions import judge_notice, reply_notice
from tasks_app.notices.choices import NoticeState
from tasks_app.notices.models import NoticeFile
from tests.factories import beijing


def pdf(name="照片.pdf", words=b"a"):
    return SimpleUploadedFile(name, b"%PDF-1.4 " + words, content_type="application/pdf")


@pytest.fixture
def notice(issue):
    return issue(1)


@pytest.fixture
def replied(world, notice):
    at = beijing("2024-08-02 11:00")
    reply_notice(notice=notice, reply_text="已倒排工期。", version=0, by=world.people["liaison"], at=at)
    notice.refresh_from_db()
    return notice


def to(name, notice):
    return reverse(name, args=[notice.pk])


def test_signing_for_a_notice_is_one_press(notice, signed_in):
    html = signed_in("liaison").post(to("notice_receive", notice), follow=True).text
    assert "已签收。请按期回复办理情况" in html
    notice.refresh_from_db()
    assert notice.state == NoticeState.RECEIVED


def test_the_answer_comes_with_its_files(notice, signed_in):
    client = signed_in("liaison")
    form = {"version": 0, "reply_text": "已倒排工期。", "file": [pdf(), pdf("b.pdf", b"b")]}
    html = client.post(to("notice_reply", notice), form, follow=True).text
    assert "回复已提交" in html
    assert "照片.pdf" in html
    answer = client.get(reverse("notice_file", args=[NoticeFile.objects.first().pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 a"


def test_a_file_that_is_none_is_refused_and_the_answer_kept(notice, signed_in):
    form = {"version": 0, "reply_text": "已办理。", "file": SimpleUploadedFile("x.exe", b"MZ")}
    html = signed_in("liaison").post(to("notice_reply", notice), form, follow=True).text
    assert "不是 PDF、JPG" in html
    assert notice.rounds.get().reply_text == "已办理。"


def test_a_file_is_taken_back_while_nobody_has_judged(notice, signed_in):
    client = signed_in("liaison")
    client.post(to("notice_reply", notice), {"version": 0, "reply_text": "已办理。", "file": pdf()})
    stored = NoticeFile.objects.get()
    assert "已删去“照片.pdf”" in client.post(reverse("notice_file_remove", args=[stored.pk]), follow=True).text
    assert not NoticeFile.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("head", 200), ("leader", 200), ("school", 404), ("stranger", 404)])
def test_files_are_read_by_those_who_read_the_notice(notice, signed_in, who, status):
    signed_in("liaison").post(to("notice_reply", notice), {"version": 0, "reply_text": "好。", "file": pdf()})
    assert signed_in(who).get(reverse("notice_file", args=[NoticeFile.objects.get().pk])).status_code == status


def test_an_empty_answer_is_named(notice, signed_in):
    answer = signed_in("liaison").post(to("notice_reply", notice), {"version": 0, "reply_text": " "})
    assert answer.status_code == 422
    assert "请写明办理情况" in answer.text


def test_a_colleagues_answer_is_shown_and_ones_own_words_stay(world, replied, signed_in):
    client = signed_in("liaison")
    answer = client.post(to("notice_reply", replied), {"version": 0, "reply_text": "乙的回复。"})
    assert answer.status_code == 409
    assert "同事刚提交的回复" in answer.text
    assert "乙的回复。" in answer.text
    assert answer.context["reply_form"]["version"].value() == "1"
    client.post(to("notice_reply", replied), {"version": 1, "reply_text": "合并后的回复。"})
    assert replied.rounds.get().reply_text == "合并后的回复。"


def test_a_late_answer_is_marked(notice, signed_in, now):
    now.move_to(beijing("2024-08-12 09:00"))
    client = signed_in("liaison")
    assert "现在回复会记为逾期" in client.get(to("notice", notice)).text
    html = client.post(to("notice_reply", notice), {"version": 0, "reply_text": "已办理。"}, follow=True).text
    assert "记为逾期回复" in html
    assert "逾期回复</b>" in html


def test_the_supervisor_closes_it(replied, signed_in):
    html = signed_in("supervisor").post(to("notice_judge", replied), {"verdict": "close"}, follow=True).text
    assert "已评定：办结" in html
    assert "去评定" not in html


def test_a_return_without_reason_or_days_is_named_and_what_was_typed_stays(replied, signed_in):
    client = signed_in("supervisor")
    answer = client.post(to("notice_judge", replied), {"verdict": "send_back", "judge_text": "", "workdays": ""})
    assert answer.status_code == 422
    assert "退办时请写明理由" in answer.text
    assert "退办时请填新的回复期限" in answer.text
    form = {"verdict": "send_back", "judge_text": "没有写明完成时间。", "workdays": 2}
    html = client.post(to("notice_judge", replied), form, follow=True).text
    assert "已评定：退办待复" in html
    assert "没有写明完成时间。" in html
    assert "这是第 2 轮" in html


def test_a_verdict_that_comes_too_late_keeps_the_words(replied, signed_in):
    client = signed_in("supervisor")
    client.post(to("notice_judge", replied), {"verdict": "close"})
    form = {"verdict": "send_back", "judge_text": "还差材料。", "workdays": 2}
    answer = client.post(to("notice_judge", replied), form)
    assert answer.status_code == 409
    assert "您刚才填写的意见（未记录）" in answer.text
    assert "还差材料。" in answer.text


def test_withdrawing_needs_its_reason(notice, signed_in):
    client = signed_in("supervisor")
    assert client.post(to("notice_withdraw", notice), {"reason": ""}).status_code == 409
    html = client.post(to("notice_withdraw", notice), {"reason": "任务已调整"}, follow=True).text
    assert "文号保留" in html
    assert "理由：任务已调整" in signed_in("liaison").get(to("notice", notice)).text


@pytest.mark.parametrize("name", ["notice_judge", "notice_withdraw"])
@pytest.mark.parametrize("who", ["liaison", "head", "coordinator", "leader", "administrator"])
def test_only_supervisors_judge_and_withdraw(replied, signed_in, who, name):
    assert signed_in(who).post(to(name, replied), {"verdict": "close", "reason": "x"}).status_code == 403


@pytest.mark.parametrize("who", ["head", "coordinator", "supervisor", "leader", "administrator"])
def test_only_the_units_liaison_answers(notice, signed_in, who):
    assert signed_in(who).post(to("notice_reply", notice), {"version": 0, "reply_text": "好。"}).status_code == 403


def test_the_issue_says_the_working_days_of_the_first_round(world, issue, signed_in):
    notice, at = issue(1), beijing("2024-08-05 10:00")
    reply_notice(notice=notice, reply_text="正在办理。", version=0, by=world.people["liaison"], at=at)
    judge_notice(notice=notice, closed=False, judge_text="不清楚", workdays=2, by=world.people["supervisor"], at=at)
    assert "要求 5 个工作日内回复" in signed_in("liaison").get(reverse("notice", args=[notice.pk])).text
