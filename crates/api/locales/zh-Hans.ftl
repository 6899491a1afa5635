## 电子邮件

mail-password-reset-subject = 重置您的密码
mail-password-reset-body =
    您好：

    有人（应该是您本人）要求为您的账号设置新密码。请打开以下链接进行设置：

    { $link }

    或输入验证码：{ $code }

    链接与验证码在 { $hours } 小时内有效，且只能使用一次。如非您本人操作，请忽略此邮件，您的密码不会改变。

mail-email-verification-subject = 请确认您的电子邮箱
mail-email-verification-body =
    您好：

    请打开以下链接，确认这是您账号的电子邮箱：

    { $link }

    或输入验证码：{ $code }

    链接与验证码在 { $hours } 小时内有效，且只能使用一次。如您没有在本店注册，请忽略此邮件。

mail-account-exists-subject = 您已经有账号了
mail-account-exists-body =
    您好：

    有人（应该是您本人）尝试用此电子邮箱注册账号。此邮箱已有账号，资料没有任何变更。请用您的密码登录；如忘记密码，请申请重置。

mail-account-email-changed-subject = 您账号的电子邮箱已更改
mail-account-email-changed-body =
    您好：

    您的账号从现在起使用另一个电子邮箱，这是发送到此邮箱的最后一封邮件。如果不是您本人操作，请通知商店。

mail-account-deletion-requested-subject = 您的账号即将删除
mail-account-deletion-requested-body =
    您好：

    您已申请删除账号。账号及其中的个人资料将于 { $date }（UTC）删除。

    如果您改变主意，或这不是您本人的操作，请在该日之前登录并保留账号；若不是您本人操作，请同时更换密码。

mail-account-deletion-taken-back-subject = 您的账号将予保留
mail-account-deletion-taken-back-body =
    您好：

    您的账号不会被删除：有人（应该是您本人）已登录并撤回删除申请。

mail-account-erased-subject = 您的账号已删除
mail-account-erased-body =
    您好：

    您的账号已按您的申请删除。我们不再保存您账号的姓名、电子邮箱和密码，您也不会再收到与账号有关的邮件。订单上的购买人资料会按法律要求的期限保存，期满后删除。

mail-order-placed-subject = 您的订单 { $number }
mail-order-placed-body =
    您好：

    感谢您于 { $date } 在 { $store } 下单，订单编号 { $number }，总计 { $total }：

    { $lines }

    订单确认后我们会立即通知您。

mail-order-confirmed-subject = 您的订单 { $number } 已确认
mail-order-confirmed-body =
    您好：

    { $store } 已确认您的订单 { $number }。

mail-order-completed-subject = 您的订单 { $number } 已完成
mail-order-completed-body =
    您好：

    您在 { $store } 的订单 { $number } 已经发货，感谢您的购买！

mail-order-cancelled-subject = 您的订单 { $number } 已取消
mail-order-cancelled-body =
    您好：

    您在 { $store } 的订单 { $number } 已取消。

mail-order-linked-subject = 您的订单 { $number } 已加入账号
mail-order-linked-body =
    您好：

    您在 { $store } 的订单 { $number } 已加入一个顾客账号，该账号可以查看并修改这笔订单。
    如果不是您本人操作，请通知商店，商店可以将订单移出。

mail-order-unlinked-subject = 您的订单 { $number } 已移出账号
mail-order-unlinked-body =
    您好：

    您在 { $store } 的订单 { $number } 已从原来的顾客账号移出。仍可用订单编号和您的联系方式查询。

mail-order-contact-changed-subject = 您的订单 { $number } 的联系方式已更改
mail-order-contact-changed-body =
    您好：

    您在 { $store } 的订单 { $number } 的联系方式已更改。如果不是您本人操作，请通知商店。

## 问题：标题、发生了什么、可以怎么做

problem-malformed-request = 无法读取请求
    .detail = 请求内容不是格式正确的 UTF-8 JSON
    .what-to-do = 请发送一个 UTF-8 编码的 JSON 对象，不可有多余的逗号、不成对的代理字符或中途截断。
problem-invalid-parameter = 参数无效
    .detail = 查询参数或标头的名称不存在，或其值不被接受
    .what-to-do = errors 列表会指出是哪个参数以及哪里有错误；API 说明文档列有每个参数及其限制。
problem-idempotency-key-missing = 需要 Idempotency-Key
    .detail = 这项操作必须能安全地重复执行，但请求没有 Idempotency-Key 标头
    .what-to-do = 请为每次变更产生一个新的随机密钥，以 Idempotency-Key 发送；重试时发送同一个密钥。
problem-idempotency-key-invalid = Idempotency-Key 无效
    .detail = Idempotency-Key 是空的、太短、太长、发送了两次，或含有可打印 ASCII 以外的字符
    .what-to-do = 请使用 1 到 255 个可打印的 ASCII 字符（未登录时至少 16 个），例如 UUID，可加或不加双引号。
