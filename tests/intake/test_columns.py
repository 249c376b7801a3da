"""Every column of imports, on every page and in every file: a new one is asked for here by the name of the place.

What can be asked without a database stands in test_column_rules.py.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.html import strip_tags

from tasks_app.accounts.permissions import viewer_of
from tasks_app.catalogue.actions import apply_items
from tasks_app.catalogue.items import Item
from tasks_app.catalogue.models import Task
from tasks_app.catalogue.queries import containing, current_items
from tasks_app.intake import actions, decisions
from tasks_app.intake.columns import BY_NAME, FILE_COLUMNS, RESPONSIBLE, ROW_COLUMNS
from tasks_app.intake.editing import item_of
from tasks_app.intake.staging import context_of
from tasks_app.lib.errors import Refused
from tasks_app.search.choices import Kind
from tasks_app.search.queries import selections
from tasks_app.search.rules import question
from tests.factories import beijing
from tests.intake.column_examples import EXAMPLES
from tests.intake.files import HEADINGS, NEW_ROW, ROWS, csv_of, with_cell

BEFORE, AT = beijing("2024-08-02 10:30"), beijing("2024-08-02 11:00")
# Columns of files that a row has inside another one.
OF_ROWS = {"chapter": "path", "section": "path"}
# Where a column has no place of its own, with the reason.
NOT_EXPORTED = {"targets": "the ledger shows the task's words, which say what is to be reached"}
NOT_SEARCHED = {"deadline": "days are chosen by filter", "targets": "stand in the content", "number": "found as 第77项"}


@pytest.fixture
def admin(world):
    return world.people["administrator"]


def staged(world, content: bytes, name: str = "清单.csv", **target: object):
    target = target or {"task_list": world.task_list}
    return actions.stage(content=content, file_name=name, by=world.people["administrator"], at=AT, **target)


def applied(world, batch, at=AT):
    return actions.apply_batch(batch=batch, by=world.people["administrator"], at=at)


def codes_of(world) -> dict[int, str]:
    return {seq: item.external_code for seq, item in current_items(world.task_list).items()}


def edit(row, admin, **texts: str):
    return decisions.edit_row(row=row, version=row.version, texts=texts, by=admin, at=AT)


def table(headings, rows) -> bytes:
    book = openpyxl.Workbook()
    for row in (headings, *rows):
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_codes(*codes: str, rows=ROWS) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The small list with a column 外部编码."""
    return (*HEADINGS, "外部编码"), [(*row, code) for row, code in zip(rows, codes, strict=True)]


def problems(batch) -> list[tuple[int, str, str, str]]:
    return [(row.line, p["column"], p["code"], p["value"]) for row in batch.rows.order_by("line") for p in row.problems]


