"""A bulletin's way: drafted, edited, approved by another, numbered without a gap, published, recalled."""

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.audit.actions import first_broken
from tasks_app.audit.models import Event
from tasks_app.bulletins.actions import (
    Unfillable,
    discard_bulletin,
    draft_bulletin,
    publish_bulletin,
    rebind_bulletin,
    recall_bulletin,
    save_bulletin,
    save_style,
    submit_bulletin,
    withdraw_bulletin,
)
from tasks_app.bulletins.choices import BulletinPart, BulletinState
from tasks_app.bulletins.models import Bulletin
from tasks_app.bulletins.queries import closed_without_bulletin, differences, newest_freeze, read, style_of
from tasks_app.closing.actions import close_period, reopen_unit
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.outbox.models import Message
from tests.factories import beijing

AT = beijing("2024-08-07 15:00")


def save(office, bulletin, version=None, **values):
    version = bulletin.version if version is None else version
    return save_bulletin(bulletin=bulletin, values=values, version=version, by=office.by("coordinator"), at=AT)


def recall(office, bulletin, note="数字有误", at=AT):
    return recall_bulletin(bulletin=bulletin, note=note, version=bulletin.version, by=office.by("coordinator"), at=at)


def reopened(office, period):
    report = period.reports.get(unit=office.world.units["市教育局"])
    return reopen_unit(report=report, reason="补报", by=office.by("coordinator"), at=beijing("2024-08-08 09:00"))


def close_anew(office):
    """August with 市教育局's report made up: its second freeze."""
    report = reopened(office, office.august)
    report.refresh_from_db()
    office.accept(office.world.submit("school", percent=90, at="2024-08-08 10:00"), "2024-08-08 11:00")
    return close_period(period=office.august, by=office.by("coordinator"), at=beijing("2024-08-08 12:00"))


def told(what):
    return set(
        Message.objects.filter(dedupe_key__startswith=f"bulletin-{what}").values_list("recipient__username", flat=True)
    )


def seen_by(office, who):
    return set(Bulletin.objects.visible_to(viewer_of(office.by(who))).values_list("pk", flat=True))


# ---- drafting


def test_a_draft_is_bound_to_the_newest_freeze_and_to_the_round_before(office):
    moment = beijing("2024-06-11 18:00")
    june = office.world.task_list.periods.create(year=2024, month=6, opens_at=moment, due_at=moment)
    PeriodSnapshot.objects.create(period=june, version=1, as_of=moment.date(), closed_at=moment, mean=0)
    bulletin = office.draft()
    assert bulletin.snapshot == office.august.snapshots.get()
    assert bulletin.compared_with == office.july.snapshots.get()
    assert bulletin.title == "关于《海东市2024年重点任务清单》2024年8月期进展情况的通报"
    assert all(bulletin.texts.values())


def test_a_round_that_is_not_closed_has_no_bulletin(world):
    with pytest.raises(Refused, match="还没有关账"):
        draft_bulletin(period=world.task_list.periods.latest("opens_at"), by=world.people["coordinator"], at=AT)


def test_a_round_has_one_bulletin_in_force(office):
    office.draft()
    with pytest.raises(Refused, match="已有通报"):
        office.draft()


def test_closed_rounds_wait_for_their_bulletin_until_one_is_in_force(office):
    viewer = viewer_of(office.by("coordinator"))
    assert list(closed_without_bulletin(viewer)) == [office.august, office.july]
    bulletin = office.published()
    assert list(closed_without_bulletin(viewer)) == [office.july]
    recall(office, bulletin)
    assert list(closed_without_bulletin(viewer)) == [office.august, office.july]
    assert not closed_without_bulletin(viewer_of(office.by("leader"))).exists()


# ---- editing


def test_editing_words_changes_no_figure(office):
    bulletin = office.draft()
    before = read(bulletin).inline
    bulletin = save(office, bulletin, overall="滞后{滞后数}项，请重视。")
    assert read(bulletin).inline == before
    assert read(bulletin).elements[1].text == f"滞后{before['滞后数']}项，请重视。"


def test_a_figure_that_does_not_exist_is_refused_at_its_place_and_nothing_is_kept(office):
    bulletin = office.draft()
    with pytest.raises(Unfillable) as refused:
        save(office, bulletin, overall="好。\n红灯{红灯数}项", demands="见{滞后表}。")
    places = {part: [(f.kind, f.line, f.column) for f in each] for part, each in refused.value.faults.items()}
    assert places == {BulletinPart.OVERALL: [("unknown", 2, 3)], BulletinPart.DEMANDS: [("block", 1, 2)]}
    bulletin.refresh_from_db()
    assert "红灯" not in bulletin.overall


def test_of_two_who_edit_at_once_the_second_sees_both_texts(office):
    bulletin = office.draft()
    save(office, bulletin, demands="甲写的要求。")
    with pytest.raises(Conflict) as conflict:
        save(office, bulletin, version=bulletin.version, demands="乙写的要求。")
    assert conflict.value.theirs[bulletin.pk]["demands"] == "甲写的要求。"
    bulletin.refresh_from_db()
    assert bulletin.demands == "甲写的要求。"


