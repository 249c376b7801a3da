"""One round over everything open: plan, drop what is no longer true, merge, hand over.

Decisions are made in memory on what facts.read() gave; then written in a constant number of
statements, all in the caller's transaction: a round that dies has done nothing. An occasion that breaks
(`isolation`) is left as it stands until the next round, and named; the others go out.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from tasks_app.lib.dates import at_beijing, beijing_day
from tasks_app.outbox.actions import Letter, Said, settle_lines, write_digests
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import Digest, Message
from tasks_app.outbox.rules import DigestLine, after_quiet
from tasks_app.reminders import facts as reading
from tasks_app.reminders import occasions, rules, wording
from tasks_app.reminders.choices import ReminderState, Why
from tasks_app.reminders.facts import Candidate, Facts
from tasks_app.reminders.models import Reminder, SendingPolicy
from tasks_app.reminders.occasions import Occasion
from tasks_app.reminders.occasions.base import Case, thing_of

KEYS_AT_ONCE = 1000


@dataclass
class Ledger:
    """What this round changes of rows that stand in the ledger."""

    changed: dict[int, Reminder] = field(default_factory=dict)

    def decide(self, row: Reminder, state: str, why: str, at: dt.datetime) -> None:
        row.state, row.why, row.settled_at = state, why, at
        self.touch(row)

    def touch(self, row: Reminder) -> None:
        self.changed[row.pk] = row

    def write(self) -> None:
        if self.changed:
            rows = list(self.changed.values())
            Reminder.objects.bulk_update(rows, ["state", "why", "settled_at", "line"], batch_size=500)


@dataclass(frozen=True)
class Reminded:
    """What a round's reminding did: messages written, and the occasions that failed (code → name of the error)."""

    messages: int
    broken: Mapping[str, str]


def remind(*, at: dt.datetime) -> Reminded:
    """Plan and hand over everything due at `at`."""
    since, midnight = at - rules.LOOKBACK, at_beijing(beijing_day(at) + dt.timedelta(days=1), dt.time())
    facts = reading.read(at=at, until=midnight)
    possible = {c.key: c for c in facts.candidates(since=since, until=midnight)}
    candidates = {key: c for key, c in possible.items() if _is_timely(c, at)}
    note_results(at=at)
    ledger = Ledger()
    known = {row.key: row for row in Reminder.objects.filter(moment__gt=since - rules.LOOKBACK)}
    known |= _plan([c for key, c in candidates.items() if key not in known], facts, at)
    broken = facts.troubles.broken
    # After the clock was set back across midnight, a day already handled cannot be judged. Nor can an occasion that is
    # broken: its waiting reminders are not outdated.
    judged = [row for row in known.values() if row.moment <= midnight and row.occasion not in broken]
    _drop_untrue(ledger, facts, possible, judged, at)
    waiting = [
        row
        for row in known.values()
        if row.state == ReminderState.DUE and row.line_id is None and row.occasion not in broken
    ]
    _drop_superseded(ledger, waiting, known.values(), at)
    written = _hand_over(ledger, facts, candidates, waiting, at)
    ledger.write()
    return Reminded(written, broken)


def _plan(candidates: Sequence[Candidate], facts: Facts, at: dt.datetime) -> dict[str, Reminder]:
    """Rows for what is not in the ledger yet, stored."""
    # A step that was moved by months still finds its earlier reminders and does not repeat them.
    said = _stored([candidate.key for candidate in candidates])
    news: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.key not in said and not (candidate.moment > at and candidate.case.task_list.pk in facts.paused):
            news[candidate.case.occasion].append(candidate)

    def write(occasion: Occasion) -> list[Reminder]:
        rows = [_planned(candidate, facts, at) for candidate in news[occasion.code]]
        return Reminder.objects.bulk_create(rows)

    if not news:
        return {}
    return {row.key: row for rows in facts.troubles.for_each(write).values() for row in rows}


def _stored(keys: Sequence[str]) -> set[str]:
    """Those of the keys that the ledger has, however old."""
    return {
        key
        for start in range(0, len(keys), KEYS_AT_ONCE)
        for key in Reminder.objects.filter(key__in=keys[start : start + KEYS_AT_ONCE]).values_list("key", flat=True)
    }


def _is_timely(candidate: Candidate, at: dt.datetime) -> bool:
    """Due, or due later today before its deadline: that may come along with what goes out earlier."""
    case = candidate.case
    return candidate.moment <= at or (case.has_deadline and candidate.moment <= case.due_at)


