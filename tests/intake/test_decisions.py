"""What people decide on a batch: rows, doubts, units, left-out tasks, the new list's facts; and taking it back."""

import datetime as dt

import pytest
from django.conf import settings

from tasks_app.audit.models import Event
from tasks_app.catalogue.models import Document, Section, Task, TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.closing.actions import close_period
from tasks_app.intake import actions, decisions, drafts, editing
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.rules import read_targets, target_line
from tasks_app.intake.understanding.deadlines import Year
from tasks_app.intake.understanding.reporting import find_rule
from tasks_app.intake.waiting import work_off
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.reporting.actions import open_periods
from tasks_app.schedule.models import Obligation
from tasks_app.units.models import Unit, UnitAlias
from tests.factories import World, beijing
from tests.intake.files import NEW_ROW, ROWS, csv_of, with_cell

AT = beijing("2024-08-02 11:00")
PRINTED = settings.BASE_DIR / "tests" / "sources" / "printed" / "004_7a4d7d8a8a44c2ab.txt"
NOTICE = """东政办〔2025〕9号

海东市人民政府办公室关于印发《海东市2025年教育工作要点》的通知

各县区政府，市政府各部门：

一、基础教育

1. 新增结对校3所。
责任单位：市教育局

2. 改造食堂20个，2025年6月底前完成。
责任单位：市教育厨房局

二、报送要求

请各单位于每月20日前将进展情况报送市发展改革委。

海东市人民政府办公室
2025年1月9日
"""


@pytest.fixture
def admin(world):
    return world.people["administrator"]


def staged(world: World, content: bytes, name: str = "清单.csv", **target: object) -> ImportBatch:
    target = target or {"task_list": world.task_list}
    by = world.people["administrator"]
    return actions.stage(content=content, file_name=name, by=by, at=AT, **target)


def notice(world: World) -> ImportBatch:
    return staged(world, NOTICE.encode(), "要点.txt", jurisdiction=world.task_list.jurisdiction)


def edit(row: StagedRow, admin, **texts: str) -> StagedRow:
    return decisions.edit_row(row=row, version=row.version, texts=texts, by=admin, at=AT)


def test_an_edited_cell_is_understood_like_one_of_the_file(world, admin):
    batch = staged(world, csv_of(with_cell(0, "牵头单位", "市住建局")))
    row = edit(batch.rows.get(line=2), admin, lead_units="市教育局", deadline="9月底前")
    assert (row.change, row.problems) == ("changed", [])
    assert row.item["lead_units"] == ["市教育局"]
    assert row.item["deadline"] == {"date": "2024-09-30", "text": "9月底前", "basis": "explicit"}
    event = Event.objects.filter(verb="intake.edit_row").latest("pk")
    assert event.after["lead_units"] == "市教育局"
    actions.apply_batch(batch=batch, by=admin, at=AT)
    assert current_items(world.task_list)[1].lead_units == ("市教育局",)


def test_what_is_typed_wrongly_stays_as_typed_and_is_explained(world, admin):
    row = edit(staged(world, csv_of()).rows.get(line=2), admin, deadline="快了")
    assert row.change == "error"
    assert row.problems[0]["value"] == "快了"
    assert edit(row, admin, deadline="年底前").change == "unchanged"


def test_a_row_edited_meanwhile_is_not_overwritten(world, admin):
    row = staged(world, csv_of()).rows.get(line=2)
    edit(row, world.people["coordinator"], content="改造 3000 套。")
    with pytest.raises(Conflict, match="市发展改革委汇总"):
        decisions.edit_row(row=row, version=0, texts={"content": "改造 1 套。"}, by=admin, at=AT)
    row.refresh_from_db()
    assert row.item["content"] == "改造 3000 套。"


def test_a_number_that_stood_twice_is_free_once_one_row_has_another(world, admin):
    batch = staged(world, csv_of([*ROWS, ("1", *NEW_ROW[1:])]))
    assert batch.rows.get(line=6).change == "error"
    row = edit(batch.rows.get(line=6), admin, number="5")
    assert (row.change, row.seq) == ("added", 5)
    actions.apply_batch(batch=batch, by=admin, at=AT)
    assert world.task(5).content == "建设一条新路。"


