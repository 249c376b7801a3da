"""销号 on the pages in depth: values, files, opinions, taken back, opened again."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership
from tasks_app.catalogue.actions import apply_items
from tasks_app.schedule.actions import derive_obligations
from tasks_app.supervision.choices import ClosureStatus
from tasks_app.supervision.models import Closure, ClosureFile
from tests.factories import ITEMS, beijing

WORDS = "已完成改造，验收文号东建验〔2024〕1号。"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def pdf(name="验收.pdf", content=b"%PDF-1.4 1"):
    return SimpleUploadedFile(name, content, "application/pdf")


def ask(world, client, **other):
    target = world.task(1).indicators.get()
    posted = {"unit": world.units["市住房建设局"].pk, "evidence_text": WORDS, f"value-{target.pk}": "1800"} | other
    return client.post(reverse("closure_request", args=[world.task(1).pk]), posted, follow=True)


@pytest.fixture
def closure(world, signed_in):
    ask(world, signed_in("liaison"), file=[pdf()])
    return Closure.objects.get()


def to(name, closure):
    return reverse(name, args=[closure.pk])


def test_value_and_files_go_with_the_request_and_the_supervisor_sees_the_shortfall(world, signed_in, closure):
    text = signed_in("supervisor").get(to("closure_decide", closure)).text
    assert "验收.pdf" in text
    assert "未达到" in text
    assert "相差 200 套" in text


def test_a_file_that_is_not_taken_is_told_and_the_request_stands(world, signed_in):
    answer = ask(world, signed_in("liaison"), file=[pdf(content=b"MZ"), pdf("照片.pdf")])
    assert "没有上传" in answer.text
    assert [file.name for file in ClosureFile.objects.all()] == ["照片.pdf"]


def test_a_value_that_is_no_number_is_told_at_its_field_and_nothing_is_stored(world, signed_in):
    target = world.task(1).indicators.get()
    answer = ask(world, signed_in("liaison"), **{f"value-{target.pk}": "两千"})
    assert WORDS in answer.text
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("liaison", 200), ("head", 200), ("colleague", 200), ("coordinator", 200), ("supervisor", 200),
        ("leader", 200), ("school", 404), ("stranger", 404),
    ],
)  # fmt: skip
def test_a_file_is_for_who_may_read_the_words(signed_in, closure, who, status):
    assert signed_in(who).get(reverse("closure_file", args=[closure.files.get().pk])).status_code == status


def test_the_unit_adds_and_removes_files_while_it_waits(signed_in, closure):
    client = signed_in("liaison")
    client.post(to("closure_files", closure), {"file": pdf("第二份.pdf", b"%PDF-1.4 2")})
    assert closure.files.count() == 2
    assert "没有选择文件" in client.post(to("closure_files", closure), follow=True).text
    remove = reverse("closure_file_remove", args=[closure.files.last().pk])
    assert signed_in("colleague").post(remove).status_code == 404
    client.post(remove)
    assert closure.files.count() == 1
    assert signed_in("supervisor").post(to("closure_files", closure), {"file": pdf()}).status_code == 403


def test_the_assisting_unit_finds_the_question_and_answers_with_its_reason(world, signed_in, closure):
    client = signed_in("colleague")
    assert "请本单位提出意见的销号" in client.get("/requests/").text
    assert "去答复" in client.get(f"/tasks/{world.task(1).pk}/").text
    address, unit = to("closure_opinion", closure), world.units["乐都区政府"].pk
    answer = client.post(address, {"unit": unit, "opinion": "disputed", "reason": ""})
    assert answer.status_code == 409
    assert "有异议的" in answer.text
    client.post(address, {"unit": unit, "opinion": "disputed", "reason": "还有 20 套未完工"})
    assert "还有 20 套未完工" in signed_in("supervisor").get(to("closure_decide", closure)).text
    assert "还有 20 套未完工" not in signed_in("school").get(to("closure_decide", closure)).text


def test_silence_is_shown_and_the_supervisor_decides_all_the_same(signed_in, closure, now):
    client = signed_in("supervisor")
    assert "请于 8月6日 18:00 前答复" in client.get(to("closure_decide", closure)).text
    now.shift(5 * 86400)
    client = signed_in("supervisor")
    assert "未答复" in client.get(to("closure_decide", closure)).text
    client.post(to("closure_decide", closure), {"decision": "grant"})
    closure.refresh_from_db()
    assert closure.status == ClosureStatus.GRANTED


@pytest.mark.parametrize("who", ["liaison", "school", "supervisor", "head"])
def test_only_a_unit_that_is_heard_gives_an_opinion(signed_in, closure, who):
    assert signed_in(who).post(to("closure_opinion", closure), {"opinion": "agreed"}).status_code == 403


def test_the_unit_takes_the_request_back(world, signed_in, closure):
    address = to("closure_withdraw", closure)
    assert signed_in("colleague").post(address).status_code == 403
    assert "已撤回" in signed_in("liaison").post(address, {"reason": "材料不全"}, follow=True).text
    assert (
        reverse("closure_request", args=[world.task(1).pk])
        in signed_in("liaison").get(f"/tasks/{world.task(1).pk}/").text
    )
    assert "只有待审批的申请" in signed_in("liaison").post(address, follow=True).text


def test_the_supervisor_opens_the_task_again_with_a_reason(world, signed_in, closure):
    client = signed_in("supervisor")
    address = to("closure_reopen", closure)
    assert client.post(address, {"reason": "还没有同意"}).status_code == 409
    client.post(to("closure_decide", closure), {"decision": "grant"})
    assert "有 1 处需要更正" in client.post(address, {"reason": ""}).text
    assert signed_in("leader").post(address, {"reason": "x"}).status_code == 403
    answer = client.post(address, {"reason": "回访未完工"}, follow=True)
    assert "已撤销销号" in answer.text
    assert world.task(1).closed_on is None
    shown = signed_in("liaison").get(f"/tasks/{world.task(1).pk}/").text
    assert "撤销销号，任务重新列为未完成" in shown
    assert "回访未完工" in shown
    assert "回访未完工" not in signed_in("school").get(f"/tasks/{world.task(1).pk}/").text


def test_another_lead_that_asks_again_does_not_read_why_the_first_was_refused(world, signed_in, closure):
    signed_in("supervisor").post(to("closure_decide", closure), {"decision": "refuse", "decision_text": "缺验收文件"})
    items, at = [replace(ITEMS[0], lead_units=("市住房建设局", "市教育局")), *ITEMS[1:]], beijing("2024-08-02 12:00")
    apply_items(task_list=world.task_list, items=items, by=None, at=at)
    derive_obligations(task_list=world.task_list, by=None, at=at)
    asking = reverse("closure_request", args=[world.task(1).pk])
    assert "缺验收文件" in signed_in("liaison").get(asking).text
    other = signed_in("school").get(asking).text
    assert "市住房建设局：不同意销号" in other
    assert "缺验收文件" not in other


def test_who_answers_for_two_assisting_units_answers_for_each(world, signed_in, closure):
    Membership.objects.create(user=world.people["colleague"], unit=world.units["平安区政府"], role=Role.LIAISON)
    client, address = signed_in("colleague"), to("closure_opinion", closure)
    assert "平安区政府" in client.get(to("closure_decide", closure)).text
    client.post(address, {"unit": world.units["乐都区政府"].pk, "opinion": "agreed"})
    client.post(address, {"unit": world.units["平安区政府"].pk, "opinion": "disputed", "reason": "还有 20 套未完工"})
    said = {one.unit.name: one.opinion for one in closure.hearings.select_related("unit")}
    assert said == {"乐都区政府": "agreed", "平安区政府": "disputed"}
    foreign = {"unit": world.units["市教育局"].pk, "opinion": "agreed"}
    assert client.post(address, foreign).status_code == 200
    assert closure.hearings.count() == 2


def test_a_targets_measure_is_text_and_no_markup(world, signed_in):
    world.task(1).indicators.update(unit="<b>套</b>")
    page = signed_in("liaison").get(reverse("closure_request", args=[world.task(1).pk])).text
    assert "&lt;b&gt;套" in page
    assert "<b>套" not in page
