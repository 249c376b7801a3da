"""退回待改: entries sent back that have not come again."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from tasks_app.reminders.occasions.base import Asked, Case, Occasion, Words, liaison, moment_text
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport, ReportEntry


def cases(asked: Asked) -> Iterator[Case]:
    """Reports with entries sent back that have not come again and still can; a new return is a new case."""
    returned: dict[MonthlyReport, list[ReportEntry]] = defaultdict(list)
    for entry in (
        ReportEntry.objects.filter(status=ReportStatus.RETURNED, reviewed_at__isnull=False)
        .exclude(report__period__closed_at__isnull=False, report__reopened_at=None)
        .select_related("report__unit", "report__period__task_list", "task")
        .order_by("task__seq")
    ):
        returned[entry.report].append(entry)
    for report, entries in returned.items():
        period = report.period
        since = max(entry.reviewed_at for entry in entries if entry.reviewed_at)
        due_again = min((entry.returned_due_at for entry in entries if entry.returned_due_at), default=period.due_at)
        case = Case(
            key=f"returned:{report.pk}:{since.timestamp():.0f}",
            occasion=RETURNED.code,
            task_list=period.task_list,
            due_at=since,
            opens_at=since,
            topic=f"report:{report.pk}",
            path=report.get_absolute_url(),
            words={
                "清单": period.task_list.title,
                "期": period.name,
                "单位": report.unit.name,
                "截止": moment_text(due_again),
                "数量": str(len(entries)),
                "事项": "、".join(f"第{entry.task.no}项" for entry in entries),
            },
            template="returned",
            has_deadline=False,
            unit=report.unit,
            period_id=period.pk,
            report_id=report.pk,
        )
        yield case
        yield replace(case, key=f"{case.key}:all", unit=None)


RETURNED = Occasion(
    code="returned",
    label=_("退回待改"),
    urgency=3,
    cases=cases,
    words={
        "returned": Words(
            _("条目被退回，尚未重报"),
            "退回待改：{单位} {期}月报有 {数量} 项",
            "{清单} {期}月报中{单位}的条目被退回后尚未重新报送：{事项}。请按退回理由修改后重新报送。",
        ),
    },
    placeholders={
        "清单": "海东市2024年重点任务清单",
        "期": "2024年8月期",
        "单位": "市住房建设局",
        "截止": "8月7日18:00",
        "数量": "2",
        "事项": "第1项、第2项",
    },
    steps=(liaison(1), liaison(3)),
    # Chat groups are not told of matters between a unit and those who oversee it.
    for_groups=False,
    from_deadline=False,
)
