"""When which notice is proposed, how it is numbered, until when it is answered, what may be done to it. Pure.

**Climbing.** For a task and the unit that leads it the mildest level that fits is proposed, one at a time:

1. A notice that is open and still in time: nothing, it is being worked on. Waiting for the verdict: nothing.
   Open and its reply overdue: one step above it (a red one is already the highest: nothing).
2. Closed within the last 10 days: nothing, what was promised needs time to show.
3. By the light: red → 督办单; yellow → 提醒; under any other light a 提醒 where the three readings of the light
   (self-reported, computed, verified) disagree, else nothing. A closed task, or one nobody reports on: nothing.
4. Red and 60 days past the deadline, or silent for twice the periods that make a light red: 红单.
5. Closed within the last 90 days and the task is in trouble again: at least one step above that notice.

10, 60 and 90 are the list's own (督办设置). Withdrawn notices count for nothing.

**Deadline.** The n-th working day after the day of issue, at 18:00 in Beijing; the day of issue does not count.

**Number.** The list's pattern with {年} and {号}; nothing else in it has a meaning.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tasks_app.lib.dates import at_beijing, beijing_day, shift_workdays
from tasks_app.notices.choices import OWED, Ground, NoticeAct, NoticeLevel, NoticeState
from tasks_app.progress.choices import Light

DEFAULT_PATTERN = "督〔{年}〕{号}号"
DEFAULT_PHRASES = (
    "请对照年度目标倒排工期，明确责任人和每周节点，将整改方案一并报来。\n"
    "请说明滞后原因、目前存在的困难和需要协调的事项，提出赶上序时进度的具体时间。\n"
    "请立即补报所缺各期月报，并说明未按期报送的原因。\n"
    "请附能够核对的佐证材料（批复、合同、验收单、现场照片等）。"
)
REPLY_BY = dt.time(18)
# Silent for so many times the periods that make a light red.
LONG_SILENCE = 2
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Climb:
    """The days of a list's setting, and the periods without a report that make its lights red."""

    red_after_days: int = 60
    quiet_days: int = 10
    memory_days: int = 90
    red_misses: int = 2


@dataclass(frozen=True)
class Earlier:
    """A notice that the unit has had on the task. `ended_on` is None while it is open."""

    level: NoticeLevel
    state: NoticeState
    number: str
    due_at: dt.datetime
    ended_on: dt.date | None = None


@dataclass(frozen=True)
class TaskFacts:
    """A task on a day. `reason_text`: the light's reason in words; `misses`: periods in a row without a report."""

    light: str
    reason_text: str = ""
    days_late: int = 0
    misses: int = 0
    disagrees: bool = False
    earlier: Sequence[Earlier] = ()


@dataclass(frozen=True)
class Proposal:
    """A level and the grounds for it, the one that decided first; each with what its sentence needs."""

    level: NoticeLevel
    grounds: tuple[tuple[Ground, Mapping[str, Any]], ...] = field(default=())

    @property
    def text(self) -> str:
        """The grounds in words, in the reader's language."""
        return "；".join(str(ground.label) % inputs for ground, inputs in self.grounds)


def propose(facts: TaskFacts, climb: Climb, *, at: dt.datetime) -> Proposal | None:
    """The notice that a task calls for at `at`; None where it calls for none."""
    if facts.light in (Light.BLUE, Light.GREY):
        return None
    counted = [one for one in facts.earlier if one.state != NoticeState.WITHDRAWN]
    if still_open := [one for one in counted if one.ended_on is None]:
        return _above_open(max(still_open, key=lambda one: one.level.height), at)
    ended = _last_ended(counted, beijing_day(at))
    if ended and ended.days_ago < climb.quiet_days:
        return None
    base = _by_light(facts, climb)
    if base is None or ended is None or ended.days_ago > climb.memory_days:
        return base
    again = (Ground.AGAIN, _name(ended.notice))
    higher = ended.notice.level.above
    return Proposal(higher if higher.height > base.level.height else base.level, (*base.grounds, again))


class Ended(NamedTuple):
    """A notice that was closed, and how long ago."""

    days_ago: int
    notice: Earlier


def _last_ended(earlier: Sequence[Earlier], today: dt.date) -> Ended | None:
    """The notice that was closed last; of several on one day, the first named."""
    ended = [
        Ended((today - one.ended_on).days, one)
        for one in earlier
        if one.state == NoticeState.CLOSED and one.ended_on is not None
    ]
    return min(ended, key=lambda one: one.days_ago, default=None)


def _above_open(one: Earlier, at: dt.datetime) -> Proposal | None:
    late = one.state in OWED and one.due_at < at
    if not late or one.level == NoticeLevel.RED:
        return None
    return Proposal(one.level.above, ((Ground.UNANSWERED, _name(one)),))


