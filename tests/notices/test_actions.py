"""Notices are numbered, capped, answered and judged; what may not be done is refused with the rule."""

import io
import zipfile

import pytest

from tasks_app.accounts.models import Membership
from tasks_app.audit.models import Event
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.notices.actions import (
    attach_file,
    issue_notices,
    judge_notice,
    receive_notice,
    remove_file,
    reply_notice,
    save_setting,
    withdraw_notice,
)
from tasks_app.notices.choices import NoticeLevel, NoticeState
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.notices.models import Notice, NoticeFile
from tasks_app.notices.paper import closing, docx_of
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import Message
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")
LATER = beijing("2024-08-05 10:00")


def told(person) -> list[str]:
    rows = Message.objects.filter(recipient=person, channel=Channel.SITE).order_by("pk")
    return [message.subject for message in rows if "督" in message.subject]


@pytest.fixture
def answer(world):
    """`answer(notice)` is the liaison's reply to the newest round."""

    def act(notice, text="已制定整改方案。", *, at=LATER, version=None):
        newest = notice.rounds.latest("number")
        version = newest.version if version is None else version
        return reply_notice(notice=notice, reply_text=text, version=version, by=world.people["liaison"], at=at)

    return act


@pytest.fixture
def judge(world):
    def act(notice, *, closed=True, text="", workdays=3, at=LATER):
        by = world.people["supervisor"]
        return judge_notice(notice=notice, closed=closed, judge_text=text, workdays=workdays, by=by, at=at)

    return act


# --- issuing


def test_a_notice_has_number_facts_demands_and_a_deadline(world, calendar, issue):
    notice = issue(1, 2, at="2024-09-27 10:00")
    assert (notice.number, notice.state, notice.unit_name) == ("东督〔2024〕1号", "issued", "市住房建设局")
    assert notice.title == "关于加快推进第1项等2项任务的督办通知"
    assert notice.due_at == beijing("2024-10-10 18:00")  # five working days, one of them a Sunday
    part = notice.parts.get(task=world.task(1))
    assert part.facts["headline"] == "推动城乡公共资源均衡配置"
    assert part.text.startswith("完成时限2024年12月31日，截至2024年9月27日进度 0%")
    assert "至今没有有效的报送" in part.text
    round_ = notice.rounds.get()
    assert (round_.number, round_.workdays, round_.due_at) == (1, 5, notice.due_at)


def test_the_facts_stay_as_they_were_when_it_was_issued(world, issue):
    notice = issue(1)
    world.submit("liaison", percent=70, at="2024-08-04 10:00")
    task = world.task(1)
    task.standing.progress = 70
    task.standing.save()
    part = notice.parts.get()
    assert (part.facts["progress"], "进度 0%" in part.text) == (0, True)


def test_what_was_reported_last_stands_in_the_facts_but_no_draft(world, issue):
    world.submit("liaison", percent=30, at="2024-08-02 09:00")
    text = issue(1).parts.get().text
    assert "最近一次报送为2024年8月期（2024年8月2日 09:00）" in text


def test_the_units_people_and_the_coordinator_are_told_and_nobody_else(world, issue):
    notice = issue(1)
    due = "8月9日 18:00"
    assert told(world.people["liaison"]) == [f"督办单 {notice.number}：请于 {due} 前回复"]
    assert told(world.people["head"]) == told(world.people["liaison"])
    assert told(world.people["coordinator"]) == [f"已向市住房建设局发出督办单 {notice.number}"]
    assert not told(world.people["colleague"]) + told(world.people["school"]) + told(world.people["stranger"])


def test_numbers_count_on_by_list_and_year_and_a_withdrawn_one_stays_used(world, issue):
    first = issue(1, level=NoticeLevel.REMINDER)
    withdraw_notice(notice=first, reason="发错单位", by=world.people["supervisor"], at=LATER)
    numbers = [first.number]
    numbers += [issue(2, level=NoticeLevel.REMINDER).number, issue(3, unit="市教育局").number]
    numbers.append(issue(1, at="2025-01-02 10:00").number)
    assert numbers == ["东督〔2024〕1号", "东督〔2024〕2号", "东督〔2024〕3号", "东督〔2025〕1号"]


