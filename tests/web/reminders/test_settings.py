"""Ladder, words, groups, pauses, sending rules: who sets them, what is refused, what is not lost."""

import pytest

from tasks_app.audit.models import Event
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import GroupRobot, Message
from tasks_app.reminders.actions import save_template
from tasks_app.reminders.models import ListReminding, MessageTemplate, ReminderStep, SendingPolicy
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")
SETTERS = ["coordinator", "administrator"]
FORBIDDEN = [("supervisor", 403), ("leader", 403), ("liaison", 404), ("other", 404), ("far", 404), ("stranger", 404)]


@pytest.fixture
def base(world):
    return f"/reminders/lists/{world.task_list.pk}"


def step_of(world, offset=-3):
    return world.task_list.reminder_steps.get(offset=offset, occasion="report")


def form_of(step, **changes):
    """What the browser sends of the form for a step."""
    side = "before" if step.offset < 0 else "after" if step.offset else "on"
    return {
        "occasion": step.occasion, "side": side, "days": abs(step.offset), "day_kind": step.day_kind,
        "time": f"{step.time:%H:%M}", "audience": step.audience, "repeat_days": step.repeat_days,
        "channels": ["email"], "template": "", "active": "on", "seen": step.mark, **changes,
    }  # fmt: skip


def test_the_ladder_is_told_in_words_with_the_days_that_the_calendar_gives(read, base):
    page = read("coordinator", f"{base}/")
    assert "截止前 3 个工作日 09:00" in page
    assert "7月31日 星期三" in page
    assert "截止后 1 天 09:00，此后每 7 天一次" in page


@pytest.mark.parametrize("who", ["supervisor", "leader"])
def test_who_oversees_reads_the_settings_and_changes_nothing(who, read, base):
    page = read(who, f"{base}/")
    assert "截止前 3 个工作日 09:00" in page
    for word in (">修改<", "增加一步", "暂停这个清单的提醒", "接入一个群"):
        assert word not in page


@pytest.mark.parametrize("who", SETTERS)
def test_a_step_is_changed(who, world, signed_in, base):
    step = step_of(world)
    answer = signed_in(who).post(f"{base}/steps/{step.pk}/", form_of(step, days=2, time="08:30"))
    assert answer.status_code == 302
    step.refresh_from_db()
    assert (step.offset, f"{step.time:%H:%M}", step.channels) == (-2, "08:30", ["site", "email"])
    assert Event.objects.filter(verb="reminders.save_step", by_text__contains="").latest("pk").before["offset"] == -3


def test_a_step_is_added_and_one_that_is_there_is_not_added_twice(world, signed_in, base):
    step = step_of(world)
    browser = signed_in("coordinator")
    assert browser.post(f"{base}/steps/add/", form_of(step, days=5)).status_code == 302
    assert step_of(world, -5)
    page = browser.post(f"{base}/steps/add/", form_of(step, days=5)).content.decode()
    assert "已经有同一事项、同一天、同一对象的步骤" in page
    assert world.task_list.reminder_steps.filter(offset=-5, occasion="report").count() == 1


def test_a_step_switched_off_stays_in_the_list(world, signed_in, read, base):
    step = step_of(world)
    changed = form_of(step)
    del changed["active"]
    signed_in("coordinator").post(f"{base}/steps/{step.pk}/", changed)
    assert "已停用" in read("coordinator", f"{base}/")
    assert "8月5日" in read("coordinator", "/reminders/?days=7")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days": ""}, "请填写相隔几天"),
        ({"days": "0"}, "请填写相隔几天"),
        ({"days": "-1"}, "大于或等于0"),
        ({"days": "9999"}, "小于或等于180"),
        ({"repeat_days": "7"}, "重复只用于截止之后"),
        ({"occasion": "returned"}, "退回待改从退回那天算起"),
        ({"time": "25:00"}, "有效的时间"),
        ({"audience": "mayor"}, "mayor"),
        ({"template": "no-such"}, "no-such"),
    ],
)
def test_a_wrong_step_is_said_at_the_field_and_changes_nothing(changes, said, world, signed_in, base):
    step = step_of(world)
    page = signed_in("coordinator").post(f"{base}/steps/{step.pk}/", form_of(step, **changes))
    assert page.status_code == 200
    assert said in page.content.decode()
    assert step_of(world).mark == step.mark


