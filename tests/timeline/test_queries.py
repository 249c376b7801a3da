"""What happened to a task: everything, in order, each with who and when; nobody learns more than the rooms allow."""

import datetime as dt
from dataclasses import replace

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.catalogue.actions import apply_items, restore_tasks, retire_tasks
from tasks_app.inspection.actions import Seen, make_spot_check
from tasks_app.inspection.choices import ReplyKind
from tasks_app.inspection.instructing import issue_instruction, reply_to_instruction
from tasks_app.notices.actions import issue_notices, judge_notice, receive_notice, reply_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.progress.actions import set_milestones
from tasks_app.progress.models import LightChange
from tasks_app.progress.rules import version_of
from tasks_app.reporting.actions import accept_entries, return_entries, submit_report
from tasks_app.reporting.choices import ReportStatus
from tasks_app.supervision.actions import decide_closure, reopen_closure, request_closure
from tasks_app.supervision.extending import decide_extension, request_extension
from tasks_app.timeline.choices import Kind
from tasks_app.timeline.queries import timeline_of
from tests.factories import ITEMS, beijing

NOW = beijing("2024-09-20 10:00")


def told(world, who, *, no=1, kind=None):
    """Titles as this person reads them, the newest first."""
    found = timeline_of(world.task(no), viewer_of(world.people[who]), NOW)
    return [one.title for one in found if kind in (None, one.kind)]


def texts(world, who):
    return "\n".join(one.text for one in timeline_of(world.task(1), viewer_of(world.people[who]), NOW))


def ids(report):
    return [entry.pk for entry in report.entries.filter(status=ReportStatus.SUBMITTED)]


@pytest.fixture
def reported(world):
    """Handed in late, returned, handed in anew, accepted."""
    by = world.people["coordinator"]
    report = world.submit("liaison", percent=30, at="2024-08-06 10:00", text="第一次的话")
    return_entries(report=report, entry_ids=ids(report), reason="请补充数量", by=by, at=beijing("2024-08-07 10:00"))
    world.fill(report, percent=32, text="第二次的话", by="liaison", at="2024-08-08 09:00")
    submit_report(report=report, by=world.people["liaison"], at=beijing("2024-08-08 10:00"))
    accept_entries(report=report, entry_ids=ids(report), by=by, at=beijing("2024-08-09 10:00"))
    return report


def test_a_month_is_told_step_by_step_to_those_who_may_know_of_it(world, reported):
    for who in ("liaison", "head", "coordinator", "supervisor", "leader"):
        assert told(world, who, kind=Kind.REPORT) == [
            "市住房建设局2024年8月期月报审核通过",
            "市住房建设局重报2024年8月期月报（第2次）",
            "市住房建设局2024年8月期月报被退回",
            "市住房建设局报送2024年8月期月报（迟报）",
        ]
        assert "请补充数量" in texts(world, who)
        assert "30% 第一次的话" in texts(world, who)
        assert "32% 第二次的话" in texts(world, who)


def test_others_read_what_was_accepted_in_the_end_and_not_how_it_went(world, reported):
    for who in ("colleague", "school"):
        assert told(world, who, kind=Kind.REPORT) == [
            "市住房建设局2024年8月期月报审核通过",
            "市住房建设局报送2024年8月期月报",
        ]
        assert "请补充数量" not in texts(world, who)
        assert "第一次的话" not in texts(world, who)
        assert "第二次的话" in texts(world, who)


def test_what_was_missing_and_came_later_is_made_up_beside_the_miss(world):
    world.open("2024-09-02 10:00")
    july = world.task_list.periods.order_by("opens_at")[1]
    report = world.report("liaison", july)
    world.fill(report, percent=30, text="补报", by="liaison", at="2024-09-03 10:00")
    submit_report(report=report, by=world.people["liaison"], at=beijing("2024-09-03 10:00"))
    assert "（缺报，已补）" in told(world, "leader", kind=Kind.REPORT)[0]


def test_a_draft_is_no_happening(world):
    world.fill(world.report("liaison"), percent=55, text="草稿里的话", by="liaison", at="2024-08-02 10:00")
    for who in world.people:
        assert told(world, who, kind=Kind.REPORT) == []
        assert "草稿里的话" not in texts(world, who)


def test_words_that_are_with_the_unit_again_are_its_own(world):
    by = world.people["coordinator"]
    report = world.submit("liaison", percent=30, at="2024-08-02 10:00", text="被退回的话")
    return_entries(report=report, entry_ids=ids(report), reason="请补充", by=by, at=beijing("2024-08-03 10:00"))
    readers = {who for who in world.people if "被退回的话" in texts(world, who)}
    assert readers == {"liaison", "head"}