def test_several_drafts_are_issued_together_or_not_at_all(world, issue):
    drafts = [
        NoticeDraft(world.units["市住房建设局"], NoticeLevel.ORDER, (world.task(1),), "请办理。"),
        NoticeDraft(world.units["市教育局"], NoticeLevel.ORDER, (world.task(1),), "请办理。"),
    ]
    with pytest.raises(Refused, match=r"市教育局不是第1项.*的牵头单位"):
        issue_notices(task_list=world.task_list, drafts=drafts, by=world.people["supervisor"], at=AT)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"demands": "  "}, "请写明对市住房建设局的督办要求"),
        ({"unit": "市教育局"}, "不是第1项"),
    ],
)
def test_a_draft_that_lacks_something_is_refused(issue, changes, said):
    with pytest.raises(Refused, match=said):
        issue(1, **changes)


def test_only_a_supervisor_of_the_jurisdiction_issues(world, issue):
    draft = NoticeDraft(world.units["市住房建设局"], NoticeLevel.ORDER, (world.task(1),), "请办理。")
    with pytest.raises(Refused, match="由本辖区的督查员签发"):
        issue_notices(task_list=world.task_list, drafts=[draft], by=world.people["coordinator"], at=AT)


def test_nothing_is_issued_beside_an_open_notice_of_the_same_level(issue):
    issue(1)
    with pytest.raises(Refused, match="已有督办单 东督〔2024〕1号（待签收）"):
        issue(1)
    with pytest.raises(Refused, match="不再发同级或更低的通知"):
        issue(1, level=NoticeLevel.REMINDER)


def test_nothing_is_issued_beside_a_reply_that_waits_for_its_verdict(issue, answer):
    answer(issue(1))
    with pytest.raises(Refused, match="已有回复，还没有评定"):
        issue(1, level=NoticeLevel.RED)


def test_a_higher_notice_ends_the_milder_one_on_the_same_tasks(world, issue):
    reminder, wider = issue(1, level=NoticeLevel.REMINDER), issue(2, level=NoticeLevel.REMINDER)
    order = issue(1)
    reminder.refresh_from_db()
    wider.refresh_from_db()
    assert (reminder.state, reminder.escalated_to) == (NoticeState.ESCALATED, order)
    assert wider.state == NoticeState.ISSUED
    assert Event.objects.filter(verb="notices.escalate", after__into=order.number).exists()


def test_a_milder_notice_on_more_tasks_stays_open(issue):
    both = issue(1, 2, level=NoticeLevel.REMINDER)
    issue(1)
    both.refresh_from_db()
    assert both.state == NoticeState.ISSUED


# --- the cap


def test_the_cap_of_the_month_is_quoted_and_a_reason_overrides_it(world, issue):
    save_setting(task_list=world.task_list, values={"monthly_cap": 1}, by=None, at=AT)
    issue(1)
    with pytest.raises(Refused, match=r"本月已收到督办通知 1 份。按督办设置，每个单位每月不超过 1 份（提醒不计）"):
        issue(2)
    assert issue(2, level=NoticeLevel.REMINDER).serial == 2
    beyond = issue(2, override="省督查组交办")
    assert beyond.override_text == "省督查组交办"
    assert Event.objects.get(verb="notices.issue", target_id=beyond.pk).reason == "省督查组交办"


def test_notices_that_are_issued_together_fill_the_month_together(world, issue):
    save_setting(task_list=world.task_list, values={"monthly_cap": 1}, by=None, at=AT)
    unit, by = world.units["市住房建设局"], world.people["supervisor"]
    drafts = [NoticeDraft(unit, NoticeLevel.ORDER, (world.task(no),), "请办理。") for no in (1, 2)]
    with pytest.raises(Refused, match="本月已收到督办通知 1 份"):
        issue_notices(task_list=world.task_list, drafts=drafts, by=by, at=AT)


def test_reminders_count_where_the_setting_says_so(world, issue):
    save_setting(task_list=world.task_list, values={"monthly_cap": 1, "cap_counts_reminders": True}, by=None, at=AT)
    issue(1, level=NoticeLevel.REMINDER)
    with pytest.raises(Refused, match="含提醒"):
        issue(2, level=NoticeLevel.REMINDER)


def test_withdrawn_notices_and_those_of_last_month_do_not_count(world, issue):
    save_setting(task_list=world.task_list, values={"monthly_cap": 1}, by=None, at=AT)
    issue(1, at="2024-07-31 23:30")
    withdraw_notice(notice=issue(2, at="2024-08-01 10:00"), reason="有误", by=world.people["supervisor"], at=AT)
    assert issue(2, at="2024-08-01 11:00").serial == 3


# --- settings


