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

mail-order-linked-subject = 您的订单 { $number } 已加入账户
mail-order-linked-body =
    您好：

    您在 { $store } 的订单 { $number } 已加入一个顾客账户，该账户可以查看并修改这笔订单。
    如果不是您本人操作，请通知商店，商店可以将订单移出。

mail-order-unlinked-subject = 您的订单 { $number } 已移出账户
mail-order-unlinked-body =
    您好：

    您在 { $store } 的订单 { $number } 已从原来的顾客账户移出。仍可用订单编号和您的联系方式查询。

mail-order-contact-changed-subject = 您的订单 { $number } 的联系方式已更改
mail-order-contact-changed-body =
    您好：

    您在 { $store } 的订单 { $number } 的联系方式已更改。如果不是您本人操作，请通知商店。