problem-token-missing = 请先登录
    .detail = 这项操作需要访问令牌，但请求中没有附上
    .what-to-do = 请登录，并以 Authorization: Bearer 发送令牌。
problem-token-expired = 访问令牌已过期
    .detail = 这个访问令牌曾经有效，但已过期限
    .what-to-do = 请用刷新令牌换取新的访问令牌，或重新登录，然后原封不动地重新发送请求。
problem-token-invalid = 令牌无效
    .detail = 令牌无法读取、不属于这台服务器，或其登录会话已结束
    .what-to-do = 请重新登录，并以 Authorization: Bearer 发送新的令牌。
problem-invalid-credentials = 账号或密码错误
    .detail = 这组账号与密码无法登录任何账号
    .what-to-do = 请检查后再试一次；连续失败数次后，账号会暂停登录一段时间。
problem-token-reused = 刷新令牌已经用过
    .detail = 刷新令牌只能使用一次；这一个已经换过，因此登录会话已被结束
    .what-to-do = 请重新登录。如果您没有发送两次，请变更密码：可能有别人持有副本。
problem-forbidden = 没有权限
    .detail = 系统认得您，但您没有执行这项操作的权限
    .what-to-do = 请向商店所有者申请权限，或改用另一种账号（顾客或员工）。
problem-password-change-required = 请先设置您自己的密码
    .detail = 您的密码是别人设置的，而您尚未更换
    .what-to-do = 请将当前的密码与新密码送到 POST /v1/staff/me/password，然后再继续。
problem-not-found = 找不到
    .detail = 这里没有您看得到的东西
    .what-to-do = 请检查地址与编号；属于别人的东西和不存在的东西看起来完全一样。
problem-order-number-mistyped = 订单编号有错误
    .detail = 订单编号的检查码不符，可能是打错一个字符，或两个字符前后对调
    .what-to-do = 请逐字核对确认信上的编号；大小写不影响。
problem-method-not-allowed = 不支持此方法
    .detail = 这个地址存在，但不接受这个方法
    .what-to-do = 请使用 Allow 标头中列出的方法。
problem-not-acceptable = 没有这种格式
    .detail = Accept 标头排除了本服务器能发送的所有格式
    .what-to-do = 请接受 application/json，或省略这个标头。
problem-request-timeout = 请求发送太慢
    .detail = 请求内容未能及时送达；没有任何变更
    .what-to-do = 请在连接较稳定时重新发送。
problem-state-conflict = 当前状态无法这么做
    .detail = 以当前的状态不允许这项操作
    .what-to-do = 请重新读取：current_status 说明当前状态，actions 列出您现在可以做的事。
problem-too-many-changes = 变更次数过多
    .detail = 您已多次变更这笔订单，无法再由您变更
    .what-to-do = 您仍然可以取消订单；其他变更请联系商店，由店员处理。
problem-insufficient-stock = 库存不足
    .detail = 至少有一项商品的库存少于订购数量
    .what-to-do = errors 列表会指出是哪些明细；请减少数量或删除该明细。
problem-price-changed = 价格已变动
    .detail = 价格与预期不同；没有任何变更
    .what-to-do = 请查看 total（当前的金额）；若同意，请以它作为 expected_total 重新发送。
problem-discount-above-limit = 折扣超过您的上限
    .detail = 订单的折扣将超过您可以给予的上限
    .what-to-do = 请给予较小的折扣，或请有权限的人处理。
problem-payment-rule-not-met = 需先付款
    .detail = 此订单须先付款才能开始处理，目前尚未付清
    .what-to-do = 请登记收款，或等待付款；balance_due 为尚欠金额。
problem-balance-not-settled = 款项尚未结清
    .detail = 仍有应收款项，或款项正在退还
    .what-to-do = 请登记收款、退还溢收款项并登记结果，或冲销差额。
problem-total-below-credits = 低于已折让的金额
    .detail = 订单金额将低于已折让或已冲销的金额
    .what-to-do = 请让订单金额不低于该金额。
problem-money-kept = 此订单仍留有款项
    .detail = 此订单已收款且尚未退还
    .what-to-do = 请先退款，并登记退款完成。
problem-nothing-refundable = 没有可退的款项
    .detail = 没有超出应付金额的收款，或已在退款中
    .what-to-do = 请查看 refund-proposal；若仍要给予，请以 credit 注明金额。
problem-refund-exceeds-payment = 超过可退金额
    .detail = 超过已收金额，或超过不应收的部分；没有任何变更
    .what-to-do = 请查看 refund-proposal，退款以该金额为限；若仍要给予，请以 credit 注明金额。
problem-refund-above-limit = 退款超过您的上限
    .detail = 此金额超过您可以退款的上限
    .what-to-do = 请找有权限退还任何金额的人处理。
