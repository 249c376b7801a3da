"""How each occasion is played: what makes it open, when it speaks first and next, what settles it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tasks_app.notices.actions import issue_notices, reply_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.notices.models import Notice
from tasks_app.progress.actions import set_milestones
from tasks_app.progress.rules import version_of
from tasks_app.reporting.actions import accept_entries, return_entries, submit_report
from tests.factories import World, beijing

AT = "2024-08-02 10:00"


def _nothing(world: World) -> None:
    """It is open already."""


def _report_in(world: World, at: str) -> None:
    world.submit("liaison", percent=10, at=at)


def _close_task(world: World, at: str) -> None:
    task = world.task(3)
    task.closed_on = beijing(at).date()
    task.save()


def _return_entries(world: World) -> None:
    report = world.submit("liaison", percent=10, at="2024-08-02 11:00")
    ids = list(report.entries.values_list("pk", flat=True))[:1]
    by, at = world.people["coordinator"], beijing("2024-08-02 16:00")
    return_entries(report=report, entry_ids=ids, reason="请补充数量", by=by, at=at)


def _submit_again(world: World, at: str) -> None:
    submit_report(report=world.report("liaison"), by=world.people["liaison"], at=beijing(at))


def _issue(world: World) -> None:
    draft = NoticeDraft(world.units["市住房建设局"], NoticeLevel.ORDER, (world.task(1),), "请倒排工期。")
    issue_notices(task_list=world.task_list, drafts=[draft], by=world.people["supervisor"], at=beijing(AT))


def _reply(world: World, at: str) -> None:
    notice: Any = Notice.objects.get()
    version = notice.rounds.latest("number").version
    reply_notice(notice=notice, reply_text="已办理。", version=version, by=world.people["liaison"], at=beijing(at))


def _set_milestone(world: World) -> None:
    set_milestones(
        task=world.task(3), milestones=[(dt.date(2024, 9, 30), 40, "完成结对签约")], version=version_of([]),
        reason="前慢后快", by=world.people["coordinator"], at=beijing(AT),
    )  # fmt: skip


def _reach(world: World, at: str) -> None:
    """The August report comes late, says 40 %, and is accepted: the task has come as far as the milestone asks."""
    report = world.submit("school", percent=40, at=at)
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(at))


@dataclass(frozen=True, kw_only=True)
class Play:
    """Days of 2024: `first` and `again` are those of two default steps for `who`, `chased` one on which 催办 has it."""

    who: str
    first: str
    again: str
    chased: str
    says: str
    start: Callable[[World], None] = _nothing
    settle: Callable[[World, str], None]


PLAYS = {
    "report": Play(
        who="liaison", first="08-05", again="08-06", chased="08-06", says="市住房建设局 2024年8月期月报",
        settle=_report_in,
    ),
    "task": Play(
        who="school", first="10-24", again="10-30", chased="11-01", says="将于 2024年10月31日 到期",
        settle=_close_task,
    ),
    "milestone": Play(
        who="school", first="09-23", again="09-27", chased="09-27", says="应完成 40%（完成结对签约），目前进度 0%",
        start=_set_milestone, settle=_reach,
    ),
    "returned": Play(
        who="liaison", first="08-05", again="08-07", chased="08-07", says="退回待改",
        start=_return_entries, settle=_submit_again,
    ),
    "notice": Play(
        who="liaison", first="08-08", again="08-09", chased="08-09", says="请于 8月9日18:00 前回复",
        start=_issue, settle=_reply,
    ),
}  # fmt: skip
