"""Twenty-four months of reporting by dice, through the real actions: the stored scores are what the tables come to.

What the scores should be is counted here once more from the rows alone, and otherwise: returns from the audit log,
lateness from the moments, caps by multiplication. Nothing of scores.rules or scores.facts is used for it.
"""

import datetime as dt
import random
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest

from tasks_app.audit.actions import first_broken
from tasks_app.audit.models import Event
from tasks_app.catalogue.actions import apply_items
from tasks_app.closing.actions import close_period, exempt_task, exempt_unit, reopen_unit
from tasks_app.evidence.models import Evidence
from tasks_app.lib.dates import BEIJING, at_beijing
from tasks_app.lib.errors import Refused
from tasks_app.notices.actions import issue_notices, judge_notice, reply_notice, withdraw_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.notices.models import Notice, NoticeRound
from tasks_app.reporting.actions import (
    EntryDraft,
    accept_entries,
    open_periods,
    return_entries,
    save_entries,
    submit_report,
)
from tasks_app.reporting.models import EntryVersion, MonthlyReport, ReportEntry
from tasks_app.scores.actions import decide_objection, file_objection, publish_sheet, save_scheme
from tasks_app.scores.choices import Per
from tasks_app.scores.drafts import draft_of, usual
from tasks_app.scores.models import Objection, ScoreLine, ScoreSheet
from tasks_app.scores.proving import differences
from tasks_app.scores.queries import newest_sheet, newest_sheets, scheme_of
from tasks_app.supervision.actions import decide_closure, request_closure
from tasks_app.supervision.models import Closure
from tests.factories import ITEMS

MONTHS = 24
TEXTS = ("完成立项批复，正在编制初步设计。", "施工单位进场，基础开挖过半。", "主体结构封顶，转入设备安装。")


