"""What was asked for, and where a text answers it."""

import pytest

from tasks_app.search.rules import LONGEST, MOST_WORDS, excerpt, question


def shown(text, *words, **more):
    """An excerpt with what was found in square brackets."""
    return "".join(f"<{part.text}>" if part.found else part.text for part in excerpt(text, words, **more))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("管网", ("管网",)),
        ("  管网　改造 ", ("管网", "改造")),
        ("管网 管网", ("管网",)),
        ("ＡＰＰ", ("app",)),
        ("２０２４年", ("2024年",)),
        ("东督〔2024〕3号", ("东督[2024]3号",)),
        ("", ()),
        ("管", ()),
        ("管 改造", ("改造",)),
        ("a 5", ()),
    ],
)
def test_words_are_split_at_blanks_and_too_short_ones_left_out(typed, words):
    assert question(typed).words == words


def test_what_was_left_out_is_named_as_it_was_typed():
    assert question("管 改造 Ａ").short == ("管", "Ａ")


def test_a_whole_article_is_no_question():
    assert len(question("改造 " * 500).words) == 1
    assert len(question(" ".join(f"词语{n}" for n in range(30))).words) == MOST_WORDS
    assert len(question("长" * 5000).words[0]) == LONGEST


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("改造老旧小区管网。", ["管网"], "改造老旧小区<管网>。"),
        ("改造老旧小区管网。", ["管网", "改造"], "<改造>老旧小区<管网>。"),
        ("２０２４年底前完成", ["2024"], "<２０２４>年底前完成"),
        ("市 住房 建设局", ["住房建设"], "市 <住房 建设>局"),
        ("东督〔2024〕3号", ["[2024]3"], "东督<〔2024〕3>号"),
        ("APP 上线", ["app上"], "<APP 上>线"),
        ("没有这个词", ["别的"], "没有这个词"),
        ("管管网", ["管网"], "管<管网>"),
        ("", ["管网"], ""),
        ("管网改造管网", ["管网"], "<管网>改造<管网>"),
        ("管网改造", ["管网改", "网改造"], "<管网改>造"),
    ],
)
def test_each_word_is_marked_as_it_is_written(text, words, expected):
    assert shown(text, *words) == expected


def test_a_long_text_is_cut_around_the_first_place():
    text = "前" * 200 + "管网" + "后" * 200
    found = shown(text, "管网", length=60)
    assert found.startswith("……前")
    assert "<管网>" in found
    assert found.endswith("后……")
    assert len(found) < 80


def test_a_word_near_the_beginning_leaves_the_beginning_whole():
    assert shown("前" * 10 + "管网" + "后" * 200, "管网").startswith("前" * 10 + "<管网>")


def test_a_text_without_the_word_shows_its_beginning():
    assert shown("甲" * 300, "管网", length=50) == "甲" * 50 + "……"