problem-write-off-exceeds-balance = 超过差额
    .detail = 此金额超过应付与已付之间的差额
    .what-to-do = 请查看 balance_due，冲销以该金额为限。
problem-units-not-open = 未处理的数量不足
    .detail = 未处理的数量少于所要求的数量：其余的已取消、已安排发货或已发出
    .what-to-do = errors 列出每一行还有多少未处理；请按此数量操作，或取消尚未发出的发货单。
problem-units-out = 有商品已安排发货或已发出
    .detail = 订单的部分商品已安排发货，或已离开仓库
    .what-to-do = 请取消尚未发出的发货单；未处理的商品可以单独取消。
problem-units-undelivered = 尚有商品未送达
    .detail = 此订单以包裹发货，部分商品尚未送达
    .what-to-do = 请发出或取消未处理的商品，记录已送达的发货单，然后再完成订单。
problem-units-moved = 已有商品被取消
    .detail = 订单的部分商品已被取消，因此明细和价格不能再更改
    .what-to-do = 请单独取消更多商品，或取消订单后重新下单。
problem-duplicate = 已经存在
    .detail = 已有相同名称、地址或代码的数据
    .what-to-do = 请使用现有的那一笔（如果您看得到），或改用其他值。
problem-duplicate-order = 与先前的订单相似
    .detail = 不久前已下过内容相同的订单
    .what-to-do = 请查看先前的订单；如果确实要再订一次，请在请求中确认。
problem-stock-reserved = 库存已预留给订单
    .detail = 这项变更会使库存少于未完成订单所预留的数量
    .what-to-do = 请减少得少一些，或先取消或修改订单。
problem-currency-fixed = 币种不可更改
    .detail = 商店一旦有了商品或订单，其价格皆以该币种计算，币种便不能更改
    .what-to-do = 请为另一种币种开设另一家商店。
problem-in-another-account = 在其他账号中
    .detail = 这笔订单在另一位顾客的账号里
    .what-to-do = 请使用那个账号；若账号有误，商店可以将订单移出。
problem-open-orders = 尚有未完成的订单
    .detail = 此账号仍有未完成的订单，因此未删除
    .what-to-do = 请查看 open_orders：等候完成、取消订单，或以 despite_open_orders 表示由商店继续处理。
problem-last-owner = 必须保留最后一位所有者
    .detail = 少了这位成员，就没有人能管理商店了
    .what-to-do = 请先让另一个人成为所有者。
problem-own-account = 不能对自己的账号这么做
    .detail = 任何人都不能停用自己的账号，或重置自己的密码
    .what-to-do = 请由另一位有权限的成员处理；变更密码请使用 POST /v1/staff/me/password。
problem-preview-outdated = 预览已过时
    .detail = 现在执行的结果会与预览的不同
    .what-to-do = errors 列表列出新增、移出或有变更的订单；请重新预览、确认，再发送新的 digest。
problem-mail-not-configured = 这家商店不发送邮件
    .detail = 这项操作需要发送邮件，但商店的服务器未设置邮件
    .what-to-do = 请联系商店：店员可以给您一组设置新密码的一次性验证码。
problem-code-not-good = 链接或验证码已失效
    .detail = 它已被使用、已过期、已被较新的取代，或所属账号已不存在
    .what-to-do = 请重新申请，并使用您收到的最新一组。
problem-list-outdated = 列表已重新开始
    .detail = 自读取这一页之后，商店曾由备份恢复或修复
    .what-to-do = 请不带 cursor，从头读取列表。
problem-precondition-failed = 数据已被变更
    .detail = If-Match 中的版本已不是当前的版本
    .what-to-do = 请重新读取、查看变更之处，再以新的 ETag 发送变更。
problem-payload-too-large = 请求内容太大
    .detail = 请求内容超过这项操作可接受的大小
    .what-to-do = 请分次发送；API 说明文档列有上限。
problem-uri-too-long = 地址太长
    .detail = 路径与查询字符串合计超过 8 KiB
    .what-to-do = 请减少或缩短筛选条件。
problem-unsupported-media-type = 不支持此格式
    .detail = 请求内容未标示为 JSON，或经过压缩
    .what-to-do = 请发送 Content-Type: application/json（PATCH 亦可用 application/merge-patch+json），且不带 Content-Encoding。
problem-export-too-large = 单次导出的数据过多
    .detail = 读取列表超过十秒，或大小超过 512 MiB
    .what-to-do = 请缩小筛选范围（例如以 placed_after 与 placed_before），分批导出。
problem-validation-failed = 内容无效
    .detail = 至少有一个字段不被接受；没有任何变更
    .what-to-do = errors 列表会指出每个字段以及哪里有错误。