def test_a_row_that_becomes_another_task_leaves_its_former_one_unmentioned(world, admin):
    batch = staged(world, csv_of([ROWS[0]]))
    row = edit(batch.rows.get(line=2), admin, number="2")
    assert row.seq == 2
    assert set(batch.rows.filter(change="kept").values_list("seq", flat=True)) == {1, 3, 4}


def test_a_unit_confirmed_once_holds_for_all_rows_and_from_now_on(world, admin):
    rows = with_cell(0, "牵头单位", "市住建局", with_cell(1, "牵头单位", "市住建局"))
    batch, other = staged(world, csv_of(rows)), staged(world, csv_of(rows))
    unit = world.units["市住房建设局"]
    assert decisions.confirm_unit(batch=batch, name="市住建局", unit=unit, by=admin, at=AT) == 2
    assert {row.change for row in (*batch.rows.all(), *other.rows.all())} == {"unchanged"}
    assert UnitAlias.objects.get(name="市住建局").unit == unit
    assert not staged(world, csv_of(rows)).rows.filter(change="error").exists()
    with pytest.raises(Refused, match="已经是"):
        decisions.confirm_unit(batch=batch, name="市住建局", unit=world.units["市教育局"], by=admin, at=AT)


def test_a_new_unit_is_made_and_takes_its_rows(world, admin):
    batch = notice(world)
    name = "市教育厨房局"
    assert batch.rows.get(no="2").problems[0]["details"]["names"] == name
    decisions.create_unit(batch=batch, name=name, kind="municipal_department", by=admin, at=AT)
    assert batch.rows.get(no="2").change == "added"
    assert Unit.objects.get(name=name).jurisdiction == batch.jurisdiction


@pytest.mark.parametrize(
    ("sentence", "frequency", "day"),
    [
        ("各单位于每月月底前将进展情况报送市发展改革委。", "monthly", 31),
        ("各单位于每季度末将进展情况报送市发展改革委。", "quarter_end", 31),
        ("各单位于每季度最后一个月25日前将进展情况报送市发展改革委。", "quarter_end", 25),
        ("各单位于每季度首月10日前将进展情况报送市发展改革委。", "quarterly", 10),
        ("各单位于每周五前将进展情况报送市发展改革委。", "monthly", None),
    ],
)
def test_a_notice_proposes_the_frequency_that_it_orders(sentence, frequency, day):
    rule = find_rule([sentence], Year(2025))
    draft = drafts.propose({"reporting_rule": rule.as_json()}, names=None, at=AT)
    assert (draft["report_frequency"], draft["report_day"]) == (frequency, day)
    assert draft["rule_text"] == sentence


def test_the_first_round_of_a_quarterly_list_is_due_in_a_month_of_its_own():
    first = drafts.first_due_at(frequency="quarter_end", report_day=31, not_before=dt.date(2024, 10, 2), at=AT)
    assert first == beijing("2024-12-31 18:00")


def test_a_notice_brings_its_facts_and_its_rule(world, admin):
    batch = notice(world)
    assert batch.new_list["number"] == "东政办〔2025〕9号"
    assert batch.new_list["report_day"] == 20
    assert batch.rows.get(no="1").item["deadline"]["date"] == "2025-12-31"
    assert "每月20日前" in batch.new_list["rule_text"]
    assert batch.new_list["coordinating_unit_id"] == world.units["市发展改革委"].pk
    assert [row.item["lead_units"] for row in batch.rows.all()] == [["市教育局"], ["市教育厨房局"]]


def test_facts_are_kept_with_a_version_and_the_default_deadline_follows(world, admin):
    batch = notice(world)
    values = {"default_due_on": "2025-11-30", "default_due_text": "按要求"}
    decisions.save_facts(batch=batch, version=0, values=values, by=admin, at=AT)
    assert batch.rows.get(no="1").item["deadline"]["date"] == "2025-11-30"
    assert batch.rows.get(no="2").item["deadline"]["date"] == "2025-06-30"
    with pytest.raises(Conflict):
        decisions.save_facts(batch=batch, version=0, values={"title": "另一个"}, by=admin, at=AT)


