"""The lights of the demo: a history from the first day on, as if a tick had come each morning; some milestones."""

import datetime as dt

from tasks_app.accounts.models import User
from tasks_app.catalogue.models import Task
from tasks_app.lib.dates import at_beijing, beijing_day
from tasks_app.management.demo.story import MARK, Story
from tasks_app.progress.actions import set_milestones
from tasks_app.progress.models import LightChange, Standing
from tasks_app.progress.rules import version_of
from tasks_app.progress.twin import judged
from tasks_app.reporting.actions import refresh_standings

BEGIN = dt.date(2024, 7, 9)
# Of every so-many-th task of the list that is due at the year's end, how far it should be by when.
EVERY = 23
STEPS = [
    (dt.date(2024, 9, 30), 20, f"方案批复，完成招标{MARK}"),
    (dt.date(2024, 11, 15), 65, f"主体完工，进入设备安装{MARK}"),
]


def lights(story: Story) -> None:
    """What the loading of the lists wrote is of the loading's day; the history begins with the list."""
    LightChange.objects.all().delete()
    Standing.objects.all().delete()
    for number in range((beijing_day(story.now) - BEGIN).days + 1):
        story.on(at_beijing(BEGIN + dt.timedelta(days=number), dt.time(0, 5)), _new_day)
    story.on(at_beijing(BEGIN + dt.timedelta(days=13), dt.time(15)), _set_milestones, story)


def _new_day(moment: dt.datetime) -> None:
    """The lights that the first tick of a day would change; the others would only get the new day.

    The list of the present is not there yet on the earlier days. Which they are is asked of the SQL twin, in one
    statement: most days change nothing.
    """
    today = beijing_day(moment)
    begun = set(Task.objects.filter(task_list__starts_on__lte=today).values_list("pk", flat=True))
    known = dict(Standing.objects.values_list("task_id", "light"))
    changed = [pk for pk, told in judged(today).items() if pk in begun and told.light != known.get(pk)]
    if changed:
        refresh_standings(today=today, task_ids=changed)


def _set_milestones(moment: dt.datetime, story: Story) -> None:
    by = User.objects.get(username="coordinator")
    due_on = dt.date(story.task_list.year, 12, 31)
    for task in story.task_list.tasks.counted().filter(due_on=due_on).order_by("seq")[::EVERY]:
        set_milestones(
            task=task,
            milestones=STEPS,
            version=version_of([]),
            reason=f"工程类任务前慢后快，按直线推算会误判{MARK}",
            by=by,
            at=moment,
        )
