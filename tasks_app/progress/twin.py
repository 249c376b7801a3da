"""The rule of the lights a second time, as one SQL statement over the stored facts.

`rules.verdict` decides; this says the same from the tables, without any Python of the rule or of
`reporting.queries.standing_facts`, so that both a mistake in the rule and a standing that nobody refreshed are noticed.
`manage.py verify_lights` runs it each night, tests/progress/test_twin.py compares the two.

It reads tables of rooms above this one by name: SQL is not bound by the import layers. SQLite and PostgreSQL differ
only in how they count days.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from tasks_app.lib.dates import at_beijing
from tasks_app.progress.models import Standing

# {today}: the day; {days_*}: whole days between two dates. `said` is each lead's latest accepted percent, `rounds`
# each due round with whether any lead's report came, `knots` the points of the expected line.
_STATEMENT = """
WITH counted AS (
    SELECT task.id, task.due_on, list.starts_on, list.red_behind, list.yellow_behind, list.red_misses,
           list.yellow_days, list.yellow_below,
           CASE WHEN task.closed_on <= {today} THEN 1 ELSE 0 END AS is_closed,
           CASE WHEN rule.id IS NULL THEN 0 ELSE 1 END AS is_ruled
    FROM tasks_app_task task
    JOIN tasks_app_tasklist list ON list.id = task.task_list_id
    LEFT JOIN tasks_app_reportingrule rule ON rule.task_list_id = list.id
    WHERE task.kind = 'task' AND task.retired_at IS NULL
),
lead_entries AS (
    SELECT entry.id, entry.task_id, entry.status, entry.percent, entry.exempt_at, report.unit_id, period.due_at,
           report.first_submitted_at, report.exempt_at AS report_exempt_at
    FROM tasks_app_reportentry entry
    JOIN tasks_app_monthlyreport report ON report.id = entry.report_id
    JOIN tasks_app_period period ON period.id = report.period_id
    WHERE entry.role = 'lead'
),
accepted AS (
    SELECT task_id, unit_id, COALESCE(percent, 0) AS percent,
           ROW_NUMBER() OVER (PARTITION BY task_id, unit_id ORDER BY due_at DESC, id DESC) AS place
    FROM lead_entries WHERE status = 'accepted'
),
said AS (SELECT task_id, unit_id, percent FROM accepted WHERE place = 1),
leads AS (SELECT task_id, unit_id FROM tasks_app_obligation WHERE role = 'lead'),
owners AS (SELECT task_id, unit_id FROM leads UNION SELECT task_id, unit_id FROM said),
means AS (
    SELECT owners.task_id, (2 * COALESCE(SUM(said.percent), 0) + COUNT(*)) / (2 * COUNT(*)) AS percent
    FROM owners LEFT JOIN said ON said.task_id = owners.task_id AND said.unit_id = owners.unit_id
    GROUP BY owners.task_id
),
duties AS (SELECT DISTINCT task_id FROM leads),
rounds AS (
    SELECT task_id, due_at, MAX(CASE WHEN first_submitted_at IS NULL THEN 0 ELSE 1 END) AS came
    FROM lead_entries
    WHERE due_at < %(midnight)s
      AND NOT (first_submitted_at IS NULL AND (exempt_at IS NOT NULL OR report_exempt_at IS NOT NULL))
    GROUP BY task_id, due_at
),
last_came AS (SELECT task_id, MAX(due_at) AS due_at FROM rounds WHERE came = 1 GROUP BY task_id),
silences AS (
    SELECT rounds.task_id, COUNT(*) AS misses
    FROM rounds LEFT JOIN last_came ON last_came.task_id = rounds.task_id
    WHERE last_came.due_at IS NULL OR rounds.due_at > last_came.due_at
    GROUP BY rounds.task_id
),
knots AS (
    SELECT id, starts_on AS day, 0 AS percent FROM counted WHERE due_on > starts_on
    UNION ALL
    SELECT counted.id, milestone.due_on, milestone.percent
    FROM counted JOIN tasks_app_milestone milestone ON milestone.task_id = counted.id
    WHERE milestone.due_on > counted.starts_on AND milestone.due_on < counted.due_on
    UNION ALL
    SELECT id, due_on, 100 FROM counted WHERE due_on > starts_on
),
stretches AS (
    SELECT id, day, percent,
           LEAD(day) OVER (PARTITION BY id ORDER BY day) AS next_day,
           LEAD(percent) OVER (PARTITION BY id ORDER BY day) AS next_percent
    FROM knots
),
lines AS (
    SELECT id,
           percent + (2 * (next_percent - percent) * {days_into} + {days_long}) / (2 * {days_long}) AS expected
    FROM stretches WHERE day < {today} AND next_day >= {today}
),
facts AS (
    SELECT counted.*,
           CASE WHEN is_closed = 1 THEN 100 ELSE COALESCE(means.percent, 0) END AS progress,
           CASE WHEN due_on IS NULL THEN NULL WHEN due_on <= {today} THEN 100
                WHEN {today} <= starts_on THEN 0 ELSE lines.expected END AS expected,
           COALESCE(silences.misses, 0) AS misses,
           CASE WHEN duties.task_id IS NULL THEN 0 ELSE 1 END AS has_duty
    FROM counted
    LEFT JOIN means ON means.task_id = counted.id
    LEFT JOIN lines ON lines.id = counted.id
    LEFT JOIN silences ON silences.task_id = counted.id
    LEFT JOIN duties ON duties.task_id = counted.id
),
reasons AS (
    SELECT facts.*,
           CASE
               WHEN is_closed = 1 THEN 'closed'
               WHEN {today} < starts_on THEN 'not_started'
               WHEN due_on < {today} THEN 'overdue'
               WHEN is_ruled = 0 THEN 'no_duty'
               WHEN has_duty = 0 THEN 'no_unit'
               WHEN expected - progress >= red_behind THEN 'behind'
               WHEN misses >= red_misses THEN 'silent'
               WHEN expected - progress >= yellow_behind THEN 'behind'
               WHEN due_on IS NOT NULL AND progress < yellow_below AND {days_left} <= yellow_days THEN 'due_soon'
               WHEN misses > 0 THEN 'missed'
               WHEN due_on IS NULL THEN 'no_date'
               ELSE 'on_track'
           END AS reason
    FROM facts
)
SELECT reasons.id,
       CASE
           WHEN reason = 'closed' THEN 'blue'
           WHEN reason IN ('not_started', 'no_duty', 'no_unit') THEN 'grey'
           WHEN reason IN ('overdue', 'silent') OR (reason = 'behind' AND expected - progress >= red_behind) THEN 'red'
           WHEN reason IN ('behind', 'due_soon', 'missed') THEN 'yellow'
           ELSE 'green'
       END AS light,
       reason, progress, expected