def said(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def own_words(name: str) -> str:
    """What the task of one_for_each_column says, by which its row is known in a file."""
    return EXAMPLES[name][0] if name == "content" else f"为{name}做一件事。"


def one_for_each_column(world) -> dict[str, int]:
    """A task for each column, in which only that column has its example; column name → the task's key."""
    batch = staged(world, csv_of())
    context = context_of(batch, {})
    unit = "市住房建设局"
    items = [
        column.onto(
            Item(seq=100 + at, no=str(100 + at), content=own_words(column.name), lead_units=(unit,), lead_text=unit),
            EXAMPLES[column.name][0],
            context,
        )
        for at, column in enumerate(ROW_COLUMNS)
    ]
    apply_items(task_list=world.task_list, items=items, by=None, at=AT)
    keys = dict(world.task_list.tasks.values_list("seq", "pk"))
    return {column.name: keys[100 + at] for at, column in enumerate(ROW_COLUMNS)}


# ---- every column, every place


def test_the_list_stores_every_column_and_its_comparison_sees_a_change(world):
    context = context_of(staged(world, csv_of()), {})
    for column in ROW_COLUMNS:
        before = current_items(world.task_list)[1]
        wanted = column.onto(before, EXAMPLES[column.name][0], context)
        changes = apply_items(task_list=world.task_list, items=[wanted], by=None, at=AT)
        assert set(changes.changed.get(1, ())) & column.called.keys(), f"catalogue/items.py: no change of {column.name}"
        lost = wanted.changed_fields(current_items(world.task_list)[1])
        assert not lost, f"tasks_app/catalogue/models.py, writing.py or queries.py: {column.name} is not stored: {lost}"


def test_the_template_and_the_list_of_headings_have_every_column_of_files(signed_in):
    client = signed_in("administrator")
    headings = client.get(reverse("import_template")).content.decode("utf-8-sig").strip().split(",")
    assert headings == [column.title for column in FILE_COLUMNS]
    page = client.get(reverse("imports")).content.decode()
    for column in (*FILE_COLUMNS, RESPONSIBLE):
        assert str(column.label) in page
        assert all(word in page for word in column.synonyms), f"templates/intake/imports.html: {column.name}"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_brings_every_column_of_files(world, kind):
    cells = [EXAMPLES[column.name][0] for column in FILE_COLUMNS]
    headings = [column.title for column in FILE_COLUMNS]
    content = csv_of([cells], headings) if kind == "csv" else table(headings, [cells, ["78", *cells[1:-1], ""]])
    row = staged(world, content, f"清单.{kind}").rows.exclude(change="kept").order_by("line").first()
    item = item_of(row)
    for column in FILE_COLUMNS:
        shown = BY_NAME[OF_ROWS.get(column.name, column.name)].shown(item)
        assert said(shown, EXAMPLES[column.name][1]), f"a .{kind} does not bring {column.name}: {shown}"


def test_columns_that_a_person_points_out_are_read_in_a_table_and_in_a_document(world, admin):
    own = list("甲乙丙丁戊己庚辛壬癸子丑寅")[: len(FILE_COLUMNS)]
    cells = [EXAMPLES[column.name][0] for column in FILE_COLUMNS]
    mapping = {heading: column.name for heading, column in zip(own, FILE_COLUMNS, strict=True)}
    # A table without any known heading is refused; a document's columns are guessed and may be said otherwise.
    known = [c.title if c.required else heading for c, heading in zip(FILE_COLUMNS, own, strict=True)]
    for name, content in (("清单.csv", csv_of([cells], known)), ("清单.xlsx", table(own, [cells, cells]))):
        batch = staged(world, content, name)
        decisions.map_columns(batch=batch, mapping=mapping, by=admin, at=AT)
        item = item_of(batch.rows.exclude(change="kept").order_by("line").first())
        for column in FILE_COLUMNS:
            shown = BY_NAME[OF_ROWS.get(column.name, column.name)].shown(item)
            assert said(shown, EXAMPLES[column.name][1]), f"{name}: {column.name} cannot be pointed out"


def test_the_preview_the_editor_and_the_changes_show_every_column(world, admin, signed_in):
    client = signed_in("administrator")
    for column in ROW_COLUMNS:
        batch = staged(world, csv_of())
        row = edit(batch.rows.get(line=2), admin, **{column.name: EXAMPLES[column.name][0]})
        page = client.get(reverse("import_batch", args=[batch.pk])).content.decode()
        item = page[page.index(f'id="r-{row.pk}"') :].split("</li>")[0]
        assert said(item, EXAMPLES[column.name][1]), f"templates/intake/_row.html: {column.name} is not shown"
        if column.name != "number":  # another number is another task
            assert row.change == "changed", f"tasks_app/intake/matching.py: a change of {column.name} does not count"
            assert '<p class="diff">' in item, f"tasks_app/web/intake/show.py: no change is shown of {column.name}"
            called = [str(label) for label in column.called.values()]
            assert said(item[item.index('<p class="diff">') :], called)
        form = client.get(
            reverse("import_row", args=[batch.pk, row.pk]), headers={"HX-Request": "true"}
        ).content.decode()
        assert f'name="r{row.pk}-{column.name}"' in form, f"tasks_app/web/intake/forms.py: no field for {column.name}"
        assert str(column.label) in form


def test_the_editors_form_takes_every_column_and_an_edit_of_one_keeps_all_others(world, signed_in):
    client = signed_in("administrator")
    batch = staged(world, csv_of())
    row = batch.rows.get(line=2)
    address = reverse("import_row", args=[batch.pk, row.pk])
    typed = {f"r{row.pk}-{column.name}": EXAMPLES[column.name][0] for column in ROW_COLUMNS}
    client.post(address, {**typed, f"r{row.pk}-version": row.version})
    row.refresh_from_db()
    whole = item_of(row)
    for column in ROW_COLUMNS:
        assert said(column.shown(whole), EXAMPLES[column.name][1]), f"{column.name} cannot be edited"
    for column in ROW_COLUMNS:
        if column.name == "content":
            continue
        client.post(
            address, {**typed, f"r{row.pk}-content": f"{column.name}旁边的一条。", f"r{row.pk}-version": row.version}
        )
        row.refresh_from_db()
        now = item_of(row)
        assert column.of(now) == column.of(whole), f"an edit of the content drops {column.name}"


def test_the_annotated_file_of_a_document_has_every_column_and_may_be_sent_in_again(world, admin, signed_in):
    headings = ("序号", "工作内容", "责任单位", "完成时限")
    batch = staged(world, table(headings, [(row[0], row[4], row[5], row[7]) for row in ROWS]), "清单.xlsx")
    row = batch.rows.order_by("line").first()
    edit(row, admin, **{name: text for name, (text, _words) in EXAMPLES.items() if name not in {"chapter", "section"}})
    batch.content = b"no workbook"
    batch.kind = "csv"
    batch.save()
    content = signed_in("administrator").get(reverse("import_annotated", args=[batch.pk])).content
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    cells = dict(zip(lines[0], lines[1], strict=True))
    for column in ROW_COLUMNS:
        assert said(cells[column.title], EXAMPLES[column.name][1]), f"tasks_app/intake/annotated.py: {column.name}"
    again = staged(world, content, "标注.csv")
    assert again.reading["columns"].keys() == {c.name for c in ROW_COLUMNS if c.in_files}


def test_the_page_of_a_task_shows_every_column_where_there_is_something(world, signed_in):
    keys = one_for_each_column(world)
    client = signed_in("leader")
    pages = {name: strip_tags(client.get(reverse("task", args=[pk])).content.decode()) for name, pk in keys.items()}
    for name, page in pages.items():
        assert said(page, EXAMPLES[name][1]), f"templates/catalogue/task.html or _facts.html does not show {name}"
    # Only the task that has one speaks of it.
    assert [name for name, page in pages.items() if "外部编码" in page] == ["external_code"]


def test_the_ledgers_files_carry_every_column(world, signed_in):
    keys = one_for_each_column(world)
    client = signed_in("leader")
    written = b"".join(client.get(reverse("ledger_csv")).streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(written)))
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("ledger_xlsx")).content))
    sheet = [[str(cell or "") for cell in row] for row in book.active.iter_rows(values_only=True)]
    for name in keys.keys() - NOT_EXPORTED.keys():
        for kind, rows in (("csv", lines), ("xlsx", sheet)):
            row = next(row for row in rows if own_words(name) in row)
            assert said("|".join(row), EXAMPLES[name][1]), (
                f"tasks_app/web/catalogue/exports.py or ledger.py: {name} in the {kind}"
            )
    assert lines[0] == sheet[0]