problem-idempotency-key-reused = Idempotency-Key 属于另一个请求
    .detail = 这个 Idempotency-Key 先前已用于不同的操作或内容
    .what-to-do = 新的变更请用新的密钥；原封不动地重新发送旧请求即可再次取得其响应。
problem-precondition-required = 需要 If-Match
    .detail = 这项变更必须说明它所依据的版本
    .what-to-do = 请先读取数据，再以其 ETag 作为 If-Match 发送，以免覆盖别人的变更。
problem-rate-limited = 请求过于频繁
    .detail = 您在短时间内发送太多请求
    .what-to-do = 请等候 Retry-After 所示的时间。
problem-internal-error = 系统发生错误
    .detail = 我们这边发生错误，已依此 request id 记录
    .what-to-do = 请以同一个 Idempotency-Key 再试一次；若仍发生，请将 request id 告知服务器管理者。
problem-overloaded = 系统忙碌中
    .detail = 等待处理的工作过多，无法及时完成；没有任何变更
    .what-to-do = 请等候 Retry-After 所示的时间后再试。
problem-not-executed = 未执行
    .detail = 请求未能及时受理，确定没有任何变更
    .what-to-do = 请以同一个 Idempotency-Key 重新发送。
problem-outcome-unknown = 无法确定是否已执行
    .detail = 保存变更的系统未及时响应；变更可能存在，也可能不存在
    .what-to-do = 请以同一个 Idempotency-Key 重新发送同一请求：最多只会执行一次。
problem-storage-unavailable = 存储系统无法使用
    .detail = 当前无法读写数据库；没有任何请求被确认
    .what-to-do = 请稍后再试；服务器管理者可在日志中找到原因。
problem-not-ready = 尚未就绪
    .detail = 服务器正在启动、停止，或缺少所需的资源
    .what-to-do = 请稍候；errors 列表列出未通过的检查。

## 个别字段或参数的问题

rule-amount-or-rate = 请在金额与比率中择一
rule-amount-out-of-range = 金额超出允许范围
rule-blank = 不可为空白
rule-blocklisted = 这个密码太常见
rule-broken-history = 历史记录的哈希值、个人数据或事件彼此不符
rule-changed = 自 If-Match 中的版本之后，此字段已变更
rule-contradiction = 与另一个字段不能同时使用
rule-duplicate = 此值已被使用
rule-duplicate-field = 此字段出现两次
rule-failed = 此项检查未通过
rule-forbidden-character = 含有不允许的字符
rule-insufficient-stock = 库存少于订购数量
rule-invalid = 此值不被接受
rule-invalid-email = 这不是电子邮箱地址：请写成 maria@example.com 的形式
rule-invalid-id = 这不是此类数据的 ID
rule-invalid-key = 请使用 1 到 255 个可打印的 ASCII 字符（未登录时至少 16 个），例如 UUID，可加或不加双引号
rule-invalid-order-number = 这不是订单编号：应有 14 个字符，例如 0P65-4D22-1QSQ-5F
rule-invalid-phone = 这不是电话号码：应有 3 到 20 位数字，其间可有字母以外的任何符号
rule-invalid-time = 这不是时间：请写成含时差的 RFC 3339 格式，介于 1970 与 9999 年之间，例如 2026-01-31T08:05:09Z 或 2026-01-31T16:05:09+08:00；在地址中，加号须写成 %2B
rule-joined = 预览之后新增了这笔订单
rule-later-than-now = 此时间晚于现在
rule-later-than-to = 晚于 `to`
rule-left = 预览之后这笔订单已移出
rule-looks-like = 刚才已下过类似的订单
rule-malformed = 无法读取
rule-missing = 此为必填
rule-mistyped = 检查码不符：打错一个字符，或两个字符前后对调
rule-no-moment = 请给一个版本编号（从 1 起），或 2026-01-05T08:30:00Z 这样的时间（RFC 3339）
rule-no-number = 请给一个订单编号，或至少其前 4 个或后 4 个字符
rule-not-a-code = 请使用由小写字母、数字、- 与 _ 组成的短名称，最多 32 个字符
rule-not-a-name = 这不是可读的名称
rule-not-a-rate = 比率介于 0 与 100000（千分之一个百分点）之间
rule-not-ascending = 每一项都必须大于前一项
rule-not-sold = 这项商品已停售：订单保留原有的数量
rule-not-https = 这不是以 https:// 开头的地址
rule-nothing-to-adjust = 这不会改变价格
rule-other-currency = 价格使用的是另一种币种
rule-other-product = 此编号的明细属于另一项商品
rule-out-of-range = 数字超出允许范围
rule-price-changed = 现在的价格不同
rule-repeated-parameter = 此参数只能给一次；多个值请以逗号分隔
rule-standard-class-missing = 必须有名为 standard 的类别
rule-stopping = 服务器正在停止
rule-too-few = 列表的项目太少
rule-too-heavy = 商品过重，无法以此方式寄送
rule-too-long = 文本太长
rule-too-many = 列表的项目太多
rule-too-short = 文本太短
rule-unchanged = 与原来的相同
rule-units-differ = 与已发出的数量不符
rule-units-not-open = 未处理的数量不足
rule-unknown-country = 这不是大写的 ISO 3166-1 alpha-2 国家代码，例如 TW
rule-unknown-currency = 这不是现行货币的大写 ISO 4217 代码，例如 EUR
rule-unknown-cursor = 这不是此列表在这些筛选条件与排序下的 cursor；请不带 cursor 重新开始
rule-unknown-customer = 没有这位顾客
rule-unknown-field = 没有这个字段
rule-unknown-language = 没有这种语言的文本
rule-unknown-line = 订单中没有此编号的明细
rule-unknown-order = 这不是订单的 ID 或编号
rule-unknown-parameter = 没有这个参数
rule-unknown-payment = 订单中没有此编号的付款
rule-unknown-payment-rule = 这家商店没有这种付款方式
rule-unknown-product = 这家商店没有这项商品
rule-unknown-shipping = 这家商店没有这种寄送方式
rule-unknown-store = 没有这家商店
rule-unknown-tax-class = 这家商店没有这个税别
rule-unknown-time-zone = 这不是 IANA 时区名称，例如 Europe/Berlin
rule-unknown-value = 这不是可用的值之一
rule-wrong-exponent = 此币种的小数位数不同
rule-wrong-password = 这不是当前有效的密码
rule-wrong-type = 类型错误

