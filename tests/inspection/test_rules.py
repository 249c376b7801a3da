"""How an instruction goes on; when a visit is a finding."""

import pytest

from tasks_app.inspection.choices import InstructionStatus, ReplyKind
from tasks_app.inspection.rules import after_reply, differs, may_close


def test_an_instruction_goes_on_only_along_its_table():
    found = {(status, kind): after_reply(status, kind) for status in InstructionStatus for kind in ReplyKind}
    assert found == {
        ("issued", "seen"): "issued",
        ("issued", "answer"): "answered",
        ("answered", "seen"): None,
        ("answered", "answer"): "answered",
        ("closed", "seen"): None,
        ("closed", "answer"): None,
    }
    assert [status for status in InstructionStatus if may_close(status)] == ["issued", "answered"]


@pytest.mark.parametrize(
    ("verified", "others", "finding"),
    [
        ("green", ("green", "green"), False),
        ("green", ("green", ""), False),
        ("green", ("", ""), False),
        ("yellow", ("green", ""), True),
        ("yellow", ("yellow", "green"), True),
        ("red", ("blue", "red"), True),
    ],
)
def test_a_visit_is_a_finding_where_another_light_stood_beside_it(verified, others, finding):
    assert differs(verified, *others) is finding