def test_a_step_that_somebody_else_changed_is_shown_before_it_is_overwritten(world, signed_in, base):
    step = step_of(world)
    mine = form_of(step, time="08:00")
    signed_in("administrator").post(f"{base}/steps/{step.pk}/", form_of(step, time="10:00"))
    page = signed_in("coordinator").post(f"{base}/steps/{step.pk}/", mine)
    assert page.status_code == 409
    assert "截止前 3 个工作日 10:00" in page.content.decode()
    assert 'value="08:00"' in page.content.decode()
    mine["seen"] = step_of(world).mark
    assert f'value="{mine["seen"]}"' in page.content.decode()
    assert signed_in("coordinator").post(f"{base}/steps/{step.pk}/", mine).status_code == 302
    assert f"{step_of(world).time:%H:%M}" == "08:00"


def test_another_lists_step_is_not_there(world, signed_in, base):
    assert signed_in("coordinator").get(f"{base}/steps/999999/").status_code == 404


# --- words -------------------------------------------------------------------------------------

WORDS = "words/report-before/"


def seen_in(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


@pytest.mark.parametrize("who", SETTERS)
def test_words_are_previewed_saved_and_used(who, world, signed_in, read, base):
    browser = signed_in(who)
    form = {
        "title": "【催办】{单位}",
        "text": "{清单}\r\n请于 {截止} 前报送。",
        "seen": seen_in(read(who, f"{base}/{WORDS}")),
    }
    page = browser.post(f"{base}/{WORDS}", {**form, "do": "preview"}).content.decode()
    assert "【催办】市住房建设局" in page
    assert not MessageTemplate.objects.exists()
    assert browser.post(f"{base}/{WORDS}", form).status_code == 302
    assert MessageTemplate.objects.get().text == "{清单}\n请于 {截止} 前报送。"
    assert "【催办】乐都区政府" in read(who, "/reminders/?days=7")


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("", "正文", "请填写标题"),
        ("标题", " ", "请填写正文"),
        ("{单位.__class__}", "正文", "{单位.__class__}"),
        ("标题", "{0}", "不是可用的占位符"),
        ("标题", "{单位", "单独的花括号"),
        ("长" * 121, "正文", "120"),
    ],
)
@pytest.mark.parametrize("do", ["", "preview"])
def test_wrong_words_are_said_at_their_field_and_kept_in_it(title, text, said, do, signed_in, base):
    page = signed_in("coordinator").post(f"{base}/{WORDS}", {"title": title, "text": text, "do": do})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert 'aria-invalid="true"' in page.content.decode()
    assert not MessageTemplate.objects.exists()


def test_words_are_shown_as_text_whatever_is_in_them(signed_in, base):
    form = {"title": "<script>alert(1)</script>", "text": "<b>粗</b>", "do": "preview"}
    page = signed_in("coordinator").post(f"{base}/{WORDS}", form).content.decode()
    assert "<script>alert" not in page
    assert "<b>粗</b>" not in page


