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

mail-account-email-changed-subject = 您帳號的電子郵件地址已變更
mail-account-email-changed-body =
    您好：

    您的帳號從現在起使用另一個電子郵件地址，這是寄到此地址的最後一封郵件。如果不是您本人操作，請通知商店。

mail-account-deletion-requested-subject = 您的帳號即將刪除
mail-account-deletion-requested-body =
    您好：

    您已申請刪除帳號。帳號及其中的個人資料將於 { $date }（UTC）刪除。

    如果您改變主意，或這不是您本人的操作，請在該日之前登入並保留帳號；若不是您本人操作，請一併更換密碼。

mail-account-deletion-taken-back-subject = 您的帳號將予保留
mail-account-deletion-taken-back-body =
    您好：

    您的帳號不會被刪除：有人（應該是您本人）已登入並撤回刪除申請。

mail-account-erased-subject = 您的帳號已刪除
mail-account-erased-body =
    您好：

    您的帳號已依您的申請刪除。我們不再保存您帳號的姓名、電子郵件地址與密碼，您也不會再收到與帳號有關的郵件。訂單上的購買人資料會依法律要求的期限保存，期滿後刪除。

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

mail-order-linked-subject = 您的訂單 { $number } 已加入帳號
mail-order-linked-body =
    您好：

    您在 { $store } 的訂單 { $number } 已加入一個顧客帳號，該帳號可以查看並修改這筆訂單。
    如果不是您本人操作，請通知商店，商店可以將訂單移出。

mail-order-unlinked-subject = 您的訂單 { $number } 已移出帳號
mail-order-unlinked-body =
    您好：

    您在 { $store } 的訂單 { $number } 已從原本的顧客帳號移出。仍可用訂單編號和您的聯絡方式查詢。

mail-order-contact-changed-subject = 您的訂單 { $number } 的聯絡資料已變更
mail-order-contact-changed-body =
    您好：

    您在 { $store } 的訂單 { $number } 的聯絡資料已變更。如果不是您本人操作，請通知商店。

## 問題：標題、發生了什麼、可以怎麼做

problem-malformed-request = 無法讀取請求
    .detail = 請求內容不是格式正確的 UTF-8 JSON
    .what-to-do = 請送出一個 UTF-8 編碼的 JSON 物件，不可有多餘的逗號、不成對的代理字元或中途截斷。
problem-invalid-parameter = 參數無效
    .detail = 查詢參數或標頭的名稱不存在，或其值不被接受
    .what-to-do = errors 清單會指出是哪個參數以及哪裡有誤；API 說明文件列有每個參數及其限制。
problem-idempotency-key-missing = 需要 Idempotency-Key
    .detail = 這項操作必須能安全地重複執行，但請求沒有 Idempotency-Key 標頭
    .what-to-do = 請為每次變更產生一個新的隨機金鑰，以 Idempotency-Key 送出；重試時送出同一個金鑰。
problem-idempotency-key-invalid = Idempotency-Key 無效
    .detail = Idempotency-Key 是空的、太短、太長、送了兩次，或含有可列印 ASCII 以外的字元
    .what-to-do = 請使用 1 到 255 個可列印的 ASCII 字元（未登入時至少 16 個），例如 UUID，可加或不加雙引號。
problem-token-missing = 請先登入
    .detail = 這項操作需要存取權杖，但請求中沒有附上
    .what-to-do = 請登入，並以 Authorization: Bearer 送出權杖。
problem-token-expired = 存取權杖已過期
    .detail = 這個存取權杖曾經有效，但已逾期
    .what-to-do = 請用更新權杖換取新的存取權杖，或重新登入，然後原封不動地重送請求。
problem-token-invalid = 權杖無效
    .detail = 權杖無法讀取、不屬於這台伺服器，或其登入階段已結束
    .what-to-do = 請重新登入，並以 Authorization: Bearer 送出新的權杖。
problem-invalid-credentials = 帳號或密碼錯誤
    .detail = 這組帳號與密碼無法登入任何帳號
    .what-to-do = 請檢查後再試一次；連續失敗數次後，帳號會暫停登入一段時間。
problem-token-reused = 更新權杖已經用過
    .detail = 更新權杖只能使用一次；這一個已經換過，因此登入階段已被結束
    .what-to-do = 請重新登入。如果您沒有送出兩次，請變更密碼：可能有別人持有副本。
problem-forbidden = 沒有權限
    .detail = 系統認得您，但您沒有執行這項操作的權限
    .what-to-do = 請向商店擁有者申請權限，或改用另一種帳號（顧客或員工）。
problem-password-change-required = 請先設定您自己的密碼
    .detail = 您的密碼是別人設定的，而您尚未更換
    .what-to-do = 請將目前的密碼與新密碼送到 POST /v1/staff/me/password，然後再繼續。
