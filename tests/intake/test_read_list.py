"""manage.py read_list: prints what was understood, writes nothing."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.intake.understanding.build import described

FIELDS = {
    "no",
    "path",
    "title",
    "content",
    "lead_units",
    "assist_units",
    "responsible_units",
    "deadline",
    "targets",
    "source",
    "doubts",
}


@pytest.fixture
def saved(tmp_path):
    def save(name):
        file, content = described(name)
        path = tmp_path / file
        path.write_bytes(content)
        return path

    return save


def _printed(path, *options):
    out = io.StringIO()
    call_command("read_list", str(path), *options, stdout=out)
    return out.getvalue()


def test_json_has_the_promised_fields_without_a_database(saved):
    found = json.loads(_printed(saved("two_row_xlsx.book"), "--json"))
    assert {"document", "reporting_rule", "items"} <= set(found)
    assert {"number", "title", "issuer", "issue_date"} <= set(found["document"])
    assert all(set(item) == FIELDS for item in found["items"])
    assert {"text", "value", "unit", "comparator"} <= set(found["items"][1]["targets"][0])
    assert {"date", "basis", "text"} <= set(found["items"][0]["deadline"])
    assert found["items"][0]["source"]["sheet"] == "任务"


def test_several_lists_are_printed_as_lists(saved):
    found = json.loads(_printed(saved("split_list.book"), "--json"))
    assert [len(one["items"]) for one in found["lists"]] == [1, 1]


def test_the_summary_names_units_deadlines_and_doubts(saved):
    said = _printed(saved("shift.txt"))
    assert "责任：市人社局" in said
    assert "2024" not in said
    assert "！" in said


def test_an_unreadable_file_ends_with_code_2_and_says_what_to_do(tmp_path):
    path = tmp_path / "通知.wps"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    with pytest.raises(CommandError) as refused:
        _printed(path)
    assert refused.value.returncode == 2
    assert "另存为" in str(refused.value)


def test_a_missing_file_ends_with_code_2(tmp_path):
    with pytest.raises(CommandError) as refused:
        _printed(tmp_path / "没有.txt")
    assert refused.value.returncode == 2