def test_words_that_somebody_else_changed_are_shown_before_they_are_overwritten(world, signed_in, read, base):
    form = {"title": "我的标题", "text": "我的正文", "seen": seen_in(read("coordinator", f"{base}/{WORDS}"))}
    save_template(task_list=world.task_list, code="report-before", title="他的标题", text="他的正文",
                  by=world.people["administrator"], at=AT)  # fmt: skip
    answer = signed_in("coordinator").post(f"{base}/{WORDS}", form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "他的标题" in page
    assert "我的正文" in page
    assert MessageTemplate.objects.get().title == "他的标题"
    assert signed_in("coordinator").post(f"{base}/{WORDS}", {**form, "seen": seen_in(page)}).status_code == 302
    assert MessageTemplate.objects.get().title == "我的标题"


def test_a_list_goes_back_to_the_words_for_all(world, signed_in, base):
    save_template(task_list=world.task_list, code="report-before", title="自己的", text="自己的",
                  by=world.people["coordinator"], at=AT)  # fmt: skip
    assert signed_in("coordinator").post(f"{base}/{WORDS}", {"do": "reset"}).status_code == 302
    assert not MessageTemplate.objects.exists()


def test_only_administrators_set_the_words_for_all(world, signed_in, read):
    form = {"title": "通用", "text": "通用正文"}
    for who in ("coordinator", "supervisor", "leader", "liaison"):
        assert signed_in(who).post("/reminders/words/report-before/", form).status_code == 403
    assert signed_in("administrator").post("/reminders/words/report-before/", form).status_code == 302
    assert MessageTemplate.objects.get().task_list is None
    assert "已修改" in read("administrator", "/reminders/lists/")


def test_words_that_no_reminder_uses_are_not_there(signed_in, base):
    assert signed_in("coordinator").get(f"{base}/words/no-such/").status_code == 404


# --- pauses, rules, groups ---------------------------------------------------------------------


def test_a_list_is_paused_with_a_reason_and_resumed(world, signed_in, read, base):
    browser = signed_in("coordinator")
    page = browser.post(f"{base}/pause/", {"reason": " "}).content.decode()
    assert "请写明暂停理由" in page
    browser.post(f"{base}/pause/", {"reason": "已统一部署"})
    assert "已统一部署" in read("leader", "/reminders/")
    assert "清单已暂停，届时不发" in read("coordinator", "/reminders/?days=7")
    assert "已经暂停" in browser.post(f"{base}/pause/", {"reason": "再来"}, follow=True).content.decode()
    browser.post(f"{base}/pause/", {"do": "resume"})
    assert ListReminding.objects.get().paused_at is None
    assert "没有暂停" in browser.post(f"{base}/pause/", {"do": "resume"}, follow=True).content.decode()


def test_an_administrator_sets_quiet_hours_and_the_cap(signed_in, read):
    form = {"quiet_from": "22:00", "quiet_until": "06:30", "daily_cap": "2"}
    assert signed_in("administrator").post("/reminders/policy/", form).status_code == 302
    assert SendingPolicy.objects.get().daily_cap == 2
    assert "22:00 至次日 06:30" in read("coordinator", "/reminders/lists/")
    page = signed_in("administrator").post("/reminders/policy/", {**form, "daily_cap": "0"}).content.decode()
    assert "大于或等于1" in page
    assert signed_in("coordinator").post("/reminders/policy/", form).status_code == 403


HOOK = "https://robots.example.test/send?key=very-secret"


@pytest.fixture
def robot(world, signed_in, base, settings):
    """A robot of the list, saved by the coordinator."""
    settings.ROBOT_HOSTS = ["robots.example.test"]
    form = {"name": "联络员群", "kind": "wecom", "address": HOOK, "secret": "", "active": "on"}
    assert signed_in("coordinator").post(f"{base}/robots/add/", form).status_code == 302
    return GroupRobot.objects.get()


def test_a_group_is_added_tried_and_let_go_and_its_address_is_never_shown(robot, signed_in, read, base):
    assert "联络员群" in read("coordinator", f"{base}/")
    assert "very-secret" not in read("coordinator", f"{base}/") + read("coordinator", f"{base}/robots/{robot.pk}/")
    signed_in("coordinator").post(f"{base}/robots/{robot.pk}/", {"do": "test"})
    assert Message.objects.get(robot=robot).channel == Channel.ROBOT
    signed_in("coordinator").post(f"{base}/robots/{robot.pk}/", {"do": "remove"})
    assert "联络员群" not in read("coordinator", f"{base}/")
    assert signed_in("coordinator").get(f"{base}/robots/{robot.pk}/").status_code == 404


def test_address_and_key_left_empty_stay_as_they_are(robot, signed_in, base):
    form = {"name": "新名字", "kind": "wecom", "address": "", "secret": "", "active": "on"}
    assert signed_in("coordinator").post(f"{base}/robots/{robot.pk}/", form).status_code == 302
    robot.refresh_from_db()
    assert (robot.name, robot.address) == ("新名字", HOOK)


@pytest.mark.parametrize("address", ["http://127.0.0.1/", "file:///etc/passwd", "https://elsewhere.test/x", "x"])
def test_a_group_at_a_host_that_is_not_allowed_is_refused(address, settings, signed_in, base):
    settings.ROBOT_HOSTS = ["robots.example.test"]
    form = {"name": "群", "kind": "wecom", "address": address, "active": "on"}
    page = signed_in("coordinator").post(f"{base}/robots/add/", form)
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.content.decode()
    assert not GroupRobot.objects.exists()


@pytest.mark.parametrize(("who", "status"), FORBIDDEN)
@pytest.mark.parametrize("path", ["steps/add/", "steps/{step}/", WORDS, "robots/add/", "robots/{robot}/", "pause/"])
def test_nobody_else_sets_anything(path, who, status, others, robot, signed_in, base):
    address = f"{base}/" + path.format(step=step_of(others).pk, robot=robot.pk)
    before = list(ReminderStep.objects.values()), list(GroupRobot.objects.values())
    form = form_of(step_of(others), days=9) | {"title": "t", "text": "t", "name": "n", "reason": "r"}
    assert signed_in(who).post(address, form).status_code == status
    assert (list(ReminderStep.objects.values()), list(GroupRobot.objects.values())) == before
    assert not MessageTemplate.objects.exists()
    assert not ListReminding.objects.filter(paused_at__isnull=False).exists()
