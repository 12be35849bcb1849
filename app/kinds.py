"""What sort of fact a question asks for, and which sorts a sentence holds. Knows nothing of scores or citations."""

import re
from typing import Final

_TIME: Final = r"(?:\d+|[一二两三四五六七八九十半几数]+)\s*个?(?:多)?(?:分钟|小时|钟头|天|日|工作日|周|星期|礼拜|月|季度|年|账期|周期)|立即|即刻|立刻|马上|当天|当日|当场|随时|即时|短期|长期|几分钟"
_PLACE: Final = r"营业厅|门店|网点|柜台|官网|官方网站|应用|app|平台|网站|网页|店|地点|使馆|领事馆|公证处|银行|派出所|警方|客服|热线|页面|后台|设置|选项|入口"
# Currencies' own names are CLDR's; 斐济元, 埃镑 and the like are told by their last character.
CURRENCY: Final = (
    r"元|块钱?|人民币|美元|美金|欧元|欧(?![洲盟美])|英镑|日元|韩元|泰铢|卢布|卢比|卢菲亚|索尔|比索|里亚尔|迪拉姆|第纳尔|林吉特|令吉|马币|新币|纽币|澳币|加币|港币|台币|日币|韩币|越南盾|印尼盾|坚戈|里拉|先令|法郎|克朗|雷亚尔|谢克尔|刀(?!片)|"
    r"塔卡|塔拉|塞地|福林|瓦图|基那|奈拉|列弗|瑞尔|列克|列伊|宽扎|兰特|基普|索姆|苏姆|洛蒂|利昂|科朗|马克|潘加|普拉|拉里|缅元|缅币|比尔|古德|兹罗提|格查尔|瓜拉尼|德拉姆|克瓦查|乌吉亚|伦皮拉|多布拉|纳克法|马纳特|"
    r"达拉西|科多巴|阿里亚里|埃斯库多|图格里克|玻利瓦尔|玻利维亚诺|格里夫纳|努尔特鲁姆|索莫尼"
)
_AMOUNT: Final = (
    rf"(?:\d[\d,.]*|[一二两三四五六七八九十百千万半]+)\s*(?:{CURRENCY})|\d[\d,.]*\s*[一-鿿]{{0,3}}(?<!单)[元镑盾铢]|\d+(?:\.\d+)?\s*[%折]|百分之|成(?:手续费|管理费)|[$¥€₽£]\s*\d|"
    r"免费|免收|不收费|不(?:另外?|再)?收(?:取|钱)|(?:不|无)(?:用|需|须|必|需要)(?:额外|另外|再|另)?(?:付费|交钱|花钱|支付|缴费)|没有(?:额外)?费用|一律不(?:收|要)|不要钱"
)
_HOUR: Final = r"\d{1,2}[:：点时]\d{0,2}|(?:早上|上午|中午|下午|傍晚|晚上|夜里|半夜|凌晨|清晨|每天|早|晚)[一二两三四五六七八九十]{1,3}点|[二两三四五六七八九十]{1,3}点(?!儿|滴)|(?:24|二十四)\s*小时|全天|通宵|随时"
_PHONE: Final = r"(?<!\d)(?:\+?\d[\d\-\s]{4,}\d|\d{3,6})(?!\d|年|月|日|天|元|%)"

