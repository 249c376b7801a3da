"""Taking back what periods made by themselves for tasks that are being taken back. Called by actions of other rooms."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from tasks_app.catalogue.models import Task
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport, ReportEntry

# What a person put into an entry; an entry without any of it was only opened by the clock.
_WRITTEN = (
    ~Q(status=ReportStatus.DRAFT)
    | Q(version__gt=0)
    | ~Q(done_text="")
    | ~Q(problem_text="")
    | ~Q(help_text="")
    | ~Q(next_text="")
    | Q(files__isnull=False)
    | Q(percent__isnull=False)
    | Q(no_progress=True)
)


def reported(tasks: Collection[int]) -> QuerySet[Task]:
    """Those of the tasks on which somebody has written something."""
    return Task.objects.filter(pk__in=ReportEntry.objects.filter(_WRITTEN, task_id__in=tasks).values("task_id"))


def clear_empty_entries(tasks: Collection[int]) -> int:
    """Delete the untouched entries of the tasks, and reports that have none left; how many entries."""
    entries = ReportEntry.objects.filter(task_id__in=tasks).exclude(_WRITTEN)
    reports = list(entries.values_list("report_id", flat=True).distinct())
    gone = entries.delete()[0]
    MonthlyReport.objects.filter(pk__in=reports, entries=None, first_submitted_at=None).delete()
    return gone