def test_a_search_finds_a_task_by_every_column_of_words(world):
    keys = one_for_each_column(world)
    for column in ROW_COLUMNS:
        if column.name in NOT_SEARCHED:
            continue
        words = EXAMPLES[column.name][1][0]
        found = selections(viewer_of(world.people["leader"]), question(words).words)[Kind.TASK]
        assert keys[column.name] in found.values_list("pk", flat=True), (
            f"tasks_app/catalogue/items.py: SEARCHED: {column.name}"
        )
        assert Task.objects.filter(containing(words), pk=keys[column.name]).exists(), f"nor the ledger {column.name}"


def test_undoing_an_import_restores_every_column(world, admin):
    before = current_items(world.task_list)
    batch = staged(world, csv_of())
    texts = {column.name: EXAMPLES[column.name][0] for column in ROW_COLUMNS if column.name != "number"}
    edit(batch.rows.get(line=2), admin, **texts)
    applied(world, batch)
    changed = current_items(world.task_list)[1]
    for column in ROW_COLUMNS:
        if column.name != "number":
            assert said(column.shown(changed), EXAMPLES[column.name][1]), f"{column.name} is not applied"
    batch.refresh_from_db()
    actions.undo_batch(batch=batch, by=admin, at=AT)
    for column in ROW_COLUMNS:
        assert column.of(current_items(world.task_list)[1]) == column.of(before[1]), f"undo forgets {column.name}"
    assert current_items(world.task_list) == before


# ---- the external code: once in a list


def test_a_code_that_stands_twice_in_a_file_is_a_problem_at_the_later_row(world):
    headings, rows = with_codes("QH-1", "", "ＱＨ-1", "QH-2")
    batch = staged(world, csv_of(rows, headings))
    assert problems(batch) == [(4, "外部编码", "value_twice", "ＱＨ-1")]
    with pytest.raises(Refused, match="1 行有错误"):
        applied(world, batch)


