"""Reading notices: the facts of a task on a day, what is proposed, what waits for whom."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import own_units, spoken_for, supervised
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.dates import BEIJING, at_beijing, beijing_day
from tasks_app.notices import rules
from tasks_app.notices.choices import OWED, NoticeLevel, NoticeState
from tasks_app.notices.models import Notice, NoticeSetting, NoticeTask
from tasks_app.progress.choices import Light, Reason
from tasks_app.progress.models import Standing
from tasks_app.reporting.models import ReportEntry
from tasks_app.schedule.models import Obligation, round_name
from tasks_app.supervision.queries import supervised_lists
from tasks_app.units.models import Unit


def setting_of(task_list: TaskList) -> NoticeSetting:
    """The list's setting; the defaults, unsaved, where it has none."""
    return NoticeSetting.objects.filter(task_list=task_list).first() or NoticeSetting(task_list=task_list)


def settings_of(list_ids: Collection[int]) -> dict[int, NoticeSetting]:
    """List → its setting or the defaults: one query."""
    stored = {setting.task_list_id: setting for setting in NoticeSetting.objects.filter(task_list_id__in=list_ids)}
    return {pk: stored.get(pk) or NoticeSetting(task_list_id=pk) for pk in list_ids}


def last_serial(setting: NoticeSetting, year: int) -> int:
    """The highest number given on the list in a year, here or on paper, withdrawn notices included; 0 for none."""
    newest = Notice.objects.filter(task_list=setting.task_list, year=year).order_by("-serial").first()
    return newest.serial if newest else setting.on_paper(year)


def had_this_month(unit_ids: Collection[int], setting: NoticeSetting, *, at: dt.datetime) -> dict[int, int]:
    """Unit → notices issued to it in Beijing's running month over all lists of the jurisdiction: one query.

    Withdrawn ones are not counted, reminders only where the setting says so.
    """
    first = beijing_day(at).replace(day=1)
    counted = [level for level in NoticeLevel if rules.is_counted(level, counts_reminders=setting.cap_counts_reminders)]
    rows = (
        Notice.objects.filter(
            unit_id__in=unit_ids,
            level__in=counted,
            issued_at__gte=at_beijing(first, dt.time()),
            task_list__jurisdiction_id=setting.task_list.jurisdiction_id,
        )
        .exclude(state=NoticeState.WITHDRAWN)
        .order_by()
        .values("unit_id")
        .annotate(n=Count("pk"))
    )
    return dict.fromkeys(unit_ids, 0) | dict(rows.values_list("unit_id", "n"))


# --- the facts of a task -----------------------------------------------------------------


@dataclass(frozen=True)
class LastReport:
    """What the leads handed in last on a task: `name` of the round, when, the percent, the words."""

    name: str
    at: dt.datetime
    unit: str
    percent: int | None
    text: str


def last_reports(task_ids: Collection[int], unit_ids: Collection[int]) -> dict[tuple[int, int], LastReport]:
    """(task, unit) → its newest entry that was handed in: one query. Drafts are private to their unit."""
    entries = (
        ReportEntry.objects.filter(
            task_id__in=task_ids,
            report__unit_id__in=unit_ids,
            role=AssignmentRole.LEAD,
            status__in=("submitted", "accepted"),
        )
        .select_related("report__period", "report__unit")
        .order_by("report__period__due_at")
    )
    found = {}
    for entry in entries:
        report = entry.report
        if report.submitted_at is None:
            continue
        found[entry.task_id, report.unit_id] = LastReport(
            name=round_name(report.period.year, report.period.month, report.period.number),
            at=report.submitted_at,
            unit=report.unit.name,
            percent=entry.percent,
            text=entry.done_text,
        )
    return found


