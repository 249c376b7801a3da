"""What will go out, what went, what could not be delivered, and chasing."""

import pytest

from tasks_app.outbox.actions import deliver_waiting
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import Digest, Message
from tasks_app.reminders.actions import pause_list
from tasks_app.reminders.models import Reminder
from tasks_app.reporting.actions import submit_report
from tasks_app.workdays.models import DayException
from tests.factories import beijing
from tests.support.neighbours import with_neighbours


def test_the_coordinator_sees_what_will_go_out_day_by_day(read):
    page = read("coordinator", "/reminders/?days=7")
    assert "8月5日 星期一" in page
    assert "联络员 3 人" in page
    assert "市住房建设局联络员" in page
    assert "没有联络员，转给汇总员" in page
    assert "8月8日 星期四" in page
    assert "市政府办公室督查室督查员" in page


def test_a_liaison_sees_only_what_will_come_to_the_own_person(read):
    page = read("liaison", "/reminders/?days=7")
    assert "请报送：市住房建设局 2024年8月期月报" in page
    for other in ("乐都区政府", "市教育局", "清单设置", "未能送达"):
        assert other not in page


@pytest.mark.parametrize("who", ["far", "stranger", "other"])
def test_who_has_nothing_to_do_with_the_list_sees_nothing_of_it(who, others, tick, read):
    tick("2024-08-05 09:00")
    for address in ("/reminders/?days=62", "/reminders/sent/"):
        page = read(who, address)
        assert "市住房建设局" not in page
        assert "2024年重点任务清单" not in page


def test_the_forecast_is_narrowed_by_the_address(world, read):
    assert "8月5日 星期一" not in read("coordinator", "/reminders/?days=7&occasion=returned")
    assert "没有符合条件的提醒" in read("coordinator", "/reminders/?q=没有这个单位")
    page = read("coordinator", f"/reminders/?days=7&list={world.task_list.pk}&q=市教育局")
    assert "请报送：市教育局" in page
    assert "请报送：市住房建设局" not in page


@pytest.mark.parametrize("query", ["days=x", "days=9999", "list=x", "list=99", "occasion=%00", "channel=fax", "q=%00"])
def test_an_address_that_makes_no_sense_is_answered_all_the_same(query, signed_in):
    assert signed_in("coordinator").get(f"/reminders/?{query}").status_code == 200


def test_what_is_reported_is_no_longer_forecast(world, read):
    world.submit("liaison", percent=10, at="2024-08-02 10:00")
    assert "请报送：市住房建设局 2024年8月期月报" not in read("coordinator", "/reminders/?days=7")


def test_what_went_says_to_whom_by_which_channel_and_with_what_result(tick, read):
    tick("2024-08-05 09:00")
    page = read("coordinator", "/reminders/sent/?q=市住房建设局联络员")
    assert "请报送：市住房建设局 2024年8月期月报" in page
    assert "8月5日 09:00" in page
    assert "邮件" in page
    assert "已发" in page


def test_what_was_not_sent_says_why(world, tick, read):
    pause_list(task_list=world.task_list, reason="已统一部署", by=world.people["coordinator"],
               at=beijing("2024-08-02 10:00"))  # fmt: skip
    tick("2024-08-05 09:00")
    page = read("coordinator", "/reminders/sent/?state=skipped&why=paused")
    assert "已跳过" in page
    assert "本清单提醒已暂停" in page
    assert "已统一部署" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("period=2024-08", True), ("period=2024-07", False), ("channel=site", True), ("channel=robot", False),
        ("state=sent", True), ("state=suppressed", False), ("state=undelivered", False), ("occasion=report", True),
        ("occasion=task", False), ("q=住房建设局", True), ("q=没有此人", False),
    ],
)  # fmt: skip
def test_every_filter_narrows_the_record(query, found, tick, read):
    tick("2024-08-05 09:00")
    page = read("liaison", f"/reminders/sent/?{query}")
    assert ("请报送：市住房建设局 2024年8月期月报" in page) is found


@pytest.mark.parametrize("name", ["list", "period", "occasion", "unit", "channel", "state", "why"])
def test_a_filter_that_makes_no_sense_is_named_and_ignored(name, tick, read):
    tick("2024-08-05 09:00")
    page = read("coordinator", f"/reminders/sent/?{name}=无此项")
    assert "没有“无此项”这个选项" in page
    assert "请报送：市住房建设局" in page


@pytest.mark.parametrize("sort", ["moment", "-moment", "unit", "-unit", "recipient", "state", "-state", "what", "x"])
def test_every_column_can_be_sorted_by(sort, tick, read):
    tick("2024-08-05 09:00")
    assert "请报送：市住房建设局" in read("coordinator", f"/reminders/sent/?sort={sort}")