def test_saving_what_stands_there_writes_nothing(office):
    bulletin = office.draft()
    events = Event.objects.count()
    assert save(office, bulletin, title=bulletin.title).version == bulletin.version
    assert Event.objects.count() == events


# ---- figures frozen anew


def test_a_draft_says_that_figures_were_frozen_anew_and_takes_them_when_told(office):
    bulletin = office.draft()
    assert newest_freeze(bulletin) is None
    newer = close_anew(office)
    assert newest_freeze(bulletin) == newer
    changed = {each.name: (each.before, each.after) for each in differences(bulletin, newer)}
    assert changed["缺报数"] == ("2", "1")
    assert any(name.startswith("3 ") for name in changed), "a task whose percent is another"
    old = read(Bulletin.objects.get(pk=bulletin.pk)).inline
    rebound = rebind_bulletin(bulletin=bulletin, version=bulletin.version, by=office.by("coordinator"), at=AT)
    now = read(rebound).inline
    assert {name: (old[name], words) for name, words in now.items() if old[name] != words} == {
        name: both for name, both in changed.items() if name in now
    }
    with pytest.raises(Refused, match="已经是最新"):
        rebind_bulletin(bulletin=rebound, version=rebound.version, by=office.by("coordinator"), at=AT)


def test_a_draft_that_takes_newer_figures_is_compared_with_the_newest_of_the_round_before(office):
    bulletin, by = office.draft(), office.by("coordinator")
    reopened(office, office.july)
    close_period(period=office.july, by=by, at=beijing("2024-08-08 09:30"))
    close_anew(office)
    rebound = rebind_bulletin(bulletin=bulletin, version=bulletin.version, by=by, at=AT)
    assert rebound.compared_with == office.july.snapshots.get(version=2)


def test_nothing_outdated_goes_out(office):
    submitted = office.submit(office.draft())
    close_anew(office)
    with pytest.raises(Refused, match="第 2 版"):
        office.decide(submitted)
    draft = withdraw_bulletin(bulletin=submitted, version=submitted.version, by=office.by("coordinator"), at=AT)
    with pytest.raises(Refused, match="第 2 版"):
        office.submit(draft)


def test_what_is_published_stays_on_its_freeze(office):
    bulletin = office.published()
    before = read(bulletin).inline
    close_anew(office)
    bulletin = Bulletin.objects.get(pk=bulletin.pk)
    assert read(bulletin).inline == before
    assert newest_freeze(bulletin).version == 2
    with pytest.raises(Refused, match="已发布"):
        rebind_bulletin(bulletin=bulletin, version=bulletin.version, by=office.by("coordinator"), at=AT)


# ---- approval


def test_supervisors_and_leaders_are_asked_and_who_submitted_is_told(office):
    bulletin = office.submit(office.draft())
    assert told("submitted") == {"supervisor", "inspector", "leader"}
    bulletin = office.decide(bulletin, granted=False, opinion="请补充原因", who="leader")
    assert bulletin.state == BulletinState.DRAFT
    assert told("decided") == {"coordinator"}
    assert (bulletin.decided_by, bulletin.opinion) == (office.by("leader"), "请补充原因")
    bulletin = office.submit(bulletin)
    assert (bulletin.decided_by, bulletin.opinion) == (None, "")
    with pytest.raises(Refused, match="写明要改什么"):
        office.decide(bulletin, granted=False, opinion=" ")


def test_nobody_approves_the_own_bulletin(office):
    bulletin = office.submit(office.draft())
    with pytest.raises(Refused, match="另一位"):
        office.decide(bulletin, who="coordinator")


def test_who_drafted_a_bulletin_does_not_approve_it_when_others_went_on_with_it(office):
    drafted = office.draft()
    edited = save_bulletin(
        bulletin=drafted, values={"demands": "改。"}, version=drafted.version, by=office.by("colleague"), at=AT
    )
    with pytest.raises(Refused, match="另一位"):
        office.decide(office.submit(edited, who="colleague"), who="coordinator")


def test_who_wrote_last_does_not_approve_it_when_another_sent_it(office):
    drafted = office.draft()
    edited = save_bulletin(
        bulletin=drafted, values={"demands": "改。"}, version=drafted.version, by=office.by("supervisor"), at=AT
    )
    with pytest.raises(Refused, match="另一位"):
        office.decide(office.submit(edited), who="supervisor")


def test_what_was_sent_for_approval_is_not_edited_and_an_older_text_is_not_approved(office):
    seen = office.submit(office.draft())
    with pytest.raises(Refused, match="不能修改"):
        save(office, seen, demands="改。")
    draft = withdraw_bulletin(bulletin=seen, version=seen.version, by=office.by("coordinator"), at=AT)
    office.submit(save(office, draft, demands="改。"))
    with pytest.raises(Conflict, match="有改动"):
        office.decide(seen)


