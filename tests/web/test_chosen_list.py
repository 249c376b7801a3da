"""`?list=` on every page that has it: what stands there is of that list, with two lists full of everything."""

from urllib.parse import urlencode

from django.urls import reverse

from tests.factories import beijing
from tests.support.everything import COMMON, KINDS, fill, seen_in, tick
from tests.support.markup import content_of
from tests.support.neighbours import with_neighbours
from tests.support.offenders import every

# The list stands in the address by its slug, on these by its key.
BY_SLUG = [
    "ledger", "ledger_csv", "ledger_xlsx", "overdue", "overdue_csv", "progress", "requests", "spot_checks",
    "instructions", "notices", "notices_csv", "bulletins", "scores", "leader", "search",
]  # fmt: skip
BY_KEY = ["reports", "reminders_sent"]


def address_of(name, task_list):
    query = {"list": task_list.pk if name in BY_KEY else task_list.slug}
    more = {"overdue": {"saved": "all"}, "search": {"q": COMMON}}.get(name, {})
    return f"{reverse(name)}?{urlencode(query | more)}"


def test_with_a_list_chosen_only_things_of_that_list_are_shown(world, now, settings, signed_in):
    settings.ROBOT_HOSTS = ["robots.example.test"]
    other = with_neighbours(world)
    lists = [("甲", world, fill(world, "甲")), ("乙", other, fill(other, "乙"))]
    tick()
    now.move_to(beijing("2024-08-06 10:00"))
    client = signed_in("supervisor")
    with every("a page narrowed to one list shows nothing of the other") as at:
        for name in [*BY_SLUG, *BY_KEY]:
            for (_mark, chosen, _made), case in zip(lists, (str.upper, str.lower), strict=True):
                with at(f"{name} of {chosen.task_list.slug}"):
                    text = content_of(client.get(address_of(name, chosen.task_list)))
                    # Both titles stand in the choice of lists.
                    seen = set(seen_in(text, lists)) - set("Ll'")
                    assert seen, "nothing is shown that could be of either"
                    assert seen <= {case(kind) for kind in KINDS}
