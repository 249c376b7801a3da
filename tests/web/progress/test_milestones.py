"""阶段目标: the line that a task is judged by, where it is not straight."""

import datetime as dt

import pytest
from django.urls import reverse

from tasks_app.audit.models import Event
from tasks_app.reporting.actions import refresh_standings

ROWS = [("2024-09-30", "10", "完成招标"), ("2024-11-30", "70", "主体完工")]


@pytest.fixture
def address(world):
    return reverse("task_milestones", args=[world.task(1).pk])


def form(client, address, rows=ROWS, **changed):
    """What the page's own form would send with these rows."""
    drawn = client.get(address).context["form"]
    data = {"m-TOTAL_FORMS": str(len(rows) + 1), "m-INITIAL_FORMS": "0", "version": drawn["version"].value()}
    for number, (day, percent, text) in enumerate(rows):
        data |= {f"m-{number}-due_on": day, f"m-{number}-percent": percent, f"m-{number}-text": text}
    return {**data, "reason": "汛期不能施工，前慢后快", **changed}


def stored(world):
    return [(f"{m.due_on}", str(m.percent), m.text) for m in world.task(1).milestones.all()]


def test_the_line_and_the_light_follow_the_milestones_at_once(world, address, signed_in, now):
    now.move_to("2024-10-04 10:00+08:00")
    refresh_standings(today=dt.date(2024, 10, 4))
    assert world.task(1).standing.expected == 50
    client = signed_in("coordinator")
    page = client.post(address, form(client, address), follow=True)
    assert "序时进度由 50% 变为 14%" in page.text
    assert world.task(1).standing.expected == 14
    assert world.task(2).standing.expected == 50
    assert stored(world) == ROWS
    event = Event.objects.get(verb="progress.set_milestones")
    assert (event.before, event.reason) == ({"milestones": []}, "汛期不能施工，前慢后快")
    assert event.after["milestones"][0] == ["2024-09-30", 10, "完成招标"]


def test_all_of_the_jurisdiction_read_them_and_only_few_set_them(world, address, signed_in):
    client = signed_in("coordinator")
    client.post(address, form(client, address))
    for who in ("liaison", "leader"):
        page = signed_in(who).get(address)
        assert "主体完工" in page.text
        assert "保存阶段目标" not in page.text
        assert signed_in(who).post(address, {}).status_code == 403
    assert signed_in("stranger").get(address).status_code == 404


def test_rows_come_in_any_order_and_empty_ones_are_none(world, address, signed_in):
    client = signed_in("coordinator")
    client.post(address, form(client, address, [ROWS[1], ("", "", ""), ROWS[0]]))
    assert stored(world) == ROWS
    client.post(address, form(client, address, [("", "", "")]))
    assert stored(world) == []


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("2024-07-09", "10", "x")], "日期应在 2024-07-09 之后、2024-12-31 之前"),
        ([("2024-12-31", "10", "x")], "日期应在 2024-07-09 之后、2024-12-31 之前"),
        ([("2024-09-30", "0", "x")], "百分比应在 1 到 99 之间"),
        ([("2024-09-30", "100", "x")], "百分比应在 1 到 99 之间"),
        ([("2024-09-30", "50", "x"), ("2024-10-30", "50", "y")], "百分比应大于上一个阶段目标"),
        ([("2024-09-30", "50", "x"), ("2024-09-30", "60", "y")], "日期应晚于上一个阶段目标"),
        ([("2024-09-30", "", "x")], "请填百分比"),
        ([("", "20", "x")], "请填日期"),
        ([("2024-09-30", "20", "")], "请写明要做到什么"),
        ([("九月底", "20", "x")], "输入一个有效的日期"),
    ],
)
def test_what_makes_no_rising_line_is_said_at_its_field(world, address, signed_in, rows, words):
    client = signed_in("coordinator")
    page = client.post(address, form(client, address, rows))
    assert page.status_code == 422
    assert words in page.text
    assert 'role="alert"' in page.text
    assert stored(world) == []


def test_a_reason_is_asked_for(world, address, signed_in):
    client = signed_in("administrator")
    assert client.post(address, form(client, address, reason=" ")).status_code == 422
    assert stored(world) == []


def test_nobody_overwrites_anybody(world, address, signed_in):
    first, second = signed_in("coordinator"), signed_in("administrator")
    mine = form(first, address)
    second.post(address, form(second, address, ROWS[:1]))
    page = first.post(address, mine)
    assert page.status_code == 409
    assert "别人刚保存的" in page.text
    assert stored(world) == ROWS[:1]
    assert first.post(address, {**mine, "version": page.context["form"]["version"].value()}).status_code == 302
    assert stored(world) == ROWS


def test_a_task_without_a_deadline_has_no_line_to_set(world, address, signed_in):
    task = world.task(1)
    task.due_on = None
    task.save()
    client = signed_in("coordinator")
    assert "没有规定完成时限，不推算序时进度" in client.get(address).text
    assert "尚未销号的任务可以设阶段目标" in client.post(address, {}).text


def test_a_milestone_that_a_new_deadline_has_left_behind_says_that_it_has_no_say(world, address, signed_in):
    client = signed_in("coordinator")
    client.post(address, form(client, address))
    world.task_list.tasks.filter(seq=1).update(due_on=dt.date(2024, 10, 31))
    assert client.get(address).text.count("不起作用") == 1


def test_milestones_that_move_neither_line_nor_light_say_nothing_of_them(address, signed_in):
    client = signed_in("coordinator")
    assert "序时进度由" in client.post(address, form(client, address), follow=True).text
    renamed = [(day, percent, f"{text}（改）") for day, percent, text in ROWS]
    page = client.post(address, form(client, address, renamed), follow=True)
    assert "阶段目标已保存。" in page.text
    assert "序时进度由" not in page.text