FROM reasons
"""
_DIALECTS = {
    "sqlite": ("%(today)s", "CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"),
    "postgresql": ("CAST(%(today)s AS date)", "({later} - {earlier})"),
}


@dataclass(frozen=True)
class Judged:
    """What the statement says of a task: the light and its reason, the progress and the expected percent."""

    light: str
    reason: str
    progress: int
    expected: int | None


@dataclass(frozen=True)
class Difference:
    """A counted task whose standing is not what the statement says; without a standing `stored` is None."""

    task_id: int
    stored: Judged | None
    told: Judged


def judged(today: dt.date) -> dict[int, Judged]:
    """Every counted task as of a day, by the statement alone: one query."""
    today_word, between = _DIALECTS[connection.vendor]
    statement = _STATEMENT.format(
        today=today_word,
        days_into=between.format(later=today_word, earlier="day"),
        days_long=between.format(later="next_day", earlier="day"),
        days_left=between.format(later="due_on", earlier=today_word),
    )
    # Rounds count from the day after their deadline on, as in Beijing.
    midnight = connection.ops.adapt_datetimefield_value(at_beijing(today, dt.time()))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"today": today.isoformat(), "midnight": midnight})
        return {row[0]: Judged(*row[1:]) for row in cursor.fetchall()}


def differences(today: dt.date) -> list[Difference]:
    """The counted tasks whose stored standing is not what the statement says of that day: two queries."""
    columns = ("light", "reason", "progress", "expected")
    stored = {row[0]: Judged(*row[1:]) for row in Standing.objects.values_list("task_id", *columns)}
    return [
        Difference(task_id, stored.get(task_id), told)
        for task_id, told in judged(today).items()
        if stored.get(task_id) != told
    ]
