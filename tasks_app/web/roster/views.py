"""联络员名册: one liaison per unit and list, a deputy, the hand-over, the file; and where a liaison is lacking."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import can_enter_back_office, can_keep_rule, keeps_lists
from tasks_app.accounts.scopes import kept
from tasks_app.catalogue.models import TaskList
from tasks_app.handover.actions import hand_over, import_roster, set_place
from tasks_app.intake.readers import Unreadable
from tasks_app.intake.readers.csv_text import MAX_BYTES, read
from tasks_app.lib.errors import Refused
from tasks_app.roster import queries
from tasks_app.roster.columns import COLUMNS
from tasks_app.roster.queries import FileRow, RosterLine, RowProblem, Vacancy, resolve, roster_lines
from tasks_app.web.shared.export import ExportColumn, csv_response
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


def _kept(request: Request, slug: str) -> TaskList:
    """The list of the address, for those who keep its roster: 404 where the viewer may not know of it, 403 where the
    viewer only reads it.
    """
    lists = TaskList.objects.visible_to(request.viewer).select_related("coordinating_unit", "jurisdiction")
    task_list: TaskList = get_object_or_404(lists, slug=slug)
    owner = {"coordinating_unit_id": task_list.coordinating_unit_id, "jurisdiction_id": task_list.jurisdiction_id}
    if not can_keep_rule(request.viewer, **owner):
        raise PermissionDenied(_("联络员名册由清单的汇总单位和管理员维护。"))
    return task_list


@require_safe
def roster(request: Request, slug: str) -> HttpResponse:
    """Every unit that owes reports, who answers for it, and an alarm where nobody does."""
    return _page(request, _kept(request, slug))


def _page(
    request: Request, task_list: TaskList, *, problems: Sequence[RowProblem] = (), status: int = 200
) -> HttpResponse:
    lines = roster_lines(task_list)
    context: dict[str, Any] = {
        "task_list": task_list,
        "lines": lines,
        "alarms": [line for line in lines if line.alarm],
        "named": sum(1 for line in lines if line.place),
        "problems": problems,
    }
    return render(request, "roster/roster.html", context, status=status)


def _act(request: Request, slug: str, act: Callable[[TaskList, RosterLine], str]) -> HttpResponse:
    """Carry out one act on one unit's line (POST `unit`) and come back with what was done, or why not."""
    task_list = _kept(request, slug)
    line = next((one for one in roster_lines(task_list) if str(one.unit.pk) == request.POST.get("unit")), None)
    if line is None:
        raise Http404
    with refusals_shown(request):
        messages.success(request, act(task_list, line))
    return redirect("roster", slug=slug)


def _person(line: RosterLine, key: str) -> User | None:
    """One of the unit's liaisons, by primary key; None for an empty choice, Refused for anybody else."""
    if not key:
        return None
    person = next((one for one in line.candidates if str(one.pk) == key), None)
    if person is None:
        raise Refused(_("选中的人不是%(unit)s在任的联络员，请刷新页面后再选。") % {"unit": line.unit})
    return person


@require_POST
def roster_set(request: Request, slug: str) -> HttpResponse:
    """POST `unit`, `liaison`, perhaps `deputy`."""

    def act(task_list: TaskList, line: RosterLine) -> str:
        liaison = _person(line, request.POST.get("liaison", ""))
        if liaison is None:
            raise Refused(_("请选择%(unit)s的联络员。") % {"unit": line.unit})
        if line.place and line.place.liaison_id != liaison.pk:
            raise Refused(_("更换联络员请用“交接”，未办完的事项会一并移交。"))
        deputy = _person(line, request.POST.get("deputy", ""))
        set_place(task_list=task_list, unit=line.unit, liaison=liaison, deputy=deputy, by=request.user, at=clock.now())
        return _("%(unit)s已登记。") % {"unit": line.unit}

    return _act(request, slug, act)


@require_POST
def roster_hand_over(request: Request, slug: str) -> HttpResponse:
    """POST `unit`, `to`, `reason`."""

    def act(task_list: TaskList, line: RosterLine) -> str:
        to = _person(line, request.POST.get("to", ""))
        if line.place is None or to is None:
            raise Refused(_("请选择接任的联络员。"))
        reason = request.POST.get("reason", "")
        hand_over(place=line.place, to=to, reason=reason, by=request.user, at=clock.now())
        return _("%(unit)s已交接给%(person)s，未报送的月报和提醒一并移交。") % {"unit": line.unit, "person": to}

    return _act(request, slug, act)


