"""Known names come out of a cell as they went in, however they are set apart: found out by trying."""

from hypothesis import given
from hypothesis import strategies as st

from tasks_app.lib.text import squeeze
from tasks_app.units.rules import split_units
from tests.units.test_rules import MEANT, NAMES_ALONE

# A name that is a part of another one may be read with its neighbour; those are cases of their own.
NAMES = st.lists(st.sampled_from(NAMES_ALONE), min_size=1, max_size=6, unique=True)
SEPARATORS = st.sampled_from(["、", "，", ",", "；", ";", "/", " 、", "、 ", "\n、", "，\n"])


@given(NAMES, st.data())
def test_known_names_are_found_in_their_order_each_once(names, data):
    cell = names[0]
    for name in names[1:]:
        cell += data.draw(SEPARATORS) + name
    assert [squeeze(name) for name in split_units(cell, MEANT)] == [squeeze(name) for name in names]


@given(
    NAMES, st.sampled_from(["责任单位：", "牵头单位:", ""]), st.sampled_from(["。", "按职责分工负责。", "等单位", ""])
)
def test_words_around_the_names_say_nothing(names, before, after):
    assert split_units(before + "、".join(names) + after, MEANT) == split_units("、".join(names), MEANT)


@given(NAMES)
def test_a_name_said_twice_is_one_unit(names):
    assert split_units("、".join([*names, *names]), MEANT) == split_units("、".join(names), MEANT)


@given(st.text("市区县局委政府、，及和与 （）乐都平安住房建设", max_size=30))
def test_whatever_stands_in_a_cell_no_name_is_empty_or_comes_twice(cell):
    found = split_units(cell, MEANT)
    assert len(found) == len(set(found))
    assert all(name.strip() for name in found)