problem-not-found = 找不到
    .detail = 這裡沒有您看得到的東西
    .what-to-do = 請檢查網址與編號；屬於別人的東西和不存在的東西看起來完全一樣。
problem-order-number-mistyped = 訂單編號有誤
    .detail = 訂單編號的檢查碼不符，可能是打錯一個字元，或兩個字元前後對調
    .what-to-do = 請逐字核對確認信上的編號；大小寫不影響。
problem-method-not-allowed = 不支援此方法
    .detail = 這個網址存在，但不接受這個方法
    .what-to-do = 請使用 Allow 標頭中列出的方法。
problem-not-acceptable = 沒有這種格式
    .detail = Accept 標頭排除了本伺服器能送出的所有格式
    .what-to-do = 請接受 application/json，或省略這個標頭。
problem-request-timeout = 請求傳送太慢
    .detail = 請求內容未能及時送達；沒有任何變更
    .what-to-do = 請在連線較穩定時重新送出。
problem-state-conflict = 目前狀態無法這麼做
    .detail = 以目前的狀態不允許這項操作
    .what-to-do = 請重新讀取：current_status 說明目前狀態，actions 列出您現在可以做的事。
problem-too-many-changes = 變更次數過多
    .detail = 您已多次變更這筆訂單，無法再由您變更
    .what-to-do = 您仍然可以取消訂單；其他變更請洽商店，由店員處理。
problem-insufficient-stock = 庫存不足
    .detail = 至少有一項商品的庫存少於訂購數量
    .what-to-do = errors 清單會指出是哪些品項；請減少數量或刪除該品項。
problem-price-changed = 價格已變動
    .detail = 價格與預期不同；沒有任何變更
    .what-to-do = 請查看 total（目前的金額）；若同意，請以它作為 expected_total 重新送出。
problem-discount-above-limit = 折扣超過您的上限
    .detail = 訂單的折扣將超過您可以給予的上限
    .what-to-do = 請給予較小的折扣，或請有權限的人處理。
problem-payment-rule-not-met = 需先付款
    .detail = 此訂單須先付款才能開始處理，目前尚未付清
    .what-to-do = 請登錄收款，或等待付款；balance_due 為尚欠金額。
problem-balance-not-settled = 款項尚未結清
    .detail = 仍有應收款項，或款項正在退還
    .what-to-do = 請登錄收款、退還溢收款項並登錄結果，或沖銷差額。
problem-total-below-credits = 低於已折讓的金額
    .detail = 訂單金額將低於已折讓或已沖銷的金額
    .what-to-do = 請讓訂單金額不低於該金額。
problem-money-kept = 此訂單仍留有款項
    .detail = 此訂單已收款且尚未退還
    .what-to-do = 請先退款，並登錄退款完成。
problem-nothing-refundable = 沒有可退的款項
    .detail = 沒有超出應付金額的收款，或已在退款中
    .what-to-do = 請查看 refund-proposal；若仍要給予，請以 credit 註明金額。
problem-refund-exceeds-payment = 超過可退金額
    .detail = 超過已收金額，或超過不應收的部分；沒有任何變更
    .what-to-do = 請查看 refund-proposal，退款以該金額為限；若仍要給予，請以 credit 註明金額。
problem-refund-above-limit = 退款超過您的上限
    .detail = 此金額超過您可以退款的上限
    .what-to-do = 請洽有權限退還任何金額的人。
problem-write-off-exceeds-balance = 超過差額
    .detail = 此金額超過應付與已付之間的差額
    .what-to-do = 請查看 balance_due，沖銷以該金額為限。
problem-units-not-open = 未處理的數量不足
    .detail = 未處理的數量少於所要求的數量：其餘的已取消、已安排出貨或已寄出
    .what-to-do = errors 列出每一行還有多少未處理；請按此數量操作，或取消尚未寄出的出貨單。
problem-units-out = 有商品已安排出貨或已寄出
    .detail = 訂單的部分商品已安排出貨，或已離開倉庫
    .what-to-do = 請取消尚未寄出的出貨單；未處理的商品可以單獨取消。
problem-units-undelivered = 尚有商品未送達
    .detail = 此訂單以包裹出貨，部分商品尚未送達
    .what-to-do = 請寄出或取消未處理的商品，記錄已送達的出貨單，然後再完成訂單。
problem-units-moved = 已有商品被取消
    .detail = 訂單的部分商品已被取消，因此明細和價格不能再變更
    .what-to-do = 請單獨取消更多商品，或取消訂單後重新下單。
problem-duplicate = 已經存在
    .detail = 已有相同名稱、地址或代碼的資料
    .what-to-do = 請使用現有的那一筆（如果您看得到），或改用其他值。
