"""`./scripts/test --changed` runs what a change can break, `--quick` what carries its name."""

import pytest

from tests.support.changed import breakable, touched

RULE, VIEW, TEMPLATE = "tasks_app/scores/rules.py", "tasks_app/web/scores/views.py", "templates/scores/rules.html"


@pytest.mark.parametrize("change", [RULE, VIEW, TEMPLATE])
def test_a_change_reaches_its_own_tests_its_pages_and_those_that_look_at_everything(change):
    named = breakable([change])
    assert {"tests/web/scores/test_pages.py", "tests/test_access.py", "tests/journeys/test_scores.py"} <= set(named)
    assert ("tests/scores/test_rules.py" in named) == (change == RULE)
    assert "tests/web/bulletins/test_pages.py" not in named
    assert "tests/units/test_rules.py" not in named


def test_a_change_below_reaches_whoever_imports_it_at_second_hand():
    named = set(breakable(["tasks_app/lib/dates.py"]))
    assert {"tests/scores/test_rules.py", "tests/web/bulletins/test_pages.py", "tests/journeys/test_month.py"} <= named


def test_a_changed_helper_of_the_tests_reaches_those_that_use_it():
    named = breakable(["tests/scores/conftest.py"])
    assert "tests/scores/test_actions.py" in named
    assert "tests/bulletins/test_actions.py" not in named


def test_a_module_that_is_named_in_a_string_counts_as_imported():
    named = breakable(["tasks_app/workbook/opening.py"])
    assert "tests/web/reporting/test_workbook.py" in named


def test_a_template_that_another_area_includes_reaches_both():
    both = breakable(["templates/catalogue/_facts.html"])
    assert "tests/web/catalogue/test_task.py" in both


@pytest.mark.parametrize(
    "change",
    [
        "pyproject.toml",
        "tasks_app/migrations/0001_initial.py",
        "fixtures/units.csv",
        "tasks_app/management/commands/tick.py",
        "tasks_app/lib/apart_child.py",
        "tasks_app/templatetags/tight.py",
    ],
)
def test_what_imports_do_not_tell_can_break_everything(change):
    assert breakable([change, RULE]) == ["tests"]


def test_what_was_touched_is_named_by_room_and_area():
    assert touched([RULE, VIEW, TEMPLATE]) == ["tests/scores", "tests/web/scores"]
    assert touched(["tests/units/test_rules.py", "docs/deploy.md"]) == ["tests/units/test_rules.py"]


def test_what_no_folder_of_tests_is_named_for_is_not_passed_over():
    assert touched(["templates/_parts/field.html"]) == ["tests"]
    assert "tests/web/reporting/test_workbook.py" in touched(["tasks_app/workbook/opening.py"])
    assert "tests/test_admin.py" in touched(["tasks_app/admin/people.py"])
