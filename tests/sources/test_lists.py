"""The lists we carry, held against the pages they were read from (``printed/``)."""

import csv
import datetime as dt
import json
import math
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tasks_app.lib.text import normalise, squeeze
from tests.support.offenders import every
from tests.support.sources import text_of

FIXTURES = Path(__file__).parents[2] / "fixtures"
PRINTED = Path(__file__).with_name("printed")
SLUGS = ["haidong-2024-69", "haidong-2024-45", "haidong-2024-46"]
COUNTIES = ["乐都区", "平安区", "民和县", "互助县", "化隆县", "循化县"]
ITEM_KEYS = [
    "seq",
    "kind",
    "no",
    "path",
    "key_task",
    "sub_task",
    "title",
    "content",
    "lead_units",
    "assist_units",
    "responsible_units",
    "lead_text",
    "assist_text",
    "responsible_text",
    "counties",
    "deadline",
    "further_deadlines",
    "targets",
    "source",
    "doubts",
]


def _read(slug):
    return json.loads((FIXTURES / "lists" / f"{slug}.json").read_text(encoding="utf-8"))


def _rows(name):
    with (FIXTURES / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _lines(file):
    return text_of(PRINTED / file).split("\n")


def _page(source):
    """The printed lines an item was read from, blanks and line breaks removed."""
    first, last = source["lines"]
    return squeeze("".join(_lines(source["file"])[first - 1 : last]))


LISTS = {slug: _read(slug) for slug in SLUGS}
ITEMS_69 = LISTS["haidong-2024-69"]["items"]


def _each_item(what: str, check: Callable[..., None], slugs=SLUGS) -> None:
    """Every item of these lists against `check(slug, item)`, whose first assertion that fails is told of each."""
    with every(what) as at:
        for slug in slugs:
            for item in LISTS[slug]["items"]:
                with at(f"fixtures/lists/{slug}.json, item {item['seq']}"):
                    check(slug, item)


@pytest.mark.parametrize(
    ("slug", "kinds"),
    [
        ("haidong-2024-69", {"task": 194}),
        ("haidong-2024-45", {"task": 19, "duty": 15, "milestone": 14}),
        ("haidong-2024-46", {"task": 14}),
    ],
)
def test_list_has_as_many_items_as_the_document(slug, kinds):
    items = LISTS[slug]["items"]
    assert Counter(item["kind"] for item in items) == kinds
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))


def test_the_194_items_stand_under_8_chapters_and_29_sections():
    chapters = list(dict.fromkeys(item["path"][0] for item in ITEMS_69))
    assert [chapter[0] for chapter in chapters] == list("一二三四五六七八")
    assert len({tuple(item["path"]) for item in ITEMS_69}) == 29


def test_headings_of_the_194_items_are_printed_in_the_same_order():
    page = normalise((PRINTED / ITEMS_69[0]["source"]["file"]).read_text(encoding="utf-8"))
    at = 0
    for heading in dict.fromkeys(part for item in ITEMS_69 for part in _new_headings(item)):
        at = page.index(normalise(heading[-1]), at) + 1


def _new_headings(item):
    return [tuple(item["path"][:1]), tuple(item["path"])]


def test_items_have_the_uniform_keys_and_known_words():
    _each_item("see the format in fixtures/README.md", _uniform)


def _uniform(_slug, item):
    assert list(item) == ITEM_KEYS
    assert item["content"].strip() == item["content"] != ""
    assert item["path"]
    assert all(item["path"])
    assert len(set(item["lead_units"])) == len(item["lead_units"])
    assert len(set(item["assist_units"])) == len(item["assist_units"])
    assert set(item["counties"]) <= set(COUNTIES)
    for target in item["targets"]:
        assert target["kind"] in {"target", "breakdown", "scale", "parameter"}
        assert target["comparator"] in {"=", ">=", "<=", "~"}
        assert target["county"] in {"", *COUNTIES}
        assert target["subject"]
        assert target["unit"]


