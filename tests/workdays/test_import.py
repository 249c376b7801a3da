"""A year's calendar from a file: whole or not at all; and the warning when it is missing."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from tasks_app.audit.models import Event
from tasks_app.lib.errors import Refused
from tasks_app.workdays.actions import import_days, sync_days
from tasks_app.workdays.models import DayException
from tasks_app.workdays.queries import calendar_warning
from tasks_app.workdays.rules import missing_year
from tests.factories import beijing

AT = beijing("2026-11-20 10:00")
GOOD = "date,is_workday,name\n2027-01-01,0,元旦\n2027-10-09,1,国庆节调休上班\n"

pytestmark = pytest.mark.django_db


def take(text: str, encoding: str = "utf-8") -> tuple[int, int]:
    return import_days(data=text.encode(encoding), by=None, at=AT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_taken_over_and_again_changes_nothing(encoding):
    assert take(GOOD, encoding) == (2, 0)
    assert take(GOOD, encoding) == (0, 0)
    assert DayException.objects.get(day="2027-10-09").name == "国庆节调休上班"
    assert Event.objects.filter(verb="workdays.import").count() == 1


def test_a_day_that_somebody_corrected_stays_when_the_data_files_are_loaded_again():
    names = ("date", "is_workday", "name")
    rows = [dict(zip(names, row, strict=True)) for row in (("2027-01-01", "0", "元旦"), ("2027-10-09", "1", "调休"))]
    DayException.objects.create(day="2027-10-09", is_workday=False, name="改为休息")
    assert [sync_days(rows=rows, by=None, at=AT) for _again in range(2)] == [1, 0]
    assert not DayException.objects.get(day="2027-10-09").is_workday


def test_the_years_in_the_file_become_what_it_says_and_others_stay():
    DayException.objects.create(day="2026-10-01", is_workday=False, name="国庆节")
    take(GOOD)
    assert take("date,is_workday,name\n2027-01-01,0,新年\n") == (0, 2)
    assert sorted(map(str, DayException.objects.all())) == ["2026-10-01 国庆节", "2027-01-01 新年"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2027-13-01,0,元旦", "第 3 行：日期“2027-13-01”无法识别"),
        ("2027-10-01,休,国庆节", "第 3 行：is_workday“休”无法识别"),
        ("2027-10-01,0,", "第 3 行：name 要填"),
        ("2027-01-01,0,元旦", "第 3 行：2027-01-01 出现了两次"),
        ("2027-10-04,1,上班", "第 3 行：2027-10-04 是星期一，本来就上班"),
        ("2027-10-02,0,国庆节", "第 3 行：2027-10-02 是星期六，本来就休息"),
    ],
)
def test_one_bad_row_refuses_the_whole_file_and_is_named(row, says):
    with pytest.raises(Refused, match=says):
        take(f"date,is_workday,name\n2027-01-01,0,元旦\n{row}\n")
    assert not DayException.objects.exists()


def test_every_bad_row_is_named_at_once(tmp_path):
    file = tmp_path / "days.csv"
    file.write_text("date,is_workday,name\nx,0,元旦\ny,0,元旦\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"没有导入任何一天[\s\S]+第 2 行[\s\S]+第 3 行"):
        call_command("import_workdays", str(file))


def test_a_file_without_its_columns_says_which():
    with pytest.raises(Refused, match="缺少列 is_workday、name"):
        take("date\n2027-01-01\n")


@pytest.mark.parametrize(
    ("today", "years", "missing"),
    [
        ("2026-10-31", {2026}, None),
        ("2026-11-01", {2026}, 2027),
        ("2026-12-31", {2026, 2027}, None),
        ("2027-01-01", {2026}, 2027),
    ],
)
def test_next_years_calendar_is_missed_from_november_on(today, years, missing):
    assert missing_year(known_years=years, today=dt.date.fromisoformat(today)) == missing


def test_the_warning_states_the_fallback_and_goes_with_the_import():
    DayException.objects.create(day="2026-10-01", is_workday=False, name="国庆节")
    assert "2027 年的提醒暂按周一至周五" in calendar_warning(today=AT.date())
    take(GOOD)
    assert calendar_warning(today=AT.date()) == ""