# Question → kind, tried in this order; a question may be of several.
ASKED: Final = {
    "phone": re.compile(r"(?:电话|热线)(?:号码?)?(?:是|到底是)?(?:哪个|什么|啥)|(?:电话|热线|号码|客服|座机)(?:号码?)?(?:是|到底|具体)?(?:多少|几号|啥|什么号)|(?:打|拨)(?:哪个|什么|多少|几号)(?:电话|号码|号|热线)?|(?:热线|客服电话|电话号码)(?:是)?[?？]?$|(?:邮箱|网址|微信号?|联系方式)(?:地址)?(?:是|多少|发|给)"),
    "count": re.compile(r"(?:(?<![好十哪])几|多少)(?!钱|乎|号|何|点|步|家|块|元)(?P<measure>次|份|张|个(?!g|月)|条|遍|回|封|页|位|人|年|岁|台|部|级|层|种|码|位数|天|个?月|小时|分钟|周|工作日|星期|礼拜)"),
    "price": re.compile(rf"(?:多少|(?<![好十])几)\s*(?:{CURRENCY})|多少钱|什么价|价格|价钱|几块钱|几元|多少元|几块|贵不贵|收费标准|资费多少|(?:费用|手续费|月租|押金|滞纳金|违约金|罚款|工本费)(?:是|要|得|大概|一般|收)*(?:多少|几|怎么算|怎么收|标准)|要花多少|收多少|扣多少|交多少|便宜多少"),
    "date": re.compile(r"(?<!哪)几点|营业时间|上班时间|开门|关门|周末(?:开|上班|营业)|星期几|几号(?!码)|截止日期|哪年|哪一年"),
    "duration": re.compile(r"多久|多长时间|多少日子|隔几|几天|几个?(?:工作日|小时|分钟|星期|礼拜|月|年|周)|多少天|要等多|什么时候|何时|哪天|哪一天|啥时候|时效|马上就|立刻|当天就|有效期|期限|时限"),
    "where": re.compile(r"哪里|哪儿|在哪|去哪|到哪|哪个(?:地方|网站|页面|菜单|部门|窗口|平台|选项|入口)|什么地方|啥地方|地址|上哪|入口|找谁"),
    "why": re.compile(r"为什么|为啥|为何|原因|凭什么|怎么会|咋会|何以|干嘛(?:要|非)"),
    "steps": re.compile(r"步骤|流程|几步|怎么(?:办理|操作|弄|办|销|注销|退|搞|填|申请|解绑|做)|如何(?:办理|操作|销户|注销|申请|解绑)|咋(?:办|弄|销|退|整|搞|操作)|怎么(?:走|点|查|验|要|拿|处理|申诉|检查|一步)|从头到尾|从哪(?:里|儿)?(?:下手|开始|入手)|一步一步|手把手|手续(?!费)|分几步|先后|顺序|程序是"),
    "materials": re.compile(r"材料|证件|带(?:什么|啥|哪些|点什么|点啥|上什么|上啥|齐)|准备(?:什么|啥|哪些|点|些|好)|需要(?:什么|哪些|啥)(?:东西|资料|文件|证件)?|要(?:什么|哪些|啥)(?:东西|资料|文件|证件|材料)|(?:装|拿|备|交|递|出示|提供|携带)(?:点|些|上|齐)?(?:什么|啥|哪些)|资料|清单"),
    "list": re.compile(r"哪些|有什么|哪几|几种|什么情况|有啥|注意(?:什么|啥|哪些)|几点|几条|几项|分别"),
    "who": re.compile(r"哪家|哪几家|哪些(?:大型|主要|知名|国际|正规|本地|当地)?(?:运营商|平台|公司|品牌|牌子|服务商|商家)|(?:运营商|公司|牌子|品牌|平台)(?:有|是|叫)(?:哪|什么|啥|谁)|叫什么"),
    "definition": re.compile(r"什么是|是什么(?!时候|地方|原因)|是啥|啥是|什么意思|啥意思|指什么|指的是|到底是|算什么|含义|定义|系咩|什么东西"),
    "which": re.compile(r"哪个|哪家|哪种|哪一|谁|什么(?!时候|地方|时间)|啥(?!时候|地方)|选哪"),
    "yes_no": re.compile(r"(\w)不\1|吗|么[?？]?$|嘛|能不能|可不可以|是不是|会不会|要不要|有没有|行不行|用不用|需不需要|是否|能否|可否|算不算|还能|能[^。]{0,12}不[?？]?$|不[?？]?$|没[?？]?$|对吧|吧[?？]?$|得不得|该不该|必须[^。]*[?？]|难道|可以[^。]*[?？]"),
}  # fmt: skip