def test_a_code_of_an_item_that_the_file_does_not_mention_is_a_problem_until_that_item_is_retired(world, admin):
    applied(world, staged(world, csv_of(*reversed(with_codes("QH-1", "QH-2", "", "")))), BEFORE)
    headings, rows = with_codes("", "QH-2", "QH-1", "")
    batch = staged(world, csv_of(rows[1:], headings))
    assert problems(batch) == [(3, "外部编码", "value_held", "QH-1")]
    decisions.leave_out(batch=batch, seqs=None, retire=True, by=admin, at=AT)
    assert problems(batch) == []
    before = current_items(world.task_list)
    applied(world, batch)
    assert {seq: item.external_code for seq, item in current_items(world.task_list).items()} == {
        2: "QH-2",
        3: "QH-1",
        4: "",
    }
    batch.refresh_from_db()
    actions.undo_batch(batch=batch, by=admin, at=AT)
    assert current_items(world.task_list) == before


def test_two_tasks_may_exchange_their_codes_and_a_new_one_may_take_a_code_that_is_given_up(world):
    applied(world, staged(world, csv_of(*reversed(with_codes("QH-1", "QH-2", "QH-3", "")))))
    headings, rows = with_codes("QH-2", "QH-1", "", "", "QH-3", rows=[*ROWS, NEW_ROW])
    applied(world, staged(world, csv_of(rows, headings)))
    assert codes_of(world) == {1: "QH-2", 2: "QH-1", 3: "", 4: "", 5: "QH-3"}
    assert world.task_list.tasks.filter(containing("qh-2")).get().seq == 1
    again = staged(world, csv_of(rows, headings))
    assert set(again.rows.values_list("change", flat=True)) == {"unchanged"}


def test_an_edit_frees_the_row_that_said_the_same_and_binds_the_one_that_now_does(world, admin):
    headings, rows = with_codes("QH-1", "QH-1", "", "")
    batch = staged(world, csv_of(rows, headings))
    first, second = batch.rows.get(line=2), batch.rows.get(line=3)
    assert (first.change, second.change) == ("changed", "error")
    edit(first, admin, external_code="QH-9")
    second.refresh_from_db()
    assert (second.change, second.problems) == ("changed", [])
    again = edit(second, admin, external_code="QH-9")
    assert (again.change, again.problems[0]["code"], again.problems[0]["details"]) == (
        "error",
        "value_twice",
        {"line": "2"},
    )
    assert edit(again, admin, external_code="").problems == []


def test_a_number_that_a_spreadsheet_rounded_is_no_code_and_one_in_full_width_is_no_change(world):
    applied(world, staged(world, csv_of(*reversed(with_codes("QH-1", "", "", "")))))
    headings, rows = with_codes("ＱＨ－１", "6.30200E+17", "", "")
    batch = staged(world, csv_of(rows, headings))
    assert problems(batch) == [(3, "外部编码", "value_rounded", "6.30200E+17")]
    assert batch.rows.get(line=2).change == "unchanged"
    headings, rows = with_codes("X" * 65, "", "", "")
    assert problems(staged(world, csv_of(rows, headings))) == [(2, "外部编码", "too_long", "X" * 65)]


def test_the_table_keeps_a_code_once_among_tasks_in_force(world):
    Task.objects.filter(pk=world.task(1).pk).update(external_code="QH-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=world.task(2).pk).update(external_code="QH-1")
    item = replace(current_items(world.task_list)[2], external_code="QH-1")
    with pytest.raises(Refused, match="外部编码都是“QH-1”"):
        apply_items(task_list=world.task_list, items=[item], by=None, at=AT)
    Task.objects.filter(pk=world.task(1).pk).update(retired_at=AT)
    apply_items(task_list=world.task_list, items=[item], by=None, at=AT)
    assert world.task(2).external_code == "QH-1"


def test_a_document_that_says_nothing_of_codes_keeps_those_of_the_list(world):
    applied(world, staged(world, csv_of(*reversed(with_codes("QH-1", "", "", "")))))
    assert staged(world, csv_of(with_cell(0, "完成时限", "9月底前"))).rows.get(line=2).item["external_code"] == "QH-1"
    headings = ("序号", "工作内容", "责任单位", "任务编码")
    rows = [(row[0], row[4], row[5], code) for row, code in zip(ROWS, ("", "SN-2", "", ""), strict=True)]
    batch = staged(world, table(headings, rows), "清单.xlsx")
    assert batch.reading["taken"]["任务编码"] == "external_code"
    codes = [row.item.get("external_code", "") for row in batch.rows.exclude(change="kept").order_by("line")]
    assert codes == ["", "SN-2", "", ""]
    headings = headings[:3]
    batch = staged(world, table(headings, [row[:3] for row in rows]), "清单.xlsx")
    assert batch.rows.exclude(change="kept").order_by("line").first().item["external_code"] == "QH-1"
