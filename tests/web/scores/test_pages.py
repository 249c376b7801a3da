"""Pages of the scores."""

from django.urls import reverse


def test_the_overview_says_what_is_missing(world, signed_in):
    assert "还没有考核规则" in signed_in("liaison").get(reverse("scores")).text
    assert "设置考核规则" in signed_in("supervisor").get(reverse("scores")).text
    assert signed_in("supervisor").get(reverse("score_rules", args=[world.task_list.slug])).status_code == 200