class Years:
    """Plays month after month; every act at its own moment, each decided by a seeded die."""

    def __init__(self, world, seed):
        self.world, self.dice = world, random.Random(seed)
        self.list, self.people = world.task_list, world.people
        self.done = Counter()
        far = [replace(item, due_on=dt.date(2026, 12, 31)) if item.seq in (1, 4) else item for item in ITEMS]
        apply_items(task_list=self.list, items=far, by=None, at=self.moment(2024, 7, 9))

    @staticmethod
    def moment(year, month, day, hour=9):
        return at_beijing(dt.date(year, month, day), dt.time(hour))

    def chance(self, share):
        return self.dice.random() < share

    def who(self, report):
        names = {"市住房建设局": "liaison", "乐都区政府": "colleague", "市教育局": "school"}
        return self.people[names.get(report.unit.name, "liaison")]

    def play(self):
        self.change_rules(0, self.moment(2024, 7, 9), dt.date(2024, 7, 1))
        year, month = 2024, 7
        before = None
        for number in range(MONTHS):
            first = self.moment(year, month, 1) if number else self.moment(2024, 7, 9, 10)
            open_periods(by=None, at=first)
            period = self.list.periods.get(year=year, month=month)
            if before is not None:
                self.finish(before, first + dt.timedelta(days=2))
            if number and number % 5 == 0:
                self.change_rules(number, first + dt.timedelta(days=2, hours=9), period.first_day)
            self.month(period, number)
            before = period
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        self.finish(before, before.due_at + dt.timedelta(days=30))

    # ---- the month

    def month(self, period, number):
        due = period.due_at
        if self.chance(0.5):
            self.notice(due - dt.timedelta(days=20 if number else 0, hours=3))
        for report in period.reports.select_related("unit"):
            fate = self.dice.choices(
                ["on_time", "late", "made_up", "missing", "exempt", "task_exempt"], weights=[9, 3, 2, 2, 1, 2]
            )[0]
            at = due - dt.timedelta(days=1 if number else 0, hours=self.dice.randrange(1, 9))
            by = self.people["coordinator"]
            if fate == "exempt":
                exempt_unit(report=report, reason="机构改革", by=by, at=at)
            elif fate == "task_exempt":
                task = self.dice.choice([entry.task for entry in report.entries.select_related("task")])
                exempt_task(period=period, task=task, unit=report.unit, reason="项目暂缓", by=by, at=at)
                report.refresh_from_db()
                if report.exempt_at is None:
                    self.report(report, at + dt.timedelta(minutes=5))
            elif fate in ("on_time", "late"):
                self.report(report, at if fate == "on_time" else due + dt.timedelta(hours=self.dice.randrange(1, 200)))
            elif fate == "made_up":
                self.report(report, period.made_up_from + dt.timedelta(hours=self.dice.randrange(1, 24)))
            self.done[fate] += 1

    def report(self, report, at):
        """Fill and hand in; sometimes word for word as last month; sometimes sent back, once or twice."""
        same, honest = self.chance(0.35), self.chance(0.15)
        last = {
            version.entry.task_id: version
            for version in EntryVersion.objects.filter(
                entry__report__unit=report.unit, entry__report__period__opens_at__lt=report.period.opens_at
            )
            .select_related("entry")
            .order_by("pk")
        }
        drafts = []
        for entry in report.entries.filter(exempt_at=None):
            old = last.get(entry.task_id)
            percent = min(100, (entry.percent or 0) + self.dice.randrange(1, 5))
            text = f"{self.dice.choice(TEXTS)}{self.dice.getrandbits(80):x}"
            if same and old is not None:
                percent, text = old.percent, old.done_text
            drafts.append(EntryDraft(entry.pk, entry.version, percent, text, "", "", honest))
        by, coordinator = self.who(report), self.people["coordinator"]
        save_entries(report=report, drafts=drafts, by=by, at=at)
        submit_report(report=report, by=by, at=at)
        for _again in range(self.dice.choices([0, 1, 2], weights=[6, 3, 1])[0]):
            ids = list(report.entries.filter(status="submitted").values_list("pk", flat=True))
            back = self.dice.sample(ids, self.dice.randint(1, len(ids)))
            at += dt.timedelta(minutes=10)
            return_entries(report=report, entry_ids=back, reason="请补充数量和地点", by=coordinator, at=at)
            at += dt.timedelta(minutes=10)
            submit_report(report=report, by=by, at=at)
            self.done["returned"] += len(back)
        ids = list(report.entries.filter(status="submitted").values_list("pk", flat=True))
        accept_entries(report=report, entry_ids=ids, by=coordinator, at=at + dt.timedelta(minutes=10))

    def notice(self, at):
        by = self.people["supervisor"]
        draft = NoticeDraft(self.world.units["市住房建设局"], NoticeLevel.REMINDER, (self.world.task(2),), "请办理。")
        try:
            notice = issue_notices(task_list=self.list, drafts=[draft], by=by, at=at)[0]
        except Refused:
            return
        fate = self.dice.choice(["in time", "late", "back", "withdrawn"])
        self.done[f"notice {fate}"] += 1
        if fate == "withdrawn":
            withdraw_notice(notice=notice, reason="发错", by=by, at=at + dt.timedelta(hours=1))
            return
        replied = at + dt.timedelta(hours=2) if fate != "late" else notice.due_at + dt.timedelta(hours=2)
        words = {"reply_text": "已办理。", "by": self.people["liaison"]}
        reply_notice(notice=notice, version=0, at=replied, **words)
        if fate == "back":
            back = replied + dt.timedelta(hours=1)
            judge_notice(notice=notice, closed=False, judge_text="不实", workdays=1, by=by, at=back)
            replied = back + dt.timedelta(hours=1)
            reply_notice(notice=notice, version=0, at=replied, **words)
        done = replied + dt.timedelta(hours=1)
        judge_notice(notice=notice, closed=True, judge_text="", workdays=0, by=by, at=done)

    # ---- after the month

    def finish(self, period, at):
        """Close and publish; objections; sometimes a unit is reopened and the round closed and published anew."""
        self.close(period, at)
        self.object(period, at + dt.timedelta(hours=2))
        if self.chance(0.4):
            self.reopen(period, at + dt.timedelta(hours=6))
        if self.chance(0.15):
            self.closure(at + dt.timedelta(hours=8))

    def close(self, period, at):
        close_period(period=period, by=self.people["coordinator"], at=at)
        publish_sheet(period=period, by=self.people["supervisor"], at=at + dt.timedelta(hours=1))

    def object(self, period, at):
        lines = list(newest_sheet(period).lines.filter(points__lt=0).exclude(unit__name="海东工业园区管委会"))
        for line in self.dice.sample(lines, min(len(lines), self.dice.randrange(4))):
            line = ScoreLine.objects.select_related("sheet", "unit").get(key=line.key, sheet=newest_sheet(period))
            if line.points == 0:
                continue
            by = self.people["school"]
            objection = file_objection(line=line, text="与事实不符", by=by, at=at)
            upheld = self.chance(0.5)
            decide_objection(objection=objection, upheld=upheld, reason="经核实", by=self.people["supervisor"], at=at)
            self.done["upheld" if upheld else "dismissed"] += 1
            at += dt.timedelta(minutes=5)

    def reopen(self, period, at):
        report = self.dice.choice(list(period.reports.filter(exempt_at=None).select_related("unit", "period")))
        correct = report.first_submitted_at is not None
        reopen_unit(report=report, reason="更正", correct=correct, by=self.people["coordinator"], at=at)
        report.refresh_from_db()
        at += dt.timedelta(minutes=30)
        if correct:
            submit_report(report=report, by=self.who(report), at=at)
            ids = list(report.entries.filter(status="submitted").values_list("pk", flat=True))
            accept_entries(report=report, entry_ids=ids, by=self.people["coordinator"], at=at)
        else:
            self.report(report, at)
        self.close(period, at + dt.timedelta(hours=1, minutes=20))
        self.done["reopened"] += 1

    def closure(self, at):
        task, unit = self.world.task(4), self.world.units["海东工业园区管委会"]
        task.refresh_from_db()
        if task.closed_on is None:
            liaison, supervisor = self.people["liaison"], self.people["supervisor"]
            asked = request_closure(task=task, unit=unit, evidence_text="已验收。", by=liaison, at=at)
            decide_closure(closure=asked, granted=True, decision_text="", by=supervisor, at=at + dt.timedelta(hours=1))
            self.done["closed"] += 1

    def change_rules(self, number, at, starts_on):
        current = scheme_of(self.list)
        draft = draft_of(current) if current else usual(starts_on=starts_on)
        rules = [
            replace(
                rule,
                points=rule.points if number == 0 else Decimal(self.dice.randrange(-12, 7)) / 2,
                per=self.dice.choice(Per.values),
                cap=self.dice.choice([None, Decimal("1.5"), Decimal(3), Decimal(8)]),
                active=self.chance(0.9),
            )
            for rule in draft.rules
        ]
        save_scheme(
            task_list=self.list, scheme=replace(draft, starts_on=starts_on, rules=rules), reason="调整",
            version=current.version if current else 0, by=self.people["administrator"], at=at,
        )  # fmt: skip
        self.done["rules"] += 1


