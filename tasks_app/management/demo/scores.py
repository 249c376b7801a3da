"""Scores in the demo: rules, a change of them, sheets of the closed rounds, an objection upheld and one that waits."""

import datetime as dt
from dataclasses import replace

from tasks_app.accounts.models import User
from tasks_app.lib.dates import at_beijing
from tasks_app.management.demo.story import MARK, Story
from tasks_app.scores.actions import decide_objection, file_objection, publish_sheet, save_scheme
from tasks_app.scores.choices import EventKind, Per
from tasks_app.scores.drafts import draft_of, usual
from tasks_app.scores.models import Objection, ScoreLine
from tasks_app.scores.queries import newest_sheets, scheme_of, unscored

BASIS = f"考核办法由本市自行制定，这里的分值按各地常用的设{MARK}"


def scores(story: Story) -> None:
    """Rounds are scored on the 20th, once they are closed."""
    story.on(_at(2024, 7, 15), _first_rules, story)
    story.on(_at(2024, 9, 30), _change_rules, story)
    day = dt.date(2024, 8, 20)
    while at_beijing(day, dt.time(10)) <= story.now:
        story.on(at_beijing(day, dt.time(10)), _publish, story)
        day = (day + dt.timedelta(days=31)).replace(day=20)
    story.on(_at(2024, 9, 23), _object, story, EventKind.LATE)
    story.on(_at(2024, 9, 26), _uphold, story)
    story.on(_at(2024, 11, 20), _object, story, EventKind.RETURNED)


def _at(year: int, month: int, day: int) -> dt.datetime:
    return at_beijing(dt.date(year, month, day), dt.time(10, 30))


def _supervisor() -> User:
    return User.objects.get(username="supervisor")


def _first_rules(moment: dt.datetime, story: Story) -> None:
    first = replace(usual(starts_on=dt.date(2024, 7, 1)), basis=BASIS)
    reason = f"年度考核开始，按此执行{MARK}"
    save_scheme(task_list=story.task_list, scheme=first, reason=reason, version=0, by=_supervisor(), at=moment)


def _change_rules(moment: dt.datetime, story: Story) -> None:
    """From October on a report that was returned counts once, and being late costs more."""
    current = scheme_of(story.task_list)
    if current is None:
        return
    rules = []
    for rule in draft_of(current).rules:
        if rule.kind == EventKind.RETURNED:
            rule = replace(rule, per=Per.UNIT, cap=None)
        elif rule.kind == EventKind.LATE:
            rule = replace(rule, points=rule.points * 2)
        rules.append(rule)
    changed = replace(draft_of(current), starts_on=dt.date(2024, 10, 1), rules=rules)
    reason = f"退回多的单位扣分过重，改为每期计一次；迟报加重{MARK}"
    save_scheme(
        task_list=story.task_list, scheme=changed, reason=reason, version=current.version, by=_supervisor(), at=moment
    )


def _publish(moment: dt.datetime, story: Story) -> None:
    for period in unscored(story.task_list):
        publish_sheet(period=period, by=_supervisor(), at=moment)


def _object(moment: dt.datetime, story: Story, kind: EventKind) -> None:
    """A unit objects to a line of the newest sheet: one of that kind, else the first one that takes points."""
    sheet = newest_sheets(story.task_list)[-1]
    taken = ScoreLine.objects.filter(sheet=sheet, points__lt=0)
    line = taken.filter(kind=kind).order_by("pk").first() or taken.order_by("pk").first()
    if line is not None:
        by = story.liaison_of[line.unit_id]
        text = f"当日已按要求办理，平台记录的时间与实际不符，情况说明已送督查室，请予核实。{MARK}"
        file_objection(line=line, text=text, by=by, at=moment)


def _uphold(moment: dt.datetime, story: Story) -> None:
    for objection in Objection.objects.filter(period__task_list=story.task_list, status="filed"):
        reason = f"经核实情况属实，撤销这一行。{MARK}"
        decide_objection(objection=objection, upheld=True, reason=reason, by=_supervisor(), at=moment)
