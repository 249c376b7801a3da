"""How a month lies in a workbook: which column is what. Shared by what writes it and what reads it."""

from dataclasses import dataclass, field

MONTH, TARGETS, META = "月报", "指标", "_duban"
FORMAT = "2"
# Rows above the first line of data.
HEAD_ROWS = 2

# Column letters on the sheet of the month: word → column.
COLUMNS = {
    "percent": "F",
    "no_progress": "G",
    "done_text": "H",
    "problem_text": "I",
    "help_text": "J",
    "next_text": "K",
    "own_light": "L",
}
ENTRY_ID, VERSION = "M", "N"
# … and on the sheet of the targets.
VALUE, INDICATOR_ID, OF_ENTRY = "F", "G", "H"

YES, NO = "是", "否"
# What a unit may say of itself: the word in the cell → the light.
OWN = {"正常": "green", "预警": "yellow", "滞后": "red"}
MAX_BYTES = 5 * 1024 * 1024
MAX_ENTRIES = 200
MAX_UNPACKED = 40 * 1024 * 1024
MAX_ROWS = 2_000


@dataclass(frozen=True)
class TargetLine:
    """One indicator of an entry: names for the eye, the values as texts."""

    indicator_id: int
    label: str
    target: str
    unit: str
    last: str
    value: str


@dataclass(frozen=True)
class WorkbookLine:
    """One entry as it stands in the workbook."""

    entry_id: int
    version: int
    no: str
    headline: str
    content: str
    due: str
    last_percent: str
    last_text: str
    words: dict[str, str]
    editable: bool
    leads: bool
    state: str
    targets: tuple[TargetLine, ...] = ()


@dataclass(frozen=True)
class Frame:
    """Whose month it is; `seal` proves that the numbers were written by this system."""

    report_id: int
    title: str
    hint: str
    unit: str
    period: str
    task_list: str
    seal: str


@dataclass
class Reading:
    """A workbook as read: `data` by form field name, `cells` by the same name, `problems` as (cell, text)."""

    data: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
