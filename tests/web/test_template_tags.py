"""{% tight %}: line breaks of the template that the page does not get. `|iso`: a moment for machines."""

import datetime as dt

import pytest
from django.template import Context, Template

CASES = [
    ("between elements a line break goes", "<b>已报</b>\n  <i>3</i>", "<b>已报</b><i>3</i>"),
    ("a space within a line stays", "<b>已报</b> <i>3</i>", "<b>已报</b> <i>3</i>"),
    ("a space that is wanted at the end of a line is written", "<b>a</b>&#32;\n  <i>b</i>", "<b>a</b> <i>b</i>"),
    ("or at the start of one", "<b>a</b>\n  &#32;·&#32;\n  <i>b</i>", "<b>a</b> · <i>b</i>"),
    ("ideographic spaces are words", "<b>a</b>\n  　{{ word }}", "<b>a</b>　词"),
    ("blank lines and Windows' line ends go, too", "<b>a</b>\r\n\r\n  <i>b</i>", "<b>a</b><i>b</i>"),
    ("between attributes it becomes a space", '<a\n  href="/"\n  class="x"\n>go</a>', '<a href="/" class="x" >go</a>'),
    ("in a quoted value it stays", '<a title="one\n two">go</a>\n', '<a title="one\n two">go</a>'),
    ("a > in a quoted value ends no tag", '<a data-x="1 > 0"\n  href="/">go</a>', '<a data-x="1 > 0" href="/">go</a>'),
    ("a quotation mark in the text begins no value", "it's\n  {{ word }}", "it's词"),
    ("a < that opens nothing is text", "1 < 2\n  <b>a</b>", "1 < 2<b>a</b>"),
    ("a textarea is kept", "<textarea>\n{{ word }}\n</textarea>\n<b>a</b>", "<textarea>\n词\n</textarea><b>a</b>"),
    ("so is a pre with elements in it", "<pre>\n<b>a</b>\n</pre>\n<b>b</b>", "<pre>\n<b>a</b>\n</pre><b>b</b>"),
    (
        "tags go on over conditions",
        '<a\n  {% if word %}\n    href="/"\n  {% endif %}\n>\n  go\n</a>',
        '<a  href="/"  >go</a>',
    ),
    ("loops are reached", "{% for x in 'ab' %}\n  <b>{{ x }}</b>\n{% endfor %}", "<b>a</b><b>b</b>"),
    ("the other branch is reached", "{% if no %}\n  a\n{% else %}\n  b\n{% endif %}", "b"),
    ("what variables bring is left alone", "<b>{{ lines }}</b>\n", "<b>one\n two</b>"),
    ("a sentence is its translation's own", "{% blocktranslate trimmed %}\n  a\n  b\n{% endblocktranslate %}\n", "a b"),
]


@pytest.mark.parametrize(("source", "page"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_between_tight_and_endtight(source, page):
    template = Template("{% load i18n tight %}{% tight %}" + source + "{% endtight %}")
    assert template.render(Context({"word": "词", "lines": "one\n two"})) == page


def test_outside_of_it_line_breaks_stay():
    template = Template("{% load tight %}<b>a</b>\n<i>b</i>{% tight %}\n<u>c</u>\n{% endtight %}\n<s>d</s>")
    assert template.render(Context()) == "<b>a</b>\n<i>b</i><u>c</u>\n<s>d</s>"


@pytest.mark.parametrize(
    ("moment", "attribute"),
    [
        (dt.datetime(2024, 8, 5, 10, 0, 0, 123456, tzinfo=dt.UTC), "2024-08-05T18:00:00+08:00"),
        (None, ""),
    ],
)
def test_a_moment_is_written_to_the_second_and_as_here(moment, attribute):
    template = Template("{% load moments %}{{ moment|iso }}")
    assert template.render(Context({"moment": moment})) == attribute
