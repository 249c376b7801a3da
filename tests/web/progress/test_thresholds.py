"""亮灯标准: read by all, set by few, with the consequences shown first."""

import pytest
from django.urls import reverse

from tasks_app.audit.actions import record
from tasks_app.audit.models import Event
from tasks_app.catalogue.models import TaskList
from tasks_app.progress.models import Standing
from tasks_app.units.models import Unit
from tests.factories import beijing

PRESENT = {"red_behind": 20, "yellow_behind": 10, "red_misses": 2, "yellow_days": 30, "yellow_below": 80}


@pytest.fixture
def address(world):
    return reverse("thresholds", args=[world.task_list.pk])


def form(client, address, **changed):
    """What the page's own form would send."""
    drawn = client.get(address).context["form"]
    return {
        **PRESENT,
        "version": drawn["version"].value(),
        "previewed": "",
        "reason": "市委专题会议要求从严",
        **changed,
    }


def confirm(client, address, data):
    """Look at the preview, then send what it holds."""
    seen = client.post(address, data).context["form"]
    return client.post(address, {**data, "previewed": seen["previewed"].value()}, follow=True)


@pytest.mark.parametrize("who", ["liaison", "leader", "supervisor"])
def test_all_of_the_jurisdiction_read_the_rule_with_its_numbers_and_no_form(address, signed_in, who):
    page = signed_in(who).get(address)
    assert "落后 20 个百分点及以上" in page.text
    assert "距时限 30 天以内而进度不到 80%" in page.text
    assert "预览影响" not in page.text


def test_who_may_not_set_them_is_told_who_may(address, signed_in):
    answer = signed_in("supervisor").post(address, PRESENT)
    assert answer.status_code == 403
    assert "汇总单位和管理员" in answer.text


def test_nothing_is_saved_before_the_consequences_were_shown(world, address, signed_in):
    client = signed_in("coordinator")
    page = client.post(address, form(client, address, red_misses=1))
    # One due round without a report: yellow until now, red when one is enough. The third task is red anyhow.
    assert "今天有 3 项改变状态（共 4 项）" in page.text
    assert [(move.before, move.after, move.count) for move in page.context["preview"].moves] == [("yellow", "red", 3)]
    assert "还没有保存" in page.text
    world.task_list.refresh_from_db()
    assert world.task_list.red_misses == 2


def test_confirmed_they_hold_at_once_and_the_log_says_why(world, address, signed_in):
    client = signed_in("coordinator")
    page = confirm(client, address, form(client, address, red_misses=1))
    assert "已按新标准重新评定" in page.text
    assert "2 → <b>1</b>" in page.text
    assert "市委专题会议要求从严" in page.text
    assert set(Standing.objects.values_list("light", flat=True)) == {"red"}
    event = Event.objects.get(verb="progress.set_thresholds")
    assert (event.before["red_misses"], event.after["red_misses"]) == (2, 1)
    assert event.reason == "市委专题会议要求从严"


def test_other_numbers_than_those_previewed_are_previewed_again(world, address, signed_in):
    client = signed_in("administrator")
    data = form(client, address, red_misses=1)
    seen = client.post(address, data).context["form"]["previewed"].value()
    page = client.post(address, {**data, "yellow_behind": 5, "previewed": seen})
    assert "还没有保存" in page.text
    world.task_list.refresh_from_db()
    assert world.task_list.red_misses == 2


def test_numbers_that_would_change_no_light_say_so(address, signed_in):
    client = signed_in("coordinator")
    assert "今天没有一项改变状态" in client.post(address, form(client, address, yellow_days=31)).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"yellow_behind": 21}, "黄灯的落后点数不能大于红灯的落后点数"),
        ({"red_behind": 101}, "应在 1 到 100 之间"),
        ({"red_misses": 0}, "应在 1 到 12 之间"),
        ({"yellow_days": "三十"}, "输入整数"),
        ({"reason": "  "}, "这个字段是必填项"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(address, signed_in, changed, words):
    client = signed_in("coordinator")
    page = client.post(address, form(client, address, **changed))
    assert page.status_code == 422
    assert words in page.text


def test_nobody_overwrites_anybody(world, address, signed_in, now):
    first, second = signed_in("coordinator"), signed_in("administrator")
    mine, theirs = form(first, address, red_behind=25), form(second, address, red_behind=30)
    confirm(second, address, theirs)
    now.move_to(beijing("2024-08-02 10:05"))
    seen = first.post(address, mine).context["form"]["previewed"].value()
    page = first.post(address, {**mine, "previewed": seen})
    assert page.status_code == 409
    assert "别人刚保存的" in page.text
    assert "落后 30 个百分点及以上" in page.text
    assert page.context["form"]["red_behind"].value() == "25"
    world.task_list.refresh_from_db()
    assert world.task_list.red_behind == 30
    # Laid side by side, the second answer decides.
    data = {**mine, "version": page.context["form"]["version"].value()}
    assert "已按新标准重新评定" in confirm(first, address, data).text


def test_the_same_numbers_make_no_event(address, signed_in):
    client = signed_in("coordinator")
    assert "没有要保存的" in client.post(address, form(client, address), follow=True).text
    assert not Event.objects.filter(verb="progress.set_thresholds").exists()


def test_a_stranger_does_not_know_of_the_list(address, signed_in):
    assert signed_in("stranger").get(address).status_code == 404
    assert signed_in("stranger").post(address, PRESENT).status_code == 404


def test_the_history_is_of_this_list_and_of_nothing_else_with_the_same_key(world, address, signed_in, now):
    numbers = {
        "before": {"red_behind": 20, "yellow_behind": 10, "red_misses": 2},
        "after": {"red_behind": 33, "yellow_behind": 10},
    }
    by, at = world.people["administrator"], beijing("2024-08-02 10:00")
    for target in (Unit(pk=world.task_list.pk), TaskList(pk=world.task_list.pk + 1000)):
        record(by=by, at=at, verb="admin.change", target=target, **numbers)
    assert signed_in("leader").get(address).context["settings"] == []
    record(by=by, at=at, verb="admin.change", target=world.task_list, **numbers)
    (setting,) = signed_in("leader").get(address).context["settings"]
    assert [before_after[1:] for before_after in setting.numbers] == [(20, 33)]
