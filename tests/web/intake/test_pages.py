"""The import pages: who may, what they say, and that nothing is written before it is confirmed."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership
from tasks_app.accounts.permissions import viewer_of
from tasks_app.catalogue.actions import save_list
from tasks_app.catalogue.models import TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.intake.models import ImportBatch
from tasks_app.intake.queries import possible_coordinators
from tasks_app.reminders.models import ReminderStep
from tasks_app.units.models import Unit
from tasks_app.web.intake.forms import choosable_lists
from tests.factories import START, World
from tests.intake.files import NEW_ROW, ROWS, csv_of, with_cell

# Of the workbench, whatever the number of rows.
QUERIES = 15
BAD = with_cell(0, "牵头单位", "市住建局", [*ROWS, NEW_ROW])


def upload(client: Client, world: World, content: bytes, **values: object):
    values = values or {"target": f"list-{world.task_list.pk}"}
    name = str(values.pop("file_name", "七月清单.csv"))
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return client.post(reverse("imports"), {**values, "file": file})


def new_in(world: World) -> dict[str, object]:
    return {"target": f"new-{world.task_list.jurisdiction_id}"}


def facts(**values: object) -> dict[str, object]:
    return {f"facts-{name}": value for name, value in values.items()} | {"version": 0}


def batch_page(client: Client, world: World, content: bytes) -> str:
    return upload(client, world, content).url


@pytest.fixture
def admin(signed_in) -> Client:
    return signed_in("administrator")


@pytest.fixture
def new_list_fields(world) -> dict[str, object]:
    return {
        "title": "新的清单", "number": "东政办〔2024〕99号",
        "issuer": "海东市人民政府办公室", "issued_on": "2024-08-01",
        "year": 2024, "coordinating_unit": world.units["市发展改革委"].pk, "starts_on": "2024-08-01",
        "default_due_on": "2024-12-31", "report_day": 20,
    }  # fmt: skip


def test_an_upload_leads_to_its_page_and_changes_no_list(admin, world):
    before = current_items(world.task_list)
    page = admin.get(batch_page(admin, world, csv_of([*ROWS, NEW_ROW]))).content.decode()
    assert "确认导入 1 项" in page
    assert "建设一条新路。" in page
    assert current_items(world.task_list) == before


def test_confirming_imports_and_a_second_time_does_not(admin, world):
    address = batch_page(admin, world, csv_of([*ROWS, NEW_ROW]))
    answer = admin.post(address + "apply/", follow=True).content.decode()
    assert "已导入：新增 1 项，变更 0 项，停用 0 项" in answer
    assert world.task_list.tasks.count() == 5
    assert "此前已经导入" in admin.post(address + "apply/", follow=True).content.decode()
    assert world.task_list.tasks.count() == 5


def test_errors_stand_at_their_cell_with_value_reason_and_remedy(admin, world):
    page = admin.get(batch_page(admin, world, csv_of(BAD))).content.decode()
    assert "单位名录里没有“市住建局”" in page
    assert "名称相近的有：市住房建设局" in page
    assert "还有 1 行有错误" in page
    assert "disabled" in page


def test_a_batch_with_errors_is_refused_and_says_so(admin, world):
    address = batch_page(admin, world, csv_of(BAD))
    assert "没有导入任何内容" in admin.post(address + "apply/", follow=True).content.decode()
    assert world.task_list.tasks.count() == 4


def test_the_annotated_file_carries_the_problems_and_can_be_mended_and_sent_again(admin, world):
    address = batch_page(admin, world, csv_of(with_cell(1, "重点任务", "=1+1", BAD)))
    content = admin.get(address + "annotated/").content
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][-1] == "问题"
    assert rows[1][-1].startswith("牵头单位：单位名录里没有“市住建局”")
    assert rows[2][3] == "'=1+1"
    mended = content.replace("市住建局".encode(), "市住房建设局".encode())
    batch = ImportBatch.objects.get(pk=int(batch_page(admin, world, mended).split("/")[-2]))
    assert not batch.rows.filter(change="error").exists()
    assert batch.rows.get(line=3).item["key_task"] == "=1+1"


def test_a_list_changed_meanwhile_is_compared_anew(admin, world):
    first = batch_page(admin, world, csv_of(with_cell(0, "牵头单位", "市教育局")))
    second = batch_page(admin, world, csv_of(with_cell(0, "牵头单位", "市发展改革委")))
    admin.post(second + "apply/")
    answer = admin.post(first + "apply/", follow=True).content.decode()
    assert "已按现在的清单重新比对" in answer
    assert "<del>市发展改革委</del>" in answer


def test_a_new_list_comes_with_rule_and_reminders(admin, new_list_fields, world):
    address = upload(admin, world, csv_of(), **new_in(world)).url
    assert "基本信息还没有填全" in admin.get(address).content.decode()
    admin.post(address + "facts/", facts(**new_list_fields))
    assert TaskList.objects.count() == 1
    admin.post(address + "apply/")
    made = TaskList.objects.get(title="新的清单")
    assert (made.tasks.count(), made.reporting_rule.day) == (4, 20)
    assert ReminderStep.objects.filter(task_list=made).exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"number": "东政办〔2024〕69号"}, "已经有清单"),
        ({"report_day": 32}, "31"),
        ({"default_due_on": "2023-12-31"}, "早于起始日期"),
        ({"starts_on": "八月"}, "日期"),
        ({"coordinating_unit": 0}, "有效"),
    ],
)
def test_wrong_words_about_a_new_list_are_answered_at_the_field_and_stay(admin, new_list_fields, world, values, said):
    address = upload(admin, world, csv_of(), **new_in(world)).url
    answer = admin.post(address + "facts/", facts(**{**new_list_fields, **values}))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "海东市人民政府办公室" in answer.content.decode()
    assert ImportBatch.objects.get().version == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04xl/workbook.xml", "另存一份"),
        (csv_of(encoding="utf-16-le"), "不是 CSV 文件"),
        (b"%PDF-1.7 text", "全选、复制，粘贴到“或者粘贴文字”一栏"),
        ("姓名,电话\n甲,1\n".encode(), "没有找到表头"),
    ],
)
def test_a_wrong_file_is_answered_in_chinese_and_leaves_nothing(admin, world, content, said):
    answer = upload(admin, world, content)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_no_file_and_no_list_are_both_said(admin, world):
    page = admin.post(reverse("imports"), {}).content.decode()
    assert "请选择文件，或在下面粘贴文字" in page
    assert "有 2 处需要更正" in page


def test_template_and_example_open_in_a_spreadsheet(admin):
    for name in ("import_template", "import_example"):
        content = admin.get(reverse(name)).content
        assert content.decode("utf-8-sig").startswith(
            "序号,章,节,重点任务,工作事项和年度目标成果,牵头单位,配合单位,完成时限"
        )


@pytest.mark.parametrize("who", ["liaison", "supervisor", "leader", "stranger"])
def test_others_may_not_import(signed_in, admin, world, who):
    address = batch_page(admin, world, csv_of())
    client = signed_in(who)
    for name in ("imports", "import_template", "import_example"):
        assert client.get(reverse(name)).status_code == 403
    assert upload(client, world, csv_of()).status_code == 403
    assert client.get(address).status_code == 403
    assert client.get(address + "annotated/").status_code == 403
    assert client.post(address + "apply/").status_code == 403


def test_a_coordinator_imports_into_the_own_lists_only(signed_in, admin, world):
    theirs = save_list(
        slug="other",
        document={"number": "x", "title": "x", "issuer": "x", "issued_on": START},
        values={
            "title": "别人的清单", "jurisdiction": world.task_list.jurisdiction,
            "coordinating_unit": world.units["市教育局"], "year": 2024, "starts_on": START,
        },
        by=None,
        at=world.task_list.periods.first().opens_at,
    )  # fmt: skip
    client = signed_in("coordinator")
    page = client.get(reverse("imports")).content.decode()
    assert world.task_list.title in page
    assert "别人的清单" not in page
    assert upload(client, world, csv_of(), target=f"list-{theirs.pk}").status_code == 200
    assert client.get(batch_page(client, world, csv_of())).status_code == 200
    foreign = upload(admin, world, csv_of(), target=f"list-{theirs.pk}").url
    assert client.get(foreign).status_code == 404
    assert client.post(foreign + "apply/").status_code == 404
    assert upload(client, world, csv_of(), **new_in(world)).status_code == 200
    assert not ImportBatch.objects.filter(task_list=None).exists()


def test_a_visitor_is_asked_to_sign_in(client, world):
    assert client.get(reverse("imports")).url.startswith(reverse("login"))


def test_confirming_needs_a_post(admin, world):
    assert admin.get(batch_page(admin, world, csv_of()) + "apply/").status_code == 405


def test_rows_can_be_filtered_by_change(admin, world):
    address = batch_page(admin, world, csv_of([*ROWS, NEW_ROW]))
    page = admin.get(address, {"show": "added"}).content.decode()
    assert "建设一条新路。" in page
    assert "开工建设职教路" not in page
    assert admin.get(address, {"show": "nonsense", "page": "x", "per_page": "y", "edit": "z"}).status_code == 200


def page_of(world: World) -> str:
    return reverse("import_batch", args=[ImportBatch.objects.latest("pk").pk])


def test_tasks_that_the_file_lacks_are_named(admin, world):
    page = admin.get(batch_page(admin, world, csv_of(ROWS[:2]))).content.decode()
    assert "保留 2 项，停用 0 项" in page
    left_out = admin.get(page_of(world), {"show": "kept"}).content.decode()
    assert "新增结对校，仅乐都区参加。" in left_out


def test_the_newest_upload_stands_first(admin, world):
    pages = [batch_page(admin, world, csv_of()) for _ in range(12)]
    page = admin.get(reverse("imports")).content.decode()
    assert page.index(pages[-1]) < page.index(pages[-2])
    assert pages[0] + '"' not in page


def test_the_number_of_queries_does_not_grow_with_the_rows(admin, world, django_assert_num_queries):
    few = batch_page(admin, world, csv_of(BAD))
    rows = [*ROWS, *((str(n), *NEW_ROW[1:]) for n in range(5, 190)), ("200", *BAD[0][1:])]
    many = batch_page(admin, world, csv_of(rows))
    for address in (few, many + "?per_page=200"):
        with django_assert_num_queries(QUERIES):
            admin.get(address)


def test_a_notice_with_another_number_asks_whether_it_amends_the_list(signed_in, world):
    coordinator = signed_in("coordinator")
    notice = "东政办〔2025〕9号\n关于印发《教育工作要点》的通知\n1. 改造食堂20个。\n责任单位：市教育局\n".encode()
    address = upload(coordinator, world, notice, target=f"list-{world.task_list.pk}", file_name="要点.txt").url
    page = coordinator.get(address).content.decode()
    assert "文件的文号是“东政办〔2025〕9号”" in page
    assert "要新建清单，请系统管理员上传" in page
    assert "不是这份清单的文号" in coordinator.post(address + "apply/", follow=True).content.decode()
    page = coordinator.post(address + "list/", {"task_list": world.task_list.pk}, follow=True).content.decode()
    assert "文件的文号是" not in page
    assert "确认导入 1 项" in page


def test_a_coordinator_makes_no_units(world, signed_in):
    client = signed_in("coordinator")
    page = upload(client, world, csv_of(with_cell(0, "牵头单位", "市新设局", [*ROWS]))).url
    answer = client.post(f"{page}unit/", {"name": "市新设局", "kind": "municipal_department", "version": 0})
    assert answer.status_code == 403
    assert not Unit.objects.filter(name="市新设局").exists()


def test_an_abolished_unit_is_not_offered_as_coordinator(world):
    names = set(possible_coordinators(viewer_of(world.people["administrator"])).values_list("name", flat=True))
    assert "市发展改革委" in names
    assert not names & {"市能源局", "各县区政府"}


def test_a_file_that_is_too_large_is_refused_at_its_field(admin, world, monkeypatch):
    monkeypatch.setattr("tasks_app.web.intake.forms.MAX_BYTES", 100)
    answer = upload(admin, world, csv_of())
    assert "超过" in answer.context["form"].errors["file"][0]
    assert not ImportBatch.objects.exists()


def test_a_task_that_is_to_be_retired_may_still_be_kept(admin, world):
    page = batch_page(admin, world, csv_of(ROWS[:3]))
    batch = ImportBatch.objects.latest("pk")
    for retire in ("1", ""):
        admin.post(reverse("import_left_out", args=[batch.pk]), {"seq": "4", "retire": retire})
        (row,) = [row for row in admin.get(page).context["rows"] if row.row.seq == 4]
        assert row.row.change == ("removed" if retire else "kept")
        assert row.left_out


def test_a_batch_becomes_a_version_of_lists_of_its_city_alone(world):
    """The administrator keeps lists of two cities."""
    unit, person = world.people["stranger"].memberships.get().unit, world.people["administrator"]
    Membership.objects.create(user=person, unit=unit, role=Role.ADMINISTRATOR)
    save_list(
        slug="far",
        document={"number": "x", "title": "x", "issuer": "x", "issued_on": START},
        values={
            "title": "格尔木的清单", "jurisdiction": unit.jurisdiction, "coordinating_unit": unit, "year": 2024,
            "starts_on": START,
        },
        by=None,
        at=world.task_list.periods.first().opens_at,
    )  # fmt: skip
    batch = ImportBatch(jurisdiction=world.task_list.jurisdiction)
    assert choosable_lists(viewer_of(person), batch) == [world.task_list]


def test_taken_back_twice_the_second_time_says_why_not(admin, world):
    batch_page(admin, world, csv_of([*ROWS, NEW_ROW]))
    batch = ImportBatch.objects.latest("pk")
    admin.post(reverse("import_apply", args=[batch.pk]))
    undo = reverse("import_undo", args=[batch.pk])
    assert "已撤销这次导入" in admin.post(undo, follow=True).text
    assert set(current_items(world.task_list)) == {1, 2, 3, 4}
    assert "没有撤销：" in admin.post(undo, follow=True).text
