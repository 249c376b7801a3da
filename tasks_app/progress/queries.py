"""Reading the stored lights."""

from django.db.models import Count, QuerySet

from tasks_app.catalogue.models import Task
from tasks_app.progress.models import Standing


def light_counts(tasks: QuerySet[Task]) -> dict[str, int]:
    """How many of the tasks show which light: one query."""
    rows = Standing.objects.filter(task__in=tasks).values("light").annotate(n=Count("pk")).order_by()
    return {row["light"]: row["n"] for row in rows}
