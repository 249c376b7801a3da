"""The demo's story: invented progress on real lists, played through the same actions that people use.

A fixed seed makes it the same each time. Every unit has a temper (prompt, tardy, silent), every
task a pace (ahead, on the line, behind, stuck); months are played in order, each act at its own
moment. Every invented text ends with （演示数据）.
"""

import datetime as dt
import heapq
import itertools
import random
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.accounts.demo import FIRST_LIAISON_UNIT, PASSWORD, cast
from tasks_app.accounts.models import User
from tasks_app.catalogue.actions import apply_items, save_list
from tasks_app.catalogue.items import Item
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.closing.actions import close_period
from tasks_app.handover.actions import set_place
from tasks_app.lib.dates import at_beijing, beijing_day
from tasks_app.outbox.actions import deliver_waiting, mark_read
from tasks_app.outbox.models import Message
from tasks_app.progress.choices import SCALE
from tasks_app.progress.rules import expected_progress
from tasks_app.reminders.actions import save_ladder, send_due
from tasks_app.reminders.occasions import DEFAULT_LADDER
from tasks_app.reminders.occasions.base import Rung
from tasks_app.reporting.actions import (
    EntryDraft,
    accept_entries,
    open_periods,
    refresh_standings,
    return_entries,
    save_entries,
    submit_report,
)
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.schedule.actions import derive_obligations, save_rule
from tasks_app.schedule.models import Obligation, Period
from tasks_app.supervision.actions import decide_closure, request_closure
from tasks_app.supervision.models import Closure
from tasks_app.units.models import Unit

MARK = "（演示数据）"
# Share of the expected progress that a task of each pace reaches, and how common the pace is.
PACES = {
    "early": (1.8, 7),
    "ahead": (1.35, 28),
    "steady": (1.17, 42),
    "behind": (1.02, 16),
    "stuck": (0.55, 7),
}
# Days after the due day on which a unit of each temper submits, in weights; None is not at all.
TEMPERS: dict[str, list[tuple[int | None, int]]] = {
    "prompt": [(-2, 5), (-1, 5), (0, 2)],
    "tardy": [(-1, 4), (0, 3), (1, 2), (4, 2)],
    "silent": [(0, 3), (3, 2), (29, 2), (None, 4)],
}
STAGES = [
    (15, "已制定工作方案，明确责任分工和时间节点", "抓紧开展前期工作"),
    (40, "前期工作基本完成，各项任务已全面铺开", "加快推进实施，按月调度"),
    (70, "主体工作正在推进，完成阶段性节点", "紧盯年度目标，补齐薄弱环节"),
    (95, "主要工作量已完成，进入收尾阶段", "组织自查，整理佐证材料"),
    (100, "年度目标任务已完成，正在整理销号材料", "申请销号"),
]
# When the list of 2024 begins to be worked on.
BEGIN = at_beijing(dt.date(2024, 7, 9), dt.time(9))
PROBLEMS = ["资金拨付进度偏慢", "受天气影响有效施工期缩短", "跨部门手续办理周期较长", "要素保障尚未完全到位"]
RETURNS = ["请补充完成数量和地点", "进度与上期相同，请说明原因", "文字与任务要求不对应，请核对后重报"]


def _own_light(entry: ReportEntry, percent: int, today: dt.date) -> str:
    """What a lead says of itself: two in three say something, one of four of these a step better than it is."""
    task = entry.task
    mood = (task.seq * 7 + today.month) % 6
    if entry.role != "lead" or mood in (0, 1):
        return ""
    expected = expected_progress(starts_on=task.task_list.starts_on, due_on=task.due_on, today=today)
    gap = (expected or 0) - percent
    step = 2 if gap >= 20 else 1 if gap >= 10 else 0
    return SCALE[max(step - 1, 0) if mood == 2 else step]


