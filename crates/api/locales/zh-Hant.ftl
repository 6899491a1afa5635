## 電子郵件

mail-password-reset-subject = 重設您的密碼
mail-password-reset-body =
    您好：

    有人（應該是您本人）要求為您的帳號設定新密碼。請開啟以下連結來設定：

    { $link }

    或輸入驗證碼：{ $code }

    連結與驗證碼在 { $hours } 小時內有效，且只能使用一次。若非您本人所為，請忽略此信，您的密碼不會改變。

mail-email-verification-subject = 請確認您的電子郵件地址
mail-email-verification-body =
    您好：

    請開啟以下連結，確認這是您帳號的電子郵件地址：

    { $link }

    或輸入驗證碼：{ $code }

    連結與驗證碼在 { $hours } 小時內有效，且只能使用一次。若您沒有在本店註冊，請忽略此信。

mail-account-exists-subject = 您已經有帳號了
mail-account-exists-body =
    您好：

    有人（應該是您本人）嘗試以此電子郵件地址註冊帳號。此地址已有帳號，資料沒有任何變更。請以您的密碼登入；若忘記密碼，請申請重設。

mail-order-placed-subject = 您的訂單 { $number }
mail-order-placed-body =
    您好：

    感謝您於 { $date } 在 { $store } 訂購，訂單編號 { $number }，總計 { $total }：

    { $lines }

    訂單確認後我們會立即通知您。

mail-order-confirmed-subject = 您的訂單 { $number } 已確認
mail-order-confirmed-body =
    您好：

    { $store } 已確認您的訂單 { $number }。

mail-order-completed-subject = 您的訂單 { $number } 已完成
mail-order-completed-body =
    您好：

    您在 { $store } 的訂單 { $number } 已經出貨，感謝您的訂購！

mail-order-cancelled-subject = 您的訂單 { $number } 已取消
mail-order-cancelled-body =
    您好：

    您在 { $store } 的訂單 { $number } 已取消。

mail-order-linked-subject = 您的訂單 { $number } 已加入帳戶
mail-order-linked-body =
    您好：

    您在 { $store } 的訂單 { $number } 已加入一個顧客帳戶，該帳戶可以查看並修改這筆訂單。
    如果不是您本人操作，請通知商店，商店可以將訂單移出。

mail-order-unlinked-subject = 您的訂單 { $number } 已移出帳戶
mail-order-unlinked-body =
    您好：

    您在 { $store } 的訂單 { $number } 已從原本的顧客帳戶移出。仍可用訂單編號和您的聯絡方式查詢。

mail-order-contact-changed-subject = 您的訂單 { $number } 的聯絡資料已變更
mail-order-contact-changed-body =
    您好：

    您在 { $store } 的訂單 { $number } 的聯絡資料已變更。如果不是您本人操作，請通知商店。
