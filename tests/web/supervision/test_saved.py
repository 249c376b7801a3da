"""常用筛选: kept, shared, opened by a link, opened with, dropped."""

import pytest
from django.urls import reverse

from tasks_app.audit.models import Event
from tasks_app.saved.actions import MOST_PER_PERSON, save_filter
from tasks_app.saved.models import DefaultFilter, SavedFilter
from tests.factories import beijing
from tests.support.markup import on_one_line

LIST = "/overdue/filters/"


def keep(client, name="最久的", address="kind=overdue", **more):
    return client.post(LIST, {"name": name, "address": address, **more}, follow=True)


def act(client, saved, do):
    return client.post(reverse("overdue_filter_act", args=[saved.pk]), {"do": do}, follow=True)


def test_a_selection_is_kept_under_a_name_and_opens_by_its_link(world, signed_in):
    client = signed_in("supervisor")
    answer = keep(client)
    saved = SavedFilter.objects.get()
    assert answer.redirect_chain[-1] == (f"/overdue/?kind=overdue&saved={saved.pk}", 302)
    assert "已保存筛选“最久的”" in answer.content.decode()
    assert f'href="/overdue/filters/{saved.pk}/" aria-current="true">最久的' in on_one_line(answer.content.decode())
    event = Event.objects.get(verb="saved.save")
    assert event.after == {"name": "最久的", "query": "kind=overdue", "shared": False}


def test_what_is_kept_is_what_makes_sense_in_one_order(world, signed_in):
    client = signed_in("supervisor")
    keep(client, "甲", "page=3&q=教育&light=purple&kind=overdue&evil=1&sort=-due,x&unit=&per_page=200")
    keep(client, "乙", "sort=-due&kind=overdue&q=教育")
    first, second = SavedFilter.objects.order_by("pk").values_list("query", flat=True)
    assert first == second == "kind=overdue&q=%E6%95%99%E8%82%B2&sort=-due"


def test_shared_it_is_there_for_those_who_work_on_what_is_late_and_for_nobody_else(world, signed_in):
    keep(signed_in("supervisor"), shared="1")
    keep(signed_in("supervisor"), "私下的")
    for who in ("coordinator", "leader", "administrator"):
        text = signed_in(who).get("/overdue/?saved=all").content.decode()
        assert "最久的" in text
        assert "私下的" not in text
    private = SavedFilter.objects.get(name="私下的")
    assert signed_in("coordinator").get(reverse("overdue_filter", args=[private.pk])).status_code == 404
    assert act(signed_in("coordinator"), private, "delete").status_code == 404
    assert signed_in("liaison").get(LIST).status_code == 403


def test_another_citys_selections_are_not_there(world, signed_in):
    stranger = world.people["stranger"].memberships.get()
    saved = save_filter(
        name="别处的", query="", jurisdiction=stranger.unit.jurisdiction, shared=True,
        by=world.people["stranger"], at=beijing("2024-08-02 10:00"),
    )  # fmt: skip
    assert "别处的" not in signed_in("supervisor").get("/overdue/").content.decode()
    assert signed_in("supervisor").get(reverse("overdue_filter", args=[saved.pk])).status_code == 404


def test_a_leader_keeps_for_oneself_and_does_not_share(world, signed_in):
    client = signed_in("leader")
    assert keep(client, shared="1").status_code == 403
    assert not SavedFilter.objects.exists()
    keep(client)
    assert act(client, SavedFilter.objects.get(), "share").status_code == 403
    assert not SavedFilter.objects.get().shared


def test_the_queue_opens_with_the_selection_one_has_chosen_until_one_asks_for_all(world, signed_in):
    keep(signed_in("supervisor"), shared="1")
    saved = SavedFilter.objects.get()
    client = signed_in("coordinator")
    assert "先用“最久的”" in act(client, saved, "default").content.decode()
    assert client.get("/overdue/", follow=True).redirect_chain[-1][0] == f"/overdue/?kind=overdue&saved={saved.pk}"
    assert client.get("/overdue/?saved=all").status_code == 200
    act(client, saved, "undefault")
    assert client.get("/overdue/").status_code == 200


def test_no_longer_shared_it_opens_for_its_owner_alone(world, signed_in):
    owner = signed_in("supervisor")
    keep(owner, shared="1", default="1")
    saved = SavedFilter.objects.get()
    act(signed_in("coordinator"), saved, "default")
    act(owner, saved, "unshare")
    assert signed_in("coordinator").get("/overdue/").status_code == 200
    assert owner.get("/overdue/").status_code == 302
    assert DefaultFilter.objects.get().user == world.people["supervisor"]
    assert [event.after for event in Event.objects.filter(verb="saved.share")] == [{"shared": False}]


@pytest.mark.parametrize("do", ["delete", "unshare"])
def test_only_the_owner_changes_or_drops_it(world, signed_in, do):
    keep(signed_in("supervisor"), shared="1")
    answer = act(signed_in("coordinator"), SavedFilter.objects.get(), do)
    assert "只有保存的人能改动或删除" in answer.content.decode()
    assert SavedFilter.objects.get().shared


def test_dropped_it_is_gone_and_the_queue_opens_whole(world, signed_in):
    client = signed_in("supervisor")
    keep(client, default="1")
    assert "已删除筛选“最久的”" in act(client, SavedFilter.objects.get(), "delete").content.decode()
    assert not DefaultFilter.objects.exists()
    assert client.get("/overdue/").status_code == 200
    assert Event.objects.get(verb="saved.delete").before["query"] == "kind=overdue"


def test_a_name_is_needed_and_each_stands_once(world, signed_in):
    client = signed_in("supervisor")
    assert "请给这组筛选条件起一个名称" in keep(client, "  ").content.decode()
    keep(client)
    assert "已经有一个名为“最久的”的筛选" in keep(client, address="kind=behind").content.decode()
    assert SavedFilter.objects.get().query == "kind=overdue"
    keep(signed_in("coordinator"))
    assert SavedFilter.objects.filter(name="最久的").count() == 2, "each person's names are their own"


def test_nobody_keeps_more_than_a_row_of_links_holds(world, signed_in):
    client = signed_in("supervisor")
    for n in range(MOST_PER_PERSON):
        keep(client, f"第{n}组")
    assert f"每人最多保存 {MOST_PER_PERSON} 组筛选" in keep(client, "多出的").content.decode()


def test_an_act_that_there_is_none_of_changes_nothing(world, signed_in):
    client = signed_in("supervisor")
    keep(client)
    assert "没有这种操作" in act(client, SavedFilter.objects.get(), "sell").content.decode()
