"""The demo can be loaded on any day: its month must not fall over the list that begins on the day itself."""

from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from tasks_app import clock
from tasks_app.catalogue.models import TaskList
from tasks_app.reporting.models import MonthlyReport
from tests.factories import beijing


@pytest.mark.slow
@pytest.mark.parametrize("loaded_at", ["2026-07-09 08:30", "2026-08-01 00:30", "2026-08-01 23:30", "2026-08-05 23:59"])
def test_the_story_plays_up_to_any_day_and_leaves_the_present_list_to_the_visitor(db, settings, loaded_at):
    settings.DEMO, settings.CLOCK_SHIFT_YEARS = True, 2
    with time_machine.travel(beijing(loaded_at), tick=False):
        call_command("load_lists", verbosity=0, stdout=StringIO())
        call_command("seed_demo", stdout=StringIO())
        present = TaskList.objects.latest("pk")
        assert present.starts_on == clock.now().date()
        reports = MonthlyReport.objects.filter(period__task_list=present)
        assert reports.count() == 3
        assert not reports.exclude(first_submitted_at=None).exists()
