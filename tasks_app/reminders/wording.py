"""What reminders say, and how a coordinator's own words are filled in.

A template has placeholders in braces, by their Chinese names; nothing else in it has a meaning, so
whoever edits one can reach no attribute and run no code. Unknown placeholders are refused on saving.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tasks_app.lib.errors import Refused

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Name → an example, for previews.
PLACEHOLDERS: Mapping[str, str] = {
    "清单": "海东市2024年重点任务清单",
    "期": "2024年8月期",
    "单位": "市住房建设局",
    "截止": "8月5日18:00",
    "数量": "2",
    "事项": "第1项 推动城乡公共资源均衡配置、第2项 建设宜居宜业和美乡村",
}


@dataclass(frozen=True)
class Words:
    """A title and a text with placeholders; `label` says when they are used.

    Only the label is of the interface: messages are in the language of the house, whoever causes them.
    """

    label: str | Promise
    title: str
    text: str


BUILT_IN: Mapping[str, Words] = {
    "report-before": Words(
        _("月报截止前，给联络员"),
        "请报送：{单位} {期}月报",
        "{清单} {期}月报请于 {截止} 前报送，{单位}尚未报送。",
    ),
    "report-after": Words(
        _("月报截止后，给联络员"),
        "催报：{单位} {期}月报已过截止时间",
        "{清单} {期}月报已于 {截止} 截止，{单位}尚未报送。请尽快补报；迟报会留有记录。",
    ),
    "overview-before": Words(
        _("月报截止前，给汇总员、督查员和群"),
        "{期}还有 {数量} 个单位未报送",
        "{清单} {期}月报将于 {截止} 截止，未报送的单位：{单位}。",
    ),
    "overview-after": Words(
        _("月报截止后，给汇总员、督查员和群"),
        "{期}还有 {数量} 个单位未报送",
        "{清单} {期}月报已于 {截止} 截止，未报送的单位：{单位}。",
    ),
    "no-liaison": Words(
        _("单位没有联络员，转给汇总员"),
        "没有联络员，提醒无人接收：{单位}",
        "{清单}有提醒应发给 {单位}，但该单位没有在任的联络员。请联系单位确定联络员，并转告应办事项。",
    ),
    "task-before": Words(
        _("任务到期前"),
        "{数量} 项任务将于 {截止} 到期",
        "{清单}中{单位}牵头的任务将于 {截止} 到期：{事项}。已完成的请申请销号。",
    ),
    "task-after": Words(
        _("任务逾期后"),
        "{数量} 项任务已逾期，应于 {截止} 完成",
        "{清单}中{单位}牵头的任务已过完成时限（{截止}）：{事项}。已完成的请申请销号，未完成的请抓紧办理。",
    ),
    "notice-before": Words(
        _("督办通知回复期限前"),
        "请于 {截止} 前回复：{事项}",
        "{清单}{事项}请{单位}于 {截止} 前回复办理情况，附佐证材料。",
    ),
    "notice-after": Words(
        _("督办通知逾期未回复"),
        "{单位}逾期未回复：{事项}",
        "{清单}{事项}应于 {截止} 前回复，{单位}尚未回复。逾期会留有记录，并可能升级督办。",
    ),
    "returned": Words(
        _("条目被退回，尚未重报"),
        "退回待改：{单位} {期}月报有 {数量} 项",
        "{清单} {期}月报中{单位}的条目被退回后尚未重新报送：{事项}。请按退回理由修改后重新报送。",
    ),
}


def fill(template: str, words: Mapping[str, str]) -> str:
    """The template with its placeholders replaced; an unknown one stays as it stands."""
    return PLACEHOLDER.sub(lambda match: words.get(match[1].strip(), match[0]), template)


def check(template: str) -> None:
    """Refuse a template with an unknown placeholder or an unpaired brace, saying which."""
    unknown = [name for name in PLACEHOLDER.findall(template) if name.strip() not in PLACEHOLDERS]
    if unknown:
        raise Refused(
            _("模板里的“{%(name)s}”不是可用的占位符。可用的有：%(known)s。")
            % {"name": unknown[0], "known": "、".join(f"{{{name}}}" for name in PLACEHOLDERS)}
        )
    if re.search(r"[{}]", PLACEHOLDER.sub("", template)):
        raise Refused(_("模板里有单独的花括号。占位符要写成一对花括号，如 {单位}。"))