problem-duplicate-order = 與先前的訂單相似
    .detail = 不久前已下過內容相同的訂單
    .what-to-do = 請查看先前的訂單；如果確實要再訂一次，請在請求中確認。
problem-stock-reserved = 庫存已保留給訂單
    .detail = 這項變更會使庫存少於未完成訂單所保留的數量
    .what-to-do = 請減少得少一些，或先取消或修改訂單。
problem-currency-fixed = 幣別不可更改
    .detail = 商店一旦有了商品或訂單，其價格皆以該幣別計算，幣別便不能更改
    .what-to-do = 請為另一種幣別開設另一家商店。
problem-in-another-account = 在其他帳號中
    .detail = 這筆訂單在另一位顧客的帳號裡
    .what-to-do = 請使用那個帳號；若帳號有誤，商店可以將訂單移出。
problem-open-orders = 尚有未完成的訂單
    .detail = 此帳號仍有未完成的訂單，因此未刪除
    .what-to-do = 請查看 open_orders：等候完成、取消訂單，或以 despite_open_orders 表示由商店繼續處理。
problem-last-owner = 必須保留最後一位擁有者
    .detail = 少了這位成員，就沒有人能管理商店了
    .what-to-do = 請先讓另一個人成為擁有者。
problem-own-account = 不能對自己的帳號這麼做
    .detail = 任何人都不能停用自己的帳號，或重設自己的密碼
    .what-to-do = 請由另一位有權限的成員處理；變更密碼請使用 POST /v1/staff/me/password。
problem-preview-outdated = 預覽已過時
    .detail = 現在執行的結果會與預覽的不同
    .what-to-do = errors 清單列出新增、移出或有變更的訂單；請重新預覽、確認，再送出新的 digest。
problem-mail-not-configured = 這家商店不寄送郵件
    .detail = 這項操作需要寄送郵件，但商店的伺服器未設定郵件
    .what-to-do = 請洽商店：店員可以給您一組設定新密碼的一次性驗證碼。
problem-code-not-good = 連結或驗證碼已失效
    .detail = 它已被使用、已過期、已被較新的取代，或所屬帳號已不存在
    .what-to-do = 請重新申請，並使用您收到的最新一組。
problem-list-outdated = 清單已重新開始
    .detail = 自讀取這一頁之後，商店曾由備份還原或修復
    .what-to-do = 請不帶 cursor，從頭讀取清單。
problem-precondition-failed = 資料已被變更
    .detail = If-Match 中的版本已不是目前的版本
    .what-to-do = 請重新讀取、查看變更之處，再以新的 ETag 送出變更。
problem-payload-too-large = 請求內容太大
    .detail = 請求內容超過這項操作可接受的大小
    .what-to-do = 請分次送出；API 說明文件列有上限。
problem-uri-too-long = 網址太長
    .detail = 路徑與查詢字串合計超過 8 KiB
    .what-to-do = 請減少或縮短篩選條件。
problem-unsupported-media-type = 不支援此格式
    .detail = 請求內容未標示為 JSON，或經過壓縮
    .what-to-do = 請送出 Content-Type: application/json（PATCH 亦可用 application/merge-patch+json），且不帶 Content-Encoding。
problem-export-too-large = 單次匯出的資料過多
    .detail = 讀取清單超過十秒，或大小超過 512 MiB
    .what-to-do = 請縮小篩選範圍（例如以 placed_after 與 placed_before），分批匯出。
problem-validation-failed = 內容無效
    .detail = 至少有一個欄位不被接受；沒有任何變更
    .what-to-do = errors 清單會指出每個欄位以及哪裡有誤。
problem-idempotency-key-reused = Idempotency-Key 屬於另一個請求
    .detail = 這個 Idempotency-Key 先前已用於不同的操作或內容
    .what-to-do = 新的變更請用新的金鑰；原封不動地重送舊請求即可再次取得其回應。
problem-precondition-required = 需要 If-Match
    .detail = 這項變更必須說明它所依據的版本
    .what-to-do = 請先讀取資料，再以其 ETag 作為 If-Match 送出，以免覆蓋別人的變更。
problem-rate-limited = 請求過於頻繁
    .detail = 您在短時間內送出太多請求
    .what-to-do = 請等候 Retry-After 所示的時間。
problem-internal-error = 系統發生錯誤
    .detail = 我們這邊發生錯誤，已依此 request id 記錄
    .what-to-do = 請以同一個 Idempotency-Key 再試一次；若仍發生，請將 request id 告知伺服器管理者。
problem-overloaded = 系統忙碌中
    .detail = 等待處理的工作過多，無法及時完成；沒有任何變更
    .what-to-do = 請等候 Retry-After 所示的時間後再試。
problem-not-executed = 未執行
    .detail = 請求未能及時受理，確定沒有任何變更
    .what-to-do = 請以同一個 Idempotency-Key 重新送出。
