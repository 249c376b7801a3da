import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks_app.lib.text import normalise
from tasks_app.units.rules import split_units
from tests.support.offenders import every

FIXTURES = Path(__file__).parents[2] / "fixtures"
CELLS = json.loads(Path(__file__).with_name("cells.json").read_text(encoding="utf-8"))


def _haidong() -> dict[str, str]:
    """Every name and alias of Haidong, each with the unit it means."""
    meant = {}
    with (FIXTURES / "units.csv").open(encoding="utf-8", newline="") as lines:
        meant |= {r["name"]: r["name"] for r in csv.DictReader(lines) if _is_haidong(r)}
    with (FIXTURES / "unit_aliases.csv").open(encoding="utf-8", newline="") as lines:
        meant |= {r["alias"]: r["unit"] for r in csv.DictReader(lines) if _is_haidong(r)}
    return meant


def _is_haidong(row: dict[str, str]) -> bool:
    return row["jurisdiction_code"] == "630200"


MEANT = _haidong()
BY_KEY = {normalise(written): unit for written, unit in MEANT.items()}
NAMES_ALONE = sorted(set(MEANT.values()))


def _understood(cell: str) -> list[str | None]:
    return [BY_KEY.get(normalise(name)) for name in split_units(cell, MEANT)]


def test_all_ninety_cells_of_the_194_item_list_are_there():
    assert len(CELLS) == 90


def _each_cell_is_read(written: Callable[[str], str]) -> None:
    with every("the units printed in a cell of the 194-item list") as at:
        for cell in CELLS:
            with at(cell["raw"]):
                assert _understood(written(cell["raw"])) == cell["units"]


def test_cells_of_the_194_item_list_are_read_as_their_units():
    _each_cell_is_read(lambda raw: raw)


def test_cells_are_read_the_same_with_line_breaks_for_blanks():
    _each_cell_is_read(lambda raw: raw.replace(" ", "\n"))


def test_cells_are_read_the_same_with_blanks_round_the_separators():
    _each_cell_is_read(lambda raw: raw.replace("、", " 、 ").replace("，", " ， "))


def test_a_shared_ending_is_given_back_even_when_short_county_names_are_not_aliases():
    assert split_units("市自然资源规划局、乐都区、平安区、互助县、民和县政府", NAMES_ALONE) == [
        "市自然资源规划局",
        "乐都区政府",
        "平安区政府",
        "互助县政府",
        "民和县政府",
    ]
    assert split_units("化隆县、循化县政府 及园区管委会", NAMES_ALONE) == [
        "化隆县政府",
        "循化县政府",
        "园区管委会",
    ]


def test_a_shared_ending_is_given_back_to_places_nobody_knows_yet():
    assert split_units("城东区、城西区人民政府", []) == ["城东区人民政府", "城西区人民政府"]


def test_a_park_does_not_take_the_ending_of_the_government_after_it():
    assert split_units("河湟新区、乐都区政府", []) == ["河湟新区", "乐都区政府"]


def test_a_county_does_not_take_the_ending_of_a_committee_after_it():
    assert split_units("乐都区、甲乙园区管委会", []) == ["乐都区", "甲乙园区管委会"]


def test_a_department_does_not_take_the_ending_of_a_government():
    assert split_units("市教育局、乐都区政府", []) == ["市教育局", "乐都区政府"]


def test_the_ending_stops_at_a_name_that_is_no_place():
    assert split_units("乐都区、市教育局、民和县政府", []) == ["乐都区", "市教育局", "民和县政府"]


@pytest.mark.parametrize(
    "cell", ["各县（市、区）政府", "各县（市、区）人民政府", "各县(市、区)政府", "市直各部门（委、办、局）"]
)
def test_a_collective_with_a_separator_in_brackets_is_never_split(cell):
    assert split_units(cell, []) == [cell]


def test_a_known_name_with_a_separator_outside_brackets_stays_whole():
    names = ["市委、市政府督查室", "市教育局"]
    assert split_units("市教育局、市委、市政府督查室", names) == ["市教育局", "市委、市政府督查室"]


def test_brackets_stay_with_their_unit():
    assert _understood("市住房建设局（市房产局）、市城管局、市公安局（交警支队）") == [
        "市住房建设局",
        "市城管局",
        "市公安局交警支队",
    ]
    assert _understood("市住房建设局\n（ 市房产局 ）、市城管局") == ["市住房建设局", "市城管局"]


def test_a_name_broken_by_blanks_or_lines_is_put_together():
    assert _understood("市司法局 、市\n城管局 、市住房建设局、市 自然资源规划局，各城镇管道\n经营单位") == [
        "市司法局",
        "市城管局",
        "市住房建设局",
        "市自然资源规划局",
        "各城镇管道经营单位",
    ]


def test_a_broken_name_nobody_knows_is_put_together_too():
    assert split_units("市 民族宗教局 市 体育局", []) == ["市民族宗教局", "市体育局"]


def test_complete_names_nobody_knows_are_cut_at_the_blank():
    assert split_units("市民族宗教局 市体育局", []) == ["市民族宗教局", "市体育局"]


@pytest.mark.parametrize("sign", ["、", "，", ",", "；", ";", " ", "\n", "\t", "　", "ꎬ", "ꎻ", "/", " 及", "和"])
def test_every_separator_in_use_separates_two_known_units(sign):
    assert _understood(f"市教育局{sign}市财政局") == ["市教育局", "市财政局"]


def test_and_inside_a_name_does_not_cut_it():
    assert _understood("市工业和信息化局、民和县政府") == ["市工业信息化局", "民和县政府"]
    assert split_units("市工业和信息化局", []) == ["市工业和信息化局"]


def test_a_known_name_with_ji_inside_survives_beside_another_unit():
    names = ["市疾控及监督中心", "市教育局"]
    assert split_units("市疾控及监督中心及市教育局", names) == ["市疾控及监督中心", "市教育局"]


def test_what_belongs_to_a_unit_is_not_cut_off():
    assert split_units("市教育局及其所属学校", ["市教育局"]) == ["市教育局及其所属学校"]


@pytest.mark.parametrize(
    "cell",
    [
        "市教育局、市财政局等",
        "市教育局、市财政局等单位",
        "市教育局、市财政局等2个部门",
        "责任单位：市教育局、市财政局",
        "牵头单位: 市教育局、市财政局。",
        "市教育局、市财政局按职责分工负责。",
        "市教育局、市财政局、市教育局",
    ],
)
def test_words_around_the_names_are_dropped(cell):
    assert _understood(cell) == ["市教育局", "市财政局"]


def test_a_collective_after_deng_is_kept_for_somebody_to_decide():
    assert split_units("市教育局等有关部门", ["市教育局"]) == ["市教育局", "有关部门"]


@pytest.mark.parametrize("cell", ["", "  \n", "—", "-", "无", "、"])
def test_an_empty_cell_names_nobody(cell):
    assert split_units(cell, MEANT) == []


def test_an_unknown_name_is_kept_as_printed():
    assert split_units("市教育局、市外星事务局", MEANT) == ["市教育局", "市外星事务局"]


def test_matching_ignores_width_and_blanks_but_never_guesses():
    by_key = {normalise("12345市民热线办"): 1, normalise("互助县政府"): 2}
    assert by_key.get(normalise("１２３４５ 市民热线办")) == 1
    assert by_key.get(normalise("民和县政府")) is None
    assert by_key.get(normalise("互助县")) is None