def test_an_approval_does_not_outlive_the_words_it_was_given_for(office):
    approved = office.decide(office.submit(office.draft()), opinion="同意")
    draft = withdraw_bulletin(bulletin=approved, version=approved.version, by=office.by("coordinator"), at=AT)
    assert (draft.state, draft.decided_by, draft.opinion) == (BulletinState.DRAFT, None, "")


def test_only_what_is_approved_is_published(office):
    bulletin = office.submit(office.draft())
    with pytest.raises(Refused, match="不能发布"):
        publish_bulletin(bulletin=bulletin, version=bulletin.version, by=office.by("coordinator"), at=AT)


# ---- publishing and recalling


def test_numbers_follow_one_another_without_a_gap_and_begin_anew_each_year(office):
    first = office.published()
    recall(office, first)
    second = office.published()
    third = office.publish(office.decide(office.submit(office.draft(office.july))), at="2025-01-06 09:00")
    assert [each.number for each in (first, second, third)] == ["通报〔2024〕1期", "通报〔2024〕2期", "通报〔2025〕1期"]


def test_a_bulletin_reaches_liaisons_heads_coordinator_and_who_oversees(office):
    office.published()
    assert told("published") == {
        "liaison", "head", "colleague", "school", "coordinator", "supervisor", "inspector", "leader", "administrator",
    }  # fmt: skip


def test_a_recall_wants_its_note_keeps_the_number_and_makes_room_for_another(office):
    bulletin = office.published()
    with pytest.raises(Refused, match="撤回的原因"):
        recall(office, bulletin, note=" ")
    bulletin = recall(office, bulletin)
    assert (bulletin.state, bulletin.number, bulletin.recall_note) == ("recalled", "通报〔2024〕1期", "数字有误")
    assert told("recalled") == told("published")
    second = office.published()
    assert second.replaces == bulletin
    recall(office, second, at=beijing("2024-08-08 09:00"))
    assert office.draft().replaces == second


# ---- who sees what


def test_before_it_is_published_only_the_coordinator_and_who_oversees_see_it(office):
    bulletin = office.draft()
    insiders = ("coordinator", "supervisor", "inspector", "leader", "administrator")
    others, strangers = ("liaison", "head", "school", "neighbour"), ("stranger", "outsider", "retired", "left")
    assert all(seen_by(office, who) == {bulletin.pk} for who in insiders)
    assert not any(seen_by(office, who) for who in (*others, *strangers))
    bulletin = office.publish(office.decide(office.submit(bulletin)))
    assert all(seen_by(office, who) == {bulletin.pk} for who in (*insiders, *others))
    recall(office, bulletin)
    assert all(seen_by(office, who) == {bulletin.pk} for who in others)
    assert not any(seen_by(office, who) for who in strangers)


# ---- form and log


def test_the_form_is_the_lists_own_and_kept_by_one_at_a_time(office):
    task_list = office.world.task_list
    style = style_of(task_list)
    assert (style.issuer, style.issuer_mark) == ("海东市发展改革委", "海东市发展改革委通报")
    values = {
        "issuer_mark": "督查通报", "issuer": "督查室", "number_pattern": "东督通〔{年}〕{号}期",
        "addressee": "各单位", "copies_to": "", "phrases": "",
    }  # fmt: skip
    by = office.by("coordinator")
    save_style(task_list=task_list, values=values, version=0, by=by, at=AT)
    with pytest.raises(Conflict):
        save_style(task_list=task_list, values=values, version=0, by=by, at=AT)
    with pytest.raises(Refused, match="顺序号"):
        save_style(task_list=task_list, values={**values, "number_pattern": "〔{年}〕"}, version=1, by=by, at=AT)
    bulletin = office.published()
    assert (bulletin.number, bulletin.issuer_mark) == ("东督通〔2024〕1期", "督查通报")


def test_a_draft_can_be_thrown_away_and_its_words_stay_in_the_log(office):
    bulletin = office.draft()
    discard_bulletin(bulletin=bulletin, version=bulletin.version, by=office.by("coordinator"), at=AT)
    assert not Bulletin.objects.exists()
    assert Event.objects.get(verb="bulletins.discard").before["title"] == bulletin.title
    with pytest.raises(Refused, match="已被删除"):
        submit_bulletin(bulletin=bulletin, version=0, by=office.by("coordinator"), at=AT)


def test_every_act_is_in_the_log_with_what_was_before_and_why(office):
    bulletin = save(office, office.draft(), demands="抓紧。")
    office.decide(office.submit(bulletin), granted=False, opinion="再改")
    bulletin = Bulletin.objects.get()
    recall(office, office.publish(office.decide(office.submit(bulletin))))
    acts = [event for event in Event.objects.order_by("pk") if event.verb.startswith("bulletins.")]
    assert [event.verb.removeprefix("bulletins.") for event in acts] == [
        "draft", "save", "submit", "send_back", "submit", "approve", "publish", "recall",
    ]  # fmt: skip
    assert acts[1].after == {"demands": "抓紧。"}
    assert (acts[3].reason, acts[7].reason) == ("再改", "数字有误")
    assert acts[6].after["number"] == "通报〔2024〕1期"
    assert first_broken() is None
