"""Whatever is done to a valid file, reading it answers or refuses: it never breaks."""

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks_app.intake.readers import Unreadable
from tasks_app.intake.understanding.clauses import find_clauses
from tasks_app.intake.understanding.deadlines import Year, read_cell, read_content
from tasks_app.intake.understanding.marks import read_mark
from tasks_app.intake.understanding.targets import check_shares, read_targets
from tasks_app.units.rules import split_units
from tests.intake.understanding.build import DESCRIBED, described, lists

FILES = {name: described(name) for name in DESCRIBED}
TEXTS = [name for name in DESCRIBED if name.endswith(".txt")]
# What these texts are made of, so that generated ones come near to real ones.
SIGNS = (
    "一二十（）(〔〕)、，。；：:;,.\t\n \f\u3000\"'0123456789年月日底前第市局厅政府牵头责任单位配合负责"
    "按职责分工各县等及和附件序号完成时限％%-—～①"
)
WORDS = st.text(st.sampled_from(SIGNS), max_size=80)
CALM = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])


def _answers(name, content):
    with suppress(Unreadable):
        for one in lists((name, content)):
            assert all(isinstance(item["content"], str) for item in one["items"])


@st.composite
def _mutated(draw, names):
    name, content = FILES[draw(st.sampled_from(names))]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 60))
        put = draw(st.one_of(st.binary(max_size=12), WORDS.map(str.encode)))
        content = content[:at] + put + content[at + length :]
    return name, content


@CALM
@given(_mutated(DESCRIBED))
def test_bytes_changed_anywhere(file):
    _answers(*file)


@st.composite
def _shuffled_text(draw):
    lines = FILES[draw(st.sampled_from(TEXTS))][1].decode("utf-8").split("\n")
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        cut = draw(st.integers(0, len(line)))
        lines[at] = draw(
            st.sampled_from(
                [
                    line[:cut],
                    line[cut:],
                    line[:cut] + "\t" + line[cut:],
                    line + line,
                    line[:cut] + "\n" + line[cut:],
                    "",
                ]
            )
        )
    return "\n".join(lines)


@CALM
@given(_shuffled_text())
def test_lines_cut_doubled_and_moved(text):
    _answers("文件.txt", text.encode())


@CALM
@given(WORDS)
def test_rules_answer_any_words(text):
    base = Year(2024)
    read_mark(text)
    split_units(text, ())
    read_cell(text, base)
    read_content(text, base)
    list(check_shares(read_targets(text)))
    assert all(0 <= clause.start <= clause.end <= len(text) for clause in find_clauses(text))
