"""Jurisdictions, units, aliases and groups as data."""

import csv
import json
from collections import Counter
from pathlib import Path

from tasks_app.lib.text import normalise
from tasks_app.units.rules import split_units
from tests.support.offenders import every

FIXTURES = Path(__file__).parents[2] / "fixtures"
KINDS = {
    "municipal_department",
    "county_government",
    "park_committee",
    "state_enterprise",
    "public_institution",
    "vertical_agency",
    "office",
    "group",
}


def _rows(name):
    with (FIXTURES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


JURISDICTIONS = {row["code"]: row for row in _rows("jurisdictions.csv")}
UNITS = _rows("units.csv")
ALIASES = _rows("unit_aliases.csv")
GROUPS = _rows("unit_groups.csv")
TILES = _rows("unit_tiles.csv")
LISTS = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((FIXTURES / "lists").glob("*.json"))]


def _by_key(code):
    units = {normalise(row["name"]): row["name"] for row in UNITS if row["jurisdiction_code"] == code}
    aliases = {normalise(row["alias"]): row["unit"] for row in ALIASES if row["jurisdiction_code"] == code}
    return units | aliases


def test_haidong_has_six_counties_in_the_official_order():
    counties = sorted(
        (row for row in JURISDICTIONS.values() if row["parent_code"] == "630200"),
        key=lambda row: int(row["order"]),
    )
    assert [row["short_name"] for row in counties] == [
        "乐都区",
        "平安区",
        "民和县",
        "互助县",
        "化隆县",
        "循化县",
    ]
    assert [row["code"] for row in counties] == sorted(row["code"] for row in counties)


def test_every_jurisdiction_lies_in_the_one_its_code_says():
    for code, row in JURISDICTIONS.items():
        above = {"province": "", "prefecture": code[:2] + "0000", "county": code[:4] + "00"}
        assert row["parent_code"] == above[row["kind"]]
        assert row["parent_code"] in {"", *JURISDICTIONS}


def test_unit_names_are_unique_within_their_jurisdiction_only():
    names = Counter((row["jurisdiction_code"], normalise(row["name"])) for row in UNITS)
    assert max(names.values()) == 1
    assert {row["jurisdiction_code"] for row in UNITS if row["name"] == "市教育局"} == {
        "630200",
        "632801",
    }


def test_units_have_known_kinds_and_places():
    for row in UNITS:
        assert row["kind"] in KINDS
        assert row["jurisdiction_code"] in JURISDICTIONS
        assert (row["kind"] == "county_government") == bool(row["county_code"])
        if row["county_code"]:
            county = JURISDICTIONS[row["county_code"]]
            assert row["name"] == county["short_name"] + "政府"
            assert county["parent_code"] == row["jurisdiction_code"]


def test_order_of_units_is_unambiguous():
    orders = Counter((row["jurisdiction_code"], int(row["order"])) for row in UNITS)
    assert max(orders.values()) == 1


def test_aliases_are_unique_in_their_jurisdiction_and_mean_a_unit():
    units = {(row["jurisdiction_code"], row["name"]) for row in UNITS}
    written = Counter((row["jurisdiction_code"], normalise(row["name"])) for row in UNITS)
    written += Counter((row["jurisdiction_code"], normalise(row["alias"])) for row in ALIASES)
    assert max(written.values()) == 1
    for row in ALIASES:
        assert (row["jurisdiction_code"], row["unit"]) in units
        assert row["note"], "say where the form was seen"


def test_group_members_exist_and_are_no_groups_themselves():
    kinds = {(row["jurisdiction_code"], row["name"]): row["kind"] for row in UNITS}
    for row in GROUPS:
        assert kinds[row["jurisdiction_code"], row["group"]] == "group"
        assert kinds[row["jurisdiction_code"], row["member"]] != "group"


def test_counties_are_the_only_group_whose_members_the_documents_list():
    members = Counter(row["group"] for row in GROUPS)
    assert members == {"各县区政府": 6}
    groups = {row["name"]: row for row in UNITS if row["kind"] == "group"}
    assert set(groups) == {"各县区政府", "园区管委会", "各城镇管道经营单位", "市直有关部门"}
    assert all("未列成员" in groups[name]["note"] for name in set(groups) - set(members))


def _items():
    """Every item with its list and where it stands."""
    for task_list in LISTS:
        for item in task_list["items"]:
            yield f"fixtures/lists/{task_list['slug']}.json, item {item['seq']}", task_list, item


def _names(task_list):
    return {row["name"] for row in UNITS if row["jurisdiction_code"] == task_list["jurisdiction_code"]}


def test_who_coordinates_and_supervises_a_list_is_a_unit_of_its_jurisdiction():
    with every("add the unit to fixtures/units.csv") as at:
        for task_list in LISTS:
            with at(task_list["slug"]):
                assert task_list["coordinating_unit"] in _names(task_list)
                assert task_list["supervising_unit"] in _names(task_list)


def test_every_unit_of_an_item_is_a_unit_of_its_jurisdiction():
    names = {task_list["slug"]: _names(task_list) for task_list in LISTS}
    with every("add the unit to fixtures/units.csv") as at:
        for where, task_list, item in _items():
            with at(where):
                for role in ("lead_units", "assist_units", "responsible_units"):
                    assert set(item[role]) <= names[task_list["slug"]]


def test_printed_cells_are_read_as_the_units_we_carry():
    by_key = {task_list["slug"]: _by_key(task_list["jurisdiction_code"]) for task_list in LISTS}
    vocabulary = [row["name"] for row in UNITS] + [row["alias"] for row in ALIASES]
    with every("the units that the printed cell names") as at:
        for where, task_list, item in _items():
            with at(where):
                _cells_are_its_units(item, by_key[task_list["slug"]], vocabulary)


def _cells_are_its_units(item, by_key, vocabulary):
    read = {
        role: [by_key.get(normalise(name)) for name in split_units(item[f"{role}_text"], vocabulary)]
        for role in ("lead", "assist", "responsible")
    }
    if item["lead_text"] and item["responsible_text"]:  # 46号: 责任单位 assist the 牵头单位
        assert (read["lead"], read["responsible"]) == (item["lead_units"], item["assist_units"])
    elif item["responsible_text"]:  # 45号: only 责任单位, so all of them lead
        assert read["responsible"] == item["lead_units"]
    elif item["lead_text"]:
        assert (read["lead"], read["assist"]) == (item["lead_units"], item["assist_units"])


def test_each_county_and_park_of_haidong_has_a_place_of_its_own_on_the_tile_map():
    boards = {
        row["name"]
        for row in UNITS
        if row["jurisdiction_code"] == "630200" and row["kind"] in {"county_government", "park_committee"}
    }
    assert {row["unit"] for row in TILES} == boards
    assert len({(row["row"], row["column"]) for row in TILES}) == len(TILES)
