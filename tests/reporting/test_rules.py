"""The rules of the month, as tables of cases."""

import pytest

from tasks_app.reporting import rules
from tasks_app.reporting.choices import ReportStatus, Timeliness
from tests.factories import beijing

# ---- timeliness


@pytest.mark.parametrize(
    ("submitted", "at", "expected"),
    [
        (None, "2024-08-05 17:59:59", Timeliness.PENDING),
        (None, "2024-08-05 18:00:00", Timeliness.PENDING),
        (None, "2024-08-05 18:00:01", Timeliness.MISSING),
        (None, "2024-12-01 00:00:00", Timeliness.MISSING),
        ("2024-08-01 00:00:00", "2024-12-01 00:00:00", Timeliness.ON_TIME),
        ("2024-08-05 18:00:00", "2024-12-01 00:00:00", Timeliness.ON_TIME),
        ("2024-08-05 18:00:01", "2024-12-01 00:00:00", Timeliness.LATE),
        ("2024-08-31 23:59:59", "2024-12-01 00:00:00", Timeliness.LATE),
        ("2024-09-01 00:00:00", "2024-12-01 00:00:00", Timeliness.MADE_UP),
        ("2024-11-20 10:00:00", "2024-12-01 00:00:00", Timeliness.MADE_UP),
    ],
)
def test_a_month_is_on_time_late_missing_or_made_up(submitted, at, expected):
    answer = rules.timeliness(
        due_at=beijing("2024-08-05 18:00"),
        first_submitted_at=beijing(submitted) if submitted else None,
        next_opens_at=beijing("2024-09-01 00:00"),
        at=beijing(at),
    )
    assert answer == expected


# ---- an entry, a report


@pytest.mark.parametrize(
    ("percent", "text", "expected"),
    [
        (0, "完成招标。", []),
        (None, "完成招标。", ["percent"]),
        (50, "", ["done_text"]),
        (50, " \n　", ["done_text"]),
        (None, "", ["percent", "done_text"]),
    ],
)
def test_an_entry_needs_its_percent_and_its_words(percent, text, expected):
    assert rules.missing_fields(percent=percent, done_text=text) == expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["accepted", "accepted"], "accepted"),
        (["accepted", "submitted"], "submitted"),
        (["draft", "submitted"], "draft"),
        (["returned", "submitted", "accepted", "draft"], "returned"),
        ([], "accepted"),
    ],
)
def test_a_reports_status_is_the_most_pressing_of_its_entries(statuses, expected):
    assert rules.report_status(statuses) == expected


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ([], 0),
        ([True], 0),
        ([False], 1),
        ([False, False], 2),
        ([False, True], 0),
        ([True, False], 1),
        ([False, True, False, False], 2),
    ],
)
def test_misses_are_counted_back_from_the_newest_period(reported, expected):
    assert rules.misses_in_a_row(reported) == expected


def test_statuses_move_only_along_the_table():
    allowed = {(before, after) for before, targets in rules.MOVES.items() for after in targets}
    assert allowed == {
        ("draft", "submitted"),
        ("submitted", "accepted"),
        ("submitted", "returned"),
        ("returned", "submitted"),
    }
    assert set(rules.MOVES) == set(ReportStatus)


def test_the_unit_writes_only_in_drafts_and_in_what_was_returned():
    assert {ReportStatus.DRAFT, ReportStatus.RETURNED} == rules.EDITABLE
