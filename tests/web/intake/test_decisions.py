"""The addresses by which the workbench decides: each takes one decision, says what it did, and shows the page again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tasks_app.intake.layout import IGNORE
from tasks_app.intake.models import ImportBatch
from tasks_app.units.models import Unit, UnitAlias
from tests.intake.files import HEADINGS, NEW_ROW, ROWS, csv_of, with_cell

DOUBT = {"text": "移过格子", "field": "", "accepted": ""}


@pytest.fixture
def admin(signed_in):
    return signed_in("administrator")


@pytest.fixture
def staged(world, admin):
    def upload(content):
        file = SimpleUploadedFile("清单.csv", content, content_type="text/csv")
        admin.post(reverse("imports"), {"target": f"list-{world.task_list.pk}", "file": file})
        return ImportBatch.objects.latest("pk")

    return upload


def decide(client, address, batch, /, *more, **data):
    return client.post(reverse(address, args=[batch.pk, *more]), data, follow=True)


def of(batch, line):
    return batch.rows.get(line=line)


def typed(client, batch, row, **changed):
    """What the row's own form would send."""
    address = reverse("import_row", args=[batch.pk, row.pk])
    form = client.get(address, headers={"HX-Request": "true"}).context["form"]
    return sent(form) | {form.add_prefix(name): value for name, value in changed.items()}


def sent(form):
    return {field.html_name: "" if field.value() is None else field.value() for field in form}


def test_a_row_is_edited_in_its_form_and_comes_back_as_it_is_now(admin, staged):
    batch = staged(csv_of(with_cell(0, "牵头单位", "市住建局")))
    row = of(batch, 2)
    assert row.change == "error"
    answer = decide(admin, "import_row", batch, row.pk, **typed(admin, batch, row, lead_units="市教育局"))
    assert answer.status_code == 200
    assert of(batch, 2).change == "changed"


def test_of_two_who_edit_a_row_the_second_keeps_the_words_and_reads_who_was_first(admin, signed_in, staged):
    batch = staged(csv_of())
    row = of(batch, 2)
    mine = typed(admin, batch, row, content="我的话")
    theirs = typed(admin, batch, row, content="别人的话")
    decide(signed_in("coordinator"), "import_row", batch, row.pk, **theirs)
    answer = decide(admin, "import_row", batch, row.pk, **mine)
    assert answer.status_code == 409
    assert "我的话" in answer.text
    assert of(batch, 2).item["content"] == "别人的话"
    again = sent(answer.context["editing"])
    assert decide(admin, "import_row", batch, row.pk, **again).status_code == 200
    assert of(batch, 2).item["content"] == "我的话", "having seen the other's"


def test_a_row_s_doubts_are_accepted_for_the_version_that_was_looked_at(admin, staged):
    batch = staged(csv_of(with_cell(0, "牵头单位", "市教育局")))
    batch.rows.filter(line=2).update(doubts=[DOUBT], open_doubts=1)
    row = of(batch, 2)
    for version in ("7", "x", ""):
        assert decide(admin, "import_accept", batch, row.pk, version=version).status_code == 409
        assert of(batch, 2).open_doubts == 1
    assert decide(admin, "import_accept", batch, row.pk, version=row.version).status_code == 200
    assert of(batch, 2).open_doubts == 0


def test_all_doubts_are_accepted_at_once_but_not_those_of_rows_with_errors(admin, staged):
    batch = staged(csv_of(with_cell(0, "牵头单位", "市住建局")))
    batch.rows.filter(line__in=[2, 3, 4]).update(doubts=[DOUBT], open_doubts=1)
    assert "已认可 2 行的疑点" in decide(admin, "import_accept_all", batch).text
    assert [of(batch, line).open_doubts for line in (2, 3, 4)] == [1, 0, 0]


