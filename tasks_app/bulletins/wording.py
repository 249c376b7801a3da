"""What a new bulletin says before anybody has edited it.

Official Chinese, whatever the language of the screen: a bulletin is an official document. Names in braces are
figures (bulletins.figures).
"""

from tasks_app.bulletins.choices import BulletinPart

TITLE = "关于《{list}》{round}进展情况的通报"
MARK = "{issuer}通报"
ADDRESSEE = "各有关单位"
NUMBER_PATTERN = "通报〔{年}〕{号}期"
NEXT_STEPS = (
    "滞后任务的牵头单位要逐项分析原因，明确整改措施和完成时间，于下一报送期一并报告。",
    "预警任务的牵头单位要主动对照序时进度，倒排工期，防止转为滞后。",
    "迟报、缺报单位要落实联络员责任，按规定时间报送；无进展的要如实说明原因。",
    "各配合单位要主动配合牵头单位，共同推进任务落实。",
)
TEXTS = {
    BulletinPart.OVERALL: (
        "截至{截至日期}，《{清单名称}》共有任务{任务数}项，其中已销号{已销号数}项、正常{正常数}项、预警{预警数}项、"
        "滞后{滞后数}项、未报{未报数}项。任务平均进度{平均进度}，序时进度{序时进度}，{与序时进度相比}。"
    ),
    BulletinPart.COUNTIES: "平均进度最高的是{进度最高县区}，最低的是{进度最低县区}。\n{县区表}\n{县区图}",
    BulletinPart.DEPARTMENTS: "按牵头单位统计，滞后任务较多的是{滞后较多单位}。\n{部门图}\n{部门表}",
    BulletinPart.REPORTING: (
        "本期应报送单位{应报单位数}家，按时报送{按时数}家，按时率{按时率}。{迟报情况}；{补报情况}；{缺报情况}；{免报情况}。"
        "\n{报送表}"
    ),
    BulletinPart.LAGGING: "滞后任务{滞后数}项，具体情况如下。\n{滞后表}",
    BulletinPart.CHANGES: (
        "与{上期}相比，平均进度{平均进度变化}；销号{销号数}项，转为滞后{转为滞后数}项，脱离滞后{脱离滞后数}项，"
        "进度上升{进度上升数}项，进度下降{进度下降数}项。\n{变化表}"
    ),
    BulletinPart.DEMANDS: "\n".join(NEXT_STEPS[:3]),
}
FIRST_CHANGES = "本期为首次通报，没有上期可比。"
