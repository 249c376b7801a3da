"""亮灯标准: the numbers at which a list's lights change, and what other numbers would do."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.accounts.permissions import can_set_lights
from tasks_app.audit.models import Event
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Conflict
from tasks_app.progress.actions import set_thresholds
from tasks_app.progress.choices import Light
from tasks_app.progress.queries import thresholds_of
from tasks_app.progress.rules import Thresholds, moves, version_of
from tasks_app.reporting.actions import refresh_standings
from tasks_app.reporting.queries import standing_facts
from tasks_app.web.progress.forms import LABELS, ThresholdsForm, drawn_thresholds, say_anew
from tasks_app.web.shared.http import Request

# Tasks named in a row of the preview; the number beside them counts all.
NAMED = 40
# Earlier settings shown.
SHOWN = 20
# In which order the lights stand in the preview: worst first.
ORDER = [Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE, Light.GREY]


@dataclass(frozen=True)
class Move:
    """Lights that would change from one to another: how many, and the first of the tasks."""

    before: Light
    after: Light
    count: int
    tasks: Sequence[Task]

    @property
    def more(self) -> int:
        return self.count - len(self.tasks)


@dataclass(frozen=True)
class Preview:
    """What other thresholds would do today: how many lights change, of how many tasks, and which."""

    total: int
    changed: int
    moves: Sequence[Move]


@dataclass(frozen=True)
class Setting:
    """An earlier act on the thresholds: the numbers that it changed, as (label, before, after)."""

    event: Event
    numbers: Sequence[tuple[str, object, object]]


@require_http_methods(["GET", "HEAD", "POST"])
def thresholds(request: Request, pk: int) -> HttpResponse:
    """GET: the numbers, for all of the jurisdiction. POST: first what they would change, then, confirmed, save them."""
    lists = TaskList.objects.visible_to(request.viewer).select_related("coordinating_unit", "document")
    task_list = get_object_or_404(lists, pk=pk)
    may_set = can_set_lights(
        request.viewer,
        coordinating_unit_id=task_list.coordinating_unit_id,
        jurisdiction_id=task_list.jurisdiction_id,
    )
    present = thresholds_of(task_list)
    if request.method != "POST":
        form = drawn_thresholds(present) if may_set else None
        return _page(request, task_list, {"form": form})
    if not may_set:
        raise PermissionDenied(_("亮灯标准由清单的汇总单位和管理员设置。"))
    form = ThresholdsForm(request.POST)
    if not form.is_valid():
        return _page(request, task_list, {"form": form}, status=422)
    wanted = form.thresholds
    if wanted == present:
        messages.info(request, _("与现行标准相同，没有要保存的。"))
        return redirect("thresholds", pk=pk)
    signature = version_of(asdict(wanted))
    if form.cleaned_data["previewed"] != signature:
        say_anew(form, previewed=signature)
        return _page(request, task_list, {"form": form, "preview": _preview(task_list, wanted)})
    return _save(request, task_list, form)


def _save(request: Request, task_list: TaskList, form: ThresholdsForm) -> HttpResponse:
    at = clock.now()
    try:
        # Numbers and lights change in one transaction: nobody sees one without the other.
        with transaction.atomic():
            set_thresholds(
                task_list=task_list,
                thresholds=form.thresholds,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
            )
            refresh_standings(today=beijing_day(at), task_ids=list(task_list.tasks.values_list("pk", flat=True)))
    except Conflict as conflict:
        messages.error(request, str(conflict))
        task_list.refresh_from_db()
        say_anew(form, version=version_of(asdict(thresholds_of(task_list))), previewed="")
        return _page(request, task_list, {"form": form, "theirs": thresholds_of(task_list)}, status=409)
    messages.success(request, _("亮灯标准已保存，本清单各项状态已按新标准重新评定。"))
    return redirect("thresholds", pk=task_list.pk)


def _preview(task_list: TaskList, wanted: Thresholds) -> Preview:
    tasks = Task.objects.counted().filter(task_list=task_list)
    today = beijing_day(clock.now())
    facts = standing_facts(today=today, task_ids=list(tasks.values_list("pk", flat=True)))
    found = moves(facts, wanted, today)
    named = Task.objects.in_bulk([pk for tasks_of in found.values() for pk in tasks_of[:NAMED]])
    ordered = sorted(found, key=lambda move: (ORDER.index(move[1]), ORDER.index(move[0])))
    return Preview(
        total=len(facts),
        changed=sum(map(len, found.values())),
        moves=[
            Move(before, after, len(found[before, after]), [named[pk] for pk in found[before, after][:NAMED]])
            for before, after in ordered
        ],
    )


def _page(request: Request, task_list: TaskList, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    events = Event.objects.filter(
        target_type="tasklist", target_id=task_list.pk, verb__in=["progress.set_thresholds", "admin.change"]
    )
    settings = [_setting(event) for event in events[:SHOWN]]
    everything = {
        "task_list": task_list,
        "present": thresholds_of(task_list),
        "rows": [(label, help_text, getattr(task_list, name)) for name, (label, help_text) in LABELS.items()],
        "settings": [setting for setting in settings if setting.numbers],
        "preview": None,
        "theirs": None,
        **context,
    }
    return render(request, "progress/thresholds.html", everything, status=status)


def _setting(event: Event) -> Setting:
    return Setting(
        event,
        [
            (str(label), event.before.get(name), event.after.get(name))
            for name, (label, _help) in LABELS.items()
            if name in event.after and event.before.get(name) != event.after.get(name)
        ],
    )
