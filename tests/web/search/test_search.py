"""The search page: groups, excerpts, pages, what is too short, what is not there."""

import re

import pytest
from django.urls import reverse

from tasks_app.inspection.instructing import issue_instruction
from tasks_app.notices.models import Notice
from tests.factories import beijing

URL = "/search/"
CANARY = "金丝雀七七四"


def text(client, query):
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return answer.content.decode()


def notice(world, words, serial=3):
    made = Notice(
        task_list=world.task_list, unit=world.units["市住房建设局"], level="order", year=2024, serial=serial,
        number=f"东督〔2024〕{serial}号", title="关于老旧小区改造的督办单", unit_name="市住房建设局",
        issuer="市政府办公室督查室", demands_text=words,
        issued_at=beijing("2024-08-02 09:00"), due_at=beijing("2024-08-09 18:00"),
    )  # fmt: skip
    made.fold()
    made.save()
    return made


def test_what_is_found_stands_under_its_kind_with_the_words_marked(world, signed_in):
    found = text(signed_in("supervisor"), {"q": "小区"})
    assert "任务 1" in found
    assert "改造城镇老旧<mark>小区</mark> 2000 套。" in found
    assert f'href="/tasks/{world.task(1).pk}/"' in found


def test_notices_are_found_by_number_in_any_brackets_by_those_they_concern(world, signed_in):
    made = notice(world, "请于本周内报送整改方案。")
    for who, sees in (("supervisor", True), ("liaison", True), ("coordinator", True), ("school", False)):
        found = text(signed_in(who), {"q": "东督[2024]3号"})
        assert (reverse("notice", args=[made.pk]) in found) is sees
        assert (reverse("notice", args=[made.pk]) in text(signed_in(who), {"q": "整改 方案"})) is sees


def test_instructions_are_found_by_those_who_may_read_them(world, signed_in):
    made = issue_instruction(
        task=world.task(3), text="请教育局抓紧落实结对。", by=world.people["leader"], at=beijing("2024-08-02 09:00")
    )
    for who, sees in (("supervisor", True), ("school", True), ("liaison", False)):
        assert (reverse("instruction", args=[made.pk]) in text(signed_in(who), {"q": "抓紧 落实"})) is sees


@pytest.mark.parametrize("who", ["colleague", "school", "coordinator", "supervisor", "leader", "administrator"])
def test_a_canary_in_another_units_draft_is_not_found(world, signed_in, who):
    world.fill(world.report("liaison"), percent=10, text=CANARY, by="liaison", at="2024-08-02 09:00")
    assert "没有找到" in text(signed_in(who), {"q": CANARY})
    for kind in ("task", "report", "notice", "instruction", "bulletin"):
        assert "<mark>" not in text(signed_in(who), {"q": CANARY, "in": kind})


def test_one_character_is_too_little_and_is_said_so(world, signed_in):
    found = text(signed_in("leader"), {"q": "路"})
    assert "请至少输入 2 个字" in found
    assert "<mark>" not in found


def test_a_word_that_is_too_short_is_left_out_and_named(world, signed_in):
    found = text(signed_in("leader"), {"q": "小区 套"})
    assert "“套”太短，没有参与搜索" in found
    assert "<mark>小区</mark>" in found


def test_with_nothing_asked_the_page_says_what_can_be(world, signed_in):
    assert "要找什么" in text(signed_in("liaison"), {})


def test_with_nothing_found_the_page_says_what_to_try(world, signed_in):
    assert "没有找到" in text(signed_in("liaison"), {"q": "航天飞机"})


def test_one_kind_alone_is_shown_where_another_has_something(world, signed_in):
    assert "其他种类里有结果" in text(signed_in("leader"), {"q": "小区", "in": "notice"})


@pytest.mark.parametrize(
    "query", [{"in": "secret"}, {"list": "nowhere"}, {"page": "x"}, {"page": "99", "in": "task"}, {"per_page": "9999"}]
)
def test_what_makes_no_sense_in_the_address_is_passed_over(world, signed_in, query):
    assert "<mark>小区</mark>" in text(signed_in("leader"), {"q": "小区", **query})


def test_what_was_typed_is_shown_as_text(world, signed_in):
    found = text(signed_in("leader"), {"q": "<b>x</b> 小区"})
    assert "<b>x</b>" not in found
    assert "&lt;b&gt;x&lt;/b&gt;" in found


def test_wildcards_are_words_like_any_other(world, signed_in):
    assert "没有找到" in text(signed_in("leader"), {"q": "小%区"})
    assert "没有找到" in text(signed_in("leader"), {"q": "__"})


def test_many_finds_come_page_by_page(world, signed_in):
    for n in range(30):
        notice(world, f"第 {n} 份整改要求。", serial=10 + n)
    client = signed_in("supervisor")
    found = text(client, {"q": "整改要求"})
    assert "查看全部 30 条督办通知" in found
    assert len(re.findall(r'<p class="title">', found)) == 5
    assert len(re.findall(r'<p class="title">', text(client, {"q": "整改要求", "in": "notice"}))) == 25
    second = text(client, {"q": "整改要求", "in": "notice", "page": "2"})
    assert len(re.findall(r'<p class="title">', second)) == 5
    assert "显示 26–30，共 30 项" in second


def test_a_sign_that_no_text_has_finds_nothing_and_breaks_nothing(world, signed_in):
    assert "没有找到" in text(signed_in("supervisor"), {"q": "小区\x00改造"})
    assert text(signed_in("supervisor"), {"q": "小区", "list": "\x00", "in": "\x00", "page": "-1\x00"})


@pytest.mark.parametrize("field", ["done_text", "problem_text", "help_text", "next_text"])
def test_the_words_that_were_found_are_shown_whichever_field_they_stand_in(world, signed_in, field):
    report = world.submit("liaison", percent=30, at="2024-08-02 10:00")
    entry = report.entries.first()
    setattr(entry, field, "请协调燃气管线迁改")
    entry.status = "accepted"
    entry.fold()
    entry.save()
    assert "<mark>燃气管线</mark>" in signed_in("leader").get("/search/", {"q": "燃气管线"}).text