class Story:
    """The play, up to `now`; counts what it did in `people`, `submitted` and `closed`."""

    def __init__(self, *, now: dt.datetime) -> None:
        self.now = now
        self.chance = random.Random(20240709)  # noqa: S311  (a story, not a secret)
        self._agenda: list[tuple[dt.datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._numbers = itertools.count()
        self.people = self.submitted = self.closed = 0
        self.liaison_of: dict[int, User] = {}
        self.temper_of: dict[int, str] = {}
        self.pace_of: dict[tuple[int, int], float] = {}

    def play(self, chapters: Iterable[Callable[["Story"], None]] = ()) -> None:
        present = self._present_list()
        self._sign_on(min(BEGIN, self.now))
        self.task_list = TaskList.objects.exclude(pk=present.pk).exclude(reporting_rule=None).get()
        self._fill_roster(min(BEGIN, self.now))
        for opening in self._openings():
            self.on(opening, self._open)
        for chapter in chapters:
            chapter(self)
        while self._agenda:
            moment, _number, act, about = heapq.heappop(self._agenda)
            act(moment, *about)
        open_periods(by=None, at=self.now)
        refresh_standings(today=beijing_day(self.now))
        deliver_waiting(at=self.now, limit=100_000)
        for message in Message.objects.filter(sent_at__lt=self.now - dt.timedelta(days=10)):
            mark_read(message=message, at=message.sent_at or self.now)

    def on(self, moment: dt.datetime, act: Callable[..., None], *about: Any) -> None:
        """Put an act on the agenda, unless it lies in the future or before the list begins."""
        if BEGIN <= moment <= self.now:
            heapq.heappush(self._agenda, (moment, next(self._numbers), act, about))

    def _openings(self) -> Iterable[dt.datetime]:
        """The moments at which periods open: the list's start, then each month's first day."""
        moment = BEGIN
        while moment <= self.now:
            yield moment
            first = (beijing_day(moment).replace(day=1) + dt.timedelta(days=32)).replace(day=1)
            moment = at_beijing(first, dt.time(8))

    # --- the cast ------------------------------------------------------------------------
    def _sign_on(self, at: dt.datetime) -> None:
        secret = make_password(PASSWORD)
        places = {unit.name: unit for unit in Unit.objects.filter(jurisdiction__code="630200")}
        for member in cast():
            self._add(member.username, member.name, places[member.unit], member.role, secret, at, member.is_staff)
        owing = Unit.objects.filter(pk__in=Obligation.objects.values("unit_id")).order_by("order", "pk")
        signed = Obligation.objects.filter(task__task_list__reporting_rule__head_signs=True)
        with_head = set(signed.values_list("unit_id", flat=True))
        for number, unit in enumerate(owing, start=1):
            username = f"liaison{number:02}"
            self.liaison_of[unit.pk] = self._add(username, f"{unit.name}联络员", unit, Role.LIAISON, secret, at, False)
            self.temper_of[unit.pk] = self.chance.choices(list(TEMPERS), weights=[5, 3, 2])[0]
            if unit.pk in with_head:
                self._add(f"head{number:02}", f"{unit.name}负责人", unit, Role.HEAD, secret, at, False)
            if unit.name == FIRST_LIAISON_UNIT:
                self.temper_of[unit.pk] = "prompt"

    def _add(
        self, username: str, name: str, unit: Unit, role: Role, secret: str, at: dt.datetime, is_staff: bool
    ) -> User:
        self.people += 1
        return add_person(
            username=username,
            name=name,
            email=f"{username}@demo.invalid",
            password_hash=secret,
            unit=unit,
            role=role,
            by=None,
            at=at,
            is_staff=is_staff,
        )

    def _fill_roster(self, at: dt.datetime) -> None:
        """69号: 各单位选定一名工作联络员 — every unit names its liaison at the start."""
        by = User.objects.get(username="coordinator")
        for unit in Unit.objects.filter(pk__in=self.liaison_of).order_by("order", "pk"):
            set_place(task_list=self.task_list, unit=unit, liaison=self.liaison_of[unit.pk], deputy=None, by=by, at=at)

    # --- a month -------------------------------------------------------------------------
    def _open(self, moment: dt.datetime) -> None:
        """A month begins: reminders, reports and closures go on the agenda, each on its day."""
        opened = open_periods(by=None, at=moment)
        if connection.vendor == "postgresql":
            # Everything is one transaction, so the database's planner has no statistics on the new rows unless we ask
            # for them.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        # The list that begins today is left to the visitor; on the 1st of a month it opens with the others.
        for period in (each for each in opened if each.task_list_id == self.task_list.pk):
            due_day = beijing_day(period.due_at)
            self.on(at_beijing(due_day, dt.time(9)), self._remind)
            # After the last of the stragglers; the newest rounds are still open.
            self.on(at_beijing(due_day + dt.timedelta(days=40), dt.time(16)), self._close_round, period)
            for report in period.reports.select_related("unit", "period__task_list"):
                delay = self._delay(report)
                if delay is None:
                    continue
                day = max(due_day + dt.timedelta(days=delay), beijing_day(period.opens_at))
                hour = self.chance.choice([9, 10, 11, 14, 15, 16, 17])
                self.on(at_beijing(day, dt.time(hour, self.chance.randrange(60))), self._report, report)
        self.on(moment + dt.timedelta(days=18), self._close_some)

    def _close_round(self, moment: dt.datetime, period: Period) -> None:
        close_period(period=period, by=User.objects.get(username="coordinator"), at=moment)

    def _remind(self, moment: dt.datetime) -> None:
        send_due(at=moment)
        deliver_waiting(at=moment, limit=10_000)

    def _delay(self, report: MonthlyReport) -> int | None:
        """Days from the due day to the submission; None for never."""
        if report.unit.name == FIRST_LIAISON_UNIT:
            return -1
        days, weights = zip(*TEMPERS[self.temper_of[report.unit_id]], strict=True)
        return self.chance.choices(days, weights=weights)[0]

    def _report(self, moment: dt.datetime, report: MonthlyReport) -> None:
        liaison = self.liaison_of[report.unit_id]
        today = beijing_day(moment)
        entries = report.entries.select_related("task__task_list").prefetch_related("task__indicators")
        drafts = [self._draft(entry, report.unit, today) for entry in entries]
        save_entries(report=report, drafts=drafts, by=liaison, at=moment)
        submit_report(report=report, by=liaison, at=moment)
        self.submitted += 1
        newest = (report.period.year, report.period.month) == (self.now.year, self.now.month)
        # A few of the newest month's reports still wait for review.
        waits = newest and report.unit.name != FIRST_LIAISON_UNIT and self.chance.random() < 0.2
        if not waits:
            self.on(moment + dt.timedelta(days=1, hours=self.chance.randrange(4)), self._review, report, newest)

    def _draft(self, entry: ReportEntry, unit: Unit, today: dt.date) -> EntryDraft:
        task = entry.task
        percent = max(entry.percent or 0, self._percent(task, unit, today))
        text, next_text = next((done, then) for limit, done, then in STAGES if percent <= limit)
        stuck = percent == entry.percent
        if stuck and percent < 100:
            text = f"本月无进展：{self.chance.choice(PROBLEMS)}"
        shares: dict[int, Decimal | None] = {
            indicator.pk: (indicator.value * percent / 100).quantize(Decimal(1))
            for indicator in task.indicators.all()
            if indicator.kind in ("target", "breakdown")
            and indicator.county_id == (unit.county_id if indicator.county_id else None)
            and (indicator.county_id or entry.role == "lead")
        }
        return EntryDraft(
            entry_id=entry.pk,
            version=entry.version,
            percent=percent,
            done_text=f"{text}。{MARK}",
            problem_text=f"{self.chance.choice(PROBLEMS)}。{MARK}" if stuck and percent < 100 else "",
            next_text=f"{next_text}。{MARK}",
            no_progress=stuck and percent < 100,
            values=shares,
            own_light=_own_light(entry, percent, today),
        )

    def _percent(self, task: Task, unit: Unit, today: dt.date) -> int:
        key = (task.pk, unit.pk)
        if key not in self.pace_of:
            names = list(PACES)
            name = self.chance.choices(names, weights=[PACES[n][1] for n in names])[0]
            self.pace_of[key] = PACES[name][0] * self.chance.uniform(0.92, 1.08)
        expected = expected_progress(starts_on=task.task_list.starts_on, due_on=task.due_on, today=today)
        line = 50 if expected is None else expected
        return max(3, min(100, round(line * self.pace_of[key])))

    def _review(self, moment: dt.datetime, report: MonthlyReport, newest: bool) -> None:
        """Accept all, or return an entry, which comes back two days later.

        What is returned to the first liaison's unit in the newest month still waits for correction.
        """
        coordinator = User.objects.get(username="coordinator")
        ids = list(report.entries.filter(status=ReportStatus.SUBMITTED).values_list("pk", flat=True))
        waits = report.unit.name == FIRST_LIAISON_UNIT and newest
        back = ids[:2] if waits else (ids[:1] if self.chance.random() < 0.1 else [])
        if back:
            reason = self.chance.choice(RETURNS)
            return_entries(report=report, entry_ids=back, reason=reason, by=coordinator, at=moment)
            if not waits:
                self.on(moment + dt.timedelta(days=2), self._report_again, report, back)
        if kept := [pk for pk in ids if pk not in back]:
            accept_entries(report=report, entry_ids=kept, by=coordinator, at=moment)

    def _report_again(self, moment: dt.datetime, report: MonthlyReport, ids: list[int]) -> None:
        submit_report(report=report, by=self.liaison_of[report.unit_id], at=moment)
        self.on(moment + dt.timedelta(days=1), self._accept, report, ids)

    def _accept(self, moment: dt.datetime, report: MonthlyReport, ids: list[int]) -> None:
        by = User.objects.get(username="coordinator")
        accept_entries(report=report, entry_ids=ids, by=by, at=moment)

    # --- closures ------------------------------------------------------------------------
    def _close_some(self, moment: dt.datetime) -> None:
        """Finished tasks are put forward; most are granted two days later, the newest wait."""
        ready = Task.objects.counted().filter(
            task_list=self.task_list, closed_on=None, standing__progress=100, obligations__role="lead"
        )
        for task in ready.exclude(closures__status="requested").order_by("seq").distinct():
            unit = Unit.objects.get(pk=task.obligations.filter(role="lead").order_by("pk").values("unit")[:1])
            closure = request_closure(
                task=task,
                unit=unit,
                evidence_text=f"年度目标任务已完成，验收意见和台账已归档。{MARK}",
                by=self.liaison_of[unit.pk],
                at=moment,
            )
            self.on(moment + dt.timedelta(days=self.chance.choice([2, 3, 9])), self._decide, closure)

    def _decide(self, moment: dt.datetime, closure: Closure) -> None:
        granted = self.chance.random() < 0.85
        words = f"材料齐全，同意销号。{MARK}" if granted else f"请补充现场验收材料后再申请。{MARK}"
        by = User.objects.get(username="supervisor")
        decide_closure(closure=closure, granted=granted, decision_text=words, by=by, at=moment)
        self.closed += granted

    # --- a list of the present -------------------------------------------------------------
    def _present_list(self) -> TaskList:
        """A small list that is due today, so that the running clock itself sends a reminder in a
        minute or two, before the visitor's eyes.
        """
        today = beijing_day(self.now)
        office = Unit.objects.get(jurisdiction__code="630200", name="市发展改革委")
        task_list = save_list(
            slug="demo-present",
            document={
                "number": f"演示〔{today.year}〕1号",
                "title": f"演示清单（{today.year}年）：试用督办台账",
                "issuer": "演示",
                "issued_on": today,
                "note": "演示用的小清单，不是任何机关印发的文件；截止日就是装入演示的当天，用来看一次真实发出的提醒。",
            },
            values={
                "title": f"演示清单（{today.year}年）：试用督办台账",
                "jurisdiction": office.jurisdiction,
                "coordinating_unit": office,
                "year": today.year,
                "starts_on": today,
                "default_due_on": today + dt.timedelta(days=30),
                "order": 9,
            },
            by=None,
            at=self.now,
        )
        contents = {
            FIRST_LIAISON_UNIT: "核对本单位联络员信息，试填一期月报并报送。",
            "互助县政府": "在手机上打开月报，试填一项并保存。",
            "市教育局": "试用任务台账的筛选与导出。",
        }
        items = [
            Item(
                seq=number,
                no=str(number),
                content=content,
                path=("一、试用",),
                lead_units=(unit,),
                lead_text=unit,
                due_on=today + dt.timedelta(days=30),
                due_text="装入演示后30天内",
                due_basis="explicit",
            )
            for number, (unit, content) in enumerate(contents.items(), start=1)
        ]
        apply_items(task_list=task_list, items=items, by=None, at=self.now)
        save_rule(
            task_list=task_list,
            values={
                "day": today.day,
                "time": dt.time(23, 59),
                "first_due_at": at_beijing(today, dt.time(23, 59)),
                "assisting_kinds": [],
                "head_signs": True,
                "text": "演示规则：装入演示的当天 23:59 截止，报送前须单位负责人签批。",
            },
            by=None,
            at=self.now,
        )
        soon = min(
            (self.now + dt.timedelta(minutes=1)).timetz().replace(second=0, microsecond=0, tzinfo=None), dt.time(23, 58)
        )
        ladder = [Rung(0, soon, "liaison"), *[step for step in DEFAULT_LADDER if step.offset > 0]]
        save_ladder(task_list=task_list, steps=ladder, by=None, at=self.now)
        derive_obligations(task_list=task_list, by=None, at=self.now)
        return task_list