def test_contents_are_what_the_page_says():
    _each_item("copy the words of the printed page", _content_is_printed)


def _content_is_printed(_slug, item):
    assert squeeze(item["content"]) in _page(item["source"])


def test_targets_are_words_of_the_content_with_the_number_they_name():
    _each_item("quote the content, with its number", _targets_are_in_the_content)


def _targets_are_in_the_content(_slug, item):
    for target in item["targets"]:
        assert target["text"] in item["content"]
        assert f"{target['value']:g}" in target["text"]
        if target["value_max"] is not None:
            assert target["value_max"] > target["value"]
            assert f"{target['value_max']:g}" in target["text"]


def test_deadlines_are_dates_with_the_words_they_came_from():
    _each_item("a deadline is a date and the words it was read from", _deadline_is_quoted)


def _deadline_is_quoted(slug, item):
    for deadline in [item["deadline"], *item["further_deadlines"]]:
        if deadline is None:
            continue
        dt.date.fromisoformat(deadline["date"])
        assert deadline["basis"] in {"explicit", "default", "inferred"}
        if deadline["basis"] == "default":
            assert deadline == LISTS[slug]["default_due"] | {"basis": "default"}
        else:
            assert squeeze(deadline["text"]) in _near(item)


def _near(item):
    """The item's lines and the twenty before: one 到2024年底 may open a whole paragraph."""
    first, last = item["source"]["lines"]
    return _page(item["source"] | {"lines": [max(1, first - 20), last]})


def test_doubts_are_chinese_sentences_about_a_field():
    _each_item("write the doubt for who will decide it", _doubt_is_a_sentence)


def _doubt_is_a_sentence(_slug, item):
    for doubt in item["doubts"]:
        assert list(doubt) == ["code", "field", "text", "confidence", "suggestion"]
        assert doubt["confidence"] in {"high", "medium", "low"}
        assert doubt["text"].endswith("。")
        assert "OCR" not in doubt["text"]
        if doubt["code"] == "SUSPECT_TEXT":
            wrong = doubt["text"].split("”疑为")[0].removeprefix("原文“")
            assert wrong in item[doubt["field"]]


def test_items_of_the_194_stand_in_the_cells_of_their_rows():
    _each_item("copy the cells of the printed row", _stands_in_its_row, ["haidong-2024-69"])


def _stands_in_its_row(_slug, item):
    cells = item["source"]["cells"]
    printed = _lines(item["source"]["file"])[item["source"]["lines"][0] - 1]
    assert printed.split("\t") == cells
    assert cells[0] == item["no"] == str(item["seq"])
    assert item["content"] in [cell.strip() for cell in cells]
    assert item["lead_text"] in " ".join(cells)
    assert item["assist_text"] in " ".join(cells)


def test_key_tasks_are_printed_in_the_row_or_in_one_of_the_same_section():
    _each_item("take the heading that is printed in the section", _key_task_is_printed, ["haidong-2024-69"])


def _key_task_is_printed(_slug, item):
    section = [other for other in ITEMS_69 if other["path"] == item["path"]]
    printed = {cell for other in section for cell in other["source"]["cells"]}
    assert item["key_task"] in printed
    assert item["sub_task"] in printed | {""}


def test_county_splits_sum_to_their_total():
    seen = Counter()
    for item in ITEMS_69:
        parts = [target for target in item["targets"] if target["kind"] == "breakdown"]
        for total in {target["of"] for target in parts if "of" in target}:
            share = [target["value"] for target in parts if target.get("of") == total]
            assert math.isclose(sum(share), total), item["seq"]
            seen[item["seq"]] = total
    assert seen == {7: 129, 58: 6, 95: 5.84}


def test_item_7_is_split_among_the_six_counties_as_printed():
    split = {t["county"]: t["value"] for t in ITEMS_69[6]["targets"] if t["county"]}
    assert split == dict(zip(COUNTIES, [10, 5, 34, 27, 26, 27], strict=True))


