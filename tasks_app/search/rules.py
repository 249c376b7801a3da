"""The words searched for, and where they occur in a text. Pure.

Words are separated by blanks and must all occur. They are compared by their key (`lib.text.search_key`): full and half
width, case, the shapes of brackets and any blank within make no difference.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tasks_app.lib.text import normalise, search_key, squeeze

# One Chinese character is found everywhere and says nothing; one digit or letter even less.
SHORTEST = 2
MOST_WORDS = 8
LONGEST = 100
# How much of a text stands around the first place that was found, in characters.
BEFORE, EXCERPT = 24, 130
# How every page calls a task, and people after them.
_ITEM = re.compile(r"第(\S{1,20})项")


@dataclass(frozen=True)
class Question:
    """The words asked for, each as its key; `short` are those left out because they are too short."""

    words: tuple[str, ...]
    short: tuple[str, ...]


def question(text: str) -> Question:
    """Split what was typed into words; each counts once."""
    words: dict[str, str] = {}
    for word in text[:LONGEST].split():
        if key := search_key(word):
            words.setdefault(key, word)
    long = tuple(key for key in words if len(key) >= SHORTEST)
    return Question(long[:MOST_WORDS], tuple(word for key, word in words.items() if len(key) < SHORTEST))


def item_number(word: str) -> str:
    """The number of the task that a word names (第147项); empty if it names none."""
    named = _ITEM.fullmatch(word)
    return named[1] if named else ""


@dataclass(frozen=True)
class ExcerptPart:
    """A piece of an excerpt; `found` where it is one of the words."""

    text: str
    found: bool = False


def excerpt(text: str, words: Iterable[str], *, length: int = EXCERPT) -> list[ExcerptPart]:
    """A piece of `text` around the first place where a word occurs, cut into parts; its beginning where none does.

    Every word within the piece is marked, as it is written there.
    """
    key, places = _key(text)
    spans = _spans(key, places, [squeeze(word) for word in words])
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    # A piece that would begin after a few characters begins at the beginning.
    start = 0 if start <= BEFORE // 2 else start
    end = min(len(text), start + length)
    parts = [ExcerptPart("……")] if start else []
    at = start
    for first, last in spans:
        if first < at or last > end:
            continue
        parts += [ExcerptPart(text[at:first]), ExcerptPart(text[first:last], found=True)]
        at = last
    parts.append(ExcerptPart(text[at:end]))
    if end < len(text):
        parts.append(ExcerptPart("……"))
    return [part for part in parts if part.text]


def _key(text: str) -> tuple[str, list[int]]:
    """The text's key without any blank, and for each of its characters the place in `text` that it comes from."""
    folded, places = [], []
    for place, sign in enumerate(text):
        for one in squeeze(normalise(sign)) if not unicodedata.combining(sign) else "":
            folded.append(one)
            places.append(place)
    return "".join(folded), places


def _spans(key: str, places: Sequence[int], words: Iterable[str]) -> list[tuple[int, int]]:
    """Where words occur, as [from, to) in the original text, in order; of two that overlap the first."""
    found = []
    for word in words:
        at = key.find(word) if word else -1
        while at >= 0:
            found.append((places[at], places[at + len(word) - 1] + 1))
            at = key.find(word, at + len(word))
    spans: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if not spans or first >= spans[-1][1]:
            spans.append((first, last))
    return spans