limit-characters-least = 至少 { $limit } 个字符
limit-characters-most = 最多 { $limit } 个字符
limit-characters-exactly = 恰好 { $limit } 个字符
limit-entries-least = 至少 { $limit } 个项目
limit-entries-most = 最多 { $limit } 个项目
limit-entries-exactly = 恰好 { $limit } 个项目
limit-range = 介于 { $least } 与 { $most } 之间
limit-least = 至少 { $least }
limit-most = 最多 { $most }

expected-boolean = 应为 true 或 false
expected-id = 这不是此类数据的 ID：应以 { $prefix } 开头，其后为 14 位字母或数字
expected-list = 应为数组
expected-number = 应为数字
expected-object = 应为对象
expected-one-member = 应为恰有一个成员的对象
expected-string = 应为字符串
expected-unsigned = 应为零或以上的整数
expected-whole-number = 应为整数

check-failed = 此项检查未通过：{ $why }
entry-blank = 列表中有空的项目
etag-unreadable = 应为一个以双引号括住的 ETag，或 *
character-forbidden = 含有此处不允许的字符 { $character }
character-control = 含有此处不允许的不可见字符 { $character }
field-nearest = 没有这个字段；您是指 { $nearest } 吗？
field-known = 没有这个字段；可用的有：{ $names }
field-none = 没有这个字段；这里不接受任何字段
languages-known = 有以下语言的文本：{ $languages }
nothing-to-change = 请说明要变更什么：{ $members }
order-changed = 预览之后，订单 { $number } 有变更
order-joined = 预览之后，新增了订单 { $number }
order-left = 预览之后，订单 { $number } 已移出
order-like = 订单 { $number } 有相同的商品，且是刚才下的
order-like-unnamed = 刚才有一笔订单订了相同的商品
page-unasked = 这里不分页，因此不接受这个参数
parameter-nearest = 没有这个参数；您是指 { $nearest } 吗？
parameter-known = 没有这个参数；可用的有：{ $names }
parameter-none = 这项操作不接受任何参数
phone-digits = 至少 { $limit } 位电话号码数字
value-known = 这不是可用的值之一：请使用 { $names } 其中之一
value-nearest = 这不是可用的值之一；您是指 { $nearest } 吗？请使用 { $names } 其中之一
name-nearest = 这不是可用的值之一；您是指 { $nearest } 吗？
batch-too-large = 一个批次最多 { $limit } 笔订单；符合条件的超过此数

## 这一次发生了什么

