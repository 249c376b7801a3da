"""Calendars that calendar programs can read."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tasks_app.lib.dates import BEIJING
from tasks_app.lib.icalendar import Happening, calendar

AT = dt.datetime(2024, 8, 2, 10, 0, tzinfo=BEIJING)


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "")


def read_back(text: str) -> list:
    """The events as a library reads them."""
    return Calendar.from_ical(text).walk("VEVENT")


def test_a_moment_is_told_on_beijings_clock_with_the_zone_described():
    due = dt.datetime(2024, 8, 5, 10, 0, tzinfo=dt.UTC)
    text = calendar(name="我的时限", happenings=[Happening("a@b", due, "报送")], at=AT)
    assert "DTSTART;TZID=Asia/Shanghai:20240805T180000\r\n" in text
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n" in text
    assert "DTSTAMP:20240802T020000Z\r\n" in text
    (event,) = read_back(text)
    assert event.start == due
    assert event["UID"] == "a@b"


def test_the_zone_holds_for_all_days_and_says_nothing_else():
    text = calendar(name="n", happenings=[], at=AT)
    (zone,) = Calendar.from_ical(text).walk("VTIMEZONE")
    summer = dt.datetime(2031, 7, 1, tzinfo=zone.to_tz())
    assert summer.utcoffset() == dt.timedelta(hours=8)
    assert "COMMENT" not in text


def test_programs_are_told_to_ask_again_every_four_hours_and_how_to_call_it():
    book = Calendar.from_ical(calendar(name="督办台账：张三，的时限", happenings=[], at=AT))
    assert book["X-WR-CALNAME"] == "督办台账：张三，的时限"
    assert book["REFRESH-INTERVAL"].dt == dt.timedelta(hours=4)
    assert book["X-PUBLISHED-TTL"] == "PT4H"


def test_a_day_lasts_until_the_next_one():
    text = calendar(name="n", happenings=[Happening("a@b", dt.date(2024, 12, 31), "到期")], at=AT)
    assert "DTSTART;VALUE=DATE:20241231\r\nDTEND;VALUE=DATE:20250101\r\n" in text


@pytest.mark.parametrize(
    ("time", "until"),
    [("09:00", "09:30"), ("18:00", "18:30"), ("23:29", "23:59"), ("23:45", "23:59"), ("23:58", "23:59")],
)
def test_a_deadline_has_an_end_that_is_later_and_of_its_own_day(time, until):
    """Without one it lasts an hour in some programs, and spills over midnight."""
    on = dt.datetime.fromisoformat(f"2024-08-05T{time}+08:00")
    (event,) = read_back(calendar(name="n", happenings=[Happening("a@b", on, "报送")], at=AT))
    assert event.start == on
    assert event.end == dt.datetime.fromisoformat(f"2024-08-05T{until}+08:00")


@pytest.mark.parametrize("time", ["23:59", "23:59:59"])
def test_a_deadline_in_the_last_minute_is_the_whole_day(time):
    on = dt.datetime.fromisoformat(f"2024-08-05T{time}+08:00").astimezone(dt.UTC)
    (event,) = read_back(calendar(name="n", happenings=[Happening("a@b", on, "报送")], at=AT))
    assert (event.start, event.end) == (dt.date(2024, 8, 5), dt.date(2024, 8, 6))


def test_every_line_ends_with_both_characters_and_begin_meets_end():
    text = calendar(name="n", happenings=[Happening("a@b", AT, "一\n二", "三；四", "https://x.test/")], at=AT)
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    lines = text.split("\r\n")
    assert sum(line.startswith("BEGIN:") for line in lines) == sum(line.startswith("END:") for line in lines)


def test_a_text_cannot_begin_a_property_of_its_own():
    text = calendar(name="n", happenings=[Happening("a@b", AT, "报送\r\nATTACH:http://evil.test\rX:1")], at=AT)
    assert "\r\nATTACH" not in text
    assert "SUMMARY:报送\\nATTACH:http://evil.test\\nX:1" in unfolded(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n,;\\"), max_size=300))
def test_what_is_written_can_be_read_back(text):
    written = calendar(name="n", happenings=[Happening("a@b", AT, text, f"x{text}", "https://x.test/")], at=AT)
    assert all(len(piece.encode()) <= 75 for piece in written.split("\r\n"))
    (event,) = read_back(written)
    assert (event["SUMMARY"], event["DESCRIPTION"], event["URL"]) == (text, f"x{text}", "https://x.test/")