def test_a_liaison_reads_only_the_own_record(tick, read):
    tick("2024-08-05 09:00")
    page = read("liaison", "/reminders/sent/")
    assert "市住房建设局" in page
    assert "市教育局" not in page


def test_a_reminder_links_only_to_what_its_reader_may_open(world, tick, read):
    """A month that is not handed in is the unit's own: for the coordinator its reminder is words."""
    tick("2024-08-05 09:00")
    address = world.report("liaison").get_absolute_url()
    wanted = "/reminders/sent/?q=市住房建设局联络员"
    assert f'href="{address}"' in read("liaison", wanted)
    assert f'href="{address}"' not in read("coordinator", wanted)
    world.submit("liaison", percent=10, at="2024-08-05 10:00")
    assert f'href="{address}"' in read("coordinator", wanted)


@pytest.fixture
def undelivered(world, tick):
    """A mail to the liaison of 市住房建设局 that the other side will not take."""
    tick("2024-08-05 09:00")
    mail = Message.objects.get(recipient=world.people["liaison"], channel=Channel.EMAIL)
    Message.objects.filter(pk=mail.pk).update(status=Delivery.FAILED, attempts=3, last_error="NotTaken: SMTP [550]")
    return mail


def test_what_could_not_be_delivered_is_counted_explained_and_sent_again(undelivered, signed_in, read):
    assert "邮件服务器拒收（550）" in read("coordinator", "/reminders/failed/")
    page = signed_in("coordinator").post("/reminders/failed/", {"message": undelivered.pk}, follow=True)
    assert "1 条消息已重新排队" in page.content.decode()
    undelivered.refresh_from_db()
    assert (undelivered.status, undelivered.attempts) == (Delivery.WAITING, 0)
    assert "没有未能送达的消息" in read("coordinator", "/reminders/failed/")


def test_the_record_finds_what_was_not_delivered(undelivered, read):
    page = read("coordinator", "/reminders/sent/?state=undelivered")
    assert "未能送达" in page
    assert "市住房建设局联络员" in page
    assert "乐都区政府联络员" not in page


@pytest.mark.parametrize("who", ["supervisor", "administrator"])
def test_supervisor_and_administrator_send_again_too(who, undelivered, signed_in):
    signed_in(who).post("/reminders/failed/", {"do": "all"})
    undelivered.refresh_from_db()
    assert undelivered.status == Delivery.WAITING


@pytest.mark.parametrize(
    ("who", "seen", "status"),
    [("leader", True, 403), ("other", False, 302), ("far", False, 302), ("liaison", None, 403)],
)
def test_nobody_else_sends_again(who, seen, status, others, undelivered, signed_in):
    browser = signed_in(who)
    page = browser.get("/reminders/failed/")
    if seen is None:
        assert page.status_code == 403
    else:
        assert (undelivered.subject in page.content.decode()) is seen
    assert browser.post("/reminders/failed/", {"message": undelivered.pk, "do": "all"}).status_code == status
    undelivered.refresh_from_db()
    assert undelivered.status == Delivery.FAILED


def test_a_missing_year_in_the_calendar_is_said_from_november_on(world, now, read):
    DayException.objects.create(day="2024-10-01", is_workday=False, name="国庆节")
    assert "2025 年的节假日" not in read("coordinator", "/reminders/")
    now.move_to(beijing("2024-11-01 09:00"))
    assert "还没有 2025 年的节假日与调休安排" in read("coordinator", "/reminders/")


# --- chasing -----------------------------------------------------------------------------------


def site(world, who):
    return Message.objects.filter(recipient=world.people[who], channel=Channel.SITE)


def cases(read, world, who="coordinator"):
    """The keys that the page offers, in its order."""
    page = read(who, f"/reminders/lists/{world.task_list.pk}/chase/")
    return [part.split('"')[0] for part in page.split('name="only" value="')[1:]]


def chase(signed_in, world, who="coordinator", **form):
    return signed_in(who).post(f"/reminders/lists/{world.task_list.pk}/chase/", form, follow=True)


def test_some_are_chased_with_one_message_each_and_the_others_not(world, signed_in, read):
    keys = [key for key in cases(read, world) if key.startswith("report")]
    units = {name: world.units[name].pk for name in ("市住房建设局", "市教育局")}
    chosen = [key for key in keys if int(key.rpartition(":")[2]) in units.values()]
    assert len(chosen) == 4, "two open periods, July and August"
    page = chase(signed_in, world, case=chosen).content.decode()
    assert "已向 2 人各发出一条催办" in page
    deliver_waiting(at=beijing("2024-08-02 10:00"))
    assert [site(world, who).count() for who in ("liaison", "school", "colleague")] == [1, 1, 0]
    assert "等 2 项" in site(world, "liaison").get().subject