def test_a_new_list_from_a_notice_can_be_taken_back_whole(world, admin):
    batch = notice(world)
    decisions.confirm_unit(batch=batch, name="市教育厨房局", unit=world.units["市教育局"], by=admin, at=AT)
    facts = {"title": "要点", "issuer": "市政府办公室", "issued_on": "2024-08-01", "starts_on": "2024-08-01"}
    decisions.save_facts(batch=batch, version=0, values=facts, by=admin, at=AT)
    decisions.accept_all_doubts(batch=batch, by=admin, at=AT)
    actions.apply_batch(batch=batch, by=admin, at=AT)
    batch.refresh_from_db()
    assert batch.task_list.reporting_rule.text.startswith("请各单位于每月20日前")
    open_periods(by=None, at=AT)
    actions.undo_batch(batch=batch, by=admin, at=AT)
    assert TaskList.objects.count() == Document.objects.count() == 1
    batch.refresh_from_db()
    assert (batch.status, batch.task_list, batch.list_title) == ("undone", None, "要点")


def test_taking_back_a_new_list_leaves_a_whole_proposal_to_those_who_were_amending_it(world, admin):
    first = notice(world)
    decisions.confirm_unit(batch=first, name="市教育厨房局", unit=world.units["市教育局"], by=admin, at=AT)
    decisions.accept_all_doubts(batch=first, by=admin, at=AT)
    first.refresh_from_db()
    actions.apply_batch(batch=first, by=admin, at=AT)
    second = notice(world)
    assert {row.change for row in second.rows.all()} == {"unchanged"}
    first.refresh_from_db()
    actions.undo_batch(batch=first, by=admin, at=AT)
    second.refresh_from_db()
    assert second.task_list is None
    assert second.new_list["number"] == "东政办〔2025〕9号"
    assert {row.change for row in second.rows.all()} == {"added"}


def test_tasks_that_the_file_lacks_are_retired_only_when_somebody_says_so(world, admin):
    batch = staged(world, csv_of(ROWS[:2]))
    decisions.leave_out(batch=batch, seqs=[4], retire=True, by=admin, at=AT)
    actions.apply_batch(batch=batch, by=admin, at=AT)
    assert set(current_items(world.task_list)) == {1, 2, 3}
    assert world.task(4).retired_at == AT
    assert not Obligation.objects.filter(task=world.task(4)).exists()
    batch.refresh_from_db()
    actions.undo_batch(batch=batch, by=admin, at=AT)
    assert set(current_items(world.task_list)) == {1, 2, 3, 4}
    assert Obligation.objects.filter(task=world.task(4)).exists()


def test_undo_puts_the_list_back_and_keeps_what_was_reported(world, admin):
    world.submit("liaison", percent=30, at="2024-08-02 10:00")
    before = current_items(world.task_list)
    headings = Section.objects.count()
    rows = with_cell(0, "工作事项和年度目标成果", "改造 3000 套。", [*ROWS, ("5", "三、新的一章", *NEW_ROW[2:])])
    batch = staged(world, csv_of(rows))
    actions.apply_batch(batch=batch, by=admin, at=AT)
    assert world.task(1).entries.filter(percent=30).exists()
    batch.refresh_from_db()
    actions.undo_batch(batch=batch, by=admin, at=AT)
    assert current_items(world.task_list) == before
    assert (Task.objects.count(), Section.objects.count()) == (4, headings)
    assert world.task(1).entries.filter(percent=30).exists()
    with pytest.raises(Refused, match="无可撤销"):
        actions.undo_batch(batch=batch, by=admin, at=AT)


def test_undo_is_refused_with_the_tasks_that_were_reported_on(world, admin):
    batch = staged(world, csv_of([*ROWS, ("5", *NEW_ROW[1:5], "市住房建设局", "", "长期")]))
    actions.apply_batch(batch=batch, by=admin, at=AT)
    world.open("2024-09-01 00:01")
    world.fill(world.report("liaison"), percent=10, text="开工。", by="liaison", at="2024-09-02 10:00")
    batch.refresh_from_db()
    with pytest.raises(Refused, match="第 5 项已经有单位填报"):
        actions.undo_batch(batch=batch, by=admin, at=AT + dt.timedelta(days=40))
    assert world.task(5).content == "建设一条新路。"