def _planned(candidate: Candidate, facts: Facts, at: dt.datetime) -> Reminder:
    case = candidate.case
    why = ""
    if candidate.user is None and candidate.robot is None:
        why = Why.NOBODY
    elif case.task_list.pk in facts.paused:
        why = Why.PAUSED
    elif rules.is_too_late(moment=candidate.moment, at=at):
        why = Why.MISSED
    return Reminder(
        key=candidate.key,
        occasion=case.occasion,
        step_id=candidate.step.id or None,
        task_list=case.task_list,
        period_id=case.period_id,
        report_id=case.report_id,
        task_id=case.task_id,
        notice_id=case.notice_id,
        unit=case.unit,
        recipient=candidate.user,
        robot=candidate.robot,
        moment=candidate.moment,
        state=ReminderState.SKIPPED if why else ReminderState.DUE,
        why=why,
        created_at=at,
        settled_at=at if why else None,
    )


def _drop_untrue(
    ledger: Ledger, facts: Facts, candidates: dict[str, Candidate], rows: Iterable[Reminder], at: dt.datetime
) -> None:
    """Suppress waiting reminders that no longer apply; a line that none of them needs is taken out of its digest."""
    due = [row for row in rows if row.state == ReminderState.DUE and row.step_id]
    untrue = [row for row in due if row.key not in candidates]
    if not untrue:
        return
    open_cases = {case.key: case for case in facts.cases}
    moved = {thing_of(key) for key in open_cases}
    steps = {step.id: step for ladder in facts.steps.values() for step in ladder}
    for row in untrue:
        _step, key, who = row.key.split("/")
        case, step = open_cases.get(key), steps.get(row.step_id or 0)
        if case is None:
            # With another day it is another case: what waited for the old day counts as postponed, not as settled.
            why = Why.SWITCHED_OFF if thing_of(key) in moved else Why.SETTLED
        else:
            why = _why_not_sent(case, step, who, facts)
        ledger.decide(row, ReminderState.SUPPRESSED, why, at)
    needed = {row.line_id for row in due if row.state == ReminderState.DUE}
    settle_lines(line_ids={row.line_id for row in untrue if row.line_id} - needed, at=at)


def _why_not_sent(case: Case, step: rules.Step | None, who: str, facts: Facts) -> Why:
    """Why a case that is still open no longer calls for this reminder."""
    if step is None or who in {one.who for one in facts.recipients(case, step)}:
        return Why.SWITCHED_OFF
    return Why.NOT_IN_CHARGE


def _drop_superseded(ledger: Ledger, waiting: list[Reminder], rows: Iterable[Reminder], at: dt.datetime) -> None:
    """Of several steps due on one case for one person only the latest is sent."""
    latest: dict[str, tuple[dt.datetime, str]] = {}
    for row in rows:
        if row.moment <= at and (row.state == ReminderState.SENT or row.state == ReminderState.DUE):
            subject = row.key.partition("/")[2]
            latest[subject] = max(latest.get(subject, (row.moment, row.key)), (row.moment, row.key))
    for row in waiting:
        newest = latest.get(row.key.partition("/")[2])
        if newest and row.moment <= at and (row.moment, row.key) < newest:
            ledger.decide(row, ReminderState.SKIPPED, Why.SUPERSEDED, at)


def _hand_over(
    ledger: Ledger, facts: Facts, candidates: dict[str, Candidate], waiting: Sequence[Reminder], at: dt.datetime
) -> int:
    """One digest for everybody for whom something is due now, with what else is due for them today."""
    policy = SendingPolicy.objects.first() or SendingPolicy()
    today = beijing_day(at)
    people_had, robots_had = _digests_of(today, "recipient_id"), _digests_of(today, "robot_id")
    rows_of: dict[str, list[Reminder]] = defaultdict(list)
    for row in waiting:
        if row.state == ReminderState.DUE and row.key in candidates:
            rows_of[candidates[row.key].who].append(row)
    letters, lined = [], []
    for who, rows in rows_of.items():
        one = candidates[rows[0].key]
        count = people_had[one.user.pk] if one.user else robots_had[one.robot.pk] if one.robot else 0
        if one.user and count >= policy.daily_cap:
            continue
        pairs = _due_together([(row, candidates[row.key]) for row in rows], at)
        said, groups = lines_of(pairs, facts, at)
        if not said:
            continue
        letters.append(Letter(f"digest:{who}:{today}:{count + 1}", one.user, one.robot, said))
        lined.append(groups)
    quiet = after_quiet(at, quiet_from=policy.quiet_from, quiet_until=policy.quiet_until)
    written, stored = write_digests(letters=letters, at=at, not_before=quiet)
    for groups, lines in zip(lined, stored, strict=True):
        for rows, line in zip(groups, lines, strict=True):
            for row in rows:
                row.line = line
                ledger.touch(row)
    return written