problem-outcome-unknown = 無法確定是否已執行
    .detail = 儲存變更的系統未及時回應；變更可能存在，也可能不存在
    .what-to-do = 請以同一個 Idempotency-Key 重送同一請求：最多只會執行一次。
problem-storage-unavailable = 儲存系統無法使用
    .detail = 目前無法讀寫資料庫；沒有任何請求被確認
    .what-to-do = 請稍後再試；伺服器管理者可在記錄檔中找到原因。
problem-not-ready = 尚未就緒
    .detail = 伺服器正在啟動、停止，或缺少所需的資源
    .what-to-do = 請稍候；errors 清單列出未通過的檢查。

## 個別欄位或參數的問題

rule-amount-or-rate = 請在金額與比率中擇一
rule-amount-out-of-range = 金額超出允許範圍
rule-blank = 不可為空白
rule-blocklisted = 這個密碼太常見
rule-broken-history = 歷史記錄的雜湊值、個人資料或事件彼此不符
rule-changed = 自 If-Match 中的版本之後，此欄位已變更
rule-contradiction = 與另一個欄位不能同時使用
rule-duplicate = 此值已被使用
rule-duplicate-field = 此欄位出現兩次
rule-failed = 此項檢查未通過
rule-forbidden-character = 含有不允許的字元
rule-insufficient-stock = 庫存少於訂購數量
rule-invalid = 此值不被接受
rule-invalid-email = 這不是電子郵件地址：請寫成 maria@example.com 的形式
rule-invalid-id = 這不是此類資料的識別碼
rule-invalid-key = 請使用 1 到 255 個可列印的 ASCII 字元（未登入時至少 16 個），例如 UUID，可加或不加雙引號
rule-invalid-order-number = 這不是訂單編號：應有 14 個字元，例如 0P65-4D22-1QSQ-5F
rule-invalid-phone = 這不是電話號碼：應有 3 到 20 位數字，其間可有字母以外的任何符號
rule-invalid-time = 這不是時間：請寫成含時差的 RFC 3339 格式，介於 1970 與 9999 年之間，例如 2026-01-31T08:05:09Z 或 2026-01-31T16:05:09+08:00；在網址中，加號須寫成 %2B
rule-joined = 預覽之後新增了這筆訂單
rule-later-than-now = 此時間晚於現在
rule-later-than-to = 晚於 `to`
rule-left = 預覽之後這筆訂單已移出
rule-looks-like = 剛才已下過類似的訂單
rule-malformed = 無法讀取
rule-missing = 此為必填
rule-mistyped = 檢查碼不符：打錯一個字元，或兩個字元前後對調
rule-no-moment = 請給一個版本編號（從 1 起），或 2026-01-05T08:30:00Z 這樣的時間（RFC 3339）
rule-no-number = 請給一個訂單編號，或至少其前 4 個或後 4 個字元
rule-not-a-code = 請使用由小寫字母、數字、- 與 _ 組成的短名稱，最多 32 個字元
rule-not-a-name = 這不是可讀的名稱
rule-not-a-rate = 比率介於 0 與 100000（千分之一個百分點）之間
rule-not-ascending = 每一項都必須大於前一項
rule-not-sold = 這項商品已停售：訂單保留原有的數量
rule-not-https = 這不是以 https:// 開頭的網址
rule-nothing-to-adjust = 這不會改變價格
rule-other-currency = 價格使用的是另一種幣別
rule-other-product = 此編號的品項屬於另一項商品
rule-out-of-range = 數字超出允許範圍
rule-price-changed = 現在的價格不同
rule-repeated-parameter = 此參數只能給一次；多個值請以逗號分隔
rule-standard-class-missing = 必須有名為 standard 的類別
rule-stopping = 伺服器正在停止
rule-too-few = 清單的項目太少
rule-too-heavy = 商品過重，無法以此方式寄送
rule-too-long = 文字太長
rule-too-many = 清單的項目太多
rule-too-short = 文字太短
rule-unchanged = 與原來的相同
rule-units-differ = 與已寄出的數量不符
rule-units-not-open = 未處理的數量不足
rule-unknown-country = 這不是大寫的 ISO 3166-1 alpha-2 國家代碼，例如 TW
rule-unknown-currency = 這不是現行貨幣的大寫 ISO 4217 代碼，例如 EUR
rule-unknown-cursor = 這不是此清單在這些篩選條件與排序下的 cursor；請不帶 cursor 重新開始
rule-unknown-customer = 沒有這位顧客
rule-unknown-field = 沒有這個欄位
rule-unknown-language = 沒有這種語言的文字
rule-unknown-line = 訂單中沒有此編號的品項
rule-unknown-order = 這不是訂單的識別碼或編號
rule-unknown-parameter = 沒有這個參數
rule-unknown-payment = 訂單中沒有此編號的付款
rule-unknown-payment-rule = 這家商店沒有這種付款方式
rule-unknown-product = 這家商店沒有這項商品
rule-unknown-shipping = 這家商店沒有這種寄送方式
rule-unknown-store = 沒有這家商店
rule-unknown-tax-class = 這家商店沒有這個稅別
rule-unknown-time-zone = 這不是 IANA 時區名稱，例如 Europe/Berlin
rule-unknown-value = 這不是可用的值之一
rule-wrong-exponent = 此幣別的小數位數不同
rule-wrong-password = 這不是目前有效的密碼
rule-wrong-type = 型別錯誤