def _by_light(facts: TaskFacts, climb: Climb) -> Proposal | None:
    """What the task's own state calls for, whatever came before."""
    why = {"reason": facts.reason_text}
    doubt: tuple[tuple[Ground, Mapping[str, Any]], ...] = ((Ground.DISAGREE, {}),) if facts.disagrees else ()
    if facts.light == Light.RED:
        red = (Ground.RED, why)
        if facts.days_late >= climb.red_after_days:
            return Proposal(NoticeLevel.RED, ((Ground.LONG_OVERDUE, {"days": climb.red_after_days}), red, *doubt))
        if facts.misses >= LONG_SILENCE * climb.red_misses:
            return Proposal(NoticeLevel.RED, ((Ground.LONG_SILENT, {"misses": facts.misses}), *doubt))
        return Proposal(NoticeLevel.ORDER, (red, *doubt))
    if facts.light == Light.YELLOW:
        return Proposal(NoticeLevel.REMINDER, ((Ground.YELLOW, why), *doubt))
    return Proposal(NoticeLevel.REMINDER, doubt) if doubt else None


def in_the_way(earlier: Iterable[Earlier], level: NoticeLevel) -> Earlier | None:
    """The open notice beside which none of `level` is issued: answered and not judged yet, or as sharp or sharper."""
    still_open = (one for one in earlier if one.ended_on is None)
    return next((one for one in still_open if one.state not in OWED or one.level.height >= level.height), None)


def _name(one: Earlier) -> dict[str, str]:
    return {"level": str(one.level.label), "number": one.number}


# From → what may be done → to. What is not here may not be done.
TRANSITIONS: Mapping[NoticeState, Mapping[NoticeAct, NoticeState]] = {
    NoticeState.ISSUED: {
        NoticeAct.RECEIVE: NoticeState.RECEIVED,
        NoticeAct.REPLY: NoticeState.REPLIED,
        NoticeAct.ESCALATE: NoticeState.ESCALATED,
        NoticeAct.WITHDRAW: NoticeState.WITHDRAWN,
    },
    NoticeState.RECEIVED: {
        NoticeAct.REPLY: NoticeState.REPLIED,
        NoticeAct.ESCALATE: NoticeState.ESCALATED,
        NoticeAct.WITHDRAW: NoticeState.WITHDRAWN,
    },
    NoticeState.REPLIED: {
        NoticeAct.REPLY: NoticeState.REPLIED,
        NoticeAct.CLOSE: NoticeState.CLOSED,
        NoticeAct.SEND_BACK: NoticeState.RETURNED,
        NoticeAct.WITHDRAW: NoticeState.WITHDRAWN,
    },
    NoticeState.RETURNED: {
        NoticeAct.REPLY: NoticeState.REPLIED,
        NoticeAct.ESCALATE: NoticeState.ESCALATED,
        NoticeAct.WITHDRAW: NoticeState.WITHDRAWN,
    },
    NoticeState.CLOSED: {},
    NoticeState.ESCALATED: {},
    NoticeState.WITHDRAWN: {},
}


def after(state: str, act: NoticeAct) -> NoticeState | None:
    """The state that an act leads to; None where it may not be done."""
    return TRANSITIONS[NoticeState(state)].get(act)


def reply_due(*, at: dt.datetime, workdays: int, exceptions: Mapping[dt.date, bool]) -> dt.datetime:
    """18:00 on the n-th working day after the day of `at`. Issued on Friday 2024-09-27 with 2 days: 2024-09-30,
    for the 29th is worked and the 1st begins the holiday."""
    return at_beijing(shift_workdays(beijing_day(at), workdays, exceptions), REPLY_BY)


def number_text(pattern: str, *, year: int, serial: int) -> str:
    """东督〔{年}〕{号}号 → 东督〔2024〕3号."""
    words = {"年": str(year), "号": str(serial)}
    return _PLACEHOLDER.sub(lambda match: words.get(match[1].strip(), match[0]), pattern)


def pattern_fault(pattern: str) -> str:
    """What is wrong with a number pattern: "unknown:<name>", "brace", "missing"; empty when it can be used."""
    names = [name.strip() for name in _PLACEHOLDER.findall(pattern)]
    if unknown := [name for name in names if name not in ("年", "号")]:
        return f"unknown:{unknown[0]}"
    if re.search(r"[{}]", _PLACEHOLDER.sub("", pattern)):
        return "brace"
    return "" if sorted(names) == ["号", "年"] else "missing"


def is_counted(level: str, *, counts_reminders: bool) -> bool:
    """Whether a notice of this level counts towards the unit's month."""
    return counts_reminders or level != NoticeLevel.REMINDER
