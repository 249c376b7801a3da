"""The words by which documents name roles: labels before a colon, headings of columns, verbs after units."""

import re

LEAD, ASSIST, RESPONSIBLE, DEADLINE, PERSON = "lead", "assist", "responsible", "deadline", "person"
ROLES = (LEAD, ASSIST, RESPONSIBLE)

_WHO = "(?:单位|部门|处室|科室|股室|机构|地区|主体)"
# role → what a label says; a label stands before a colon or heads a column.
_LABELS = (
    (
        PERSON,
        r"(?:市级|县级|省级|区级|政府)?(?:责任|分管|牵头|包抓|包联|联系|督办|主管|挂点|包保|主要)(?:负责|责任)?(?:市|县|区|省|州)?(?:领导|责任人|负责人|人)|联系人(?:及?电话)?|联系电话|电话|联络员|(?:市|县|区|省)级领导|负责人|经办人|责任人",
    ),
    (
        LEAD,
        rf"(?:总|市级|省级|县级|区级|州级|主要)?牵头(?:责任|负责|主办|实施|组织)?{_WHO}|(?:主办|主责|第一责任|首要责任){_WHO}|牵头|主办",
    ),
    (
        ASSIST,
        rf"(?:市级|省级|县级|区级|主要)?(?:配合|协办|协助|参与|参加|协同|支持|会办|辅助|协作|配合责任|协同责任){_WHO}|(?:协办|配合)",
    ),
    (
        RESPONSIBLE,
        rf"(?:市级|省级|县级|区级|州级|主要|具体|各项)?(?:责任|承办|落实|实施|负责|承担|主管|推进|执行|建设|组织实施){_WHO}"
        r"|(?:责任|职责|任务)分工|责任(?:市|县|区)(?:县|州|直)?(?:单位|部门)|分工",
    ),
    (
        DEADLINE,
        r"(?:计划|拟|预计|力争|要求)?(?:完成|办理|办结|整改|推进|实施|工作|落实|达标|竣工)?(?:的)?(?:时限|期限|时间节点|时间安排|时间进度|时间要求|时间|节点|日期)(?:要求)?|截止(?:时间|日期)",
    ),
)
_ALL = "|".join(f"(?P<{role}>{pattern})" for role, pattern in _LABELS)
LABEL = re.compile(rf"(?:{_ALL})\s*[：:]")
_NAMED = re.compile(rf"^(?:{_ALL})$")

# role → verb at the end of a group of units
_DUTY = r"(?:按照?|根据|依照?|依据)(?:各自|部门|任务|有关|相关)?(?:职责|职能|任务)?(?:任务)?分工"
_DO = (
    r"(?:负责(?:落实|推进|实施|组织实施)?|推进落实|推动落实|组织实施|抓好落实|贯彻落实"
    r"|做好(?:相关|有关)?工作|落实|推进|实施|承担)"
)
VERB = re.compile(
    rf"(?P<lead>(?:{_DUTY})?(?:共同|联合|总|分别)?牵头(?:负责|落实|组织实施|实施|推进|组织|组织落实)?|主办|主抓)"
    r"|(?P<assist>(?:共同|积极|协同|分别)?(?:配合|协助|协办|参与|参加|支持)(?:做好|落实|实施|推进|开展)?(?:相关工作)?)"
    rf"|(?P<responsible>(?:等)?(?:{_DUTY}|按(?:各自)?职责)(?:分别|共同)?{_DO}?|(?:分别|共同|具体|分头|各自|联合)?{_DO})"
)
VERB_END = re.compile(rf"(?:{VERB.pattern})[。．.\s]*$")
WITH = re.compile(r"会同|商(?=[^务业贸会])")
# 排在第一位的为牵头单位，下同
FIRST_LEADS = re.compile(
    r"[（(，,；;。]?\s*(?:注[：:])?(?:责任单位|以上|单位)?(?:中)?[，,]?(?:排|列|标|位|居)?[在于]?"
    r"(?:第一位|第一个|首位|首个|第一|前面|首)(?:的)?(?:责任)?(?:单位|部门)?(?:的)?[为是](?:总)?(?:牵头|主办|主责)(?:责任|负责)?(?:单位|部门)?"
    r"\s*(?:[，,、；;]?\s*(?:以?下同|下同|其余|其他|其它)[^。）)：:；;]{0,16})?[。；;]?\s*[)）]?"
)
SAME_BELOW = re.compile(r"下同|以下")


def role_of_label(word: str) -> str | None:
    """The role a whole label names: 责任单位 → responsible, 完成时限 → deadline; None for other words."""
    hit = _NAMED.match(word)
    return hit.lastgroup if hit else None