limit-characters-least = 至少 { $limit } 個字元
limit-characters-most = 最多 { $limit } 個字元
limit-characters-exactly = 恰好 { $limit } 個字元
limit-entries-least = 至少 { $limit } 個項目
limit-entries-most = 最多 { $limit } 個項目
limit-entries-exactly = 恰好 { $limit } 個項目
limit-range = 介於 { $least } 與 { $most } 之間
limit-least = 至少 { $least }
limit-most = 最多 { $most }

expected-boolean = 應為 true 或 false
expected-id = 這不是此類資料的識別碼：應以 { $prefix } 開頭，其後為 14 個英數字元
expected-list = 應為陣列
expected-number = 應為數字
expected-object = 應為物件
expected-one-member = 應為恰有一個成員的物件
expected-string = 應為字串
expected-unsigned = 應為零或以上的整數
expected-whole-number = 應為整數

check-failed = 此項檢查未通過：{ $why }
entry-blank = 清單中有空的項目
etag-unreadable = 應為一個以雙引號括住的 ETag，或 *
character-forbidden = 含有此處不允許的字元 { $character }
character-control = 含有此處不允許的隱形字元 { $character }
field-nearest = 沒有這個欄位；您是指 { $nearest } 嗎？
field-known = 沒有這個欄位；可用的有：{ $names }
field-none = 沒有這個欄位；這裡不接受任何欄位
languages-known = 有以下語言的文字：{ $languages }
nothing-to-change = 請說明要變更什麼：{ $members }
order-changed = 預覽之後，訂單 { $number } 有變更
order-joined = 預覽之後，新增了訂單 { $number }
order-left = 預覽之後，訂單 { $number } 已移出
order-like = 訂單 { $number } 有相同的商品，且是剛才下的
order-like-unnamed = 剛才有一筆訂單訂了相同的商品
page-unasked = 這裡不分頁，因此不接受這個參數
parameter-nearest = 沒有這個參數；您是指 { $nearest } 嗎？
parameter-known = 沒有這個參數；可用的有：{ $names }
parameter-none = 這項操作不接受任何參數
phone-digits = 至少 { $limit } 位電話號碼數字
value-known = 這不是可用的值之一：請使用 { $names } 其中之一
value-nearest = 這不是可用的值之一；您是指 { $nearest } 嗎？請使用 { $names } 其中之一
name-nearest = 這不是可用的值之一；您是指 { $nearest } 嗎？
batch-too-large = 一個批次最多 { $limit } 筆訂單；符合條件的超過此數

## 這一次發生了什麼

account-of-all-stores = 帳號適用於所有商店：這需要由管理所有商店的成員執行
address-unknown = 這個網址沒有任何內容
batch-not-finished = 批次尚未完成；請取消它，或等它完成
batch-has-no-opposite = 金額的更正無法整批復原；請逐筆移除折扣或費用
body-broken-off = 請求內容在結束前中斷
body-compressed = 請求內容經過壓縮；請直接送出，不帶 Content-Encoding
body-empty = 請求內容是空的；請送出一個 JSON 物件
body-cut-off = 請求內容在 JSON 結束前就中斷了（第 { $line } 行，第 { $column } 欄）
body-more = JSON 之後還有其他內容（第 { $line } 行，第 { $column } 欄）；請只送出一個 JSON 物件
body-not-json = 請求內容不是格式正確的 UTF-8 JSON（第 { $line } 行，第 { $column } 欄）
body-too-deep = 請求內容的 JSON 巢狀層數過深
body-too-large = 請求內容超過這項操作可接受的 { $limit } 位元組
body-type-missing = 請求沒有說明內容的類型；請送出 Content-Type: application/json
body-type-other = 請求內容標示為其他類型；請以 UTF-8 送出 Content-Type: application/json
body-type-patch = 請求內容標示為其他類型；請以 UTF-8 送出 Content-Type: application/merge-patch+json 或 application/json
clock-behind = 伺服器的時鐘比最新的記錄慢了 { $seconds } 秒；沒有寫入任何資料。請校正時鐘；如果先前是時鐘快了，請執行 `ordervault clock repair`
contact-search-forbidden = 以聯絡資料搜尋需要權限 { $permission }
customer-token = 這是給員工用的；顧客的權杖無法使用
etag-of-before = If-Match 中的版本早於商店由備份還原或修復之時：請重新讀取
export-running = 您的另一個匯出尚未完成：請先將它讀完
grant-only = 這個授權只能用於它所屬的那筆訂單
guest-key-short = 未登入時，Idempotency-Key 至少要有 { $limit } 個字元，以免被人猜到：請送出新的 UUID
in-trash = 訂單在垃圾桶中，無法進行任何操作
order-erased = 這筆訂單的個人資料已清除，只能移到垃圾桶
preview-changed = 預覽之後，新增 { $joined } 筆訂單、移出 { $left } 筆、變更 { $changed } 筆
preview-of-another-act = 此 digest 的預覽屬於另一項操作
preview-unknown = 您沒有此 digest 的預覽，或它已太舊
problem-unknown = 沒有這個問題代碼；/problems 列有全部代碼
requests-at-once = 目前正在處理來自此位址的請求過多
session-ended = 此登入階段已結束，或其帳號已停用
staff-token = 這是給顧客用的；員工的權杖無法使用
time-before = 當時它還不存在
trash-forbidden = 查看垃圾桶需要權限 { $permission }
version-unknown = 沒有這個版本；現有版本 1 到 { $versions }

