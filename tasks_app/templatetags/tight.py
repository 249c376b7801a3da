"""{% tight %}: a template may have one element a line where the page must not have spaces between them."""

import re

from django import template
from django.template.base import NodeList, Parser, TextNode, Token

register = template.Library()
_SPACE = "&#32;"
# A tag begins, a tag ends, a quotation mark, a space that is meant, a line break with the indentation around it.
_MARKS = re.compile(rf"<(?P<opens>/?[A-Za-z][A-Za-z0-9]*)|>|[\"']|{_SPACE}|[ \t\r]*\n[ \t\r\n]*")
_AS_WRITTEN = {"textarea", "pre"}


@register.tag
def tight(parser: Parser, _token: Token) -> template.Node:
    """What stands between {% tight %} and {% endtight %}, without its line breaks and their indentation.

    Between two inline elements a browser shows a line break as a space, which no Chinese sentence wants there. A space
    within a line stays; where a line ends at one that is wanted, write `&#32;`, which the page gets as a space. Between
    attributes a line break becomes a space; in a quoted value, a <textarea> or a <pre> it is kept. Done once, when the
    template is read: what variables and included templates bring is left alone.
    """
    nodes = parser.parse(("endtight",))
    parser.delete_first_token()
    tightener = Tightener()
    for node in nodes.get_nodes_by_type(TextNode):
        assert isinstance(node, TextNode)
        node.s = tightener.tighten(node.s)
    return TightNode(nodes)


class TightNode(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        return self.nodelist.render(context)


class Tightener:
    """Reads the texts of a template in their order; a tag or a quoted value may go on from one to the next."""

    def __init__(self) -> None:
        self.tag = ""  # the tag we stand in, between < and >
        self.quote = ""  # the mark that ends the value we stand in
        self.kept = ""  # the element whose text stays as it is written

    def tighten(self, text: str) -> str:
        return _MARKS.sub(self._read, text)

    def _read(self, found: re.Match[str]) -> str:
        mark = found.group()
        if self.quote:
            if mark == self.quote:
                self.quote = ""
        elif self.tag:
            return self._read_in_tag(mark)
        elif found["opens"]:
            if not self.kept or found["opens"].lower() == f"/{self.kept}":
                self.tag = found["opens"].lower()
        elif not self.kept and mark == _SPACE:
            return " "
        elif not self.kept and "\n" in mark:
            return ""
        return mark

    def _read_in_tag(self, mark: str) -> str:
        if mark == ">":
            self.kept = self.tag if self.tag in _AS_WRITTEN else ""
            self.tag = ""
        elif mark in "\"'":
            self.quote = mark
        return " " if "\n" in mark else mark