def earlier_notices(task_ids: Collection[int]) -> dict[tuple[int, int], list[rules.Earlier]]:
    """(task, unit) → the notices that the unit has had on the task, oldest first: one query."""
    found: dict[tuple[int, int], list[rules.Earlier]] = defaultdict(list)
    parts = NoticeTask.objects.filter(task_id__in=task_ids).select_related("notice").order_by("notice__issued_at", "pk")
    for part in parts:
        notice = part.notice
        found[part.task_id, notice.unit_id].append(
            rules.Earlier(
                level=NoticeLevel(notice.level),
                state=NoticeState(notice.state),
                number=notice.number,
                due_at=notice.due_at,
                ended_on=beijing_day(notice.ended_at) if notice.ended_at else None,
            )
        )
    return found


def silent_rounds(standing: Standing) -> int:
    """Periods in a row without a report, as far as the light's own inputs tell."""
    if standing.reason == Reason.MISSED:
        return 1
    return int(standing.inputs.get("misses", 0))


def facts_of(task: Task, earlier: Sequence[rules.Earlier], *, today: dt.date) -> rules.TaskFacts:
    """What the rule asks about a task (standing loaded)."""
    standing = task.standing
    return rules.TaskFacts(
        light=standing.light,
        reason_text=standing.reason_text,
        days_late=(today - task.due_on).days if task.due_on and task.due_on < today else 0,
        misses=silent_rounds(standing),
        disagrees=standing.disagreement > 0,
        earlier=earlier,
    )


def lead_units(task_ids: Collection[int]) -> dict[int, list[Unit]]:
    """Task → the real units that lead it, in official order: one query."""
    found: dict[int, list[Unit]] = defaultdict(list)
    owed = Obligation.objects.filter(task_id__in=task_ids, role=AssignmentRole.LEAD).select_related("unit")
    for obligation in owed.order_by("unit__order", "unit_id"):
        found[obligation.task_id].append(obligation.unit)
    return found


# --- what is proposed ----------------------------------------------------------------------


@dataclass(frozen=True)
class Proposed:
    """One unit and the tasks of one list on which a notice of one level is proposed."""

    unit: Unit
    task_list: TaskList
    level: NoticeLevel
    tasks: list[tuple[Task, rules.Proposal]] = field(default_factory=list)


def proposals(
    tasks: Iterable[Task], settings: Mapping[int, NoticeSetting], *, at: dt.datetime
) -> dict[tuple[int, int], rules.Proposal]:
    """(task, unit) → what is proposed, for tasks with standing and list loaded: two queries."""
    tasks = list(tasks)
    ids = [task.pk for task in tasks]
    earlier, leads, today = earlier_notices(ids), lead_units(ids), beijing_day(at)
    found = {}
    for task in tasks:
        setting = settings[task.task_list_id]
        climb = rules.Climb(
            red_after_days=setting.red_after_days,
            quiet_days=setting.quiet_days,
            memory_days=setting.memory_days,
            red_misses=task.task_list.red_misses,
        )
        for unit in leads.get(task.pk, ()):
            facts = facts_of(task, earlier.get((task.pk, unit.pk), ()), today=today)
            if proposal := rules.propose(facts, climb, at=at):
                found[task.pk, unit.pk] = proposal
    return found


def proposed_notices(lists: Collection[TaskList], *, at: dt.datetime) -> list[Proposed]:
    """Everything the rule proposes on these lists, by unit, list and level; the sharpest first."""
    in_doubt = Q(standing__light__in=(Light.RED, Light.YELLOW)) | Q(standing__disagreement__gt=0)
    tasks = (
        Task.objects.counted()
        .filter(in_doubt, task_list__in=lists, closed_on=None)
        .select_related("standing", "task_list__document", "task_list__jurisdiction")
        .order_by("task_list__order", "task_list_id", "seq")
    )
    by_id = {task.pk: task for task in tasks}
    settings = settings_of({task.task_list_id for task in by_id.values()})
    units = {unit.pk: unit for units in lead_units(by_id).values() for unit in units}
    grouped: dict[tuple[int, int, NoticeLevel], Proposed] = {}
    for (task_id, unit_id), proposal in proposals(by_id.values(), settings, at=at).items():
        task = by_id[task_id]
        key = (unit_id, task.task_list_id, proposal.level)
        together = grouped.setdefault(key, Proposed(units[unit_id], task.task_list, proposal.level))
        together.tasks.append((task, proposal))
    return sorted(
        grouped.values(),
        key=lambda one: (-one.level.height, one.task_list.order, one.unit.order, one.unit.pk, one.task_list.pk),
    )


