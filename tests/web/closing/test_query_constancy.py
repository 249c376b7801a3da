"""The coordinator's pages cost the same number of queries however many tasks a list has."""

import pytest

from tasks_app.closing.actions import close_period
from tests.factories import beijing
from tests.web.test_query_counts import count_queries, grow

PAGES = {
    "period": 26,
    "figures": 14,
    "changes": 14,
    "rule": 18,
    "duties": 16,
    "roster": 14,
}


def address(page, period):
    if page in ("rule", "duties", "roster"):
        return f"/lists/test-2024/{page}/"
    return f"/periods/{period.pk}/" + ("" if page == "period" else f"{page}/")


def close_both(world):
    by = world.people["coordinator"]
    for period in world.task_list.periods.order_by("opens_at"):
        close_period(period=period, by=by, at=beijing("2024-08-06 09:00"))
    return period


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same_for_30_times_the_tasks(world, now, signed_in, page):
    now.move_to(beijing("2024-08-06 10:00"))
    client = signed_in("coordinator")
    few = count_queries(client, address(page, close_both(world)))
    grow(world)
    many = count_queries(client, address(page, close_both(world)))
    assert few == many
    assert many <= PAGES[page]
