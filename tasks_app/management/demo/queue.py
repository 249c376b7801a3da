"""The demo's queue: selections that supervisor and coordinator keep, one shared each way, and one chase out of it."""

import datetime as dt

from tasks_app.accounts.models import User
from tasks_app.lib.dates import at_beijing, beijing_day
from tasks_app.management.demo.story import MARK, Story
from tasks_app.progress.choices import Light
from tasks_app.saved.actions import save_filter
from tasks_app.supervision.chases import chase_tasks
from tasks_app.supervision.queue import late_tasks

# Who keeps it, its name, the address, whether it is shared.
KEPT = (
    ("supervisor", "反复滞后的红灯", "light=red&kind=repeated", True),
    ("supervisor", "自评偏高", "kind=differs&group=unit", False),
    ("coordinator", "上期未报", "kind=silent&group=unit", True),
)
MOST_CHASED = 6


def queue(story: Story) -> None:
    """Selections kept in autumn; a chase of the worst a week ago."""
    story.on(at_beijing(dt.date(2024, 9, 18), dt.time(11)), _keep, story)
    week_ago = beijing_day(story.now) - dt.timedelta(days=7)
    story.on(at_beijing(week_ago, dt.time(15)), _chase, story)


def _keep(at: dt.datetime, story: Story) -> None:
    for username, name, query, shared in KEPT:
        by = User.objects.get(username=username)
        jurisdiction = story.task_list.jurisdiction
        save_filter(name=name, query=query, jurisdiction=jurisdiction, shared=shared, by=by, at=at)


def _chase(at: dt.datetime, story: Story) -> None:
    worst = list(late_tasks([story.task_list]).filter(standing__light=Light.RED)[:MOST_CHASED])
    if worst:
        by = User.objects.get(username="supervisor")
        chase_tasks(tasks=worst, note=f"请于本周五前反馈整改措施。{MARK}", once="demo", by=by, at=at)
