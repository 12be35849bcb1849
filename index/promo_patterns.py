"""The words of advertisements: what only they contain, what surrounds it, and what takes suspicion away.

All patterns are for folded text (lower case, half width, simplified). Knows nothing of spans or of articles.
"""

import re

# Between a messenger's name and its handle: arrows, plus signs, colons, hearts, any emoji; no mark that ends a clause.
_GAP = r"[^\w\n。!?;,、]"
_WORD = r"(?:交流|官方|粉丝|福利|售后|客服|备用|频道|群组?|账号|帐号|号码?|id|名|是|为|搜索?|联系|咨询|加)"
_JOIN = rf"{_GAP}{{0,8}}(?:{_WORD}{_GAP}{{0,6}}){{0,3}}"
# A colon, an @, an arrow or one of those words: after it even a plain word is somebody's name.
_POINT = rf"{_GAP}{{0,8}}(?:{_WORD}{_GAP}{{0,4}}){{0,3}}(?:(?<=号)|(?<=搜)|(?<=搜索)|[:@]|👉|➡|→){_GAP}{{0,8}}"
# With a digit or an underscore in it, a word is a handle and no ordinary next word of a sentence.
_HANDLE = r"(?=[a-z0-9\-]*(?:[0-9][a-z0-9\-]*[a-z_]|[a-z_][a-z0-9\-]*[0-9]|_))[a-z0-9][a-z0-9_\-]{4,}"
_NUMBER = r"\d{6,}|\+?\d[\d \-]{7,18}\d"
_PLAIN = r"[a-z0-9][a-z0-9_\-]{3,}(?! *[a-z0-9>→.])"  # “WhatsApp：Settings > Account” is a path through menus

# Words for a messenger that nobody but a seller uses, and names of messengers that guides must be able to name.
_CODED = r"v\W?x|威信|微❤|球球|🐧\W?[群裙]|➕\W?🌟|wx|v\s?信|薇\s?信|威\s?信|徽\s?信|微\s信|微信号|薇|tg|纸飞机|飞机号|企鹅群?|扣扣群?|qq群"
_NAMED = r"微信|wechat|weixin|telegram|whats\s?app|qq|skype|discord"
_COMMON = r"电报|飞机群?|line|signal|v|ws"  # words of other meanings: a handle needs something that points at it

_URL = r"[^\s)\]】）>,。，；]*"
_CODE = r"(?:邀请码|推荐码|优惠码|折扣码|返利码|注册码|推广码|兑换码|暗号|口令)"
_OBJECT = r"(?:我们?|一下|下方|客服|小编|站长|顾问|老师|小助手|博主|群主|小姐姐|小哥哥|店主|掌柜)"
# What a shop hands out; at an office one may also 扫码领取号牌 and 扫描二维码添加 eSIM.
_GIFT = r"(?:优惠|福利|红包|折扣|券|礼|体验|流量|[^\n。!?,]{0,8}(?:卡|元|折))"

# Each of these alone makes its place an advertisement: kind, pattern.
STRONG: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("link", re.compile(rf"(?:https?://)?(?:www\.)?\b(?:t\.me|telegram\.(?:me|dog)|wa\.me|(?:chat|api)\.whatsapp\.com|line\.me|discord\.gg|u\.wechat\.com|qm\.qq\.com)/{_URL}")),
    ("link", re.compile(rf"\b(?:tg|weixin|whatsapp|mqqapi)://{_URL}")),
    ("link", re.compile(rf"https?://{_URL}[?&](?:ref|referral|referrer|refcode|invite|inviter|invitecode|invite_code|aff|agent|affid|aff_id|affiliate|promocode|promo_code|utm_[a-z]+|coupon|share_?id|from_?id)={_URL}")),
    ("link", re.compile(rf"https?://{_URL}/(?:invite|invitation|referral|refer|aff|ref)/[a-z0-9]{_URL}")),
    ("contact", re.compile(rf"(?<![a-z0-9])(?:{_CODED}|{_NAMED}){_JOIN}@?(?:{_HANDLE}|{_NUMBER})")),
    ("contact", re.compile(rf"(?<![a-z0-9])(?:{_CODED}|{_NAMED}|{_COMMON}){_POINT}(?:{_HANDLE}|{_NUMBER}|{_PLAIN})")),
    ("contact", re.compile(rf"(?:加|➕|\+)\s?{_OBJECT}?的?\s?(?:{_CODED}|{_NAMED}|v|q){_JOIN}@?(?:{_HANDLE}|{_NUMBER})")),
    ("contact", re.compile(rf"(?<![a-z0-9.])(?:tg|telegram|电报|飞机){_GAP}{{1,8}}@")),
    ("contact", re.compile(r"(?<![a-z0-9_.+\-])@[a-z0-9_][a-z0-9_.\-]{3,}(?![a-z0-9.\-]*@)")),
    ("contact", re.compile(rf"群号{_GAP}{{0,4}}\d{{6,}}")),
    ("contact", re.compile(r"\+?(?<!\d)\d[\d \-]{6,18}\d[^\w\n]{0,3}(?:微信|薇信|v信?|v?x|wx|电话|qq)?同号")),
    # A line that calls itself an advertisement.
    ("invitation", re.compile(r"(?m:^)[ \t>*\-]*[【\[(](?:广告|推广|赞助商?|商业推广|合作推广|推广信息|ad)[】\])][^\n]*")),
    ("invitation", re.compile(rf"{_CODE}{_GAP}{{0,4}}(?:是|为|填)?{_GAP}{{0,4}}[a-z0-9]{{3,}}")),
)  # fmt: skip