@require_POST
def roster_import(request: Request, slug: str) -> HttpResponse:
    """POST `file`, a CSV: all of it, or none with every problem told by row and column."""
    task_list = _kept(request, slug)
    upload = request.FILES.get("file")
    try:
        rows = _rows(upload)
        problems = resolve(task_list, rows).problems
    except Refused as refusal:
        problems = [RowProblem(0, "", str(refusal))]
    if problems:
        return _page(request, task_list, problems=problems, status=422)
    changed = import_roster(task_list=task_list, rows=rows, by=request.user, at=clock.now())
    messages.success(request, _("名册已导入：%(rows)d 行，变动 %(n)d 家单位。") % {"rows": len(rows), "n": changed})
    return redirect("roster", slug=slug)


def _rows(upload: UploadedFile | None) -> list[FileRow]:
    """The file as rows; Refused when it is none of ours."""
    if upload is None:
        raise Refused(_("请选择名册文件（CSV）。"))
    if (upload.size or 0) > MAX_BYTES:
        raise Refused(_("文件超过 %(limit)d MB。") % {"limit": MAX_BYTES // 1024 // 1024})
    try:
        sheet = read(upload.read(), column_of=COLUMNS.get)
    except Unreadable:
        raise Refused(
            _("读不出名册：请用 CSV 文件，表头为“单位、联络员账号、替补账号”。可先下载现行名册，在上面修改。")
        ) from None
    at = {COLUMNS[heading]: index for index, heading in enumerate(sheet.headings) if heading in COLUMNS}
    if not {"unit", "liaison"} <= at.keys():
        raise Refused(_("文件里没有“单位”和“联络员账号”两列。"))

    def cell(cells: Sequence[str], name: str) -> str:
        return cells[at[name]].strip() if name in at and at[name] < len(cells) else ""

    return [
        FileRow(row.line, cell(row.cells, "unit"), cell(row.cells, "liaison"), cell(row.cells, "deputy"))
        for row in sheet.rows
    ]


@require_safe
def roster_csv(request: Request, slug: str) -> HttpResponseBase:
    """The roster as the file that can be taken in again; units without a person have empty cells."""
    task_list = _kept(request, slug)
    cells: dict[str, Callable[[RosterLine], str]] = {
        "unit": lambda line: line.unit.name,
        "liaison": lambda line: line.place.liaison.username if line.place else "",
        "deputy": lambda line: line.place.deputy.username if line.place and line.place.deputy else "",
    }
    columns = [ExportColumn(heading, cells[field]) for heading, field in COLUMNS.items()]
    return csv_response(filename=f"{task_list.slug}-roster.csv", columns=columns, rows=roster_lines(task_list))


def _vacancies(request: Request) -> list[Vacancy]:
    if not keeps_lists(request.viewer):
        raise PermissionDenied(_("缺联络员的单位由汇总员和管理员查看，汇总员只看本单位汇总的清单。"))
    return queries.vacancies(TaskList.objects.filter(kept(request.viewer)))


@require_safe
def vacancies(request: Request) -> HttpResponse:
    """Which units owe reports and have nobody to write them, over all lists that this person keeps."""
    found = _vacancies(request)
    context = {
        "vacancies": found,
        "lists": len({task_list.pk for vacancy in found for task_list, _tasks in vacancy.lists}),
        "appoints": can_enter_back_office(request.viewer),
    }
    return render(request, "roster/vacancies.html", context)


@require_safe
def vacancies_csv(request: Request) -> HttpResponseBase:
    """The same, a row per unit and list."""
    columns: list[ExportColumn[tuple[Vacancy, TaskList, int]]] = [
        ExportColumn(_("单位"), lambda row: row[0].unit.name),
        ExportColumn(_("清单"), lambda row: row[1].title),
        ExportColumn(_("文号"), lambda row: row[1].document.number),
        ExportColumn(_("未销号任务"), lambda row: row[2]),
    ]
    rows = ((vacancy, task_list, tasks) for vacancy in _vacancies(request) for task_list, tasks in vacancy.lists)
    return csv_response(filename=f"{_('缺联络员的单位')}.csv", columns=columns, rows=list(rows))
