"""核对并签发: one notice per lead unit over the chosen tasks of one list, on one page."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms.boundfield import BoundWidget
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.accounts.permissions import can_supervise, supervises
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.notices import queries, rules
from tasks_app.notices.actions import issue_notices
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft, cap_rule
from tasks_app.notices.models import NoticeSetting
from tasks_app.progress.choices import Light
from tasks_app.units.models import Unit
from tasks_app.web.notices.forms import DraftForm
from tasks_app.web.shared.http import Request
from tasks_app.workdays.queries import exceptions

MOST_TASKS = 200


@dataclass(frozen=True)
class TaskFact:
    """A task of a draft as the paper will say it, why it is proposed, and what the unit has had on it.

    `held`: the open notice because of which the draft begins without this task.
    """

    task: Task
    light: Light
    text: str
    why: str
    earlier: Sequence[rules.Earlier]
    held: rules.Earlier | None


@dataclass(frozen=True)
class UnitDraft:
    """One notice on the page. `cap` quotes the rule when the unit's month is full already."""

    unit: Unit
    form: DraftForm
    tasks: list[TaskFact]
    had: int
    cap: str

    @property
    def rows(self) -> list[tuple[TaskFact, BoundWidget]]:
        """Each task with the box that leaves it out."""
        return list(zip(self.tasks, self.form["skip"], strict=True))


@dataclass(frozen=True)
class Choice:
    """What the address names: tasks of one list by unit; `others` are addresses of the other lists' tasks."""

    task_list: TaskList
    by_unit: dict[Unit, list[Task]]
    unled: list[Task]
    others: list[tuple[TaskList, int, str]]


@require_http_methods(["GET", "HEAD", "POST"])
def notice_new(request: Request) -> HttpResponse:
    """GET: drafts over ?task=…&task=…, facts filled in. POST: issue those that are ticked, all or none."""
    at = clock.now()
    tasks = _tasks(request)
    if not tasks:
        return _nothing_chosen(request)
    allowed = [t for t in tasks if can_supervise(request.viewer, jurisdiction_id=t.task_list.jurisdiction_id)]
    if not allowed:
        raise PermissionDenied(_("督办通知由本辖区的督查员签发。"))
    choice = _choose(allowed)
    setting = queries.setting_of(choice.task_list)
    drafts = _drafts(request, choice, setting, at)
    refusal, status = "", 200
    if request.method == "POST":
        answer = _issue(request, choice, drafts, at)
        if isinstance(answer, HttpResponse):
            return answer
        refusal, status = answer, 409 if answer else 422
    year = beijing_day(at).year
    first = queries.last_serial(setting, year) + 1
    context = {
        "choice": choice,
        "drafts": drafts,
        "setting": setting,
        "refusal": refusal,
        "invalid": [draft.form for draft in drafts if draft.form.errors],
        "unticked": 0 if request.method == "POST" else sum(not draft.form.initial["send"] for draft in drafts),
        "next_number": rules.number_text(setting.pattern, year=year, serial=first),
        "here": request.get_full_path(),
        "at": at,
    }
    return render(request, "notices/new.html", context, status=status)


def _tasks(request: Request) -> list[Task]:
    asked = request.GET.getlist("task")[:MOST_TASKS]
    ids = {int(value) for value in asked if value.isascii() and value.isdigit() and len(value) < 10}
    tasks = Task.objects.visible_to(request.viewer).counted().filter(pk__in=ids, closed_on=None, standing__isnull=False)
    return list(tasks.select_related("standing", "task_list__document", "task_list__jurisdiction"))


def _nothing_chosen(request: Request) -> HttpResponse:
    if not supervises(request.viewer):
        raise PermissionDenied(_("督办通知由本辖区的督查员签发。"))
    messages.warning(request, _("没有选中可以督办的任务（已销号、已停用的不再督办）。请从建议督办或逾期队列里选择。"))
    return redirect("notice_proposals")


def _choose(tasks: Sequence[Task]) -> Choice:
    """The tasks of the first list, unit by unit; those of other lists wait behind an address of their own."""
    by_list: dict[TaskList, list[Task]] = {}
    for task in tasks:
        by_list.setdefault(task.task_list, []).append(task)
    (task_list, chosen), *rest = by_list.items()
    leads = queries.lead_units([task.pk for task in chosen])
    by_unit: dict[Unit, list[Task]] = {}
    for task in chosen:
        for unit in leads.get(task.pk, ()):
            by_unit.setdefault(unit, []).append(task)
    return Choice(
        task_list=task_list,
        by_unit=dict(sorted(by_unit.items(), key=lambda pair: (pair[0].order, pair[0].pk))),
        unled=[task for task in chosen if not leads.get(task.pk)],
        others=[(other, len(theirs), _address(theirs)) for other, theirs in rest],
    )


