"""What may become of a bulletin, its number, and its text with figures in braces. Pure."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tasks_app.bulletins.choices import Act, BulletinState

# Act → (the states in which it may be done, the state that follows). None: there is no bulletin any more.
TRANSITIONS: Mapping[Act, tuple[Collection[BulletinState], BulletinState | None]] = {
    Act.EDIT: ((BulletinState.DRAFT,), BulletinState.DRAFT),
    Act.REBIND: ((BulletinState.DRAFT,), BulletinState.DRAFT),
    Act.SUBMIT: ((BulletinState.DRAFT,), BulletinState.SUBMITTED),
    Act.WITHDRAW: ((BulletinState.SUBMITTED, BulletinState.APPROVED), BulletinState.DRAFT),
    Act.APPROVE: ((BulletinState.SUBMITTED,), BulletinState.APPROVED),
    Act.SEND_BACK: ((BulletinState.SUBMITTED,), BulletinState.DRAFT),
    Act.PUBLISH: ((BulletinState.APPROVED,), BulletinState.PUBLISHED),
    Act.RECALL: ((BulletinState.PUBLISHED,), BulletinState.RECALLED),
    Act.DISCARD: ((BulletinState.DRAFT,), None),
}

# What everybody in the jurisdiction reads.
OPEN_STATES = (BulletinState.PUBLISHED, BulletinState.RECALLED)

YEAR, NUMBER = "{年}", "{号}"
_PLACE = re.compile(r"\{([^{}\n]*)\}")
_BRACE = re.compile(r"[{}]")
_SUBHEADING = re.compile(r"（[一二三四五六七八九十]{1,3}）[^。；！？]{1,30}")
# A number typed with a unit of measure: it looks like a figure of the bulletin but is not one.
_TYPED = re.compile(r"\d+(?:\.\d+)?\s*(?:%|％|项|家|个百分点)")


def may(act: Act, state: str) -> bool:
    return state in TRANSITIONS[act][0]


def number_text(pattern: str, *, year: int, number: int) -> str:
    """东督通〔{年}〕{号}期, filled in."""
    return pattern.replace(YEAR, str(year)).replace(NUMBER, str(number))


def pattern_fault(pattern: str) -> str:
    """The part that a pattern for numbers lacks; empty if it has year and number, once each."""
    return next((part for part in (YEAR, NUMBER) if pattern.count(part) != 1), "")


@dataclass(frozen=True)
class Piece:
    """A run of text: as typed, or a figure that replaced its name."""

    text: str
    figure: str = ""


@dataclass(frozen=True)
class BulletinLine:
    """One line of a section: words (`pieces`), a heading, or the table or chart `block` alone."""

    pieces: tuple[Piece, ...] = ()
    block: str = ""
    heading: bool = False

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a placeholder: its line and column (from 1), the words in question, names that are near.

    `kind`: unknown (no such figure), block (a table or chart must stand on a line alone), brace (one without its
    other half).
    """

    kind: str
    line: int
    column: int
    words: str
    near: tuple[str, ...] = ()


def faults(text: str, *, inline: Collection[str], blocks: Collection[str]) -> list[Fault]:
    """Every placeholder of a text that cannot be filled in, in reading order."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _PLACE.finditer(line):
            name = match[1].strip()
            if name in blocks and line.strip() != match[0]:
                found.append(Fault("block", number, match.start() + 1, match[0]))
            elif name not in inline and name not in blocks:
                near = tuple(difflib.get_close_matches(name, [*inline, *blocks], n=3, cutoff=0.4))
                found.append(Fault("unknown", number, match.start() + 1, match[0], near))
        blanked = _PLACE.sub(lambda match: " " * len(match[0]), line)
        found += [
            Fault("brace", number, match.start() + 1, line[match.start() : match.start() + 12])
            for match in _BRACE.finditer(blanked)
        ]
    return sorted(found, key=lambda fault: (fault.line, fault.column))


def typed_numbers(text: str) -> list[tuple[int, str]]:
    """(line, words) where a number with a unit was typed by hand: it will not follow the figures."""
    return [
        (number, match[0])
        for number, line in enumerate(text.splitlines(), start=1)
        for match in _TYPED.finditer(_PLACE.sub(" ", line))
    ]


def lines(text: str, *, inline: Mapping[str, str], blocks: Collection[str]) -> Iterable[BulletinLine]:
    """A section's text with its figures filled in; blank lines are left out.

    A name that is unknown stays as typed, braces and all, so that it is seen.
    """
    for line in filter(None, map(str.strip, text.splitlines())):
        alone = _PLACE.fullmatch(line)
        if alone and alone[1].strip() in blocks:
            yield BulletinLine(block=alone[1].strip())
        else:
            yield BulletinLine(tuple(_pieces(line, inline)), heading=bool(_SUBHEADING.fullmatch(line)))


def _pieces(line: str, inline: Mapping[str, str]) -> Iterable[Piece]:
    last = 0
    for match in _PLACE.finditer(line):
        name = match[1].strip()
        if name in inline:
            if match.start() > last:
                yield Piece(line[last : match.start()])
            yield Piece(inline[name], figure=name)
            last = match.end()
    if last < len(line):
        yield Piece(line[last:])
