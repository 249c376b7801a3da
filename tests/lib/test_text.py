import pytest

from tasks_app.lib.text import mend_misread, normalise, squeeze


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("东政办〔2024〕69号", "东政办[2024]69号"),
        ("东政办〔2024〕69号", "东政办【２０２４】６９ 号"),
        ("2024 年底前", "2024年底前"),
        ("改造城镇老旧小区 2000 套", "改造城镇老旧小区2000套"),
        ("市 自然资源规划局", "市自然资源规划局"),
        ("12345 市民热线办", "12345市民热线办"),
        ("市住房建设局（ 市房产局 ）", "市住房建设局(市房产局)"),
        ("西宁—海东都市圈", "西宁-海东都市圈"),
        ("西宁－海东都市圈", "西宁–海东都市圈"),
        ("“一老一小”", '"一老一小"'),
        ("ＤＲＧ 付费", "drg付费"),
        ("燃气ꎬ供水ꎻ排水ꎮ", "燃气，供水；排水。"),
        ("1􀆰 健全", "１．健全"),
        ("⺠和县政府", "民和县政府"),
        ("⼀老⼀小", "一老一小"),
        ("各县区\n政府", "各县区政府"),
        ("\ufeff市教育局\u200b", "市教育局"),
    ],
)
def test_what_a_reader_takes_for_the_same_has_one_key(printed, typed):
    assert normalise(printed) == normalise(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("民和县政府", "互助县政府"),
        ("市住房建设局", "市住房城乡建设局"),
        ("A 1", "A1"),
        ("10.29亩", "1029亩"),
    ],
)
def test_different_words_keep_different_keys(one, other):
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("text", ["", "  ", "a  b", "甲 （乙 ） 丙", "G109 小峡口 （王家庄）", "ꎬꎮ", "A — B", "ﬁ İ"])
def test_normalising_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


def test_latin_words_keep_one_space_between_them():
    assert normalise("  Smart \n City　Plan ") == "smart city plan"


def test_mending_look_alikes_leaves_width_and_blanks_alone():
    assert mend_misread("燃气ꎬ 供水ꎮ〔2024〕") == "燃气， 供水。〔2024〕"


def test_genuine_yi_script_outside_the_misread_letters_survives():
    assert mend_misread("ꆈꌠ") == "ꆈꌠ"


def test_squeeze_joins_what_the_page_broke():
    assert squeeze("市\n 自然 资源\u3000规划局\x0c") == "市自然资源规划局"