def _address(tasks: Sequence[Task]) -> str:
    return f"{reverse('notice_new')}?{urlencode([('task', task.pk) for task in tasks])}"


def _drafts(request: Request, choice: Choice, setting: NoticeSetting, at: dt.datetime) -> list[UnitDraft]:
    """A constant number of queries, however many units and tasks."""
    ids = [task.pk for tasks in choice.by_unit.values() for task in tasks]
    units = [unit.pk for unit in choice.by_unit]
    proposed = queries.proposals(
        {task.pk: task for tasks in choice.by_unit.values() for task in tasks}.values(),
        {choice.task_list.pk: setting},
        at=at,
    )
    had = queries.had_this_month(units, setting, at=at)
    last, earlier = queries.last_reports(ids, units), queries.earlier_notices(ids)
    days, today = exceptions(), beijing_day(at)
    found = []
    for unit, tasks in choice.by_unit.items():
        level = _level(unit, tasks, proposed)
        full = cap_rule(setting, unit, had[unit.pk]) if had[unit.pk] >= setting.monthly_cap else ""
        counted = rules.is_counted(level, counts_reminders=setting.cap_counts_reminders)
        facts = [
            TaskFact(
                task=task,
                light=Light(task.standing.light),
                text=queries.facts_text(queries.frozen_facts(task, last.get((task.pk, unit.pk)), today=today)),
                why=proposal.text if (proposal := proposed.get((task.pk, unit.pk))) else "",
                earlier=earlier.get((task.pk, unit.pk), ()),
                held=rules.in_the_way(earlier.get((task.pk, unit.pk), ()), level),
            )
            for task in tasks
        ]
        form = DraftForm(
            request.POST or None,
            prefix=f"u{unit.pk}",
            initial=_initial(level, facts, setting, beyond=bool(full and counted), alone=len(choice.by_unit) == 1),
            task_ids=[task.pk for task in tasks],
            setting=setting,
            days=days,
            at=at,
        )
        found.append(UnitDraft(unit=unit, form=form, tasks=facts, had=had[unit.pk], cap=full))
    return found


def _level(unit: Unit, tasks: Sequence[Task], proposed: Mapping[tuple[int, int], rules.Proposal]) -> NoticeLevel:
    """The sharpest level proposed for any of the tasks; without one what the worst light calls for."""
    levels = [proposed[task.pk, unit.pk].level for task in tasks if (task.pk, unit.pk) in proposed]
    if not levels:
        red = any(task.standing.light == Light.RED for task in tasks)
        levels = [NoticeLevel.ORDER if red else NoticeLevel.REMINDER]
    return max(levels, key=lambda level: level.height)


def _initial(
    level: NoticeLevel, facts: Sequence[TaskFact], setting: NoticeSetting, *, beyond: bool, alone: bool
) -> dict[str, object]:
    """Notices and tasks that would be refused start left out, so that one unit does not hold up the others.

    A draft that stands alone was asked for by name: it is sent, and the refusal says why not.
    """
    phrases = setting.phrase_list
    held = [fact.task.pk for fact in facts if fact.held]
    possible = len(held) < len(facts)
    return {
        "send": alone or (possible and not beyond),
        "skip": held if possible else [],
        "level": level.value,
        "demands_text": phrases[0] if phrases else "",
    }


def _issue(request: Request, choice: Choice, drafts: Sequence[UnitDraft], at: dt.datetime) -> HttpResponse | str:
    """The redirect after issuing, or why nothing was issued (empty: the forms say it)."""
    wrong = [draft for draft in drafts if not draft.form.is_valid()]
    if wrong:
        return ""
    wanted = [
        NoticeDraft(
            unit=draft.unit,
            level=NoticeLevel(draft.form.cleaned_data["level"]),
            tasks=tuple(task for task in choice.by_unit[draft.unit] if task.pk not in draft.form.skipped),
            demands_text=draft.form.cleaned_data.get("demands_text", ""),
            override_text=draft.form.cleaned_data["override_text"],
        )
        for draft in drafts
        if draft.form.cleaned_data["send"]
    ]
    try:
        issued = issue_notices(task_list=choice.task_list, drafts=wanted, by=request.user, at=at)
    except Refused as error:
        return str(error)
    numbers = "、".join(notice.number for notice in issued)
    said = ngettext(
        "已签发 %(n)d 份督办通知：%(numbers)s。单位已收到消息。",
        "已签发 %(n)d 份督办通知：%(numbers)s。单位已收到消息。",
        len(issued),
    )
    messages.success(request, said % {"n": len(issued), "numbers": numbers})
    if choice.others:
        return redirect(choice.others[0][2])
    return redirect("notice", issued[0].pk) if len(issued) == 1 else redirect("notices")