def test_a_button_pressed_twice_chases_once(world, signed_in, read):
    key = next(key for key in cases(read, world) if key.endswith(f":{world.units['市住房建设局'].pk}"))
    chase(signed_in, world, only=key)
    page = chase(signed_in, world, only=key).content.decode()
    assert "刚刚（10 分钟内）已经催过" in page
    assert Digest.objects.filter(recipient=world.people["liaison"]).count() == 1


def test_all_are_chased_at_once_and_the_coordinator_for_units_without_liaison(world, signed_in):
    page = chase(signed_in, world, "supervisor", do="all").content.decode()
    assert "已向 4 人各发出一条催办" in page
    assert "没有联络员" in site(world, "coordinator").get().body


def test_nothing_ticked_is_said(world, signed_in):
    assert "请先勾选要催办的单位" in chase(signed_in, world).content.decode()
    assert not Reminder.objects.exists()


def test_what_was_settled_meanwhile_is_not_chased(world, signed_in, read):
    keys = [key for key in cases(read, world) if key.endswith(f":{world.units['市住房建设局'].pk}")]
    for period in world.task_list.periods.all():
        report = world.report("liaison", period)
        world.fill(report, percent=10, text="已完成招标。", by="liaison", at="2024-08-02 10:00")
        submit_report(report=report, by=world.people["liaison"], at=beijing("2024-08-02 10:00"))
    assert "已经了结" in chase(signed_in, world, case=keys).content.decode()
    assert not site(world, "liaison").exists()


def test_when_there_is_nothing_to_chase_the_page_says_so(world, read):
    world.task_list.periods.all().delete()
    assert "没有可以催办的事项" in read("coordinator", f"/reminders/lists/{world.task_list.pk}/chase/")


@pytest.mark.parametrize(
    ("who", "status"), [("leader", 403), ("liaison", 404), ("other", 404), ("far", 404), ("stranger", 404)]
)
def test_nobody_else_chases(who, status, others, signed_in):
    address = f"/reminders/lists/{others.task_list.pk}/chase/"
    assert signed_in(who).get(address).status_code == status
    assert signed_in(who).post(address, {"do": "all"}).status_code == status
    assert not Reminder.objects.exists()


def test_of_a_paused_list_nothing_is_counted_as_coming(world, signed_in):
    before = signed_in("coordinator").get("/reminders/?days=7").context
    assert before["total"] > 0
    pause_list(
        task_list=world.task_list, reason="已统一部署", by=world.people["coordinator"], at=beijing("2024-08-02 10:00")
    )
    after = signed_in("coordinator").get("/reminders/?days=7").context
    assert (after["total"], after["people"]) == (0, 0)


def test_a_period_of_another_year_is_another_period(world, tick, read):
    tick("2024-08-05 09:00")
    period = world.task_list.periods.latest("opens_at")
    period.pk, period.year = None, 2023
    period.opens_at, period.due_at = beijing("2023-08-01 00:00"), beijing("2023-08-05 18:00")
    period.save()
    row = Reminder.objects.filter(state="sent").first()
    row.pk, row.period, row.key, row.line = None, period, "older", None
    row.save()
    assert "2023年8月期" in read("coordinator", "/reminders/sent/?period=2023-08").split("</form>")[-1]
    assert "2023年8月期" not in read("coordinator", "/reminders/sent/?period=2024-08").split("</form>")[-1]


def test_only_those_who_look_after_a_list_read_that_it_is_paused(world, read):
    other = with_neighbours(world)
    foreign = other.task_list
    foreign.coordinating_unit = world.units["市教育局"]
    foreign.save()
    pause_list(task_list=foreign, reason="别处的理由", by=world.people["supervisor"], at=beijing("2024-08-02 10:00"))
    assert "别处的理由" in read("supervisor", "/reminders/")
    assert "别处的理由" not in read("coordinator", "/reminders/")


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("moment", lambda row: row.moment),
        ("unit", lambda row: row.unit and row.unit.order),
        ("recipient", lambda row: row.recipient.name),
        ("state", lambda row: row.state),
    ],
)
def test_the_record_is_sorted_both_ways(tick, signed_in, sort, key):
    for moment in ("2024-08-05 09:00", "2024-08-06 09:00"):
        tick(moment)
    client = signed_in("coordinator")
    up, down = (
        [key(shown.row) for shown in client.get(f"/reminders/sent/?sort={sign}{sort}").context["rows"]]
        for sign in ("", "-")
    )
    known = [value for value in up if value is not None]
    assert len(set(known)) > 1
    # What has none stands last either way.
    empty = [None] * (len(up) - len(known))
    assert (up, down) == (sorted(known) + empty, sorted(known, reverse=True) + empty)
