"""Acts on many tasks of the queue: shown first, then done, and only by who may."""

import datetime as dt

import pytest
from django.urls import reverse

from tasks_app.audit.models import Event
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import refresh_standings
from tests.factories import beijing

ACT, CHASE = "/overdue/act/", "/overdue/chase/"


@pytest.fixture
def november(world, now):
    now.move_to(beijing("2024-11-10 10:00"))
    refresh_standings(today=dt.date(2024, 11, 10))
    return world


def ids(world, *numbers):
    return [world.task(no).pk for no in numbers]


def sent(world, who):
    return Message.objects.filter(recipient=world.people[who], dedupe_key__startswith="tasks-chased", channel="site")


def confirmed(client, world, *numbers, **more):
    posted = {"tasks": ",".join(map(str, ids(world, *numbers))), "once": "1:1", **more}
    return client.post(CHASE, posted, follow=True)


def test_ticked_rows_are_shown_with_whom_a_chase_would_reach_and_nothing_is_sent(november, signed_in):
    answer = signed_in("supervisor").post(ACT, {"do": "chase", "scope": "chosen", "task": ids(november, 1, 2, 3)})
    text = answer.content.decode()
    assert "催办 3 项任务的牵头单位" in text
    assert "将向 <b>2</b> 人各发出一条消息，涉及 2 家单位" in text
    assert "确认，发出 2 条消息" in text
    assert not Message.objects.filter(dedupe_key__startswith="tasks-chased").exists()


def test_confirmed_each_person_gets_one_message_about_all_tasks_of_theirs(november, signed_in):
    answer = confirmed(signed_in("supervisor"), november, 1, 2, 3, note="请于本周五前反馈。")
    assert "已催办 3 项任务，涉及 2 家单位，向 2 人各发出一条消息" in answer.content.decode()
    message = sent(november, "liaison").get()
    assert message.subject == "催办：2 项任务需要抓紧办理"
    for words in ("第1项", "第2项", "滞后：", "补充说明：请于本周五前反馈。"):
        assert words in message.body
    assert "第3项" not in message.body
    assert sent(november, "school").count() == 1
    event = Event.objects.filter(verb="supervision.chase").get()
    assert event.after["tasks"] == sorted(ids(november, 1, 2, 3))
    assert event.reason == "请于本周五前反馈。"


def test_the_button_pressed_twice_sends_once(november, signed_in):
    client = signed_in("supervisor")
    confirmed(client, november, 1)
    assert "没有重复发送" in confirmed(client, november, 1).content.decode()
    assert sent(november, "liaison").count() == 1
    assert Event.objects.filter(verb="supervision.chase").count() == 1


# Of the four tasks in the queue one is led by a unit that has nobody to tell.
@pytest.mark.parametrize(("scope", "query", "count"), [("page", "", 2), ("all", "", 3), ("all", "?kind=overdue", 1)])
def test_the_page_or_the_whole_selection_can_be_meant(november, signed_in, scope, query, count):
    on_page = ",".join(map(str, ids(november, 1, 2)))
    answer = signed_in("supervisor").post(ACT + query, {"do": "chase", "scope": scope, "on_page": on_page})
    assert f"催办 {count} 项任务的牵头单位" in answer.content.decode()


def test_with_nothing_ticked_one_comes_back_to_the_same_selection(november, signed_in):
    answer = signed_in("supervisor").post(ACT + "?kind=overdue", {"do": "chase", "scope": "chosen"}, follow=True)
    assert answer.redirect_chain == [("/overdue/?kind=overdue", 302)]
    assert "没有选中可以办理的任务" in answer.content.decode()


def test_a_unit_that_nobody_answers_for_is_named_and_the_others_are_told(november, signed_in):
    answer = signed_in("supervisor").post(ACT, {"do": "chase", "scope": "chosen", "task": ids(november, 1, 4)})
    text = answer.content.decode()
    assert "海东工业园区管委会没有在任的联络员" in text
    assert "将向 <b>1</b> 人" in text
    answer = signed_in("supervisor").post(ACT, {"do": "chase", "scope": "chosen", "task": ids(november, 4)})
    assert "没有可以通知的人" in answer.content.decode()
    assert "没有可以通知的人" in confirmed(signed_in("supervisor"), november, 4).content.decode()


def test_a_closed_task_is_not_chased(november, signed_in):
    task = november.task(1)
    task.closed_on = dt.date(2024, 11, 9)
    task.save()
    confirmed(signed_in("supervisor"), november, 1, 2)
    assert "第1项" not in sent(november, "liaison").get().body


@pytest.mark.parametrize("who", ["leader", "liaison", "stranger"])
@pytest.mark.parametrize("address", [ACT, CHASE])
def test_who_only_reads_or_reports_does_not_chase(november, signed_in, who, address):
    posted = {"do": "chase", "scope": "all", "tasks": ",".join(map(str, ids(november, 1))), "once": "x"}
    assert signed_in(who).post(address, posted).status_code == 403
    assert not Message.objects.filter(dedupe_key__startswith="tasks-chased").exists()


def test_of_tasks_that_are_not_ones_own_to_chase_none_is(november, signed_in):
    november.task_list.coordinating_unit = november.units["市教育局"]
    november.task_list.save()
    answer = confirmed(signed_in("coordinator"), november, 1, 2)
    assert "没有可以通知的人" in answer.content.decode()
    assert not Message.objects.filter(dedupe_key__startswith="tasks-chased").exists()


def test_ticked_rows_lead_to_the_page_that_drafts_notices(november, signed_in):
    answer = signed_in("supervisor").post(ACT, {"do": "notice", "scope": "chosen", "task": ids(november, 1, 2)})
    assert answer.status_code == 302
    assert answer.url == f"{reverse('notice_new')}?task={november.task(1).pk}&task={november.task(2).pk}"


@pytest.mark.parametrize("text", ["", "x", "1;2", "-1", "99999999999999", "１"])
def test_what_is_no_number_of_a_task_is_passed_over(november, signed_in, text):
    answer = signed_in("supervisor").post(ACT, {"do": "chase", "scope": "chosen", "task": text}, follow=True)
    assert "没有选中可以办理的任务" in answer.content.decode()
