"""督办 in the navigation and its pages as tabs: for whom they lead where, and what waits there."""

import re

import pytest

from tasks_app.notices.models import Notice, NoticeTask
from tasks_app.reporting.actions import refresh_standings
from tasks_app.supervision.actions import request_closure
from tests.factories import beijing
from tests.support.markup import on_one_line


def notice(world, **more):
    values = {
        "task_list": world.task_list, "unit": world.units["市住房建设局"], "level": "order", "year": 2024, "serial": 1,
        "number": "东督〔2024〕1号", "title": "督办单", "unit_name": "市住房建设局", "issuer": "督查室",
        "demands_text": "请报送整改方案。", "issued_at": beijing("2024-08-01 09:00"),
        "due_at": beijing("2024-08-09 18:00"),
    }  # fmt: skip
    made = Notice.objects.create(**{**values, **more})
    NoticeTask.objects.create(notice=made, task=world.task(1), text="进度落后。")
    return made


def tabs(client, address):
    """The labels of the tabs with the number that stands beside each, and the current one."""
    page = on_one_line(client.get(address).content.decode())
    bar = re.search(r'<nav class="tabs.*?</nav>', page).group(0)
    links = re.findall(r'<a href="[^"]+"( aria-current="page")?>(.*?)</a>', bar, re.S)
    current = [re.match(r"[^<]+", label).group(0) for mark, label in links if mark]
    return {re.match(r"[^<]+", label).group(0): re.findall(r">(\d+)<", label) for _mark, label in links}, current


@pytest.mark.parametrize(
    ("who", "leads_to"),
    [
        ("supervisor", "/overdue/"),
        ("coordinator", "/overdue/"),
        ("leader", "/overdue/"),
        ("liaison", "/notices/"),
        ("head", "/notices/"),
    ],
)
def test_one_word_leads_each_role_to_its_first_page(world, signed_in, who, leads_to):
    text = signed_in(who).get("/messages/").content.decode()
    assert f'<a href="{leads_to}">督办</a>' in text


@pytest.mark.parametrize("address", ["/overdue/", "/notices/", "/requests/", "/spot-checks/", "/instructions/"])
def test_the_word_and_the_tab_stay_marked_on_each_page(world, signed_in, address):
    client = signed_in("supervisor")
    assert 'aria-current="page">督办</a>' in client.get(address).content.decode()
    labels, current = tabs(client, address)
    assert len(labels) == 5
    assert len(current) == 1


def test_a_liaison_has_no_tab_of_the_queue(world, signed_in):
    labels, _current = tabs(signed_in("liaison"), "/notices/")
    assert list(labels) == ["督办通知", "延期与销号", "现场核查", "批示"]


def test_a_number_says_what_waits_for_this_person(world, signed_in):
    notice(world)
    request_closure(
        task=world.task(1), unit=world.units["市住房建设局"], evidence_text="已验收。", by=world.people["liaison"],
        at=beijing("2024-08-02 10:00"),
    )  # fmt: skip
    assert tabs(signed_in("liaison"), "/notices/")[0]["督办通知"] == ["1"]
    assert tabs(signed_in("supervisor"), "/notices/")[0]["督办通知"] == []
    assert tabs(signed_in("supervisor"), "/notices/")[0]["延期与销号"] == ["1"]
    assert tabs(signed_in("leader"), "/notices/")[0]["延期与销号"] == []


def test_a_row_of_the_queue_says_how_often_it_was_followed_up(world, signed_in):
    refresh_standings(today=beijing("2024-11-10 10:00").date())
    notice(world)
    notice(world, serial=2, number="东督〔2024〕2号", state="withdrawn")
    assert "督办 1 次" in signed_in("supervisor").get("/overdue/").content.decode()