def act_on_it(world):
    """An extension, an instruction, a visit, a closure granted and undone, an import: one after the other."""
    people, unit = world.people, world.units["市住房建设局"]
    extension = request_extension(
        task=world.task(1), unit=unit, asked_due_on=dt.date(2025, 3, 31), reason="冬季停工",
        by=people["liaison"], at=beijing("2024-08-10 10:00"),
    )  # fmt: skip
    decide_extension(
        extension=extension, granted=True, decision_text="情况属实", by=people["supervisor"],
        at=beijing("2024-08-11 10:00"),
    )  # fmt: skip
    text = "请加快"
    instruction = issue_instruction(task=world.task(1), text=text, by=people["leader"], at=beijing("2024-08-12 10:00"))
    reply_to_instruction(
        instruction=instruction, unit=unit, kind=ReplyKind.ANSWER, text="已增加班组", by=people["liaison"],
        at=beijing("2024-08-13 10:00"),
    )  # fmt: skip
    seen = Seen("工地", dt.date(2024, 8, 14), "只开工一半", "red")
    make_spot_check(task=world.task(1), unit=None, seen=seen, by=people["supervisor"], at=beijing("2024-08-14 10:00"))
    closure = request_closure(
        task=world.task(1), unit=unit, evidence_text="验收报告", by=people["liaison"], at=beijing("2024-08-15 10:00")
    )
    decide_closure(
        closure=closure, granted=True, decision_text="材料齐全", by=people["supervisor"],
        at=beijing("2024-08-16 10:00"),
    )  # fmt: skip
    reopen_closure(closure=closure, reason="未完工", by=people["supervisor"], at=beijing("2024-08-17 10:00"))
    items = [replace(item, lead_units=("市住房建设局", "市教育局")) if item.seq == 1 else item for item in ITEMS]
    apply_items(task_list=world.task_list, items=items, by=people["administrator"], at=beijing("2024-08-18 10:00"))


def test_every_act_stands_in_order_with_who_did_it(world):
    act_on_it(world)
    found = timeline_of(world.task(1), viewer_of(world.people["leader"]), NOW)
    acts = [(one.title, one.who) for one in found if one.kind != Kind.LIGHT]
    assert acts == [
        ("牵头单位由市住房建设局改为市住房建设局、市教育局", "市政府办公室管理员"),
        ("撤销销号，任务重新列为未完成", "市政府办公室督查室督查员"),
        ("同意销号", "市政府办公室督查室督查员"),
        ("市住房建设局申请销号", "市住房建设局联络员"),
        ("现场核查：滞后", "市政府办公室督查室督查员"),
        ("市住房建设局回复批示", "市住房建设局联络员"),
        ("领导批示", "市政府办公室领导"),
        ("同意延期：完成时限由2024年12月31日改为2025年3月31日", "市政府办公室督查室督查员"),
        ("市住房建设局申请延期至2025年3月31日", "市住房建设局联络员"),
    ]
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


def test_lights_tell_their_change_and_why(world):
    act_on_it(world)
    lights = told(world, "school", kind=Kind.LIGHT)
    assert any("变为已销号" in title for title in lights)
    assert any("由已销号变为" in title for title in lights)


@pytest.mark.parametrize(
    ("who", "words", "reads"),
    [
        ("school", "冬季停工", False), ("school", "请加快", False), ("school", "只开工一半", False),
        ("school", "验收报告", False), ("colleague", "冬季停工", False), ("colleague", "请加快", True),
        ("colleague", "只开工一半", False), ("colleague", "验收报告", True), ("liaison", "只开工一半", True),
        ("coordinator", "冬季停工", True), ("head", "请加快", True),
    ],
)  # fmt: skip
def test_the_words_are_for_those_whom_the_rooms_name(world, who, words, reads):
    # 市教育局 does not lead yet when it asks.
    act_on_it(world)
    apply_items(task_list=world.task_list, items=ITEMS, by=None, at=beijing("2024-08-19 10:00"))
    assert (words in texts(world, who)) is reads


def _issued(world, level, at):
    draft = NoticeDraft(world.units["市住房建设局"], level, (world.task(1),), "请倒排工期。")
    by = world.people["supervisor"]
    return issue_notices(task_list=world.task_list, drafts=[draft], by=by, at=beijing(at))[0]