account-of-all-stores = 账号适用于所有商店：这需要由管理所有商店的成员执行
address-unknown = 这个地址没有任何内容
batch-not-finished = 批次尚未完成；请取消它，或等它完成
batch-has-no-opposite = 金额的更正无法整批撤销；请逐单移除折扣或费用
body-broken-off = 请求内容在结束前中断
body-compressed = 请求内容经过压缩；请直接发送，不带 Content-Encoding
body-empty = 请求内容是空的；请发送一个 JSON 对象
body-cut-off = 请求内容在 JSON 结束前就中断了（第 { $line } 行，第 { $column } 列）
body-more = JSON 之后还有其他内容（第 { $line } 行，第 { $column } 列）；请只发送一个 JSON 对象
body-not-json = 请求内容不是格式正确的 UTF-8 JSON（第 { $line } 行，第 { $column } 列）
body-too-deep = 请求内容的 JSON 嵌套层数过深
body-too-large = 请求内容超过这项操作可接受的 { $limit } 字节
body-type-missing = 请求没有说明内容的类型；请发送 Content-Type: application/json
body-type-other = 请求内容标示为其他类型；请以 UTF-8 发送 Content-Type: application/json
body-type-patch = 请求内容标示为其他类型；请以 UTF-8 发送 Content-Type: application/merge-patch+json 或 application/json
clock-behind = 服务器的时钟比最新的记录慢了 { $seconds } 秒；没有写入任何数据。请校正时钟；如果先前是时钟快了，请运行 `ordervault clock repair`
contact-search-forbidden = 以联系方式搜索需要权限 { $permission }
customer-token = 这是给员工用的；顾客的令牌无法使用
etag-of-before = If-Match 中的版本早于商店由备份恢复或修复之时：请重新读取
export-running = 您的另一个导出尚未完成：请先将它读完
grant-only = 这个授权只能用于它所属的那笔订单
guest-key-short = 未登录时，Idempotency-Key 至少要有 { $limit } 个字符，以免被人猜到：请发送新的 UUID
in-trash = 订单在回收站中，无法进行任何操作
order-erased = 这笔订单的个人资料已清除，只能移到回收站
preview-changed = 预览之后，新增 { $joined } 笔订单、移出 { $left } 笔、变更 { $changed } 笔
preview-of-another-act = 此 digest 的预览属于另一项操作
preview-unknown = 您没有此 digest 的预览，或它已太旧
problem-unknown = 没有这个问题代码；/problems 列有全部代码
requests-at-once = 当前正在处理来自此地址的请求过多
session-ended = 此登录会话已结束，或其账号已停用
staff-token = 这是给顾客用的；员工的令牌无法使用
time-before = 当时它还不存在
trash-forbidden = 查看回收站需要权限 { $permission }
version-unknown = 没有这个版本；现有版本 1 到 { $versions }

## 商店的规则为何不允许

refusal-account-deactivated = 账号已停用：请先启用
refusal-account-erased = 账号已删除，不再保存任何顾客资料
refusal-balance-not-settled = 尚有 { $open } 未结清
refusal-batch-completed = 批次中的每笔订单都已处理完毕
refusal-beyond-own-rights = 任何人都不能授予或变更超出自己权限的权限
refusal-currency-mismatch = 此订单的币种为 { $currency }
refusal-cut-off-passed = 此操作的期限为 { $at }，已经过了
refusal-delivery-time-out-of-range = 送达时间须晚于发出时间，且不能在将来
refusal-discount-above-limit = 您给予的折扣合计最多为商品价格的 { $limit }%
refusal-forbidden = 这需要权限 { $permission }
refusal-fulfillment-conflict = 发货单{ $state }，不允许此操作
refusal-insufficient-stock = 订购 { $requested }，可供应 { $available }
refusal-line-named-twice = 订单的每个明细只能指定一次
refusal-line-of-another-product = 此编号的明细属于另一项商品
refusal-money-kept = 此订单仍留有 { $kept }
refusal-name-missing = 请提供收货人姓名
refusal-no-lines = 订单至少要有一个明细
refusal-no-role = 成员至少要有一个角色
refusal-opening-stock-out-of-range = 库存数量介于 0 与 { $most } 之间
refusal-payment-rule-not-met = 须先支付 { $open }
refusal-position-not-reached = 您的商店还没有订单到达这个位置
refusal-price-changed = 现在的金额是 { $total }
refusal-price-in-other-currency = 价格以 { $currency } 计算，而不是 { $expected }：金额是 { $total }
refusal-price-out-of-range = 价格介于 0 与 { $most } 个最小货币单位之间
refusal-quantity-out-of-range = 数量介于 1 与 { $most } 之间
refusal-refund-above-limit = 您最多可退 { $limit }（以最小货币单位计）
refusal-refund-exceeds-payment = 最多可退 { $most }
refusal-state-conflict = 订单的状态为“{ $status }”，不允许这项操作
refusal-stock-above-limit = 一项商品的库存数量最多 { $most }
refusal-stock-below-reserved = 未完成订单所预留的 { $reserved } 件必须留在库存中
refusal-too-many-adjustments = 一张订单最多有 { $most } 项折扣与费用
refusal-too-many-changes = 买家最多可将订单变更到版本 { $most }
refusal-too-many-fulfillments = 一个订单最多有 { $most } 张发货单
refusal-too-many-lines = 订单最多 { $most } 个明细
refusal-too-many-payments = 一张订单最多有 { $most } 笔付款
refusal-too-many-refunds = 一张订单最多有 { $most } 笔退款
refusal-total-below-credits = 其中 { $given } 已折让
refusal-too-many-parcels = 一张发货单最多有 { $most } 个包裹
refusal-units-back-differ = 请说明所有已发出的商品（明细：数量）：{ $lines }
refusal-units-not-open = 明细 { $line } 要求 { $asked } 件，其中未处理的有 { $open } 件
refusal-units-out = 有商品已安排发货或已发出（明细：数量）：{ $lines }
refusal-units-undelivered = 尚有商品未送达（明细：数量）：{ $lines }
refusal-unknown-adjustment = 订单中没有此编号的折扣或费用
refusal-unknown-customer = 没有此 ID 的顾客
refusal-unknown-fulfillment = 订单没有此编号的发货单
refusal-unknown-line = 订单中没有此编号的明细
refusal-unknown-refund = 订单中没有此编号的退款
refusal-unreachable = 请提供电话号码或电子邮箱地址
refusal-write-off-exceeds-balance = 差额为 { $open }