def test_a_form_that_is_older_than_the_setting_is_in_conflict(world):
    save_setting(task_list=world.task_list, values={"monthly_cap": 3}, by=None, at=AT, version=0)
    with pytest.raises(Conflict, match="别人修改过督办设置"):
        save_setting(task_list=world.task_list, values={"monthly_cap": 4}, by=None, at=AT, version=0)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("东督〔{年}〕号", "都要有"), ("{年}{号}{单位}", "“{单位}”不是可用的占位符"), ("{年}{号}{", "单独的花括号")],
)
def test_a_pattern_that_cannot_number_is_refused(world, pattern, said):
    with pytest.raises(Refused, match=said):
        save_setting(task_list=world.task_list, values={"pattern": pattern}, by=None, at=AT)


def test_two_lists_of_a_city_cannot_share_a_pattern(world, issue):
    lists = world.task_list
    other = TaskList.objects.create(
        slug="other", title="又一份清单", document=lists.document, jurisdiction=lists.jurisdiction,
        coordinating_unit=lists.coordinating_unit, year=2024, starts_on=lists.starts_on,
    )  # fmt: skip
    with pytest.raises(Refused, match="已用这个编号格式"):
        save_setting(task_list=other, values={"pattern": "东督〔{年}〕{号}号"}, by=None, at=AT)


# --- receipt, reply, verdict


def test_receipt_is_signed_once_with_its_moment(world, issue):
    notice = receive_notice(notice=issue(1), by=world.people["head"], at=LATER)
    assert (notice.state, notice.received_at, notice.received_by) == ("received", LATER, world.people["head"])
    event = Event.objects.get(verb="notices.receive")
    assert (event.before, event.after) == ({"state": "issued"}, {"state": "received"})
    with pytest.raises(Refused, match="已由市住房建设局单位负责人于 8月5日 10:00 签收"):
        receive_notice(notice=notice, by=world.people["liaison"], at=LATER)


def test_a_reply_signs_for_the_notice_and_waits_for_the_supervisor(world, issue, answer):
    notice = issue(1)
    round_ = answer(notice)
    notice.refresh_from_db()
    assert (notice.state, notice.received_at, round_.is_late) == ("replied", LATER, False)
    assert told(world.people["supervisor"]) == ["市住房建设局已回复东督〔2024〕1号，等待评定"]


def test_a_reply_after_the_deadline_is_late_and_stays_so(issue, answer):
    notice = issue(1)
    assert answer(notice, at=beijing("2024-08-09 18:00")).is_late is False
    late = answer(issue(2), at=beijing("2024-08-09 18:01"))
    assert late.is_late
    corrected = answer(late.notice, "补充材料。", at=beijing("2024-08-10 09:00"))
    assert (corrected.is_late, corrected.replied_at) == (True, beijing("2024-08-09 18:01"))


def test_a_reply_is_corrected_until_it_is_judged_and_the_log_keeps_the_old_words(issue, answer, judge):
    notice = issue(1)
    answer(notice, "第一稿。")
    round_ = answer(notice, "第二稿。")
    assert (round_.reply_text, round_.version, round_.corrected_at) == ("第二稿。", 2, LATER)
    event = Event.objects.filter(verb="notices.reply").first()
    assert (event.before["text"], event.after["text"]) == ("第一稿。", "第二稿。")
    judge(notice)
    with pytest.raises(Refused, match="东督〔2024〕1号办结，不能回复"):
        answer(notice, "第三稿。")


def test_two_colleagues_do_not_overwrite_each_other(issue, answer):
    notice = issue(1)
    answer(notice, "甲的回复。")
    with pytest.raises(Conflict) as conflict:
        answer(notice, "乙的回复。", version=0)
    assert [round_.reply_text for round_ in conflict.value.theirs.values()] == ["甲的回复。"]


def test_a_returned_notice_opens_another_round_and_every_round_is_kept(world, calendar, issue, answer, judge):
    notice = issue(1, at="2024-09-20 10:00")
    answer(notice, "正在办理。", at=beijing("2024-09-27 10:00"))
    judged = judge(notice, closed=False, text="没有写明完成时间。", workdays=2, at=beijing("2024-09-29 10:00"))
    assert (judged.state, judged.due_at) == (NoticeState.RETURNED, beijing("2024-10-08 18:00"))
    with pytest.raises(Refused, match="材料不能再增减"):
        attach_file(
            round_=notice.rounds.get(number=1), name="a.pdf", content=b"%PDF-1.4", by=world.people["liaison"], at=LATER
        )
    # The paper was issued with the first deadline.
    assert "2024年9月27日 18:00前（自签发次日起 5 个工作日）" in closing(judged)
    answer(notice, "10月底前完成。", at=beijing("2024-10-08 10:00"))
    judge(notice, text="同意。", at=beijing("2024-10-09 10:00"))
    notice.refresh_from_db()
    assert (notice.state, notice.ended_at) == (NoticeState.CLOSED, beijing("2024-10-09 10:00"))
    kept = [(r.number, r.reply_text, r.verdict, r.judge_text) for r in notice.rounds.all()]
    assert kept == [
        (1, "正在办理。", "returned", "没有写明完成时间。"),
        (2, "10月底前完成。", "closed", "同意。"),
    ]
    assert told(world.people["liaison"])[-2:] == [
        "东督〔2024〕1号被退办，请于 10月8日 18:00 前重新回复",
        "东督〔2024〕1号已评定办结",
    ]


