"""Calendars that calendar programs can read."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tasks_app.lib.icalendar import Happening, calendar, escaped, folded
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "")


def unescaped(text: str) -> str:
    out, chars = "", iter(text)
    for char in chars:
        if char == "\\":
            char = {"n": "\n"}.get(following := next(chars), following)
        out += char
    return out


def test_a_moment_is_told_on_beijings_clock_with_the_zone_described():
    due = dt.datetime(2024, 8, 5, 10, 0, tzinfo=dt.UTC)
    text = calendar(name="我的时限", happenings=[Happening("a@b", due, "报送")], at=AT)
    assert "DTSTART;TZID=Asia/Shanghai:20240805T180000\r\n" in text
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n" in text
    assert "DTSTAMP:20240802T020000Z\r\n" in text


def test_a_day_lasts_until_the_next_one():
    text = calendar(name="n", happenings=[Happening("a@b", dt.date(2024, 12, 31), "到期")], at=AT)
    assert "DTSTART;VALUE=DATE:20241231\r\nDTEND;VALUE=DATE:20250101\r\n" in text


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
    line = folded(f"SUMMARY:{escaped(text)}")
    assert all(len(piece.encode()) <= 75 for piece in line.split("\r\n"))
    assert unescaped(unfolded(line).removeprefix("SUMMARY:")) == text