def test_undo_is_refused_once_a_period_with_the_tasks_is_closed(world, admin):
    batch = staged(world, csv_of([*ROWS, ("5", *NEW_ROW[1:5], "市住房建设局", "", "长期")]))
    actions.apply_batch(batch=batch, by=admin, at=AT)
    after = beijing("2024-08-06 10:00")
    close_period(period=world.report("liaison").period, by=world.people["coordinator"], at=after)
    batch.refresh_from_db()
    with pytest.raises(Refused, match="第 5 项已列入关账公布的数字"):
        actions.undo_batch(batch=batch, by=admin, at=after)


def test_undo_is_refused_after_a_later_import(world, admin):
    batches = [staged(world, csv_of(with_cell(0, "牵头单位", "市教育局")))]
    actions.apply_batch(batch=batches[0], by=admin, at=AT)
    batches.append(staged(world, csv_of(with_cell(0, "牵头单位", "市发展改革委"))))
    actions.apply_batch(batch=batches[1], by=admin, at=AT + dt.timedelta(minutes=1))
    for batch in batches:
        batch.refresh_from_db()
    with pytest.raises(Refused, match="请先撤销那一批"):
        actions.undo_batch(batch=batches[0], by=admin, at=AT)
    for batch in reversed(batches):
        actions.undo_batch(batch=batch, by=admin, at=AT)
    assert current_items(world.task_list)[1].lead_units == ("市住房建设局",)


def test_doubts_hold_an_import_up_until_they_are_accepted(world, admin):
    batch = staged(world, csv_of(with_cell(0, "牵头单位", "市教育局")))
    doubt = {"text": "移过格子", "field": "", "accepted": ""}
    batch.rows.filter(line=2).update(doubts=[doubt], open_doubts=1)
    with pytest.raises(Refused, match="疑点没有核对"):
        actions.apply_batch(batch=batch, by=admin, at=AT)
    row = decisions.accept_doubts(row=batch.rows.get(line=2), version=0, by=admin, at=AT)
    assert row.doubts[0]["accepted"] == str(admin)
    assert actions.apply_batch(batch=batch, by=admin, at=AT)


def test_decisions_survive_a_new_comparison(world, admin):
    batch = staged(world, csv_of())
    edit(batch.rows.get(line=2), admin, content="改造 3000 套。")
    actions.restage(batch=batch, by=admin, at=AT)
    assert batch.rows.get(line=2).item["content"] == "改造 3000 套。"


def test_nothing_is_decided_in_a_batch_that_is_done(world, admin):
    batch = staged(world, csv_of([*ROWS, NEW_ROW]))
    actions.apply_batch(batch=batch, by=admin, at=AT)
    with pytest.raises(Refused, match="已导入"):
        edit(batch.rows.get(line=2), admin, content="x")


def test_the_printed_list_is_the_list_that_is_there(haidong, django_user_model):
    by = django_user_model.objects.create(username="administrator")
    task_list = TaskList.objects.get(slug="haidong-2024-69")
    batch = actions.stage(
        content=PRINTED.read_bytes(), file_name=PRINTED.name, jurisdiction=task_list.jurisdiction, by=by, at=AT
    )
    assert batch.task_list == task_list
    changes = list(batch.rows.values_list("change", flat=True))
    assert (len(changes), changes.count("error"), changes.count("kept")) == (194, 0, 0)
    assert changes.count("unchanged") >= 190
    assert all(row.blocks for row in batch.rows.all())
    assert bytes(ImportBatch.objects.get(pk=batch.pk).content) == PRINTED.read_bytes()


def test_a_big_upload_is_read_by_the_worker_and_says_how_far_it_is(world, admin):
    receive = {"file_name": "大.csv", "by": admin, "at": AT, "task_list": world.task_list}
    good = actions.receive(content=csv_of([*ROWS, NEW_ROW]), **receive)
    bad = actions.receive(content=b"\x00\x01", **receive)
    assert (good.status, good.rows.count()) == ("reading", 0)
    assert work_off(at=AT) == 2
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, good.rows_done, good.rows.count()) == ("staged", 5, 5)
    assert bad.status == "failed"
    assert "不是 CSV 文件" in bad.reading["problem"]
    assert work_off(at=AT) == 0