def test_an_unknown_name_is_a_unit_or_a_new_one_and_not_both_or_neither(world, admin, staged):
    batch = staged(csv_of(with_cell(0, "牵头单位", "市住建局", with_cell(1, "牵头单位", "市公园局"))))
    unit = world.units["市住房建设局"]
    for both in ({}, {"unit": unit.pk, "kind": "municipal_department"}):
        assert "请选这个名称指的是哪个单位" in decide(admin, "import_unit", batch, name="市住建局", **both).text
    assert "1 行不再有错误" in decide(admin, "import_unit", batch, name="市住建局", unit=unit.pk).text
    assert UnitAlias.objects.get(name="市住建局").unit == unit
    assert "已新建单位" in decide(admin, "import_unit", batch, name="市公园局", kind="municipal_department").text
    assert Unit.objects.get(name="市公园局").jurisdiction == batch.jurisdiction
    assert not batch.rows.filter(change="error").exists()


def test_what_a_column_holds_is_said_and_the_file_read_again(admin, staged):
    batch = staged(csv_of(with_cell(0, "配合单位", "市教育局")))
    assert of(batch, 2).change == "changed"
    columns = {f"column-{place}": "nonsense" for place in range(len(HEADINGS))}
    columns[f"column-{HEADINGS.index('配合单位')}"] = IGNORE
    assert "已按指定的列重新读取" in decide(admin, "import_columns", batch, **columns).text
    batch.refresh_from_db()
    assert batch.mapping == {"配合单位": IGNORE}
    assert of(batch, 2).change == "unchanged", "of what is not read the list's own stays"


def test_what_the_file_lacks_is_retired_one_by_one_or_as_a_whole(admin, staged):
    batch = staged(csv_of(ROWS[:1]))

    def retired():
        return set(batch.rows.filter(change="removed").values_list("seq", flat=True))

    for said, now in (({"seq": "4", "retire": "1"}, {4}), ({"retire": "1"}, {2, 3, 4}), ({"seq": "x"}, {2, 3, 4}),
                      ({"seq": "3"}, {2, 4}), ({}, set())):  # fmt: skip
        decide(admin, "import_left_out", batch, **said)
        assert retired() == now


def test_compared_again_a_batch_follows_the_list_and_comes_back_to_where_one_was(admin, staged):
    earlier, later = staged(csv_of([*ROWS, NEW_ROW])), staged(csv_of([*ROWS, NEW_ROW]))
    admin.post(reverse("import_apply", args=[earlier.pk]))
    answer = decide(admin, "import_restage", later, back="added")
    assert answer.redirect_chain[-1][0].endswith("?show=added")
    assert set(later.rows.values_list("change", flat=True)) == {"unchanged"}
    assert "?" not in decide(admin, "import_restage", later, back="nonsense").redirect_chain[-1][0]


def test_the_file_comes_back_as_it_was_uploaded(admin, staged):
    content = csv_of()
    answer = admin.get(reverse("import_original", args=[staged(content).pk]))
    assert answer.content == content
    assert "attachment" in answer["Content-Disposition"]


def test_two_lists_of_one_file_name_each_other_and_a_single_one_nobody(world, admin, staged):
    one, other = staged(csv_of()), staged(csv_of(ROWS[:2]))
    ImportBatch.objects.update(facts={"parts": 2}, sha256="x", uploaded_at=one.uploaded_at)
    ImportBatch.objects.filter(pk=other.pk).update(part=2)
    page = reverse("import_batch", args=[one.pk])
    assert list(admin.get(page).context["siblings"]) == [one, other]
    ImportBatch.objects.update(facts={"parts": 1})
    assert list(admin.get(page).context["siblings"]) == []


def test_no_name_becomes_a_unit_that_was_abolished_or_one_of_another_city(world, admin, staged):
    batch = staged(csv_of(with_cell(0, "牵头单位", "市住建局")))
    Unit.objects.filter(pk=world.units["市教育局"].pk).update(active=False)
    for unit in (world.units["市教育局"], world.people["stranger"].memberships.get().unit):
        assert "请选这个名称指的是哪个单位" in decide(admin, "import_unit", batch, name="市住建局", unit=unit.pk).text
    assert not UnitAlias.objects.filter(name="市住建局").exists()


def test_of_an_imported_batch_no_row_is_edited_any_more(admin, staged):
    batch = staged(csv_of([*ROWS, NEW_ROW]))
    page = reverse("import_batch", args=[batch.pk])
    row = of(batch, 6)
    assert admin.get(page, {"edit": row.pk}).context["editing"] is not None
    admin.post(reverse("import_apply", args=[batch.pk]))
    assert admin.get(page, {"edit": row.pk}).context["editing"] is None
