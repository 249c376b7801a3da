"""What prevents applying a batch, and what prevents undoing it."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tasks_app.catalogue.models import Task, TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.closing.models import SnapshotTask
from tasks_app.intake import drafts
from tasks_app.intake.choices import BatchStatus, RowChange
from tasks_app.intake.matching import digest_of
from tasks_app.intake.models import ImportBatch
from tasks_app.lib.text import normalise
from tasks_app.reporting.withdrawal import reported
from tasks_app.supervision.models import Closure

NOTHING_TO_DO = gettext_lazy("文件与清单完全一致，没有需要导入的内容。")
WRITES = (RowChange.ADDED, RowChange.CHANGED)


def obstacle(batch: ImportBatch) -> str:
    """Why the batch cannot be applied now; empty when it can."""
    counts = dict(batch.rows.values_list("change").annotate(n=models.Count("pk")).order_by())
    doubtful = batch.rows.filter(open_doubts__gt=0).count()
    if batch.status not in {BatchStatus.STAGED, BatchStatus.APPLYING}:
        return _("这一批已经不在核对中。")
    if batch.reading.get("problem"):
        return str(batch.reading["problem"])
    if number := other_number(batch):
        return _("文件的文号“%(file)s”不是这份清单的文号。请先确认文件是对这份清单的更正，或改选清单。") % {
            "file": number
        }
    if errors := counts.get(RowChange.ERROR):
        return ngettext(
            "还有 %(n)d 行有错误，没有导入任何内容。请在下面改正。",
            "还有 %(n)d 行有错误，没有导入任何内容。请在下面改正。",
            errors,
        ) % {"n": errors}
    if doubtful:
        return _("还有 %(n)d 行有疑点没有核对。请改正，或认可。") % {"n": doubtful}
    if batch.task_list_id is None and drafts.missing(batch.new_list or {}):
        return _("清单的基本信息还没有填全。请先填写并保存。")
    if not counts.keys() & {*WRITES, RowChange.REMOVED}:
        return str(NOTHING_TO_DO)
    return ""


def other_number(batch: ImportBatch) -> str:
    """The document number of a file that is not its list's, until somebody has said that the list is the right one.

    An amendment comes under a number of its own; so does a notice that was put into the wrong list,
    whose first items would silently replace those of the list.
    """
    number = str((batch.facts.get("document") or {}).get("number") or "")
    if not number or batch.task_list is None or batch.facts.get("confirmed_list") == batch.task_list_id:
        return ""
    return "" if normalise(number) == normalise(batch.task_list.document.number) else number


def why_not_undone(batch: ImportBatch) -> list[str]:
    """Every reason why applying can't be taken back any more; empty when it can."""
    if batch.status != BatchStatus.APPLIED or batch.task_list is None:
        return [_("这一批没有处于“已导入”状态，无可撤销。")]
    task_list = batch.task_list
    added = added_tasks(batch, task_list)
    reasons = []
    if named := _named(reported(list(added.values_list("pk", flat=True)))):
        reasons.append(_("导入时新增的%(tasks)s已经有单位填报，撤销会丢失填报内容。") % {"tasks": named})
    if named := _named(added.filter(pk__in=Closure.objects.filter(task__in=added).values("task_id"))):
        reasons.append(_("导入时新增的%(tasks)s已经申请办结。") % {"tasks": named})
    if named := _named(added.filter(pk__in=SnapshotTask.objects.filter(task__in=added).values("task_id"))):
        reasons.append(_("导入时新增的%(tasks)s已列入关账公布的数字，公布的数字不能改变。") % {"tasks": named})
    later = ImportBatch.objects.filter(task_list=task_list, status=BatchStatus.APPLIED)
    newer = (
        later.exclude(pk=batch.pk)
        .filter(applied_at__gte=batch.applied_at)
        .defer("content")
        .order_by("applied_at")
        .last()
    )
    if newer:
        reasons.append(_("此后又导入了“%(file)s”，请先撤销那一批。") % {"file": newer.file_name})
    elif batch.undo.get("digest") and digest_of(current_items(task_list)) != batch.undo["digest"]:
        reasons.append(_("导入之后有人在系统里改过这份清单的任务，撤销会覆盖这些改动。"))
    return reasons


def _named(tasks: models.QuerySet[Task]) -> str:
    numbers = [task.no or str(task.seq) for task in tasks[:11]]
    if not numbers:
        return ""
    more = _("等") if len(numbers) > 10 else ""
    return _("第 %(numbers)s 项%(more)s") % {"numbers": "、".join(numbers[:10]), "more": more}


def added_tasks(batch: ImportBatch, task_list: TaskList) -> models.QuerySet[Task]:
    """The tasks that the batch brought."""
    return task_list.tasks.filter(seq__in=batch.rows.filter(change=RowChange.ADDED).values("seq"))
