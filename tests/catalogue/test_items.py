"""Who is in charge of an item, as documents name its units; how a log names many items."""

from dataclasses import replace

import pytest

from tasks_app.audit.models import Event
from tasks_app.catalogue.actions import apply_items
from tasks_app.catalogue.items import in_charge
from tests.factories import ITEMS, beijing


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"lead_units": ["甲"], "assist_units": ["乙"]}, (("甲",), ("乙",))),
        ({"lead_units": [], "assist_units": [], "responsible_units": ["甲", "乙"]}, (("甲", "乙"), ())),
        ({"lead_units": [], "assist_units": ["丙"], "responsible_units": ["甲"]}, (("甲",), ("丙",))),
        ({"lead_units": ["甲"], "assist_units": ["乙"], "responsible_units": ["丙"]}, (("甲",), ("乙", "丙"))),
    ],
)
def test_units_that_are_only_responsible_lead_alone_and_assist_beside_a_lead(named, expected):
    assert in_charge(named) == expected


def test_a_log_names_many_numbers_in_spans(world):
    by, at = world.people["administrator"], beijing("2024-08-02 10:00")
    items = [replace(ITEMS[3], seq=seq, no=str(seq)) for seq in (5, 6, 7, 9, 11, 12)]
    apply_items(task_list=world.task_list, items=items, by=by, at=at)
    (event,) = Event.objects.filter(verb="catalogue.add_tasks", at=at)
    assert event.after["seqs"] == ["5-7", "9", "11-12"]