## 商店的規則為何不允許

refusal-account-deactivated = 帳號已停用：請先啟用
refusal-account-erased = 帳號已刪除，不再保存任何顧客資料
refusal-balance-not-settled = 尚有 { $open } 未結清
refusal-batch-completed = 批次中的每筆訂單都已處理完畢
refusal-beyond-own-rights = 任何人都不能授予或變更超出自己權限的權限
refusal-currency-mismatch = 此訂單的幣別為 { $currency }
refusal-cut-off-passed = 此操作的期限為 { $at }，已經過了
refusal-delivery-time-out-of-range = 送達時間須晚於寄出時間，且不能在未來
refusal-discount-above-limit = 您給予的折扣合計最多為商品價格的 { $limit }%
refusal-forbidden = 這需要權限 { $permission }
refusal-fulfillment-conflict = 出貨單{ $state }，不允許此操作
refusal-insufficient-stock = 訂購 { $requested }，可供應 { $available }
refusal-line-named-twice = 訂單的每個品項只能指定一次
refusal-line-of-another-product = 此編號的品項屬於另一項商品
refusal-money-kept = 此訂單仍留有 { $kept }
refusal-name-missing = 請提供收件人姓名
refusal-no-lines = 訂單至少要有一個品項
refusal-no-role = 成員至少要有一個角色
refusal-opening-stock-out-of-range = 在庫數量介於 0 與 { $most } 之間
refusal-payment-rule-not-met = 須先支付 { $open }
refusal-position-not-reached = 您的商店還沒有訂單到達這個位置
refusal-price-changed = 現在的金額是 { $total }
refusal-price-in-other-currency = 價格以 { $currency } 計算，而不是 { $expected }：金額是 { $total }
refusal-price-out-of-range = 價格介於 0 與 { $most } 個最小貨幣單位之間
refusal-quantity-out-of-range = 數量介於 1 與 { $most } 之間
refusal-refund-above-limit = 您最多可退 { $limit }（以最小貨幣單位計）
refusal-refund-exceeds-payment = 最多可退 { $most }
refusal-state-conflict = 訂單的狀態為「{ $status }」，不允許這項操作
refusal-stock-above-limit = 一項商品的在庫數量最多 { $most }
refusal-stock-below-reserved = 未完成訂單所保留的 { $reserved } 件必須留在庫存中
refusal-too-many-adjustments = 一張訂單最多有 { $most } 項折扣與費用
refusal-too-many-changes = 買家最多可將訂單變更到版本 { $most }
refusal-too-many-fulfillments = 一筆訂單最多有 { $most } 張出貨單
refusal-too-many-lines = 訂單最多 { $most } 個品項
refusal-too-many-payments = 一張訂單最多有 { $most } 筆付款
refusal-too-many-refunds = 一張訂單最多有 { $most } 筆退款
refusal-total-below-credits = 其中 { $given } 已折讓
refusal-too-many-parcels = 一張出貨單最多有 { $most } 個包裹
refusal-units-back-differ = 請說明所有已寄出的商品（品項：數量）：{ $lines }
refusal-units-not-open = 品項 { $line } 要求 { $asked } 件，其中未處理的有 { $open } 件
refusal-units-out = 有商品已安排出貨或已寄出（品項：數量）：{ $lines }
refusal-units-undelivered = 尚有商品未送達（品項：數量）：{ $lines }
refusal-unknown-adjustment = 訂單中沒有此編號的折扣或費用
refusal-unknown-customer = 沒有此識別碼的顧客
refusal-unknown-fulfillment = 訂單沒有此編號的出貨單
refusal-unknown-line = 訂單中沒有此編號的品項
refusal-unknown-refund = 訂單中沒有此編號的退款
refusal-unreachable = 請提供電話號碼或電子郵件地址
refusal-write-off-exceeds-balance = 差額為 { $open }