# ---- counted once more, from the rows alone


def expected_scores(sheet):
    """Unit id → score, from the tables."""
    period, closed_at = sheet.period, sheet.snapshot.closed_at
    exempt = {
        (entry.report.unit_id, entry.task_id)
        for entry in ReportEntry.objects.filter(report__period=period, exempt_at__isnull=False).select_related("report")
    }
    counts = defaultdict(Counter)
    reports = [
        report
        for report in MonthlyReport.objects.filter(period=period)
        if report.exempt_at is None
        and any((report.unit_id, entry.task_id) not in exempt for entry in report.entries.all())
    ]
    for report in reports:
        kinds = counts[report.unit_id]
        came = report.first_submitted_at
        if came is not None and came > closed_at:
            came = None
        if came is None or came >= period.next_opens_at:
            kinds["missing"] += 1
            kinds["made_up"] += came is not None
        elif came > period.due_at:
            kinds["late"] += 1
        elif says_nothing(report, period):
            kinds["empty"] += 1
        kinds["returned"] += sent_back(report, closed_at, exempt)
    names = {report.unit.name: report.unit_id for report in reports}
    for row in sheet.snapshot.tasks.filter(light="red"):
        for name in row.leads:
            if name in names and (names[name], row.task_id) not in exempt:
                counts[names[name]]["overdue" if row.reason == "overdue" else "red"] += 1
    earlier = period.task_list.periods.filter(due_at__lt=period.due_at).order_by("due_at").last()
    since = earlier.due_at if earlier else dt.datetime(2024, 7, 9, tzinfo=BEIJING)
    for closure in Closure.objects.filter(status="granted"):
        if since < closure.decided_at <= period.due_at and closure.unit_id in counts:
            counts[closure.unit_id]["closed"] += 1
    for row in NoticeRound.objects.exclude(notice__in=Notice.objects.filter(state="withdrawn")).select_related(
        "notice"
    ):
        if row.notice.unit_id in counts:
            late = since < row.due_at <= period.due_at and row.replied_at > row.due_at
            counts[row.notice.unit_id]["notice_late"] += late
            back = row.verdict == "returned" and since < row.judged_at <= period.due_at
            counts[row.notice.unit_id]["notice_back"] += back
    for objection in Objection.objects.filter(period=period, status="upheld").select_related("line"):
        counts[objection.unit_id][objection.line.kind] -= 1
    return {unit_id: naive_score(sheet.scheme, kinds) for unit_id, kinds in counts.items()}