def test_a_return_needs_its_reason_and_a_verdict_needs_a_reply(issue, answer, judge):
    notice = issue(1)
    with pytest.raises(Refused, match="待签收，不能评定办结"):
        judge(notice)
    answer(notice)
    with pytest.raises(Refused, match="退办时请写明理由"):
        judge(notice, closed=False)
    with pytest.raises(Refused, match="1 到 60 个工作日"):
        judge(notice, closed=False, text="再办。", workdays=0)


def test_a_withdrawn_notice_tells_the_unit_and_takes_back_what_waits(world, issue):
    notice = issue(1)
    withdraw_notice(notice=notice, reason="任务已调整", by=world.people["supervisor"], at=AT)
    notice.refresh_from_db()
    assert (notice.state, notice.end_text) == ("withdrawn", "任务已调整")
    assert told(world.people["liaison"])[-1] == "东督〔2024〕1号已撤销，不用再回复"
    waiting = Message.objects.filter(status=Delivery.WAITING, recipient=world.people["liaison"])
    assert not waiting.filter(subject__startswith="督办单").exists()
    with pytest.raises(Refused, match="撤销理由"):
        withdraw_notice(notice=issue(2), reason=" ", by=world.people["supervisor"], at=AT)


def test_files_go_with_the_reply_until_it_is_judged(world, issue, answer, judge):
    notice, by = issue(1), world.people["liaison"]
    round_ = answer(notice)
    kept = attach_file(round_=round_, name="照片.pdf", content=b"%PDF-1.4 a", by=by, at=LATER)
    spare = attach_file(round_=round_, name="b.pdf", content=b"%PDF-1.4 b", by=by, at=LATER)
    remove_file(stored=spare, by=by, at=LATER)
    judge(notice)
    with pytest.raises(Refused, match="办结，材料不能再增减"):
        remove_file(stored=kept, by=by, at=LATER)
    assert list(NoticeFile.objects.values_list("name", flat=True)) == ["照片.pdf"]


def test_every_act_is_in_the_log_with_before_and_after(world, issue, answer, judge):
    notice = issue(1)
    receive_notice(notice=notice, by=world.people["liaison"], at=LATER)
    answer(notice)
    judge(notice, closed=False, text="再办。")
    withdraw_notice(notice=notice, reason="任务取消", by=world.people["supervisor"], at=LATER)
    events = Event.objects.filter(target_type="notice", target_id=notice.pk).order_by("pk")
    assert [event.verb.partition(".")[2] for event in events] == ["issue", "receive", "reply", "judge", "withdraw"]
    judged = events.get(verb="notices.judge")
    assert (judged.before["state"], judged.after["state"], judged.reason) == ("replied", "returned", "再办。")


def test_a_notice_to_the_unit_that_coordinates_the_list_has_no_copy_to_it(world, issue):
    def words(notice) -> str:
        with zipfile.ZipFile(io.BytesIO(docx_of(notice))) as book:
            return book.read("word/document.xml").decode()

    notice = issue(1)
    assert "抄送" in words(notice)
    notice.unit = world.task_list.coordinating_unit
    assert "抄送" not in words(notice)


def test_a_unit_without_a_liaison_gets_its_notice_all_the_same(world, issue):
    Membership.objects.filter(user=world.people["liaison"]).update(active=False)
    assert issue(1).state == NoticeState.ISSUED


def test_each_round_keeps_its_own_working_days(world, issue):
    notice, at = issue(1), beijing("2024-08-05 10:00")
    reply_notice(notice=notice, reply_text="正在办理。", version=0, by=world.people["liaison"], at=at)
    judge_notice(notice=notice, closed=False, judge_text="不清楚", workdays=2, by=world.people["supervisor"], at=at)
    assert list(notice.rounds.order_by("number").values_list("workdays", flat=True)) == [5, 2]
