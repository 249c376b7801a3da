"""When a message is tried again, when it may leave, and how several things become one message. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tasks_app.lib.dates import BEIJING, at_beijing

# Longer than a batch may take: a worker hands back what it has not begun before the lease can run out.
LEASE = dt.timedelta(seconds=90)
MAX_ATTEMPTS = 20
# "550 no such mailbox" may be the server's mistake, so not at once; but retrying for a whole day will not help either.
MAX_REFUSALS = 3
LONGEST_WAIT = dt.timedelta(hours=1)
SHOWN_LINES = 40


def next_try(attempts: int, at: dt.datetime, *, permanent: bool = False) -> dt.datetime | None:
    """The moment of the next attempt after `attempts` failed ones: 1, 2, 4 … 60, 60 … minutes later.

    None when it has been tried often enough (about 15 hours; three times when the other side said
    that it will never take it); a person then has to look at it.
    """
    if attempts >= (MAX_REFUSALS if permanent else MAX_ATTEMPTS):
        return None
    return at + min(dt.timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT)


def after_quiet(at: dt.datetime, *, quiet_from: dt.time, quiet_until: dt.time) -> dt.datetime:
    """The first moment from `at` on that is outside the quiet hours of Beijing's clock.

    From 21:00 until 07:00: 20:59 stays, 21:00 becomes 07:00 of the next day, 06:30 becomes 07:00.
    The same two times mean no quiet hours.
    """
    local = at.astimezone(BEIJING)
    clock, today = local.time(), local.date()
    over_midnight = quiet_from > quiet_until
    if over_midnight and clock >= quiet_from:
        return at_beijing(today + dt.timedelta(days=1), quiet_until)
    if clock < quiet_until and (over_midnight or clock >= quiet_from):
        return at_beijing(today, quiet_until)
    return at


@dataclass(frozen=True)
class DigestLine:
    """One thing to say; `path` leads to it on the site."""

    title: str
    text: str
    path: str


def compose(lines: Sequence[DigestLine], *, base_url: str = "") -> tuple[str, str, str]:
    """Subject, body and path of the one message that says all `lines`.

    One line is its own message. Several are numbered, the first gives the subject; with a `base_url`
    each carries its full address, for channels that leave the site.
    """
    if len(lines) == 1:
        return lines[0].title, lines[0].text, lines[0].path
    paths = {line.path for line in lines}
    shown = [
        f"{number}. {line.title}\n{line.text}" + (f"\n{base_url}{line.path}" if base_url and len(paths) > 1 else "")
        for number, line in enumerate(lines[:SHOWN_LINES], start=1)
    ]
    if len(lines) > SHOWN_LINES:
        shown.append(f"另有 {len(lines) - SHOWN_LINES} 项，请登录查看。")
    subject = f"{lines[0].title}（等 {len(lines)} 项）"
    return subject[:200], "\n\n".join(shown), paths.pop() if len(paths) == 1 else "/"