def naive_score(scheme, kinds):
    total = scheme.base
    for rule in scheme.rules.filter(active=True):
        times = max(0, kinds[rule.kind])
        change = rule.points * (min(times, 1) if rule.per == "unit" else times)
        if rule.cap is not None:
            change = max(-rule.cap, min(rule.cap, change))
        total += change
    return max(Decimal(0), total)


def sent_back(report, closed_at, exempt):
    """Entries returned, by the audit log; its numbers are unique within a report of this list."""
    times = Counter()
    for event in Event.objects.filter(verb="reporting.return", target_id=report.pk, at__lte=closed_at):
        times.update(event.after["entries"].split("、"))
    tasks = {entry.task.no: entry.task_id for entry in report.entries.select_related("task")}
    return sum(n for no, n in times.items() if (report.unit_id, tasks[no]) not in exempt)


def says_nothing(report, period):
    """Every text of the first handing-in that is no honest 本月无进展 equals the month before, numbers too."""
    before = period.task_list.periods.filter(due_at__lt=period.due_at).order_by("due_at").last()
    said = EntryVersion.objects.filter(submission__report=report, submission__number=1, no_progress=False)
    for version in said:
        last = EntryVersion.objects.filter(
            entry__task=version.entry.task, entry__report__unit=report.unit, entry__report__period=before
        )
        last = last.order_by("submission__number").last()
        if last is None or (last.done_text, last.percent) != (version.done_text, version.percent):
            return False
    return said.exists() and not Evidence.objects.filter(report=report).exists()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [20240709])
def test_the_scores_of_two_years_are_what_the_tables_come_to(world, seed):
    world.task_list.periods.all().delete()
    years = Years(world, seed)
    years.play()
    assert all(years.done[kind] for kind in ("late", "made_up", "missing", "exempt", "task_exempt", "returned"))
    assert all(years.done[kind] for kind in ("upheld", "dismissed", "reopened", "rules", "notice late", "notice back"))
    sheets = newest_sheets(world.task_list)
    assert len(sheets) == MONTHS
    kinds = set(ScoreLine.objects.values_list("kind", flat=True))
    assert {"empty", "made_up", "returned", "red", "overdue", "notice_late"} <= kinds
    for sheet in sheets:
        stored = dict(sheet.units.values_list("unit_id", "score"))
        assert stored == expected_scores(sheet), sheet
    assert ScoreSheet.objects.count() > MONTHS
    assert list(differences(ScoreSheet.objects.all())) == []
    assert first_broken() is None
