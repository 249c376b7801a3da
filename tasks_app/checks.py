"""System checks: find misconfigurations at start-up rather than on the 5th of a month."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register()
def clock_is_shifted_only_in_the_demo(**kwargs: object) -> list[CheckMessage]:
    if settings.CLOCK_SHIFT_YEARS and not settings.DEMO:
        return [
            Error(
                "DUBAN_CLOCK_SHIFT_YEARS 只能在演示环境使用。",
                hint="正式环境请删除该变量；演示环境请设 DUBAN_DEMO=1。",
                id="duban.E001",
            )
        ]
    return []


@register(deploy=True)
def demo_is_not_deployed(**kwargs: object) -> list[CheckMessage]:
    if settings.DEMO:
        return [
            Warning(
                "DUBAN_DEMO=1：演示账号的密码是公开的。",
                hint="正式环境请删除 DUBAN_DEMO。",
                id="duban.W001",
            )
        ]
    return []