## 可以怎麼做

remedy-accept-total = 請查看新的總額；若同意，請以它作為 expected_total 重新送出
remedy-delete-anyway = 請以 despite_open_orders 重新送出：商店會繼續處理這些訂單
remedy-amend = 修改先前的訂單，而不是再下一張
remedy-approve = 讓這些訂單被取消；之後每一張都可以恢復
remedy-cancel = 取消先前的訂單，改下這一張
remedy-log-in = 請登入，並以新的存取權杖重送請求
remedy-look-up = 以編號查詢先前的訂單，修改或取消它，而不是再下一張
remedy-look-up-again = 請以編號與聯絡資料重新查詢訂單，並以新的存取權杖重送請求
remedy-open = 查看先前的訂單
remedy-place-anyway = 附上此 `not_duplicate_of`，重送同一筆訂單
remedy-preview = 請重新預覽，並送出其 digest
remedy-refresh = 請用更新權杖換取新的存取權杖，並以它重送請求
remedy-review = 若時鐘有誤，請校正；若無人在場，請確認仍然需要的訂單
remedy-undelete = 請先將訂單移出垃圾桶

## 狀態、原因、來源、操作、事件與角色的名稱

label-status-pending_review = 待確認
label-status-confirmed = 已確認
label-status-processing = 處理中
label-status-completed = 已完成
label-status-cancelled = 已取消
label-status-invalid = 無效
label-fulfillment-planned = 已安排
label-fulfillment-picked = 已揀貨
label-fulfillment-packed = 已包裝
label-fulfillment-shipped = 已出貨
label-fulfillment-delivered = 已送達
label-fulfillment-returning = 退回中
label-fulfillment-taken_back = 已收回
label-fulfillment-lost = 已遺失
label-fulfillment-cancelled = 已取消
label-fulfillment_status-not_required = 無需出貨
label-fulfillment_status-unfulfilled = 未出貨
label-fulfillment_status-partially_fulfilled = 部分出貨
label-fulfillment_status-fulfilled = 已出貨
label-fulfillment_status-partially_delivered = 部分送達
label-fulfillment_status-delivered = 已送達
label-reason-customer = 顧客要求
label-reason-inventory = 缺貨
label-reason-declined = 付款遭拒
label-reason-fraud = 疑似詐騙
label-reason-staff = 店員失誤
label-reason-expired = 逾時未處理
label-reason-duplicate = 重複訂購
label-reason-other = 其他原因
label-reason-test = 測試訂單
label-reason-unreachable_contact = 聯絡不上
label-reason-bad_address = 地址錯誤
label-reason-price_error = 價格錯誤
label-reason-unpaid = 未付款
label-reason-mistake = 操作失誤
label-reason-information = 得知新資訊
label-reason-clock = 時鐘錯誤
label-reason-promotion = 商店優惠
label-reason-goodwill = 商店的心意
label-reason-flaw = 商品有瑕疵
label-reason-handling = 處理費工
label-reason-cancelled = 已取消
label-reason-returned = 已退貨
label-reason-lost = 運送途中遺失
label-reason-overpaid = 溢付
label-reason-refused = 拒收
label-reason-unclaimed = 無人領取
label-reason-damaged = 運送途中損壞
label-reason-missing = 下落不明
label-source-shop = 顧客下單
label-source-staff = 店員代下單
label-source-import = 匯入
label-action-confirm = 確認
label-action-reject = 退回
label-action-amend = 變更
label-action-start = 開始處理
label-action-complete = 完成
label-action-cancel = 取消
label-action-invalidate = 標示為無效
label-action-restore = 恢復為有效
label-action-unconfirm = 撤回確認
label-action-unstart = 撤回開始處理
label-action-reopen = 重新開啟
label-action-reinstate = 恢復訂單
label-action-delete = 移到垃圾桶
label-action-undelete = 移出垃圾桶
label-action-hide = 不在看板上顯示
label-action-show = 在看板上顯示
label-action-link = 加入帳號
label-action-unlink = 移出帳號
label-action-adjust = 給予折扣
label-action-remove_adjustment = 取消折扣
label-action-record_payment = 登錄收款
label-action-refund = 退款
label-action-settle_refund = 登錄退款結果
label-action-write_off = 沖銷差額
label-action-plan = 安排出貨
label-action-pick = 已揀貨
label-action-pack = 已包裝
label-action-ship = 出貨
label-action-track = 填寫貨運單號
label-action-deliver = 已送達
label-action-fail = 未送達
label-action-take_back = 收回
label-action-settle_loss = 重新出貨
label-action-correct_delivery = 撤銷送達
label-action-received = 我已收到
label-action-cancel_fulfillment = 取消出貨單
label-action-cancel_lines = 取消商品
label-event-created = 已建立
label-event-edited = 已編輯
label-event-activated = 已啟用
label-event-deactivated = 已停用
label-event-stock_adjusted = 已調整庫存
label-event-registered = 已註冊
label-event-imported = 已匯入
label-event-password_changed = 已變更密碼
label-event-password_reset = 已重設密碼
label-event-email_verified = 已確認電子郵件地址
label-event-code_handed_out = 已提供驗證碼
label-event-deletion_requested = 已申請刪除帳號
label-event-deletion_taken_back = 已撤回刪除申請
label-event-erased = 已清除個人資料
label-event-placed = 已下單
label-event-step_imported = 已匯入步驟
label-event-confirmed = 已確認
label-event-adjusted = 已調整價格
label-event-adjustment_removed = 已取消價格調整
label-event-fulfillment_planned = 已安排出貨
label-event-fulfillment_stepped = 已揀貨或包裝
label-event-shipped = 已出貨
label-event-tracked = 已填寫貨運單號
label-event-delivered = 已送達
label-event-delivery_failed = 未送達
label-event-taken_back = 已收回
label-event-loss_reshipped = 將重新出貨
label-event-loss_credited = 遺失已扣款
label-event-delivery_corrected = 送達已撤銷
label-event-fulfillment_cancelled = 出貨單已取消
label-event-lines_cancelled = 商品已取消
label-event-rejected = 已退回
label-event-amended = 已變更
label-event-started = 已開始處理
label-event-completed = 已完成
label-event-cancelled = 已取消
label-event-invalidated = 已標示為無效
label-event-restored = 已恢復為有效
label-event-unconfirmed = 已撤回確認
label-event-unstarted = 已撤回開始處理
label-event-reopened = 已重新開啟
label-event-reinstated = 已恢復訂單
label-event-deleted = 已移到垃圾桶
label-event-undeleted = 已移出垃圾桶
label-event-hidden = 已不在看板上顯示
label-event-shown = 已在看板上顯示
label-event-linked = 已加入帳號
label-event-unlinked = 已移出帳號
label-event-breached = 已逾期
label-event-installed = 已設立商店
label-event-repaired = 已修復
label-event-expiries_approved = 已核准逾時處理
label-event-clock_corrected = 已校正時鐘
label-event-payment_opened = 開始付款
label-event-transacted = 款項異動
label-event-credited = 已給予折讓
label-event-refund_requested = 已申請退款
label-event-written_off = 已沖銷差額
label-role-owner = 擁有者
label-role-manager = 經理
label-role-reviewer = 審核員
label-role-clerk = 店員
label-role-warehouse = 倉管
label-role-finance = 財務
label-role-auditor = 稽核

