"""Units as the data files have them."""

import pytest
from django.core.management import call_command

from tasks_app.audit.models import Event
from tasks_app.lib.errors import Refused
from tasks_app.units.actions import add_unit, sync_units
from tasks_app.units.models import Jurisdiction, Unit
from tasks_app.units.queries import NameBook, members_by_group
from tests.factories import beijing

AT = beijing("2024-08-02 09:00")
PLACES = [
    {"code": code, "name": name, "short_name": name, "kind": "prefecture", "parent_code": "", "order": "1"}
    for code, name in (("630200", "海东市"), ("632801", "格尔木市"))
]


def sync(**rows) -> int:
    return sync_units(**{"jurisdictions": PLACES, "units": [], "aliases": [], "groups": [], **rows}, by=None, at=AT)


def unit(name: str, place: str = "630200", **words: str) -> dict[str, str]:
    row = {"jurisdiction_code": place, "name": name, "kind": "municipal_department", "county_code": "", "order": "1"}
    return {**row, **words}


def test_two_jurisdictions_may_each_have_a_unit_of_the_same_name(db):
    sync(units=[unit("市教育局"), unit("市教育局", "632801")])
    assert Unit.objects.filter(name="市教育局").count() == 2
    books = [NameBook(place) for place in Jurisdiction.objects.order_by("code")]
    found = [book.find("市教育局") for book in books]
    assert [each.jurisdiction.name for each in found] == ["海东市", "格尔木市"]


def test_an_alias_finds_the_unit_of_its_own_jurisdiction_only(db):
    alias = {"jurisdiction_code": "630200", "alias": "市教委", "unit": "市教育局"}
    sync(units=[unit("市教育局"), unit("市教育局", "632801")], aliases=[alias])
    here, there = (NameBook(place) for place in Jurisdiction.objects.order_by("code"))
    assert here.find("市教委").name == "市教育局"
    assert there.find("市教委") is None


def test_syncing_twice_writes_nothing_and_records_nothing(db):
    rows = [unit("市教育局"), unit("各局", kind="group")]
    groups = [{"jurisdiction_code": "630200", "group": "各局", "member": "市教育局"}]
    assert sync(units=rows, groups=groups) == 5
    events = Event.objects.count()
    assert sync(units=rows, groups=groups) == 0
    assert Event.objects.count() == events


def test_a_corrected_row_is_one_write(db):
    sync(units=[unit("市教育局")])
    assert sync(units=[unit("市教育局", order="7")]) == 1
    assert Unit.objects.get().order == 7


def test_members_of_a_group_come_in_official_order(db):
    units = [unit("乙局", order="2"), unit("甲局", order="1"), unit("各局", kind="group")]
    groups = [{"jurisdiction_code": "630200", "group": "各局", "member": name} for name in ("乙局", "甲局")]
    sync(units=units, groups=groups)
    members = members_by_group(Jurisdiction.objects.get(code="630200"))
    assert [[each.name for each in group] for group in members.values()] == [["甲局", "乙局"]]


def test_loading_the_real_units_twice_writes_nothing(haidong):
    events = Event.objects.count()
    call_command("load_lists", verbosity=0)
    assert Event.objects.count() == events


def test_a_place_on_the_tile_map_is_kept_and_written_once(db):
    row = {
        "jurisdiction_code": "630200",
        "unit": "海东工业园区管委会",
        "short_name": "工业园区",
        "row": "1",
        "column": "3",
    }
    park = unit("海东工业园区管委会")
    assert sync(units=[park], tiles=[row]) == 4
    assert sync(units=[park], tiles=[row]) == 0
    kept = Unit.objects.get()
    assert (kept.brief, kept.tile_row, kept.tile_column) == ("工业园区", 1, 3)


def test_a_unit_that_is_added_stands_behind_the_others_of_its_city(db):
    sync(units=[unit("市教育局", order="7"), unit("市教育局", "632801", order="90")])
    place = Jurisdiction.objects.get(code="630200")
    added = add_unit(jurisdiction=place, name=" 市体育局 ", kind="municipal_department", by=None, at=AT)
    assert (added.name, added.order) == ("市体育局", 8)
    with pytest.raises(Refused, match="已经在单位名录中"):
        add_unit(jurisdiction=place, name="市教育局", kind="municipal_department", by=None, at=AT)