# Kind → what a sentence that answers it holds.
HOLDS: Final = {
    "phone": re.compile(rf"{_PHONE}|(?:没有|不设|没设|未设|不提供)[^。,，]{{0,8}}(?:电话|热线)"),
    "count": re.compile(r"[\d一二两三四五六七八九十百半几数多]+\s*个?(?:次|份|张|个|条|遍|回|封|页|位|人|年|岁|台|部|级|层|种|天|日|月|小时|分钟|周|工作日|星期|礼拜)"),
    "price": re.compile(_AMOUNT),
    "date": re.compile(_HOUR + r"|周[一二三四五六日末]|星期[一二三四五六日]|\d{4}年|\d{1,2}月\d{1,2}[日号]|工作日|营业时间"),
    "duration": re.compile(rf"{_TIME}|当日|之日|那天|那一天|\d+\s*[日号]|月底|(?:前|后)一天"),
    "where": re.compile(_PLACE),
    "why": re.compile(r"因为|由于|为了|以免|避免|原因|所以|因此|导致|否则|出于|考虑|防止|意味着|会引发|造成|从而|理由|——|如果[^，]*，"),
    "steps": re.compile(r"步骤|流程|先|再|然后|之后|接着|最后|依次|按照|登录|点击|提交|填写|前往|联系|第[一二三四五六]"),
    "materials": re.compile(r"护照|身份证|证件|签证|发票|收据|复印件|原件|授权书|合同|账单|照片|手机号|卡|材料|资料|文件"),
    "list": re.compile(r"、|以下|如下|包括|分别|一是|首先"),
    "who": re.compile(r"(?<![a-z])(?!e?sim|app|logo|pin|puk|eid)[a-z]{3,}(?![a-z])|运营商.{0,6}(?:包括|有|是)"),
    "definition": re.compile(r"是(?:一种|一类|一张|指|把|直接|由|嵌入|装在|可)|又叫|又称|也叫|称为|就是|即|指的是|意思是|相当于"),
    "which": re.compile(r""),
    "yes_no": re.compile(r"不|无|没|未|可以|能够|能|支持|允许|必须|需要|须|应|会|可|仅|只|均|都|是|得|建议|切勿|别|也|照样|依然|仍"),
}  # fmt: skip
# Facts that stand in the text or do not: without them there is no answer, however near the sentence.
HARD: Final = ("phone", "price", "date", "count")

_FILLER = re.compile(
    r"大家好|今天(?:咱们|我们|就)|本文|这篇文章|本篇|希望(?:这篇|本文|能|大家)|欢迎(?:随时)?留言|综上|总而言之|总的来看|总体来看|接下来|那么问题来了|回到正题|"
    r"我们先|咱们|感谢|下面(?:是|就|来)|以下是|聊聊|解答疑惑|少走弯路|最后(?:，|,)?(?:再次)?提醒"
)
# What asks inside a sentence that tells: “问清是否必须本人去”.
_INDIRECT = re.compile(
    r"是否|能不能|可不可以|要不要|会不会|有没有|该不该|需不需要|用不用|多久|多长|多少|哪[个些里家种]|什么|怎么|如何|几[天次个]"
)
_CLAUSE = re.compile(r"[,，。;；!！?？\s]+")
_SHORT = 4  # characters; “对吧”, “行不行” ask about the clause before them
_QUESTION = re.compile(r"[?？]\W*$")
_INTRO = re.compile(r"[:：]\W*$")


def asked(question: str) -> frozenset[str]:
    """Kinds of fact a (folded) question asks for; none is possible."""
    return frozenset(kind for kind, pattern in ASKED.items() if pattern.search(question))


def focus(question: str) -> str:
    """The clauses of a (folded) question that ask; all of it where none can be told from the others."""
    clauses = [clause for clause in _CLAUSE.split(question) if any(char.isalnum() for char in clause)]
    asking = [
        clause
        for clause in clauses
        if any(pattern.search(clause) for pattern in ASKED.values()) and len(clause) >= _SHORT
    ]
    return " ".join(asking or clauses)


def holds(kind: str, sentence: str) -> bool:
    """Whether a (folded) sentence holds a fact of this kind."""
    return HOLDS[kind].search(sentence) is not None


def settles(kind: str, question: str, sentence: str) -> bool:
    """Whether a sentence holds a fact of this kind in the measure the question names: 几次 wants a number of times."""
    found = ASKED["count"].search(question) if kind == "count" else None
    if found is None:
        return holds(kind, sentence)
    measure = found["measure"]
    if any(unit in measure for unit in ("天", "月", "小时", "分钟", "周", "年", "工作日", "星期", "礼拜")):
        return holds("duration", sentence)
    alike = "[次回遍]" if measure in "次回遍" else re.escape(measure)
    return re.search(rf"[\d一二两三四五六七八九十百半]+\s*个?{alike}", sentence) is not None


def is_filler(sentence: str) -> bool:
    """Whether a sentence greets, announces or sums up and says nothing."""
    return _FILLER.search(sentence) is not None


def is_question(sentence: str) -> bool:
    """Whether a sentence asks; it may repeat the reader's question, and never answers it."""
    return _QUESTION.search(sentence) is not None


def asking(sentence: str) -> float:
    """Share of a sentence's clauses that ask, at least indirectly: 0…1. What only asks tells nothing."""
    clauses = [clause for clause in _CLAUSE.split(sentence) if clause]
    return sum(_INDIRECT.search(clause) is not None for clause in clauses) / len(clauses) if clauses else 0.0


def is_intro(sentence: str) -> bool:
    """Whether a sentence only leads up to what follows (…如下：)."""
    return _INTRO.search(sentence) is not None