def test_what_a_dead_worker_left_is_begun_again(world, admin):
    batch = actions.receive(content=csv_of(), file_name="a.csv", by=admin, at=AT, task_list=world.task_list)
    assert actions.claim(at=AT) == batch
    StagedRow.objects.create(batch=batch, line=2, change="added")
    assert actions.claim(at=AT + dt.timedelta(minutes=14)) is None, "its worker may still be at it"
    assert work_off(at=AT + dt.timedelta(hours=1)) == 1
    assert batch.rows.count() == 4


def test_what_was_decided_on_a_row_outlasts_another_reading_of_the_columns(world, admin):
    batch = staged(world, csv_of(with_cell(0, "牵头单位", "市住建局")))
    edit(batch.rows.get(line=2), admin, lead_units="市教育局")
    decisions.map_columns(batch=batch, mapping={"备注": "-"}, by=admin, at=AT)
    row = batch.rows.get(line=2)
    assert (row.item["lead_units"], row.edits) == (["市教育局"], {"lead_units": "市教育局"})


def ended_in_the_middle(times):
    """The worker that takes what waits dies of it, `times` times."""
    for n in range(times):
        assert actions.claim(at=AT + n * dt.timedelta(hours=1)), n
    return AT + times * dt.timedelta(hours=1)


def test_an_upload_that_ends_its_worker_each_time_is_given_up_after_three(world, admin):
    receive = {"by": admin, "at": AT, "task_list": world.task_list}
    batch = actions.receive(content=csv_of(), file_name="a.csv", **receive)
    at = ended_in_the_middle(3)
    after = actions.receive(content=csv_of(), file_name="b.csv", **receive)
    StagedRow.objects.create(batch=batch, line=2, change="added")
    assert work_off(at=at) == 1, "the next one is read"
    batch.refresh_from_db()
    assert (batch.status, batch.rows.count()) == ("failed", 0)
    assert "读取了 3 次都中途停止" in batch.reading["problem"]
    after.refresh_from_db()
    assert (after.status, after.attempts) == ("staged", 0)
    assert Event.objects.filter(verb="intake.fail").count() == 1


def test_an_upload_that_was_begun_twice_is_read_the_third_time(world, admin):
    batch = actions.receive(content=csv_of(), file_name="a.csv", by=admin, at=AT, task_list=world.task_list)
    assert work_off(at=ended_in_the_middle(2)) == 1
    batch.refresh_from_db()
    assert (batch.status, batch.attempts) == ("staged", 0)


def test_an_import_that_ends_its_worker_each_time_may_be_looked_at_again(world, admin):
    batch = staged(world, csv_of([*ROWS, NEW_ROW]))
    actions.queue_apply(batch=batch, by=admin, at=AT)
    assert work_off(at=ended_in_the_middle(3)) == 0
    batch.refresh_from_db()
    assert (batch.status, batch.rows.count()) == ("staged", 5)
    assert "导入了 3 次都中途停止" in batch.reading["refusal"]
    actions.queue_apply(batch=batch, by=admin, at=AT)
    assert work_off(at=AT + dt.timedelta(days=1)) == 1
    batch.refresh_from_db()
    assert batch.status == "applied"


def test_a_long_import_is_applied_by_the_worker(world, admin):
    batch = staged(world, csv_of([*ROWS, NEW_ROW]))
    actions.queue_apply(batch=batch, by=admin, at=AT)
    with pytest.raises(Refused, match="正在导入"):
        edit(batch.rows.get(line=2), admin, content="x")
    assert work_off(at=AT) == 1
    batch.refresh_from_db()
    assert (batch.status, batch.applied_by) == ("applied", admin)
    assert world.task(5).content == "建设一条新路。"


def test_a_long_import_that_is_refused_comes_back_with_the_reason(world, admin):
    first = staged(world, csv_of(with_cell(0, "牵头单位", "市教育局")))
    second = staged(world, csv_of(with_cell(0, "牵头单位", "市发展改革委")))
    actions.queue_apply(batch=first, by=admin, at=AT)
    actions.apply_batch(batch=second, by=admin, at=AT)
    work_off(at=AT)
    first.refresh_from_db()
    assert first.status == "staged"
    assert "清单有了变化" in first.reading["refusal"]


