"""缺联络员的单位: over all lists that a person keeps, the units that owe reports and have nobody to write them."""

import pytest

from tasks_app.accounts.models import Membership
from tasks_app.catalogue.models import TaskList
from tasks_app.roster.queries import roster_lines, vacancies

PAGE = "/roster/vacancies/"


def names(found):
    return [vacancy.unit.name for vacancy in found]


def test_they_are_the_units_to_which_the_roster_gives_an_alarm(world):
    found = vacancies(TaskList.objects.all())
    assert names(found) == [line.unit.name for line in roster_lines(world.task_list) if line.alarm]
    assert names(found) == ["平安区政府", "海东工业园区管委会"]


def test_each_says_on_which_lists_and_how_many_of_its_tasks_are_open(world):
    before = {vacancy.unit.name: vacancy.lists for vacancy in vacancies(TaskList.objects.all())}
    ((task_list, open_tasks),) = before["平安区政府"]
    assert task_list == world.task_list
    task = world.task(1)
    assert task.obligations.filter(unit=world.units["平安区政府"]).exists()
    task.closed_on = "2024-08-01"
    task.save()
    after = {vacancy.unit.name: vacancy.lists for vacancy in vacancies(TaskList.objects.all())}
    assert after["平安区政府"] == [(task_list, open_tasks - 1)]


def test_who_leaves_the_post_leaves_a_vacancy(world):
    assert "市住房建设局" not in names(vacancies(TaskList.objects.all()))
    Membership.objects.filter(unit=world.units["市住房建设局"], role="liaison").update(active=False)
    assert "市住房建设局" in names(vacancies(TaskList.objects.all()))


def test_coordinator_and_administrator_find_them_from_the_roster_with_the_way_on(world, signed_in):
    for who in ("coordinator", "administrator"):
        assert f'href="{PAGE}"' in signed_in(who).get("/lists/test-2024/roster/").text
        html = signed_in(who).get(PAGE).text
        assert "平安区政府" in html
        assert "/lists/test-2024/roster/" in html
    assert f'href="{PAGE}"' in signed_in("administrator").get("/").text


def test_only_who_enters_the_back_office_is_led_there(world, signed_in):
    unit = world.units["平安区政府"].pk
    assert f"/admin/tasks_app/unit/{unit}/change/" in signed_in("administrator").get(PAGE).text
    html = signed_in("coordinator").get(PAGE).text
    assert "/admin/" not in html
    assert "请管理员先为该单位设联络员" in html


def test_a_coordinator_sees_only_the_lists_that_the_own_unit_coordinates(world, signed_in):
    TaskList.objects.update(coordinating_unit=world.units["市教育局"])
    html = signed_in("coordinator").get(PAGE).text
    assert "平安区政府" not in html
    assert "应报送的单位都有联络员" in html


@pytest.mark.parametrize("who", ["liaison", "head", "supervisor", "leader"])
def test_others_are_told_whose_page_it_is(world, signed_in, who):
    for address in (PAGE, "/roster/vacancies.csv"):
        answer = signed_in(who).get(address)
        assert answer.status_code == 403
        assert "由汇总员和管理员查看" in answer.text


def test_the_file_has_a_row_per_unit_and_list(world, signed_in):
    answer = signed_in("coordinator").get("/roster/vacancies.csv")
    heading, *rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert heading == "单位,清单,文号,未销号任务"
    assert [row.split(",")[0] for row in rows] == ["平安区政府", "海东工业园区管委会"]
    assert world.task_list.title in rows[0]
