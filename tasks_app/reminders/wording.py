"""What reminders say, and how a coordinator's own words are filled in.

A template has placeholders in braces, by their Chinese names; nothing else in it has a meaning, so
whoever edits one can reach no attribute and run no code. Unknown placeholders are refused on saving.
"""

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tasks_app.lib.errors import Refused
from tasks_app.reminders import occasions
from tasks_app.reminders.occasions.base import Words

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# For a unit without a liaison, whatever it should have been reminded of.
ESCALATION = "no-liaison"
BUILT_IN: Mapping[str, Words] = {code: words for one in occasions.ALL for code, words in one.words.items()} | {
    ESCALATION: Words(
        _("单位没有联络员，转给汇总员"),
        "没有联络员，提醒无人接收：{单位}",
        "{清单}有提醒应发给 {单位}，但该单位没有在任的联络员。请联系单位确定联络员，并转告应办事项。",
    ),
}


def placeholders_of(code: str) -> Mapping[str, str]:
    """What the words of a template may name, each with an example for previews.

    Those of its occasion; a template that any step may use has what some occasion offers.
    """
    for occasion in occasions.ALL:
        if code in occasion.words:
            return occasion.placeholders
    return {name: example for one in reversed(occasions.ALL) for name, example in one.placeholders.items()}


def fill(template: str, words: Mapping[str, str]) -> str:
    """The template with its placeholders replaced.

    What some other occasion offers and this case has not is left out: a step may be given any template. A name that
    nobody knows stays as it stands.
    """

    def word(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name in words:
            return words[name]
        return "" if any(name in one.placeholders for one in occasions.ALL) else match[0]

    return PLACEHOLDER.sub(word, template)


def check(template: str, *, code: str) -> None:
    """Refuse words with a placeholder that template `code` does not offer or an unpaired brace, saying which."""
    offered = placeholders_of(code)
    unknown = [name for name in PLACEHOLDER.findall(template) if name.strip() not in offered]
    if unknown:
        raise Refused(
            _("模板里的“{%(name)s}”不是可用的占位符。可用的有：%(known)s。")
            % {"name": unknown[0], "known": "、".join(f"{{{name}}}" for name in offered)}
        )
    if re.search(r"[{}]", PLACEHOLDER.sub("", template)):
        raise Refused(_("模板里有单独的花括号。占位符要写成一对花括号，如 {单位}。"))
