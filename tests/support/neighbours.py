"""A second list beside the small city's: the same jurisdiction and some of the same units, another coordinator.

What a test asks of "the coordinator's lists" it can only tell apart from "all lists" where there are two.
"""

import datetime as dt
from dataclasses import replace

from django.contrib.auth.hashers import make_password

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership
from tasks_app.catalogue.actions import apply_items, save_list
from tasks_app.catalogue.items import Item
from tasks_app.reminders.actions import Rung, save_ladder
from tasks_app.reminders.choices import Audience
from tasks_app.schedule.actions import derive_obligations, save_rule
from tests.factories import PASSWORD, START, YEAR_END, World, beijing

ITEMS = (
    Item(
        seq=1,
        no="1",
        path=("一、民生实事",),
        key_task="办好民生实事",
        content="新建公办幼儿园 12 所。",
        lead_units=("市住房建设局",),
        assist_units=("各县区政府", "市发展改革委"),
        due_on=YEAR_END,
        due_basis="default",
    ),
    Item(
        seq=2,
        no="2",
        path=("一、民生实事",),
        key_task="办好民生实事",
        content="建成口袋公园 9 处。",
        lead_units=("海东工业园区管委会",),
        due_on=dt.date(2024, 7, 31),
        due_text="7月底前",
        due_basis="explicit",
    ),
)


def with_neighbours(world: World) -> World:
    """The second list, with its periods open until 2024-08-02, as a world of its own: there `coordinator` is the
    second coordinator, and `neighbour` the first. `twice` reports for one unit and is the head of another."""
    at = beijing("2024-07-09 09:30")
    coordinating = world.units["市教育局"]
    task_list = save_list(
        slug="other-2024",
        document={
            "number": "东政办〔2024〕70号",
            "title": "海东市2024年民生实事清单的通知",
            "issuer": "海东市人民政府办公室",
            "issued_on": START,
        },
        values={
            "title": "海东市2024年民生实事清单",
            "jurisdiction": coordinating.jurisdiction,
            "coordinating_unit": coordinating,
            "year": 2024,
            "starts_on": START,
        },
        by=None,
        at=at,
    )
    apply_items(task_list=task_list, items=ITEMS, by=None, at=at)
    values = {"day": 8, "first_due_at": beijing("2024-07-11 18:00"), "assisting_kinds": ["county_government"]}
    save_rule(task_list=task_list, values=values, by=None, at=at)
    save_ladder(task_list=task_list, steps=[Rung(-2, dt.time(9), Audience.LIAISON)], by=None, at=at)
    derive_obligations(task_list=task_list, by=None, at=at)
    people = world.people
    people["twice"] = add_person(
        username="twice",
        name="两个岗位",
        email="twice@example.test",
        password_hash=make_password(PASSWORD),
        unit=world.units["平安区政府"],
        role=Role.LIAISON,
        by=None,
        at=at,
    )
    Membership.objects.create(user=people["twice"], unit=world.units["海东工业园区管委会"], role=Role.HEAD)
    theirs = {**people, "coordinator": people["neighbour"], "neighbour": people["coordinator"]}
    other = replace(world, task_list=task_list, people=theirs)
    other.open("2024-08-02 10:00")
    return other