# Each of these makes an advertisement unless the sentence warns of one, or speaks of an operator's own channel.
WEAK: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("contact", re.compile(rf"(?<![增参追叠])(?:加|添加){_OBJECT}*的?(?:企业微信|微信|薇信|威信|v信|vx|wx|qq|tg|电报)(?!支付|钱包|小程序|邮|绑|账|帐|登|等|里|中|好友|[、和或与])")),
    ("contact", re.compile(rf"(?:加|添加|扫){_OBJECT}+的?(?:好友|二维码)")),
    ("contact", re.compile(rf"(?:扫码|扫一扫|长按|(?:扫|扫描|识别)[^。!?,\n]{{0,6}}二维码)[^。!?\n]{{0,12}}?(?:关注|[进入加]群|(?:加|添加|联系|咨询){_OBJECT}|加(?:好友|微信)|下单|购卡|立减|领取?{_GIFT})")),
    ("contact", re.compile(r"(?:关注|搜索?|订阅)(?:我们?|本|下方|文末)的?(?:微信)?(?:公众号|公号|视频号|频道)")),
    ("contact", re.compile(r"(?:关注|搜索?|订阅)(?:微信|电报|tg)?(?:公众号|公号|视频号|频道)\s?[:\"“”「『《【]")),
    ("contact", re.compile(r"公众号[^。!?\n]{0,24}(?:回复|后台)[^。!?\n]{0,10}(?:领|送|优惠|报价|咨询)")),
    ("contact", re.compile(r"(?:私信|私聊|滴滴|戳)(?:我们?|小编|博主|站长|客服)[^。!?\n]{0,12}(?:购|买|下单|领|优惠|报价|咨询|办理|获取|拿|代办|折)")),
    ("invitation", re.compile(r"(?:点击|点|戳|打开|复制|通过|使用|用|走)(?:下方|下面|文末|此|这个|这里|以下|本文|我的|我们的|专属|上方)?的?(?:专属)?(?:邀请|推广|返利|优惠|购买|下单|推荐|专属)?链接[^。!?\n]{0,16}(?:购卡|购买|抢购|领|下单|享|优惠|立减|返|开卡)")),
    ("invitation", re.compile(r"(?:点击|点|戳)(?:这里|此处|下方|下面)[^。!?\n]{0,10}(?:购买|下单|领取|立减|优惠|特价)")),
    ("invitation", re.compile(r"(?:邀请|推广|返利|推荐|专属|优惠)(?:注册|购买|购卡|开卡|下单)?链接[^\w\n]{0,4}https?://")),
    ("invitation", re.compile(r"(?:限时|新人|新用户|粉丝|读者|独家|下单|首单|前\d+名)[^。!?\n]{0,10}(?:特惠|优惠|折扣|立减|返现|红包|福利|免费领|专享|送流量|[一二三四五六七八九\d.]+折)[^。!?\n]{0,30}(?:点击|链接|扫码|联系|私信|下单|购买|抢购|领取|加)")),
    # Who asks for a click, a follow or a tip, keeps a stall or looks for agents. Only whole phrases of sellers: 代办, 佣金 or 先到先得 alone are a guide's words too.
    ("invitation", re.compile(r"评论区(?:留言|扣|领|抽|置顶|自取)|置顶评论|(?:点击?|戳|文末)[“\"「]?阅读原文|点击上方蓝字|(?:上方|下方|文末)名片|动动小手|回复本帖|隐藏链接|点个?[“「]在看|设为星标|一键三连|三连支持|求个?关注|转发(?:加|并|\+)关注|戳头像")),
    ("invitation", re.compile(r"(?:打赏|赞赏|请我喝)[^。!?\n]{0,12}(?:鼓励|支持|咖啡|奶茶)|!\[赞赏码\]")),
    ("invitation", re.compile(r"(?:闲鱼|咸鱼|某宝|淘宝|拼多多)上?搜[“\"「【]|橱窗(?:里|同款)|左下角小黄车|来我的?(?:闲鱼|咸鱼|小店|淘宝店)|我的(?:小店|淘宝店)")),
    ("invitation", re.compile(r"诚招|校园代理|渠道分销|软文合作|广告投放|一手货源|批发零售|手慢无|闭眼入|现货秒发|(?<![a-z])aff(?![a-z])|先款后货|可刀(?![割])|佣金(?:秒|日)结|百张面议")),
    ("invitation", re.compile(r"专业代[开充]|长期代[办充]|不成功不收费|(?:私信|私聊)我(?:要|领|帮|,?远程)|直接私信我|(?:可以|欢迎|直接)找我代")),
    ("invitation", re.compile(r"(?:点此|点击|立即|戳这里)(?:购买|下单|抢购)[^。!?\n]{0,8}https?://")),
    ("invitation", re.compile(r"[—\-=~]{2,}\s*广告\s*[—\-=~]{2,}|赞助商\s*:")),
    ("invitation", re.compile(r"(?:广告位?|商务合作|商务洽谈|广告投放|赞助)\s*:\s*\S")),
    ("invitation", re.compile(r"(?:合作|推广)\s*:\s*(?=[^\n。]{0,30}(?:@|\d{6}))")),
)  # fmt: skip
HONEST = re.compile(
    r"冒充|假冒|诈骗|骗子|骗局|上当|切勿|谨防|警惕|当心|小心|千万别|不要(?:理会|相信|轻信|添加|随意|随便|扫|点)|别(?:信|理会|加|扫|点)|(?:官方|运营商|营业厅)的?(?:微信)?(?:公众号|公号|频道|视频号|二维码)"
)