def test_a_notice_is_told_from_its_issue_over_receipt_and_answer_to_its_end(world):
    liaison, supervisor = world.people["liaison"], world.people["supervisor"]
    first = _issued(world, NoticeLevel.REMINDER, "2024-08-02 10:00")
    receive_notice(notice=first, by=liaison, at=beijing("2024-08-02 11:00"))
    second = _issued(world, NoticeLevel.ORDER, "2024-08-12 10:00")
    # Answered after its deadline, and by that signed for.
    reply_notice(notice=second, reply_text="已补报。", version=0, by=liaison, at=beijing("2024-09-02 10:00"))
    judge_notice(
        notice=second, closed=True, judge_text="属实", workdays=0, by=supervisor, at=beijing("2024-09-03 10:00")
    )
    unit, one, two = "市住房建设局", first.number, second.number
    expected = [
        f"{two} 办结",
        f"{unit}回复{two}（超期）",
        f"{unit}签收{two}",
        f"{one}升级为督办单 {two}",
        f"{NoticeLevel.ORDER.label}{two}发给{unit}",
        f"{unit}签收{one}",
        f"{NoticeLevel.REMINDER.label}{one}发给{unit}",
    ]
    for who in ("liaison", "head", "coordinator", "supervisor", "leader"):
        assert sorted(told(world, who, kind=Kind.NOTICE)) == sorted(expected)
        assert told(world, who, kind=Kind.NOTICE)[:3] == expected[:3]
    for who in ("colleague", "school"):
        assert told(world, who, kind=Kind.NOTICE) == []
    people = {one.title: one.who for one in timeline_of(world.task(1), viewer_of(supervisor), NOW)}
    assert people[f"{unit}签收{one}"] == str(liaison)
    assert people[f"{one}升级为督办单 {two}"] == str(supervisor)


def test_milestones_are_told_with_their_reason(world):
    by, task = world.people["coordinator"], world.task(1)
    for percent, version in ((40, version_of([])), (50, version_of([(dt.date(2024, 9, 30), 40, "主体完工")]))):
        rows = [(dt.date(2024, 9, 30), percent, "主体完工")]
        set_milestones(
            task=task, milestones=rows, version=version, reason="按施工计划", by=by, at=beijing("2024-08-09 10:00")
        )
    changes = [one for one in timeline_of(task, viewer_of(world.people["school"]), NOW) if one.kind == Kind.CHANGE]
    assert [(one.title, one.text, one.who) for one in changes] == [
        ("设定阶段目标", "按施工计划", str(by)),
        ("调整阶段目标", "按施工计划", str(by)),
    ]


def test_a_light_is_of_the_whole_day_and_stands_above_what_made_it(world):
    LightChange.objects.all().delete()
    task, day = world.task(1), dt.date(2024, 8, 6)
    LightChange.objects.create(task=task, on=day, before="green", after="red", reason="behind", inputs={"gap": 20})
    by = world.people["leader"]
    issue_instruction(task=task, text="抓紧", by=by, at=beijing("2024-08-06 20:00"))
    issue_instruction(task=task, text="再抓紧", by=by, at=beijing("2024-08-07 08:00"))
    kinds = [one.kind for one in timeline_of(task, viewer_of(by), NOW) if one.kind in (Kind.LIGHT, Kind.INSTRUCTION)]
    assert kinds == [Kind.INSTRUCTION, Kind.LIGHT, Kind.INSTRUCTION]


def test_retired_and_put_back_are_both_told(world):
    how = {"task_list": world.task_list, "seqs": [1], "by": world.people["coordinator"], "reason": "并入第2项"}
    retire_tasks(at=beijing("2024-08-05 10:00"), **how)
    restore_tasks(at=beijing("2024-08-06 10:00"), **how)
    assert told(world, "leader", kind=Kind.CHANGE)[:2] == ["恢复使用", "停用，不再计入统计"]


@pytest.mark.parametrize(("light", "mark"), [("yellow", ""), ("red", "（与测算或自评不一致）")])
def test_a_visit_that_saw_another_light_says_so(world, light, mark):
    assert world.task(1).standing.light == "yellow"
    seen = Seen("工地", dt.date(2024, 8, 14), "只开工一半", light)
    make_spot_check(
        task=world.task(1), unit=None, seen=seen, by=world.people["supervisor"], at=beijing("2024-08-14 10:00")
    )
    (title,) = told(world, "leader", kind=Kind.CHECK)
    assert title == {"yellow": "现场核查：预警", "red": "现场核查：滞后"}[light] + mark
