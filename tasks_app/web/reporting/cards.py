"""One card per entry: everything its part of the page shows, prepared, so that templates only print.

A page of cards costs the same number of queries whatever the number of entries.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks_app.accounts.permissions import Viewer
from tasks_app.catalogue.choices import AssignmentRole, Comparator
from tasks_app.catalogue.models import Indicator
from tasks_app.confirming.queries import Voice, voices_on
from tasks_app.evidence.models import Evidence
from tasks_app.evidence.queries import files_of
from tasks_app.lib.dates import BEIJING
from tasks_app.progress.choices import SCALE, Light
from tasks_app.reporting.models import EntryVersion, MonthlyReport, ReportEntry
from tasks_app.reporting.queries import LastWord, earlier_words, last_words, own_indicators
from tasks_app.reporting.rules import EDITABLE, Doubt, missing_fields
from tasks_app.web.reporting.forms import TEXTS, Typed
from tasks_app.web.reporting.marks import entry_mark, status_mark, unsaved_mark
from tasks_app.web.shared.marks import Mark

# Longer task texts are folded to this many characters.
FOLD = 110


@dataclass(frozen=True)
class Box:
    """One indicator: its name, its target, and the value typed or reported."""

    word: str
    label: str
    target: str
    unit: str
    value: str
    error: str = ""


@dataclass
class Card:
    """An entry as a page shows it; `words` are the texts to show in fields or to read, empty when
    the viewer may not read them (`readable` is False then).
    """

    folded = False  # a Line is

    entry: ReportEntry
    mark: Mark
    editable: bool
    readable: bool
    words: dict[str, str]
    boxes: list[Box]
    last: LastWord | None
    version: int
    errors: dict[str, str] = field(default_factory=dict)
    theirs: ReportEntry | None = None
    not_saved: bool = False
    files: Sequence[Evidence] = ()
    earlier: EntryVersion | None = None  # what was handed in the time before
    earlier_files: Sequence[Evidence] = ()  # and the files with it
    voices: Sequence[Voice] = ()  # of the assisting units, on what the lead handed in
    changed: tuple[tuple[str, str, str], ...] = ()  # word, before, now: against `earlier`
    doubts: Sequence[Doubt] = ()  # for whoever reviews

    @property
    def prefix(self) -> str:
        return f"e{self.entry.pk}"

    @property
    def names(self) -> str:
        """The names of this entry's fields: an autosave sends these alone (hx-params)."""
        words = ["version", "percent", *TEXTS, "no_progress", "own_light", *(box.word for box in self.boxes)]
        return ",".join(f"{self.prefix}-{word}" for word in words)

    @property
    def own_choices(self) -> Sequence[Light]:
        """What a lead may say of the task; empty for who only assists."""
        return SCALE if self.entry.role == AssignmentRole.LEAD else ()

    @property
    def task_short(self) -> str:
        """The beginning of a long task text, empty when it is short enough to be shown whole."""
        content = self.entry.task.content
        return f"{content[:FOLD].rstrip('，、；：')}……" if len(content) > FOLD + 20 else ""

    @property
    def rows(self) -> int:
        """Height of the field for the month's words, in lines."""
        text = self.words.get("done_text", "")
        return max(2, min(8, len(text) // 50 + text.count("\n") + 1))

    @property
    def other_files(self) -> bool:
        """Other files go with the entry than with the version before."""
        return bool(self.earlier) and {file.pk for file in self.files} != {file.pk for file in self.earlier_files}

    @property
    def last_boxes(self) -> list[tuple[str, str]]:
        """Last month's value of each indicator, where one was given: field word, value."""
        if not self.last:
            return []
        values = {f"i{pk}": plain(value) for pk, value in self.last.values.items()}
        return [(box.word, values[box.word]) for box in self.boxes if box.word in values]


def plain(number: Decimal) -> str:
    """2000.0000 → 2000"""
    return f"{number.normalize():f}"


def month_cards(
    report: MonthlyReport,
    viewer: Viewer,
    *,
    writing: bool,
    entry_pks: Collection[int] | None = None,
    typed: Mapping[int, Typed] | None = None,
    theirs: Mapping[int, ReportEntry] | None = None,
    last: Mapping[int, LastWord] | None = None,
    at: dt.datetime | None = None,
) -> list[Card]:
    """The cards of a report in the list's order (of some entries, with `entry_pks`).

    `writing`: the viewer is the unit's liaison, so what may be edited gets fields. `typed` is what
    came with a form that could not be saved, `theirs` what somebody else saved meanwhile, `last` the
    last words where they are at hand. Files,
    earlier versions and the assisting units' word come with `at`: an autosave does without them.
    """
    entries = report.entries.select_related("task").order_by("task__seq", "pk")
    if entry_pks is not None:
        entries = entries.filter(pk__in=entry_pks)
    readable = entries.readable_by(viewer).prefetch_related("values")
    words = {entry.pk: entry for entry in readable}
    # Entries that this person may not read are fetched without their words, so these cannot leak.
    held = (
        []
        if writing
        else list(entries.exclude(pk__in=list(words)).defer(*TEXTS, "percent", "no_progress", "own_light"))
    )
    everything = sorted([*words.values(), *held], key=lambda entry: (entry.task.seq, entry.pk))
    some = None if entry_pks is None else [entry.task_id for entry in everything]
    indicators = own_indicators(report, task_ids=some)
    last = last_words(report, viewer, task_ids=some) if last is None else last
    cards = [
        _card(
            entry,
            writing=writing,
            readable=entry.pk in words,
            indicators=indicators.get(entry.task_id, ()),
            last=last.get(entry.task_id),
            typed=(typed or {}).get(entry.pk),
            theirs=(theirs or {}).get(entry.pk),
        )
        for entry in everything
    ]
    if at is not None:
        _add_company(cards, report, viewer, at)
    return cards


def _add_company(cards: Sequence[Card], report: MonthlyReport, viewer: Viewer, at: dt.datetime) -> None:
    """What stands around the words: files, the version before, the assisting units' word."""
    files = files_of(report, viewer)
    earlier = earlier_words(report, viewer, entry_ids=[card.entry.pk for card in cards])
    voices = voices_on([card.entry for card in cards if card.readable], at=at)
    for card in cards:
        pk = card.entry.pk
        all_files, card.voices = files.get(pk, ()), voices.get(pk, ())
        card.files = [file for file in all_files if file.removed_at is None]
        card.earlier = earlier.get(pk) if card.readable else None
        if card.earlier:
            card.changed = tuple(changes(card.earlier, card.entry))
            handed_in = card.earlier.submission.submitted_at
            card.earlier_files = [file for file in all_files if file.was_there(handed_in)]


FIELD_NAMES = {
    "percent": gettext_lazy("完成百分比"),
    "done_text": gettext_lazy("本月做了什么"),
    "problem_text": gettext_lazy("存在问题"),
    "help_text": gettext_lazy("需协调事项"),
    "next_text": gettext_lazy("下步安排"),
    "own_light": gettext_lazy("单位自评"),
}


def changes(before: EntryVersion, now: ReportEntry) -> Iterator[tuple[str, str, str]]:
    """The fields that differ between two versions, each with both texts."""
    for word, name in FIELD_NAMES.items():
        old, new = getattr(before, word), getattr(now, word)
        if old != new:
            yield (str(name), shown(word, old), shown(word, new))
    values = {str(value.indicator_id): plain(value.value) for value in now.values.all()}
    if before.values != values:
        yield (_("指标完成值"), "、".join(before.values.values()) or "—", "、".join(values.values()) or "—")


def shown(word: str, value: object) -> str:
    """A field's value for the eye: a dash for nothing, a light by its name."""
    if value in (None, ""):
        return "—"
    return str(Light(str(value)).label) if word == "own_light" and value in SCALE else str(value)


def _card(
    entry: ReportEntry,
    *,
    writing: bool,
    readable: bool,
    indicators: Sequence[Indicator],
    last: LastWord | None,
    typed: Typed | None,
    theirs: ReportEntry | None,
) -> Card:
    editable = writing and entry.status in EDITABLE
    words, values = _stored(entry) if readable else ({}, {})
    not_saved = bool(typed and not editable and {**words, **values} != {**words, **values, **typed.raw})
    if typed and (editable or not_saved):
        words = {word: typed.raw[word] for word in words}
        values = typed.raw
    errors = typed.errors if typed and editable else {}
    return Card(
        entry=entry,
        mark=unsaved_mark() if errors or theirs else _mark(entry, readable=readable),
        editable=editable,
        readable=readable,
        words=words,
        boxes=[_box(row, values, errors) for row in indicators] if readable else [],
        last=last,
        # Unsaved entries keep the version they were shown with; otherwise a conflict would go unnoticed.
        version=theirs.version if theirs else typed.version if typed else entry.version,
        errors=errors,
        theirs=theirs,
        not_saved=not_saved,
    )


def _stored(entry: ReportEntry) -> tuple[dict[str, str], dict[str, str]]:
    """What is stored, as the form would send it: the words, and the values of the indicators."""
    words = {word: getattr(entry, word) for word in TEXTS}
    words["percent"] = "" if entry.percent is None else str(entry.percent)
    words["no_progress"] = "1" if entry.no_progress else ""
    words["own_light"] = entry.own_light
    return words, {f"i{value.indicator_id}": plain(value.value) for value in entry.values.all()}


def _mark(entry: ReportEntry, *, readable: bool) -> Mark:
    if not readable:
        return status_mark(entry.status)
    return entry_mark(
        status=entry.status,
        missing=missing_fields(percent=entry.percent, done_text=entry.done_text),
        no_progress=entry.no_progress,
        excused=entry.exempt_at is not None,
    )


def _box(indicator: Indicator, values: Mapping[str, str], errors: Mapping[str, str]) -> Box:
    word = f"i{indicator.pk}"
    sign = "" if indicator.comparator == Comparator.EQUAL else str(Comparator(indicator.comparator).label)
    high = f"–{plain(indicator.value_max)}" if indicator.value_max is not None else ""
    return Box(
        word=word,
        label=indicator.subject,
        target=_("目标%(sign)s %(value)s")
        % {"sign": sign, "value": f"{plain(indicator.value)}{high} {indicator.unit}"},
        unit=indicator.unit,
        value=values.get(word, ""),
        error=errors.get(word, ""),
    )


def clock_text(at: dt.datetime | None) -> str:
    """14:32:07"""
    return f"{at.astimezone(BEIJING):%H:%M:%S}" if at else ""
