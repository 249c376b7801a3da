"""督办设置 as supervisors and administrators edit it."""

import pytest

from tasks_app.notices.actions import save_setting
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.models import NoticeSetting
from tests.factories import beijing
from tests.support.markup import on_one_line

PAGE = "/lists/test-2024/notices/"


def words(**changes) -> dict[str, object]:
    return {
        "version": 0, "pattern": "东督〔{年}〕{号}号", "paper_serial": 0, "head_text": "", "reminder_workdays": 5,
        "order_workdays": 4, "red_workdays": 3, "monthly_cap": 2, "red_after_days": 60, "quiet_days": 10,
        "memory_days": 90, "phrases": "请办理。", **changes,
    }  # fmt: skip


def test_the_page_shows_the_next_number(world, issue, signed_in):
    issue(1)
    html = signed_in("supervisor").get(PAGE).text
    assert "东督〔2024〕2号" in html
    assert "1 份" in html


def test_what_is_saved_holds_for_the_next_notice(world, signed_in):
    html = signed_in("administrator").post(PAGE, words(), follow=True).text
    assert "督办设置已保存" in html
    setting = NoticeSetting.objects.get()
    assert (setting.pattern, setting.order_workdays, setting.version) == ("东督〔{年}〕{号}号", 4, 1)


def test_numbers_go_on_after_those_of_the_paper_and_that_is_settled_by_the_first(world, issue, signed_in):
    client, version = signed_in("supervisor"), NoticeSetting.objects.get().version
    html = client.post(PAGE, words(version=version, paper_serial=12), follow=True).text
    assert "东督〔2024〕13号" in html
    assert "今年接着纸质的第 12 号编" in html
    assert 'value="东督〔{年}〕{号}号"' in html
    first = issue(1)
    assert (first.number, first.serial) == ("东督〔2024〕13号", 13)
    refused = client.post(PAGE, words(version=version + 1, paper_serial=20))
    assert refused.status_code == 409
    assert "2024年已经签发 1 份通知" in refused.text
    assert 'value="20"' in refused.text
    # All else may still be changed.
    assert client.post(PAGE, words(version=version + 1, paper_serial=12, monthly_cap=9)).status_code == 302
    assert issue(2, level=NoticeLevel.REMINDER).number == "东督〔2024〕14号"


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"pattern": "东督{号}号"}, 409, "{年} 和 {号} 都要有"),
        ({"order_workdays": 0}, 422, "请填 1 到 60 个工作日"),
        ({"monthly_cap": ""}, 422, "处需要更正"),
    ],
)
def test_a_setting_that_cannot_be_is_named_and_stays_typed(world, signed_in, changes, status, said):
    answer = signed_in("supervisor").post(PAGE, words(**{"head_text": "督办通知", **changes}))
    assert answer.status_code == status
    assert said in answer.text
    assert 'value="督办通知"' in answer.text


def test_two_people_do_not_overwrite_each_other(world, signed_in):
    save_setting(task_list=world.task_list, values={"monthly_cap": 7}, by=None, at=beijing("2024-08-02 10:00"))
    answer = signed_in("supervisor").post(PAGE, words(monthly_cap=9))
    assert answer.status_code == 409
    assert "每单位每月不超过 7 份" in answer.text
    assert 'value="9"' in answer.text
    assert NoticeSetting.objects.get().monthly_cap == 7


def test_in_a_conflict_the_numbers_of_the_paper_are_told_in_words(world, signed_in):
    values = {"paper_serial": 12, "paper_year": 2024}
    save_setting(task_list=world.task_list, values=values, by=None, at=beijing("2024-08-02 10:00"))
    answer = signed_in("supervisor").post(PAGE, words())
    assert answer.status_code == 409
    assert "<dt>今年纸质文号已用到第几号</dt><dd>12</dd>" in on_one_line(answer.text)


def test_after_a_conflict_both_have_been_shown_and_what_was_typed_can_be_saved(world, signed_in):
    save_setting(task_list=world.task_list, values={"phrases": "别人的要求。"}, by=None, at=beijing("2024-08-02 10:00"))
    client = signed_in("supervisor")
    answer = client.post(PAGE, words(cap_counts_reminders="on"))
    assert "别人的要求。" in answer.text
    assert ("提醒计入每月份数", "否") in answer.context["differs"]
    version = answer.context["form"]["version"].value()
    assert client.post(PAGE, words(version=version)).status_code == 302
    assert NoticeSetting.objects.get().phrases == "请办理。"


@pytest.mark.parametrize(
    ("who", "status"), [("liaison", 403), ("coordinator", 403), ("leader", 403), ("stranger", 404)]
)
def test_others_do_not_set_it(world, signed_in, who, status):
    assert signed_in(who).get(PAGE).status_code == status
    assert signed_in(who).post(PAGE, words()).status_code == status