def _digests_of(day: dt.date, receiver: str) -> Counter[int]:
    """How many digests each receiver had on a day; `receiver` is the column of the people or of the robots."""
    of_day = Digest.objects.filter(day=day, **{f"{receiver}__isnull": False})
    return Counter(dict(of_day.order_by().values_list(receiver).annotate(n=Count("pk"))))


def _due_together(pairs: Sequence[tuple[Reminder, Candidate]], at: dt.datetime) -> list[tuple[Reminder, Candidate]]:
    """What is due now and, where anything is, what else is due later today about other things."""
    now = [(row, candidate) for row, candidate in pairs if row.moment <= at]
    if not now:
        return []
    spoken = {candidate.subject for _row, candidate in now}
    later = [(row, one) for row, one in pairs if row.moment > at and one.subject not in spoken]
    return now + later


def lines_of(
    pairs: Sequence[tuple[Reminder, Candidate]], facts: Facts, at: dt.datetime
) -> tuple[list[Said], list[list[Reminder]]]:
    """The lines of one person's digest and, line by line, the reminders that each stands for.

    What cannot be put into words is left out, and its occasion named in the facts' `troubles`.
    """
    groups: dict[tuple[object, ...], list[tuple[Reminder, Candidate]]] = defaultdict(list)
    pairs = sorted(pairs, key=lambda pair: (_urgency(pair[1]), pair[0].moment))
    for row, candidate in pairs:
        case = candidate.case
        if candidate.escalated:
            together: tuple[object, ...] = ("escalated", case.task_list.pk, case.occasion, case.period_id)
        else:
            together = (case.group or case.key, case.task_list.pk)
        groups[(*together, candidate.step.id, candidate.number)].append((row, candidate))
    said, kept = [], []
    for group in groups.values():
        with facts.troubles.guarded(group[0][1].case.occasion):
            said.append(_said([candidate for _row, candidate in group], facts, at))
            kept.append([row for row, _candidate in group])
    return said, kept


def _urgency(candidate: Candidate) -> int:
    return occasions.BY_CODE[candidate.case.occasion].urgency


def _said(group: Sequence[Candidate], facts: Facts, at: dt.datetime) -> Said:
    first = group[0]
    case = first.case
    words = dict(case.words)
    if len(group) > 1:
        for name in ("单位", "事项"):
            words[name] = "、".join(dict.fromkeys(one.case.words[name] for one in group))
        words["数量"] = str(len(group))
    code = wording.ESCALATION if first.escalated else first.step.template or case.code(at)
    # The list's own words, then everybody's, then ours; a template that was deleted falls back to the default.
    own = facts.templates.get((case.task_list.pk, code)) or facts.templates.get((None, code))
    chosen = own or wording.BUILT_IN.get(code) or wording.BUILT_IN[case.code(at)]
    paths = {one.case.path for one in group}
    line = DigestLine(
        title=wording.fill(str(chosen.title), words)[:200],
        text=wording.fill(str(chosen.text), words),
        path=paths.pop() if len(paths) == 1 else "/",
    )
    channels = [Channel.ROBOT] if first.robot else [Channel.SITE, *first.step.channels]
    topic = case.topic if len(group) == 1 else ""
    return Said(line=line, topic=topic, channels=list(dict.fromkeys(channels)))


def note_results(*, at: dt.datetime) -> None:
    """Carry what became of the messages back into the ledger: four queries at most, however many rows.

    Read first and decided here: as one statement it was a correlated join that PostgreSQL, without fresh
    statistics, took seconds for.
    """
    handed = list(
        Reminder.objects.filter(state=ReminderState.DUE, line__isnull=False).values_list(
            "pk", "line__digest_id", "line__settled_at"
        )
    )
    if not handed:
        return
    left_at: dict[int, list[dt.datetime]] = defaultdict(list)
    digests = {digest for _pk, digest, _settled in handed}
    gone = Message.objects.filter(digest_id__in=digests, status=Delivery.SENT)
    for digest, moment in gone.values_list("digest_id", "sent_at"):
        if moment is not None:
            left_at[digest].append(moment)
    sent, settled = [], []
    for pk, digest, settled_at in handed:
        # Lines settled before the message left were no longer in it.
        if any(settled_at is None or moment < settled_at for moment in left_at[digest]):
            sent.append(pk)
        elif settled_at is not None:
            settled.append(pk)
    if sent:
        Reminder.objects.filter(pk__in=sent).update(state=ReminderState.SENT, settled_at=at)
    if settled:
        Reminder.objects.filter(pk__in=settled).update(state=ReminderState.SUPPRESSED, why=Why.SETTLED, settled_at=at)
