"""The month's form, read by hand: 140 entries in one post, each kept as typed when it cannot be saved.

Field names are `e<entry>-<word>` and `e<entry>-i<indicator>`; `e<entry>-version` is the version that
the form was drawn from, and says that the entry was in the form at all.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Indicator
from tasks_app.progress.choices import SCALE
from tasks_app.reporting.actions import EntryDraft
from tasks_app.reporting.models import ReportEntry

TEXTS = ("done_text", "problem_text", "help_text", "next_text")
# Characters per text: a paragraph or two; the whole month of a large unit stays under the upload limit.
TEXT_LIMIT = 2000
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,4})?")


@dataclass
class Typed:
    """What was typed for one entry: `raw` by field word, `errors` by field word, the draft if there are none."""

    entry: ReportEntry
    version: int
    raw: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    draft: EntryDraft | None = None


def drawn_in(data: Iterable[str]) -> list[int]:
    """The entries that a form says it holds: of a large month those that stand open."""
    found = (re.fullmatch(r"e(\d{1,18})-version", name) for name in data)
    return [int(match[1]) for match in found if match]


def read_entries(
    data: Mapping[str, str], entries: Iterable[ReportEntry], indicators: Mapping[int, Sequence[Indicator]]
) -> dict[int, Typed]:
    """Every entry that is in the form, by its primary key."""
    found = (read_entry(data, entry, indicators.get(entry.task_id, ())) for entry in entries)
    return {typed.entry.pk: typed for typed in found if typed}


def read_entry(data: Mapping[str, str], entry: ReportEntry, indicators: Sequence[Indicator]) -> Typed | None:
    """One entry of the form, None when it is not in it. Expects the entry's values to be prefetched."""
    prefix = f"e{entry.pk}-"
    version = data.get(f"{prefix}version")
    if version is None:
        return None
    words = ["percent", *TEXTS, "no_progress", "own_light", *(f"i{indicator.pk}" for indicator in indicators)]
    typed = Typed(
        entry=entry,
        # Our page never sends a version that is not a number: treat it as the oldest possible, so that it conflicts.
        version=int(version) if re.fullmatch(r"\d{1,9}", version) else -1,
        raw={word: _clean(data.get(prefix + word, "")) for word in words},
    )
    percent = _percent(typed)
    if entry.role != AssignmentRole.LEAD:
        # Only a lead is asked how the task stands; a value sent by anybody else is ignored.
        typed.raw["own_light"] = entry.own_light
    elif typed.raw["own_light"] not in ("", *SCALE):
        typed.errors["own_light"] = _("没有“%(typed)s”这一项。请选正常、预警或滞后，也可以不选。") % {
            "typed": typed.raw["own_light"][:20]
        }
    # Values that this unit is not asked for are left unchanged.
    values: dict[int, Decimal | None] = {value.indicator_id: value.value for value in entry.values.all()}
    values.update({indicator.pk: _value(typed, f"i{indicator.pk}") for indicator in indicators})
    for word in TEXTS:
        if (length := len(typed.raw[word])) > TEXT_LIMIT:
            typed.errors[word] = _("已写 %(length)d 字，最多 %(limit)d 字。请删减后再保存。") % {
                "length": length,
                "limit": TEXT_LIMIT,
            }
    if not typed.errors:
        texts = {word: typed.raw[word] for word in TEXTS}
        typed.draft = EntryDraft(
            entry_id=entry.pk,
            version=typed.version,
            percent=percent,
            no_progress=bool(typed.raw["no_progress"]),
            own_light=typed.raw["own_light"],
            values=values,
            **texts,
        )
    return typed


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _number_text(raw: str) -> str:
    """Full-width digits become digits; thousands separators and a percent sign are dropped."""
    return re.sub(r"[,，\s%]", "", unicodedata.normalize("NFKC", raw))


def _percent(typed: Typed) -> int | None:
    raw = typed.raw["percent"]
    text = _number_text(raw)
    if not text:
        return None
    if re.fullmatch(r"\d{1,4}", text) and int(text) <= 100:
        return int(text)
    typed.errors["percent"] = _("“%(typed)s”不是 0 到 100 的整数。请填 0 到 100 之间的整数。") % {"typed": raw[:20]}
    return None


def _value(typed: Typed, word: str) -> Decimal | None:
    raw = typed.raw[word]
    text = _number_text(raw)
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    typed.errors[word] = _("“%(typed)s”不是数字。请只填数字，最多四位小数，计量单位不用填。") % {"typed": raw[:20]}
    return None
