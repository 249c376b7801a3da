"""What a column of a list is to the import: the base of the classes in columns.py."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.catalogue.items import ONCE, Item
from tasks_app.intake import rules
from tasks_app.intake.context import Context
from tasks_app.intake.rules import CellProblem

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Column:
    """Base of all columns: a text that may be blank and goes into the item's field `name`."""

    name: ClassVar[str]
    # What it is called on every page, and in Chinese the heading of our own files.
    label: ClassVar["StrPromise"]
    synonyms: ClassVar[tuple[str, ...]] = ()
    required: ClassVar[bool] = False
    limit: ClassVar[int] = rules.HEADING_LENGTH
    # What to write into a cell: for the page's table of columns, and under the field of the row editor.
    hint: ClassVar["StrPromise | str"] = ""
    row_hint: ClassVar["StrPromise | str"] = ""
    # Lines of the row editor's field; 0 is a field of one line.
    lines: ClassVar[int] = 0
    # A heading of a table may stand for it; a staged row shows it and may be edited in it.
    in_files: ClassVar[bool] = True
    in_rows: ClassVar[bool] = True
    # Shown in the list beside a staged row's words; the others have a place of their own there.
    beside: ClassVar[bool] = True
    # For documents: the kind of column that `understanding` takes it for, and a heading that it reads so. Cells
    # of a column without these are passed on unread.
    kind: ClassVar[str] = ""
    printed: ClassVar[str] = ""
    # The item's fields that it fills, each as a change of it is called; without any the field `name`.
    fields: ClassVar[Mapping[str, "StrPromise"]] = {}

    @cached_property
    @in_the_language_of_the_house
    def title(self) -> str:
        """The heading of our own files: Chinese, whoever takes one."""
        return str(self.label)

    @property
    def carried(self) -> bool:
        """Whether documents' tables carry it without understanding it."""
        return self.in_files and not self.printed

    @property
    def once(self) -> bool:
        """Whether its values must be unique within a list."""
        return self.name in ONCE

    # ---- from a cell to the item

    def clean(self, cell: str, context: Context) -> Any:
        """The value of a cell. Raises CellProblem."""
        text = cell.strip()
        if self.required and not text:
            raise CellProblem("cell_missing", "")
        if len(text) > self.limit:
            raise CellProblem("too_long", text[: self.limit], limit=str(self.limit), length=str(len(text)))
        return text

    def assign(self, item: Item, value: Any) -> Item:
        """The item with this column's value; what the file does not change keeps its stored form."""
        return replace(item, **{self.name: value})

    # ---- as it is edited

    def of(self, item: Item) -> str:
        """The item's value as a person edits it."""
        return str(getattr(item, self.name))

    def onto(self, item: Item, text: str, context: Context) -> Item:
        """The item after an edit. Raises CellProblem."""
        return self.put(item, self.clean(text, context))

    def put(self, item: Item, value: Any) -> Item:
        """The item with a value that a person typed: read like a cell, unless the column reads more into typed
        values.
        """
        return self.assign(item, value)

    def anew(self, item: Item, context: Context) -> Any:
        """The item's own value, read again. Raises CellProblem."""
        return self.clean(self.of(item), context)

    # ---- from item to item

    def value(self, item: Item) -> Any:
        """The item's value, as `clean` gives it."""
        return getattr(item, self.name)

    def take(self, known: Item, item: Item) -> Item:
        """The list's item with a row's value; where both say the same the list's words stay."""
        return self.assign(known, self.value(item))

    # ---- as it is shown

    def shown(self, item: Item) -> str:
        """The item's value in the preview and in the annotated file; empty for none."""
        return self.of(item)

    def note(self, item: Item) -> str:
        """What is shown beside it in small print."""
        return ""

    def change(self, field: str, text: str) -> str:
        """A field's text as a change shows it."""
        return text

    @property
    def called(self) -> Mapping[str, "StrPromise"]:
        """Each field that it fills → what a change of it is called."""
        return self.fields or {self.name: self.label}