def test_counties_of_an_item_are_named_in_its_text():
    _each_item("name only counties of the content", _counties_are_named, ["haidong-2024-69"])


def _counties_are_named(_slug, item):
    for county in item["counties"]:
        assert county[:2] in item["content"]


def test_every_row_that_was_shifted_or_may_have_lost_a_unit_says_so():
    codes = {item["seq"]: {doubt["code"] for doubt in item["doubts"]} for item in ITEMS_69}
    assert {n for n in codes if "SHIFT_RIGHT" in codes[n]} == {30, 54, 125}
    assert {n for n in codes if "SHIFT_LEFT" in codes[n]} == {79}
    assert {n for n in codes if "ASSIST_POSSIBLY_LOST" in codes[n]} == {30, 54}
    assert {n for n in codes if "GROUP_WITHOUT_MEMBERS" in codes[n]} == {103, 104, 105, 175}
    assert {n for n in codes if "LEAD_ASSIST_IN_ONE_CELL" in codes[n]} == set(range(115, 121))
    assert {n for n in codes if "MERGE_EXTENT_DOUBTFUL" in codes[n]} == {41, 44, 85, 123, 124}
    assert {n for n in codes if "TWO_DEADLINES" in codes[n]} == {147, 162}


def test_every_item_of_the_194_has_a_lead_and_19_have_a_printed_deadline():
    assert all(item["lead_units"] for item in ITEMS_69)
    bases = Counter(item["deadline"]["basis"] for item in ITEMS_69)
    assert bases == {"explicit": 19, "default": 175}


def test_items_without_a_lead_say_why():
    for slug, task_list in LISTS.items():
        for item in task_list["items"]:
            codes = {doubt["code"] for doubt in item["doubts"]}
            assert bool(item["lead_units"]) != bool(codes & {"NO_LEAD", "UNIT_NOT_NAMED"}), f"{slug} {item['seq']}"


def test_only_the_194_item_list_asks_for_monthly_reports():
    assert LISTS["haidong-2024-45"]["reporting_rule"] is None
    assert LISTS["haidong-2024-46"]["reporting_rule"] is None
    rule = LISTS["haidong-2024-69"]["reporting_rule"]
    first = dt.datetime.fromisoformat(rule["first_due_at"])
    assert first == dt.datetime(2024, 7, 10, 10, 0, tzinfo=dt.UTC)
    page = squeeze((PRINTED / "004_7a4d7d8a8a44c2ab.txt").read_text(encoding="utf-8"))
    assert squeeze(rule["text"]) in page


@pytest.mark.parametrize("slug", SLUGS)
def test_document_is_named_as_on_its_page(slug):
    document = LISTS[slug]["document"]
    page = normalise((PRINTED / document["source_file"]).read_text(encoding="utf-8"))
    assert normalise(document["number"]) in page
    assert squeeze(normalise(document["title"].removeprefix(document["issuer"]))) in squeeze(page)
    assert squeeze(normalise(LISTS[slug]["list_title"])) in squeeze(page)
    assert dt.date.fromisoformat(document["issue_date"]).year == LISTS[slug]["year"]


def test_csv_and_json_of_the_194_items_agree():
    raw = (FIXTURES / "lists" / "haidong-2024-69.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "a CSV without BOM opens as garbage in Excel"
    rows = _rows("lists/haidong-2024-69.csv")
    assert len(rows) == len(ITEMS_69)
    for row, item in zip(rows, ITEMS_69, strict=True):
        assert row == {
            "序号": item["no"],
            "章": item["path"][0],
            "节": item["path"][1],
            "重点任务": " / ".join(filter(None, [item["key_task"], item["sub_task"]])),
            "工作事项和年度目标成果": item["content"],
            "牵头单位": "、".join(item["lead_units"]),
            "配合单位": "、".join(item["assist_units"]),
            "完成时限": item["deadline"]["date"],
        }