## 可以怎么做

remedy-accept-total = 请查看新的总额；若同意，请以它作为 expected_total 重新发送
remedy-delete-anyway = 请以 despite_open_orders 重新发送：商店会继续处理这些订单
remedy-amend = 修改先前的订单，而不是再下一单
remedy-approve = 让这些订单被取消；之后每一个都可以还原
remedy-cancel = 取消先前的订单，改下这一单
remedy-log-in = 请登录，并以新的访问令牌重新发送请求
remedy-look-up = 以编号查询先前的订单，修改或取消它，而不是再下一单
remedy-look-up-again = 请以编号与联系方式重新查询订单，并以新的访问令牌重新发送请求
remedy-open = 查看先前的订单
remedy-place-anyway = 附上此 `not_duplicate_of`，重新发送同一笔订单
remedy-preview = 请重新预览，并发送其 digest
remedy-refresh = 请用刷新令牌换取新的访问令牌，并以它重新发送请求
remedy-review = 若时钟有错误，请校正；若无人在场，请确认仍然需要的订单
remedy-undelete = 请先将订单移出回收站

## 状态、原因、来源、操作、事件与角色的名称

label-status-pending_review = 待确认
label-status-confirmed = 已确认
label-status-processing = 处理中
label-status-completed = 已完成
label-status-cancelled = 已取消
label-status-invalid = 无效
label-fulfillment-planned = 已安排
label-fulfillment-picked = 已拣货
label-fulfillment-packed = 已打包
label-fulfillment-shipped = 已发货
label-fulfillment-delivered = 已送达
label-fulfillment-returning = 退回中
label-fulfillment-taken_back = 已收回
label-fulfillment-lost = 已丢失
label-fulfillment-cancelled = 已取消
label-fulfillment_status-not_required = 无需发货
label-fulfillment_status-unfulfilled = 未发货
label-fulfillment_status-partially_fulfilled = 部分发货
label-fulfillment_status-fulfilled = 已发货
label-fulfillment_status-partially_delivered = 部分送达
label-fulfillment_status-delivered = 已送达
label-reason-customer = 顾客要求
label-reason-inventory = 缺货
label-reason-declined = 付款被拒绝
label-reason-fraud = 疑似诈骗
label-reason-staff = 店员失误
label-reason-expired = 超时未处理
label-reason-duplicate = 重复订购
label-reason-other = 其他原因
label-reason-test = 测试订单
label-reason-unreachable_contact = 联系不上
label-reason-bad_address = 地址错误
label-reason-price_error = 价格错误
label-reason-unpaid = 未付款
label-reason-mistake = 操作失误
label-reason-information = 获知新信息
label-reason-clock = 时钟错误
label-reason-promotion = 商店优惠
label-reason-goodwill = 商店的心意
label-reason-flaw = 商品有瑕疵
label-reason-handling = 处理费工
label-reason-cancelled = 已取消
label-reason-returned = 已退货
label-reason-lost = 运送途中遗失
label-reason-overpaid = 多付
label-reason-refused = 拒收
label-reason-unclaimed = 无人领取
label-reason-damaged = 运输中损坏
label-reason-missing = 下落不明
label-source-shop = 顾客下单
label-source-staff = 店员代下单
label-source-import = 导入
label-action-confirm = 确认
label-action-reject = 退回
label-action-amend = 变更
label-action-start = 开始处理
label-action-complete = 完成
label-action-cancel = 取消
label-action-invalidate = 标记为无效
label-action-restore = 恢复为有效
label-action-unconfirm = 撤回确认
label-action-unstart = 撤回开始处理
label-action-reopen = 重新打开
label-action-reinstate = 恢复订单
label-action-delete = 移到回收站
label-action-undelete = 移出回收站
label-action-hide = 不在看板上显示
label-action-show = 在看板上显示
label-action-link = 加入账号
label-action-unlink = 移出账号
label-action-adjust = 给予折扣
label-action-remove_adjustment = 取消折扣
label-action-record_payment = 登记收款
label-action-refund = 退款
label-action-settle_refund = 登记退款结果
label-action-write_off = 冲销差额
label-action-plan = 安排发货
label-action-pick = 已拣货
label-action-pack = 已打包
label-action-ship = 发货
label-action-track = 填写运单号
label-action-deliver = 已送达
label-action-fail = 未送达
label-action-take_back = 收回
label-action-settle_loss = 重新发货
label-action-correct_delivery = 撤销送达
label-action-received = 我已收到
label-action-cancel_fulfillment = 取消发货单
label-action-cancel_lines = 取消商品
label-event-created = 已创建
label-event-edited = 已编辑
label-event-activated = 已启用
label-event-deactivated = 已停用
label-event-stock_adjusted = 已调整库存
label-event-registered = 已注册
label-event-imported = 已导入
label-event-password_changed = 已更改密码
label-event-password_reset = 已重置密码
label-event-email_verified = 已确认电子邮箱
label-event-code_handed_out = 已提供验证码
label-event-deletion_requested = 已申请删除账号
label-event-deletion_taken_back = 已撤回删除申请
label-event-erased = 已清除个人资料
label-event-placed = 已下单
label-event-step_imported = 已导入步骤
label-event-confirmed = 已确认
label-event-adjusted = 已调整价格
label-event-adjustment_removed = 已取消价格调整
label-event-fulfillment_planned = 已安排发货
label-event-fulfillment_stepped = 已拣货或打包
label-event-shipped = 已发货
label-event-tracked = 已填写运单号
label-event-delivered = 已送达
label-event-delivery_failed = 未送达
label-event-taken_back = 已收回
label-event-loss_reshipped = 将重新发货
label-event-loss_credited = 丢失已扣款
label-event-delivery_corrected = 送达已撤销
label-event-fulfillment_cancelled = 发货单已取消
label-event-lines_cancelled = 商品已取消
label-event-rejected = 已退回
label-event-amended = 已变更
label-event-started = 已开始处理
label-event-completed = 已完成
label-event-cancelled = 已取消
label-event-invalidated = 已标记为无效
label-event-restored = 已恢复为有效
label-event-unconfirmed = 已撤回确认
label-event-unstarted = 已撤回开始处理
label-event-reopened = 已重新打开
label-event-reinstated = 已恢复订单
label-event-deleted = 已移到回收站
label-event-undeleted = 已移出回收站
label-event-hidden = 已不在看板上显示
label-event-shown = 已在看板上显示
label-event-linked = 已加入账号
label-event-unlinked = 已移出账号
label-event-breached = 已超时
label-event-installed = 已设立商店
label-event-repaired = 已修复
label-event-expiries_approved = 已批准超时处理
label-event-clock_corrected = 已校正时钟
label-event-payment_opened = 开始付款
label-event-transacted = 款项变动
label-event-credited = 已给予折让
label-event-refund_requested = 已申请退款
label-event-written_off = 已冲销差额
label-role-owner = 所有者
label-role-manager = 经理
label-role-reviewer = 审核员
label-role-clerk = 店员
label-role-warehouse = 仓管
label-role-finance = 财务
label-role-auditor = 审计

