"""What happened to a notice, in order, each with who and when."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tasks_app.notices.choices import NoticeState, Verdict
from tasks_app.notices.models import Notice, NoticeRound


@dataclass(frozen=True)
class Step:
    """One line of the history; `css` as the timeline of duban.css has it."""

    at: dt.datetime
    text: str
    by: str = ""
    note: str = ""
    css: str = ""


def history(notice: Notice, rounds: Sequence[NoticeRound]) -> list[Step]:
    """No query: the rounds come with who answered and who judged."""
    issued = _("签发%(level)s，要求 %(n)d 个工作日内回复") % {"level": notice.mark.full, "n": rounds[0].workdays}
    steps = [Step(notice.issued_at, issued, _name(notice.issued_by) or notice.issuer, notice.override_text)]
    if notice.received_at:
        steps.append(Step(notice.received_at, _("签收"), _name(notice.received_by)))
    for one in rounds:
        steps += _of_round(one)
    if notice.ended_at and notice.state == NoticeState.WITHDRAWN:
        steps.append(Step(notice.ended_at, _("撤销，文号保留"), _name(notice.ended_by), notice.end_text, "warn"))
    if notice.ended_at and notice.escalated_to:
        words = _("升级为%(notice)s") % {"notice": notice.escalated_to}
        steps.append(Step(notice.ended_at, words, _name(notice.ended_by), "", "late"))
    return sorted(steps, key=lambda step: step.at)


def _of_round(one: NoticeRound) -> list[Step]:
    steps = []
    if one.replied_at:
        text = _("第 %(n)d 次回复（逾期）") if one.is_late else _("第 %(n)d 次回复")
        steps.append(
            Step(one.replied_at, text % {"n": one.number}, _name(one.replied_by), "", "late" if one.is_late else "")
        )
    if one.corrected_at:
        steps.append(Step(one.corrected_at, _("更正第 %(n)d 次回复") % {"n": one.number}, _name(one.replied_by)))
    if one.judged_at:
        closed = one.verdict == Verdict.CLOSED
        text = _("评定办结") if closed else _("退办，重新办理")
        steps.append(Step(one.judged_at, text, _name(one.judged_by), one.judge_text, "ok" if closed else "warn"))
    return steps


def _name(person: object) -> str:
    return str(person) if person else ""
