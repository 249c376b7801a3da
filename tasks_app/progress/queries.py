"""Reading the stored lights, and what they are drawn from."""

from collections import defaultdict

from django.db.models import Count, QuerySet

from tasks_app.catalogue.models import Milestone, Task, TaskList
from tasks_app.progress.models import Standing
from tasks_app.progress.rules import Point, Thresholds


def light_counts(tasks: QuerySet[Task]) -> dict[str, int]:
    """How many of the tasks show which light: one query."""
    rows = Standing.objects.filter(task__in=tasks).values("light").annotate(n=Count("pk")).order_by()
    return {row["light"]: row["n"] for row in rows}


def thresholds_of(task_list: TaskList) -> Thresholds:
    return Thresholds(
        red_behind=task_list.red_behind,
        yellow_behind=task_list.yellow_behind,
        red_misses=task_list.red_misses,
        yellow_days=task_list.yellow_days,
        yellow_below=task_list.yellow_below,
    )


def milestone_points(milestones: QuerySet[Milestone]) -> dict[int, tuple[Point, ...]]:
    """Task → its milestones in order of their days, as `rules.expected_progress` takes them: one query."""
    points: dict[int, list[Point]] = defaultdict(list)
    for task_id, due_on, percent in milestones.order_by("due_on").values_list("task_id", "due_on", "percent"):
        points[task_id].append((due_on, percent))
    return {task_id: tuple(found) for task_id, found in points.items()}
