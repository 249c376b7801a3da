"""The demo's notices: climbing from a reminder to a red one, answered, returned, closed, withdrawn, still waiting."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import F

from tasks_app.accounts.demo import FIRST_LIAISON_UNIT
from tasks_app.accounts.models import User
from tasks_app.catalogue.models import Task
from tasks_app.lib.dates import at_beijing, beijing_day
from tasks_app.management.demo.story import MARK, Story
from tasks_app.notices.actions import (
    attach_file,
    issue_notices,
    judge_notice,
    receive_notice,
    reply_notice,
    save_setting,
    withdraw_notice,
)
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.notices.models import Notice
from tasks_app.notices.queries import proposed_notices
from tasks_app.units.models import Unit

DAY = dt.timedelta(days=1)
DEMAND = f"请对照年度目标倒排工期，明确责任人和每周节点，将整改方案和佐证材料一并报来。{MARK}"
SHARP = f"请立即召开专题会议研究，提出赶上序时进度的具体时间和措施，主要负责同志签字后报来。{MARK}"
DONE = f"已召开专题会议，重新排定工期，明确每周节点；目前施工力量已增加，预计年底前完成目标任务。{MARK}"
VAGUE = f"正在抓紧推进。{MARK}"
# The smallest file that is recognised as a PDF.
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def notices(story: Story) -> None:
    """The first wave in September, a climb from October to November, and what waits these days."""
    story.on(at_beijing(dt.date(2024, 7, 9), dt.time(10)), _settings, story)
    for day, again in ((12, False), (13, True)):
        story.on(at_beijing(dt.date(2024, 9, day), dt.time(10)), _from_issue_to_close, story, again)
    story.on(at_beijing(dt.date(2024, 10, 14), dt.time(9, 30)), _climb, story)
    today = beijing_day(story.now)
    for days, hour, act in ((9, 10, _withdrawn), (8, 15, _waits_for_the_verdict), (3, 10, _waits_for_the_visitor)):
        story.on(at_beijing(today - dt.timedelta(days=days), dt.time(hour)), act, story)


def _supervisor() -> User:
    return User.objects.get(username="supervisor")


def _settings(at: dt.datetime, story: Story) -> None:
    values = {"pattern": "东督〔{年}〕{号}号", "head_text": "海东市人民政府办公室督办通知"}
    save_setting(task_list=story.task_list, values=values, by=_supervisor(), at=at)


def _next_unit(story: Story, at: dt.datetime) -> tuple[Unit, list[Task]] | None:
    """The unit that the rule names first and that has had no notice yet, with its worst tasks."""
    had = set(Notice.objects.values_list("unit_id", flat=True))
    for one in proposed_notices([story.task_list], at=at):
        if one.unit.pk not in had and one.unit.name != FIRST_LIAISON_UNIT:
            return one.unit, [task for task, _why in one.tasks[:2]]
    return None


def _issue(
    at: dt.datetime, story: Story, unit: Unit, tasks: Sequence[Task], level: NoticeLevel, demands: str = DEMAND
) -> Notice:
    draft = NoticeDraft(unit=unit, level=level, tasks=tuple(tasks), demands_text=demands)
    return issue_notices(task_list=story.task_list, drafts=[draft], by=_supervisor(), at=at)[0]


def _receive(at: dt.datetime, story: Story, notice: Notice) -> None:
    receive_notice(notice=notice, by=story.liaison_of[notice.unit_id], at=at)


def _reply(at: dt.datetime, story: Story, notice: Notice, text: str, file: bool) -> None:
    by = story.liaison_of[notice.unit_id]
    version = notice.rounds.latest("number").version
    answered = reply_notice(notice=notice, reply_text=text, version=version, by=by, at=at)
    if file:
        attach_file(round_=answered, name="整改方案（演示数据）.pdf", content=PDF, by=by, at=at)


def _judge(at: dt.datetime, notice: Notice, closed: bool, text: str) -> None:
    judge_notice(notice=notice, closed=closed, judge_text=text, workdays=3, by=_supervisor(), at=at)


def _from_issue_to_close(at: dt.datetime, story: Story, again: bool) -> None:
    """Issued, answered and closed; with `again`, returned once before."""
    if (chosen := _next_unit(story, at)) is None:
        return
    notice = _issue(at, story, *chosen, NoticeLevel.ORDER if again else NoticeLevel.REMINDER)
    story.on(at + DAY, _receive, story, notice)
    story.on(at + 4 * DAY, _reply, story, notice, VAGUE if again else DONE, not again)
    if again:
        story.on(at + 6 * DAY, _judge, notice, False, f"没有写明完成时间和责任人，请补充后重新回复。{MARK}")
        story.on(at + 8 * DAY, _reply, story, notice, DONE, True)
    story.on(at + 11 * DAY, _judge, notice, True, f"措施具体，予以办结。{MARK}")


def _climb(at: dt.datetime, story: Story) -> None:
    """A 督办单 that is signed for and never answered."""
    if (chosen := _next_unit(story, at)) is None:
        return
    order = _issue(at, story, *chosen, NoticeLevel.ORDER)
    story.on(at + DAY, _receive, story, order)
    story.on(at + 21 * DAY, _escalate, story, order)


def _escalate(at: dt.datetime, story: Story, order: Notice) -> None:
    """It becomes a red one, which is answered late and returned; where a task was closed meanwhile it stays."""
    tasks = [part.task for part in order.parts.select_related("task__standing", "task__task_list")]
    if any(task.closed_on for task in tasks):
        return
    red = _issue(at, story, order.unit, tasks, NoticeLevel.RED, SHARP)
    story.on(at + 9 * DAY, _reply, story, red, VAGUE, False)
    story.on(at + 16 * DAY, _judge, red, False, f"未附会议纪要和工期安排，退办。{MARK}")


def _withdrawn(at: dt.datetime, story: Story) -> None:
    if chosen := _next_unit(story, at):
        notice = _issue(at, story, *chosen, NoticeLevel.REMINDER)
        story.on(at + DAY / 4, _withdraw, notice)


def _withdraw(at: dt.datetime, notice: Notice) -> None:
    why = f"该任务实施方案已批复调整，本通知撤销。{MARK}"
    withdraw_notice(notice=notice, reason=why, by=_supervisor(), at=at)


def _waits_for_the_verdict(at: dt.datetime, story: Story) -> None:
    if chosen := _next_unit(story, at):
        notice = _issue(at, story, *chosen, NoticeLevel.ORDER)
        story.on(at + 6 * DAY, _reply, story, notice, DONE, True)


def _waits_for_the_visitor(at: dt.datetime, story: Story) -> None:
    """To the unit whose liaison visitors sign in as: its worst open tasks."""
    unit = Unit.objects.get(jurisdiction=story.task_list.jurisdiction, name=FIRST_LIAISON_UNIT)
    led = Task.objects.counted().filter(
        task_list=story.task_list, closed_on=None, obligations__unit=unit, obligations__role="lead"
    )
    gap = F("standing__expected") - F("standing__progress")
    if tasks := list(led.select_related("standing").order_by(gap.desc(nulls_last=True), "seq")[:2]):
        _issue(at, story, unit, tasks, NoticeLevel.ORDER)
