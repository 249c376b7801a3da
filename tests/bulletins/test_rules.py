"""The way of a bulletin, its numbers, and words with figures in braces."""

import pytest

from tasks_app.bulletins.choices import Act, BulletinState
from tasks_app.bulletins.rules import Fault, faults, lines, may, number_text, pattern_fault, typed_numbers

INLINE, BLOCKS = {"滞后数": "3", "滞后单位": "市教育局", "平均进度": "41.2%"}, {"县区表"}
D, S, A, P, R = BulletinState


@pytest.mark.parametrize(
    ("act", "states"),
    [
        (Act.EDIT, {D}),
        (Act.REBIND, {D}),
        (Act.SUBMIT, {D}),
        (Act.DISCARD, {D}),
        (Act.WITHDRAW, {S, A}),
        (Act.APPROVE, {S}),
        (Act.SEND_BACK, {S}),
        (Act.PUBLISH, {A}),
        (Act.RECALL, {P}),
    ],
)
def test_each_act_has_its_states_and_no_other(act, states):
    assert {state for state in BulletinState if may(act, state)} == states


def test_what_is_published_is_never_edited_nor_deleted():
    assert not [act for act in (Act.EDIT, Act.REBIND, Act.DISCARD) for state in (P, R) if may(act, state)]
    assert not [act for act in Act if may(act, R)]


def test_a_number_is_made_by_the_lists_own_pattern():
    assert number_text("东督通〔{年}〕{号}期", year=2024, number=3) == "东督通〔2024〕3期"


@pytest.mark.parametrize(
    ("pattern", "lacking"),
    [
        ("通〔{年}〕{号}期", ""),
        ("通〔2024〕{号}期", "{年}"),
        ("通〔{年}〕3期", "{号}"),
        ("{年}{号}{号}", "{号}"),
        ("", "{年}"),
    ],
)
def test_a_pattern_wants_year_and_number_once_each(pattern, lacking):
    assert pattern_fault(pattern) == lacking


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("滞后{滞后数}项。\n{县区表}", []),
        ("滞后{ 滞后数 }项", []),
        ("共\n滞后{红灯}项", [Fault("unknown", 2, 3, "{红灯}")]),
        ("{滞后}", [Fault("unknown", 1, 1, "{滞后}", ("滞后数", "滞后单位"))]),
        ("见{县区表}。", [Fault("block", 1, 2, "{县区表}")]),
        ("滞后{滞后数项", [Fault("brace", 1, 3, "{滞后数项")]),
        ("滞后}项", [Fault("brace", 1, 3, "}项")]),
        ("{}", [Fault("unknown", 1, 1, "{}")]),
        ("", []),
    ],
)
def test_what_cannot_be_filled_in_is_named_at_its_place(text, found):
    assert faults(text, inline=INLINE, blocks=BLOCKS) == found


def test_figures_take_the_place_of_their_names_and_are_marked_as_figures():
    (words,) = lines("滞后{滞后数}项，进度{平均进度}。", inline=INLINE, blocks=BLOCKS)
    assert words.text == "滞后3项，进度41.2%。"
    assert [(piece.text, piece.figure) for piece in words.pieces] == [
        ("滞后", ""), ("3", "滞后数"), ("项，进度", ""), ("41.2%", "平均进度"), ("。", ""),
    ]  # fmt: skip


def test_a_name_that_is_unknown_stays_as_it_was_typed():
    (words,) = lines("滞后{红灯}项", inline=INLINE, blocks=BLOCKS)
    assert words.text == "滞后{红灯}项"


def test_blank_lines_are_nothing_a_block_stands_alone_and_a_short_line_with_a_number_is_a_heading():
    found = list(lines("\n（一）县区\n\n{县区表}\n（二）这一句有句号。", inline=INLINE, blocks=BLOCKS))
    assert [(line.heading, line.block) for line in found] == [(True, ""), (False, "县区表"), (False, "")]


def test_a_number_typed_by_hand_is_noticed_and_a_date_is_not():
    text = "滞后{滞后数}项，另有12 项。\n12月31日前提高3.5个百分点，超过80%。"
    assert typed_numbers(text) == [(1, "12 项"), (2, "3.5个百分点"), (2, "80%")]