## 出貨單

slip-title = 出貨單
slip-ship-to = 收件人
slip-collect = 貨到應收金額
slip-units = 數量
slip-sku = 品號
slip-item = 品名
slip-packed = 已裝箱
slip-sent-by = 貨運

## 頁面

page-language-name = 繁體中文
page-languages = 語言
page-api = API 文件
page-contract = OpenAPI 描述檔
page-problems = 問題代碼
page-health = 運作狀況
page-version = 版本
page-tagline = 商店的訂單管理：顧客下單，出了錯也總有辦法挽回；員工處理訂單的整個過程。
page-running = 版本 { $version } · { $mode }
page-ready = 就緒
page-not-ready = 尚未就緒 – { $why }
page-demo = 已載入示範資料：一間可以隨意試用的小商店。請勿在此保存真實訂單。
page-demo-customer = 顧客：{ $email }，密碼：{ $password }
page-demo-staff = 員工：{ $email }，密碼：{ $password }
page-first-order = 您的第一筆訂單
page-in-browser = 在瀏覽器中：開啟該操作，在頁面上方登入，然後按「Execute」。
page-place-order = 下訂單
page-in-terminal = 在終端機中，逐行執行：
page-step-login = 登入並保留權杖。
page-step-choose = 找一項正在販售的商品。
page-step-order = 下訂單。再次送出相同的金鑰會得到同一筆訂單，絕不會重複下單。
page-step-see = 查看訂單，以及現在可以對它做什麼。
page-status = 狀態碼
page-code = 代碼
page-meaning = 意義
page-happened = 發生了什麼
page-what-to-do = 該怎麼做
page-example = 回應範例
page-operations = 可能以此狀態碼回應的操作
page-all-problems = 所有問題代碼