IMAGE = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\((?P<url>[^)\n]*)\)|<img\b[^>\n]*>", re.IGNORECASE)
# An image with one of these for its description shows nothing a reader needs.
BARE_ALT = re.compile(
    r"\s*(?:|image|img|图片?|截图|photo|picture|pic|二维码|扫码.*|qr.*|snipaste.*|screenshot.*|海报|广告.*"
    r"|.*(?:微信|客服|优惠|加群|福利).*|[\w\-]+\.(?:png|jpe?g|gif|webp))\s*",
    re.IGNORECASE,
)

# Words of sellers. A sentence behind an advertisement that has one belongs to it.
_DEAL = (
    r"代办|代销|代开|批发|秒回|包邮|返[佣现利]|立减|免费[领送]|[送领]\d|红包|特价|低价|低至|[一二三四五六七八九\d.]+折|价格(?:公道|低|实惠)"
    r"|下单|抢购|老客户|新用户|新客|专享|认准|商务合作|小助手|[进加入]群|客服(?:微信|小)|各得|赔[十一]"
)
SELLS = re.compile(_DEAL)
# A clause right before an advertisement, in one sentence with it, may lead up to it in softer words too.
LEADS_UP = re.compile(
    rf"{_DEAL}|(?:官方|电报|交流|粉丝)(?:频道|群)|更多(?:优惠|套餐|详情|资讯|信息)|详询|私信|私聊|滴滴|欢迎(?:添加|加|联系|咨询|关注)"
    r"|联系我|有需要|(?:想|需)要?[^,。]{0,10}的(?:朋友|小伙伴|亲|请|可|加|联系|戳|私)|有疑问|有问题|不懂|不会办|找我|我的链接|长按[^,。]{0,4}二维码|福利|广告"
)
# How the clause of an advertisement may begin in a line that is a title, where a clause may also be the title itself.
BEGINS = re.compile(r"加|请|搜|戳|点|找|认准|官方|频道|联系|添加|群|扫")