## 装箱单

slip-title = 装箱单
slip-ship-to = 收件人
slip-collect = 货到应收金额
slip-units = 数量
slip-sku = 货号
slip-item = 品名
slip-packed = 已装箱
slip-sent-by = 承运

## 页面

page-language-name = 简体中文
page-languages = 语言
page-api = API 文档
page-contract = OpenAPI 描述文件
page-problems = 问题代码
page-health = 运行状况
page-version = 版本
page-tagline = 商店的订单管理：顾客下单，出了错也总有办法挽回；员工处理订单的整个过程。
page-running = 版本 { $version } · { $mode }
page-ready = 就绪
page-not-ready = 尚未就绪 – { $why }
page-demo = 已载入演示数据：一间可以随意试用的小商店。请勿在此保存真实订单。
page-demo-customer = 顾客：{ $email }，密码：{ $password }
page-demo-staff = 员工：{ $email }，密码：{ $password }
page-first-order = 您的第一笔订单
page-in-browser = 在浏览器中：打开该操作，在页面上方登录，然后点击“Execute”。
page-place-order = 下订单
page-in-terminal = 在终端中，逐行执行：
page-step-login = 登录并保留令牌。
page-step-choose = 找一件正在出售的商品。
page-step-order = 下订单。再次发送相同的密钥会得到同一笔订单，绝不会重复下单。
page-step-see = 查看订单，以及现在可以对它做什么。
page-status = 状态码
page-code = 代码
page-meaning = 含义
page-happened = 发生了什么
page-what-to-do = 该怎么做
page-example = 响应示例
page-operations = 可能以此状态码响应的操作
page-all-problems = 所有问题代码