def test_a_notice_of_another_number_is_not_put_into_a_list_before_somebody_says_so(world, admin):
    """Its item 1 would take the place of the list's item 1."""
    batch = staged(world, NOTICE.encode(), "要点.txt", task_list=world.task_list)
    decisions.confirm_unit(batch=batch, name="市教育厨房局", unit=world.units["市教育局"], by=admin, at=AT)
    decisions.accept_all_doubts(batch=batch, by=admin, at=AT)
    before = current_items(world.task_list)
    with pytest.raises(Refused, match=r"东政办〔2025〕9号.*不是这份清单的文号"):
        actions.apply_batch(batch=batch, by=admin, at=AT)
    assert current_items(world.task_list) == before
    batch = decisions.choose_list(batch=batch, task_list=world.task_list, by=admin, at=AT)
    decisions.accept_all_doubts(batch=batch, by=admin, at=AT)
    actions.apply_batch(batch=batch, by=admin, at=AT)
    assert current_items(world.task_list)[1].content == "新增结对校3所。"


def test_the_receiver_coordinates_the_new_list_once_its_name_is_confirmed(world, admin):
    words = NOTICE.replace("报送市发展改革委", "报送市发改委办公室")
    batch = staged(world, words.encode(), "要点.txt", jurisdiction=world.task_list.jurisdiction)
    assert batch.new_list["coordinating_unit_id"] is None
    unit = world.units["市发展改革委"]
    decisions.confirm_unit(batch=batch, name="市发改委办公室", unit=unit, by=admin, at=AT)
    batch.refresh_from_db()
    assert batch.new_list["coordinating_unit_id"] == unit.pk


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("新增停车泊位不少于20个", "新增停车泊位 ≥ 20 个"),
        ("新增停车泊位20个以上", "新增停车泊位 ≥ 20 个"),
        ("城镇登记失业率控制在5%以内", "城镇登记失业率 ≤ 5 %"),
        ("储备燃煤3万吨左右", "储备燃煤 ≈ 3 万吨"),
        ("每千人托位数达到4.5—4.8个", "每千人托位数 ≥ 4.5～4.8 个"),
        ("改造食堂20个", "改造食堂 = 20 个"),
    ],
)
def test_a_target_is_shown_by_what_is_counted_its_sign_and_its_number(world, words, line):
    content = NOTICE.replace("新增结对校3所", words).encode()
    batch = staged(world, content, "要点.txt", jurisdiction=world.task_list.jurisdiction)
    (target,) = editing.item_of(batch.rows.get(no="1")).targets
    assert target_line(target) == line
    assert read_targets(line, ())[0].comparator == target.comparator


def test_confirming_all_rows_leaves_alone_those_that_have_an_error(world, admin):
    """An error is corrected first, and who corrects it looks at the row's doubts, too."""
    words = NOTICE.replace("结对校3所。", "结对校3所，6月前完成。").replace("2025年6月底前", "6月前")
    batch = staged(world, words.encode(), "要点.txt", task_list=world.task_list)
    rows = batch.rows.filter(open_doubts__gt=0).order_by("line")
    assert [row.change for row in rows] == ["changed", "error"]
    assert decisions.accept_all_doubts(batch=batch, by=admin, at=AT) == 1
    assert [row.change for row in rows.all()] == ["error"]


def test_of_several_later_imports_the_one_is_named_that_can_be_taken_back(world, admin):
    batches = []
    for minute, name in enumerate(("市教育局", "市发展改革委", "市住房建设局")):
        batch = staged(world, csv_of(with_cell(0, "牵头单位", name)), f"第{minute + 1}次.csv")
        actions.apply_batch(batch=batch, by=admin, at=AT + dt.timedelta(minutes=minute))
        batches.append(batch)
    batches[0].refresh_from_db()
    with pytest.raises(Refused, match="第3次"):
        actions.undo_batch(batch=batches[0], by=admin, at=AT)


def test_words_that_differ_by_blanks_alone_are_no_edit(world, admin):
    row = staged(world, csv_of()).rows.get(line=2)
    assert edit(row, admin, content=f"  {row.item['content']} \r\n").version == 0


def test_a_heading_that_is_too_long_is_a_problem_of_its_row(world, admin):
    row = edit(staged(world, csv_of()).rows.get(line=2), admin, path="章" * 500)
    assert [(problem["name"], problem["code"]) for problem in row.problems] == [("path", "too_long")]