# --- what waits ------------------------------------------------------------------------------


def with_context(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """What a list of notices shows: list, unit, tasks."""
    return notices.select_related("task_list__document", "unit").prefetch_related("parts__task")


def owed_by(viewer: Viewer) -> QuerySet[Notice]:
    """Notices that the viewer's own units have to answer, the most urgent first."""
    return (
        Notice.objects.filter(own_units(viewer), state__in=OWED)
        .select_related("unit", "task_list")
        .order_by("due_at", "pk")
    )


def to_judge(viewer: Viewer) -> QuerySet[Notice]:
    """Replies that wait for this supervisor's verdict, the oldest first."""
    return (
        Notice.objects.filter(supervised(viewer, "task_list__"), state=NoticeState.REPLIED)
        .select_related("unit", "task_list")
        .order_by("due_at", "pk")
    )


def waiting_for(viewer: Viewer) -> int:
    """How many notices wait for this person: to be answered, or to be judged. One query."""
    return Notice.objects.filter(
        Q(spoken_for(viewer), state__in=OWED) | Q(supervised(viewer, "task_list__"), state=NoticeState.REPLIED)
    ).count()


def lists_with_notices(viewer: Viewer) -> QuerySet[TaskList]:
    """The lists a person's notices can be of."""
    return TaskList.objects.filter(
        Q(pk__in=supervised_lists(viewer).values("pk"))
        | Q(pk__in=Notice.objects.visible_to(viewer).values("task_list"))
    ).order_by("order", "pk")


# --- words on paper --------------------------------------------------------------------------


def long_day(day: dt.date) -> str:
    return date_format(day, _("Y年n月j日"))


def long_moment(moment: dt.datetime) -> str:
    return date_format(moment.astimezone(BEIJING), _("Y年n月j日 H:i"))


# What is kept on paper is in Chinese, whatever language its author reads.
@in_the_language_of_the_house
def frozen_facts(task: Task, last: LastReport | None, *, today: dt.date) -> dict[str, Any]:
    """The facts of a task as plain data, to be kept with a notice."""
    standing = task.standing
    return {
        "no": task.no,
        "headline": task.headline,
        "content": task.content,
        "due_on": task.due_on.isoformat() if task.due_on else "",
        "days_late": (today - task.due_on).days if task.due_on and task.due_on < today else 0,
        "progress": standing.progress,
        "expected": standing.expected,
        "light": standing.light,
        "reason": standing.reason_text,
        "last_round": last.name if last else "",
        "last_at": last.at.isoformat() if last else "",
        "last_percent": last.percent if last else None,
        "as_of": today.isoformat(),
    }


@in_the_language_of_the_house
def facts_text(facts: Mapping[str, Any]) -> str:
    """Frozen facts as a paragraph of the paper."""
    due = long_day(dt.date.fromisoformat(facts["due_on"])) if facts["due_on"] else _("未规定")
    sentences = [
        _("完成时限%(due)s，截至%(day)s进度 %(progress)s%%")
        % {"due": due, "day": long_day(dt.date.fromisoformat(facts["as_of"])), "progress": facts["progress"]}
    ]
    if facts["expected"] is not None:
        sentences.append(_("序时进度 %(expected)s%%") % {"expected": facts["expected"]})
    sentences.append(
        _("状态为“%(light)s”（%(reason)s）") % {"light": Light(facts["light"]).label, "reason": facts["reason"]}
    )
    if facts["last_round"]:
        moment = long_moment(dt.datetime.fromisoformat(facts["last_at"]))
        sentences.append(_("最近一次报送为%(round)s（%(moment)s）") % {"round": facts["last_round"], "moment": moment})
    else:
        sentences.append(_("至今没有有效的报送"))
    return "，".join(sentences) + "。"
