"""The bulletins: one per closed round; August's is recalled and replaced, the newest waits for approval."""

import datetime as dt

from tasks_app.accounts.models import User
from tasks_app.bulletins.actions import (
    decide_bulletin,
    draft_bulletin,
    publish_bulletin,
    recall_bulletin,
    save_bulletin,
    save_style,
    submit_bulletin,
)
from tasks_app.bulletins.models import Bulletin
from tasks_app.bulletins.queries import style_of
from tasks_app.lib.dates import at_beijing
from tasks_app.management.demo.story import MARK, Story
from tasks_app.schedule.models import Period

STYLE = {
    "issuer_mark": "海东市督查工作通报",
    "issuer": "海东市发展改革委",
    "number_pattern": "东督通〔{年}〕{号}期",
    "addressee": "各县区人民政府，海东工业园区管委会，市政府各部门",
    "copies_to": "市委办公室，市人大办，市政协办",
}
# Rounds are closed at four in the afternoon; a bulletin is written the day after and published two days later.
WRITTEN, DECIDED, PUBLISHED = dt.timedelta(hours=18), dt.timedelta(days=1, hours=18), dt.timedelta(days=2, hours=17)
RECALLED_MONTH = 8


def bulletins(story: Story) -> None:
    """Put the form of the bulletins and the look for closed rounds on the agenda."""
    story.on(at_beijing(dt.date(2024, 7, 9), dt.time(10)), _set_style, story)
    # Rounds of the 5th are closed 40 days after their deadline, the first one, of the 10th, too.
    for month, closed_on in ((7, (8, 19)), (8, (9, 14)), (9, (10, 15)), (10, (11, 14))):
        closed_at = at_beijing(dt.date(2024, *closed_on), dt.time(16))
        story.on(closed_at + WRITTEN, _write, story, month)
        if month != 10:
            story.on(closed_at + DECIDED, _decide, month)
            story.on(closed_at + PUBLISHED, _publish, month)
        if month == RECALLED_MONTH:
            story.on(closed_at + PUBLISHED + dt.timedelta(days=1), _recall, story, month)
            story.on(closed_at + PUBLISHED + dt.timedelta(days=2), _decide, month)
            story.on(closed_at + PUBLISHED + dt.timedelta(days=2, hours=2), _publish, month)


def _person(name: str) -> User:
    return User.objects.get(username=name)


def _set_style(moment: dt.datetime, story: Story) -> None:
    style = style_of(story.task_list)
    values = {**STYLE, "phrases": style.phrases}
    save_style(task_list=story.task_list, values=values, version=style.version, by=_person("coordinator"), at=moment)


def _write(moment: dt.datetime, story: Story, month: int) -> None:
    """Drafted, a sentence of the month added, sent for approval."""
    by = _person("coordinator")
    period = Period.objects.get(task_list=story.task_list, year=2024, month=month)
    bulletin = draft_bulletin(period=period, by=by, at=moment)
    values = {"demands": f"{bulletin.demands}\n请各单位对照通报抓好整改落实。{MARK}"}
    bulletin = save_bulletin(bulletin=bulletin, values=values, version=bulletin.version, by=by, at=moment)
    submit_bulletin(bulletin=bulletin, version=bulletin.version, by=by, at=moment + dt.timedelta(minutes=20))


def _newest(month: int) -> Bulletin:
    return Bulletin.objects.filter(period__month=month, period__year=2024).latest("pk")


def _decide(moment: dt.datetime, month: int) -> None:
    bulletin = _newest(month)
    decide_bulletin(
        bulletin=bulletin, granted=True, opinion="", version=bulletin.version, by=_person("supervisor"), at=moment
    )


def _publish(moment: dt.datetime, month: int) -> None:
    bulletin = _newest(month)
    publish_bulletin(bulletin=bulletin, version=bulletin.version, by=_person("coordinator"), at=moment)


def _recall(moment: dt.datetime, story: Story, month: int) -> None:
    bulletin = _newest(month)
    note = f"“下步要求”文字有误，撤回后重新印发。{MARK}"
    recall_bulletin(bulletin=bulletin, note=note, version=bulletin.version, by=_person("coordinator"), at=moment)
    _write(moment, story, month)
