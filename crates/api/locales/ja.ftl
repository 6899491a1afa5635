## メール

mail-password-reset-subject = パスワードの再設定
mail-password-reset-body =
    いつもご利用いただきありがとうございます。

    お客様のアカウントについて、パスワード再設定のご依頼がありました。次のリンクを開いて新しいパスワードを設定してください。

    { $link }

    または、次のコードを入力してください：{ $code }

    リンクとコードの有効期間は { $hours } 時間で、一度だけお使いいただけます。お心当たりがない場合は、このメールを破棄してください。パスワードは変更されません。

mail-email-verification-subject = メールアドレスのご確認
mail-email-verification-body =
    いつもご利用いただきありがとうございます。

    次のリンクを開いて、アカウントのメールアドレスを確認してください。

    { $link }

    または、次のコードを入力してください：{ $code }

    リンクとコードの有効期間は { $hours } 時間で、一度だけお使いいただけます。お心当たりがない場合は、このメールを破棄してください。

mail-account-exists-subject = アカウントはすでにあります
mail-account-exists-body =
    いつもご利用いただきありがとうございます。

    このメールアドレスでアカウントを開設しようとする操作がありました。すでにアカウントがあり、何も変更されていません。パスワードでログインするか、お忘れの場合は再設定をお申し込みください。

mail-account-email-changed-subject = アカウントのメールアドレスが変更されました
mail-account-email-changed-body =
    いつもご利用いただきありがとうございます。

    アカウントのメールアドレスが変更されました。このアドレスへのメールはこれが最後です。お心当たりがない場合は、ショップまでご連絡ください。

mail-account-deletion-requested-subject = アカウント削除のお申し込み
mail-account-deletion-requested-body =
    いつもご利用いただきありがとうございます。

    アカウント削除のお申し込みを承りました。アカウントとその個人情報は { $date }（UTC）に削除されます。

    取りやめる場合、またはお心当たりがない場合は、その日までにログインしてアカウントを残してください。お心当たりがない場合は、パスワードも変更してください。

mail-account-deletion-taken-back-subject = アカウントは削除されません
mail-account-deletion-taken-back-body =
    いつもご利用いただきありがとうございます。

    ログインして削除を取り消す操作（おそらくお客様ご自身によるもの）があったため、アカウントは削除されません。

mail-account-erased-subject = アカウントを削除しました
mail-account-erased-body =
    ご利用いただきありがとうございました。

    お申し込みのとおり、アカウントを削除しました。アカウントのお名前、メールアドレス、パスワードは残っておらず、アカウントに関するメールも今後お送りしません。ご注文に記載された購入者の情報は、法律でショップに求められる期間だけ保管し、その後削除します。

mail-order-placed-subject = ご注文 { $number }
mail-order-placed-body =
    いつもご利用いただきありがとうございます。

    { $date } に { $store } でご注文いただき、ありがとうございます。ご注文番号は { $number }、合計は { $total } です。

    { $lines }

    ご注文が確認され次第、お知らせいたします。

mail-order-confirmed-subject = ご注文 { $number } を確認しました
mail-order-confirmed-body =
    いつもご利用いただきありがとうございます。

    { $store } がご注文 { $number } を確認しました。

mail-order-completed-subject = ご注文 { $number } が完了しました
mail-order-completed-body =
    いつもご利用いただきありがとうございます。

    { $store } のご注文 { $number } を発送いたしました。ありがとうございました。

mail-order-cancelled-subject = ご注文 { $number } はキャンセルされました
mail-order-cancelled-body =
    いつもご利用いただきありがとうございます。

    { $store } のご注文 { $number } はキャンセルされました。

mail-order-linked-subject = ご注文 { $number } がアカウントに追加されました
mail-order-linked-body =
    いつもご利用いただきありがとうございます。

    { $store } のご注文 { $number } がお客様アカウントに追加され、そのアカウントから確認・変更できるようになりました。
    お心当たりがない場合は、ショップまでご連絡ください。取り消すことができます。

mail-order-unlinked-subject = ご注文 { $number } がアカウントから外されました
mail-order-unlinked-body =
    いつもご利用いただきありがとうございます。

    { $store } のご注文 { $number } がお客様アカウントから外されました。注文番号とご連絡先で引き続きご確認いただけます。

mail-order-contact-changed-subject = ご注文 { $number } の連絡先が変更されました
mail-order-contact-changed-body =
    いつもご利用いただきありがとうございます。

    { $store } のご注文 { $number } の連絡先が変更されました。お心当たりがない場合は、ショップまでご連絡ください。

## 問題：見出し、起きたこと、対処方法

problem-malformed-request = リクエストを読み取れません
    .detail = 本文が正しい形式の UTF-8 の JSON ではありません
    .what-to-do = 余分なカンマ、対になっていないサロゲート、途中での切断のない、UTF-8 の JSON オブジェクトを一つ送ってください。
problem-invalid-parameter = パラメーターが無効です
    .detail = クエリパラメーターまたはヘッダーの名前が存在しないか、値が受け付けられません
    .what-to-do = errors の一覧に、どのパラメーターの何が問題かが示されています。各パラメーターと制限は API の説明に記載されています。
problem-idempotency-key-missing = Idempotency-Key が必要です
    .detail = この操作は安全に繰り返せる必要がありますが、Idempotency-Key ヘッダーがありません
    .what-to-do = 変更ごとに新しいランダムなキーを作り、Idempotency-Key として送ってください。再試行のときは同じキーを送ってください。
problem-idempotency-key-invalid = Idempotency-Key が無効です
    .detail = Idempotency-Key が空、短すぎる、長すぎる、二つ送られた、または印字可能な ASCII 以外の文字を含んでいます
    .what-to-do = 印字可能な ASCII 文字を 1～255 文字（アカウントなしの場合は 16 文字以上）、たとえば UUID を、そのままか二重引用符で囲んで使ってください。
problem-token-missing = 先にログインしてください
    .detail = この操作にはアクセストークンが必要ですが、リクエストに含まれていません
    .what-to-do = ログインし、トークンを Authorization: Bearer として送ってください。
problem-token-expired = アクセストークンの有効期限が切れています
    .detail = このアクセストークンは以前は有効でしたが、期限が過ぎました
    .what-to-do = リフレッシュトークンを新しいものと交換するか、もう一度ログインし、リクエストをそのまま送り直してください。
problem-token-invalid = トークンが無効です
    .detail = トークンが読み取れないか、このサーバーのものではないか、セッションが終了しています
    .what-to-do = もう一度ログインし、新しいトークンを Authorization: Bearer として送ってください。
problem-invalid-credentials = メールアドレスまたはパスワードが違います
    .detail = このメールアドレスとパスワードの組み合わせで開けるアカウントはありません
    .what-to-do = 両方を確認してもう一度お試しください。何度か失敗すると、アカウントはしばらくログインできなくなります。
problem-token-reused = リフレッシュトークンは使用済みです
    .detail = リフレッシュトークンは一度しか使えません。これはすでに交換されていたため、セッションを終了しました
    .what-to-do = もう一度ログインしてください。二度送った覚えがない場合は、ほかの人がコピーを持っている可能性があるため、パスワードを変更してください。
problem-forbidden = 権限がありません
    .detail = ログインは確認できましたが、この操作を行う権限がありません
    .what-to-do = ショップのオーナーに権限を依頼するか、別の種類のアカウント（お客様用またはスタッフ用）を使ってください。
problem-password-change-required = 先にご自分のパスワードを設定してください
    .detail = パスワードがほかの人によって設定されたまま、変更されていません
    .what-to-do = 現在のパスワードと新しいパスワードを POST /v1/staff/me/password に送ってから、続けてください。
problem-not-found = 見つかりません
    .detail = 閲覧できるものがここにはありません
    .what-to-do = アドレスと番号を確認してください。ほかの人のものと存在しないものは、まったく同じように見えます。
problem-order-number-mistyped = 注文番号に誤りがあります
    .detail = 注文番号のチェック文字が合いません。一文字が違うか、二文字が入れ替わっています
    .what-to-do = 確認メールの番号と一文字ずつ照らし合わせてください。大文字と小文字は区別されません。
problem-method-not-allowed = このメソッドは使えません
    .detail = このアドレスは存在しますが、このメソッドは受け付けません
    .what-to-do = Allow ヘッダーにあるメソッドを使ってください。
problem-not-acceptable = この形式では返せません
    .detail = Accept ヘッダーの指定では、このサーバーが返せる形式がありません
    .what-to-do = application/json を受け付けるか、ヘッダーを省いてください。
problem-request-timeout = リクエストの到着が遅すぎます
    .detail = 本文が時間内に届きませんでした。何も変更されていません
    .what-to-do = 接続の良いところで、もう一度リクエストを送ってください。
problem-state-conflict = 現在の状態では行えません
    .detail = 現在の状態では、この操作は許可されていません
    .what-to-do = もう一度読み込んでください。current_status が現在の状態を、actions がいま行えることを示します。
problem-too-many-changes = 変更の回数が多すぎます
    .detail = この注文は何度も変更されたため、お客様からはこれ以上変更できません
    .what-to-do = キャンセルは引き続き可能です。そのほかの変更は、ショップのスタッフにご依頼ください。
problem-insufficient-stock = 在庫が足りません
    .detail = 少なくとも一つの商品で、在庫が注文数より少なくなっています
    .what-to-do = errors の一覧に該当する明細が示されています。数量を減らすか、その明細を外してください。
problem-price-changed = 価格が変わりました
    .detail = 金額が想定と異なります。何も変更されていません
    .what-to-do = 現在の金額である total を確認し、それを expected_total としてもう一度送ってください。
problem-discount-above-limit = 割引が上限を超えています
    .detail = 注文の割引が、あなたに認められた上限を超えます
    .what-to-do = 割引を小さくするか、権限のある人に依頼してください。
problem-payment-rule-not-met = 先にお支払いが必要です
    .detail = この注文は処理の開始前に支払う必要がありますが、まだ支払われていません
    .what-to-do = 入金を記録するか、入金を待ってください。balance_due が不足額です。
problem-balance-not-settled = 清算が終わっていません
    .detail = 未収の金額があるか、返金の途中です
    .what-to-do = 入金を記録するか、過入金を返金してその結果を記録するか、差額を償却してください。
problem-total-below-credits = すでに返した金額を下回ります
    .detail = 注文の金額が、すでに値引きまたは償却した金額を下回ります
    .what-to-do = その金額以上にしてください。
problem-money-kept = この注文の入金が残っています
    .detail = この注文には入金があり、まだ返金されていません
    .what-to-do = 先に返金し、完了したら記録してください。
problem-nothing-refundable = 返金できる金額がありません
    .detail = 請求額を超える入金がないか、すでに返金の途中です
    .what-to-do = refund-proposal を確認してください。それでも返す場合は credit に金額を指定してください。
problem-refund-exceeds-payment = 返金できる金額を超えています
    .detail = 入金額、または請求額を超える分より多い金額です。何も変更されていません
    .what-to-do = refund-proposal を確認し、その金額までにしてください。それでも返す場合は credit に金額を指定してください。
problem-refund-above-limit = 返金が上限を超えています
    .detail = あなたに認められた返金の上限を超えています
    .what-to-do = 上限のない返金ができる人に依頼してください。
problem-write-off-exceeds-balance = 差額を超えています
    .detail = 請求額と入金額の差額を超えています
    .what-to-do = balance_due を確認し、その金額までにしてください。
problem-units-not-open = 未処理の数量が足りません
    .detail = 指定された数量より未処理の数量が少なくなっています。残りはキャンセル済み、出荷準備中、または出荷済みです
    .what-to-do = errors に行ごとの未処理の数量があります。その数量を指定するか、まだ出荷していない出荷をキャンセルしてください。
problem-units-out = 出荷準備中または出荷済みの商品があります
    .detail = 注文の商品の一部が出荷準備中か、すでに出荷されています
    .what-to-do = まだ出荷していない出荷をキャンセルしてください。未処理の商品だけをキャンセルすることもできます。
problem-units-undelivered = まだ届いていない商品があります
    .detail = この注文は荷物で送られていて、まだ届いていない商品があります
    .what-to-do = 未処理の商品を出荷またはキャンセルし、届いた出荷を記録してから注文を完了してください。
problem-units-moved = キャンセル済みの商品があります
    .detail = 注文の商品の一部がキャンセルされているため、明細と価格は変更できません
    .what-to-do = 個別にさらにキャンセルするか、注文をキャンセルして新しく注文してください。
problem-duplicate = すでに存在します
    .detail = 同じ名前、アドレスまたはコードのものがすでに存在します
    .what-to-do = 閲覧できる場合は既存のものを使うか、別の値にしてください。
problem-duplicate-order = 以前の注文と同じようです
    .detail = 同じ内容の注文が少し前に行われています
    .what-to-do = 以前の注文を確認してください。あえて同じものを注文する場合は、リクエストの中でその旨を示してください。
problem-stock-reserved = 在庫が注文に引き当てられています
    .detail = この変更を行うと、未完了の注文に引き当てられた数を下回ります
    .what-to-do = 減らす数を少なくするか、先に注文をキャンセルまたは変更してください。
problem-currency-fixed = 通貨は変更できません
    .detail = 商品や注文のある店舗では、価格がその通貨で決まっているため、通貨を変更できません
    .what-to-do = 別の通貨用に、別の店舗を開いてください。
problem-in-another-account = 別のアカウントの注文です
    .detail = この注文は、ほかのお客様のアカウントに入っています
    .what-to-do = そのアカウントをお使いください。間違ったアカウントの場合は、ショップが注文を外すことができます。
problem-open-orders = 未完了の注文があります
    .detail = このアカウントには未完了の注文があるため、削除されませんでした
    .what-to-do = open_orders を確認し、完了を待つか、注文をキャンセルするか、despite_open_orders でショップに処理を続けさせることを指定してください。
problem-last-owner = 最後のオーナーは残す必要があります
    .detail = このメンバーがいなくなると、ショップを管理できる人がいなくなります
    .what-to-do = 先にほかの人をオーナーにしてください。
problem-own-account = ご自分のアカウントには行えません
    .detail = ご自分のアカウントの無効化や、ご自分のパスワードのリセットはできません
    .what-to-do = 権限のあるほかのメンバーに依頼してください。パスワードの変更は POST /v1/staff/me/password で行えます。
problem-preview-outdated = プレビューが古くなっています
    .detail = いま実行すると、プレビューとは異なる結果になります
    .what-to-do = errors の一覧に、加わった注文、外れた注文、変わった注文が示されています。もう一度プレビューして確認し、その digest を送ってください。
problem-mail-not-configured = このショップはメールを送信しません
    .detail = この操作にはメールが必要ですが、ショップのサーバーには送信の設定がありません
    .what-to-do = ショップにお問い合わせください。スタッフが新しいパスワード用のワンタイムコードをお渡しできます。
problem-code-not-good = リンクまたはコードは無効になりました
    .detail = 使用済み、期限切れ、より新しいものが発行済み、またはアカウントがすでに存在しません
    .what-to-do = もう一度申請し、届いた最新のものを使ってください。
problem-list-outdated = 一覧が新しくなりました
    .detail = このページを読み込んだ後、ショップがバックアップから復元または修復されました
    .what-to-do = cursor を付けずに、一覧を最初から読み込んでください。
problem-precondition-failed = その間に変更されました
    .detail = If-Match のバージョンは、もう最新ではありません
    .what-to-do = もう一度読み込み、変更点を確認し、新しい ETag で変更をやり直してください。
problem-payload-too-large = 本文が大きすぎます
    .detail = 本文が、この操作で受け付ける大きさを超えています
    .what-to-do = 分けて送ってください。上限は API の説明に記載されています。
problem-uri-too-long = アドレスが長すぎます
    .detail = パスとクエリの合計が 8 KiB を超えています
    .what-to-do = 絞り込み条件を減らすか、短くしてください。
problem-unsupported-media-type = この操作では使えない形式です
    .detail = 本文が JSON として宣言されていないか、圧縮されています
    .what-to-do = Content-Type: application/json（PATCH では application/merge-patch+json も可）を、Content-Encoding なしで送ってください。
problem-export-too-large = 一度にエクスポートするには多すぎます
    .detail = 一覧の読み込みに十秒より長くかかるか、512 MiB を超えています
    .what-to-do = placed_after と placed_before などで範囲を絞り、分けてエクスポートしてください。
problem-validation-failed = 内容が無効です
    .detail = 受け付けられない項目が少なくとも一つあります。何も変更されていません
    .what-to-do = errors の一覧に、各項目とその問題点が示されています。
problem-idempotency-key-reused = この Idempotency-Key は別のリクエストのものです
    .detail = この Idempotency-Key は、以前に別の操作または別の本文で使われました
    .what-to-do = 新しい変更には新しいキーを使ってください。以前のリクエストをそのまま送れば、その応答をもう一度受け取れます。
problem-precondition-required = If-Match が必要です
    .detail = この変更には、元になるバージョンの指定が必要です
    .what-to-do = 先に読み込み、その ETag を If-Match として送ってください。ほかの人の変更が失われずに済みます。
problem-rate-limited = リクエストが多すぎます
    .detail = 短い時間に多くのリクエストがありました
    .what-to-do = Retry-After に示された時間だけお待ちください。
problem-internal-error = サーバーで問題が発生しました
    .detail = こちら側のエラーです。この request id で記録されています
    .what-to-do = 同じ Idempotency-Key でもう一度お試しください。解消しない場合は、request id をサーバーの管理者にお知らせください。
problem-overloaded = 現在混み合っています
    .detail = 時間内に処理できる量を超える作業が待っています。何も変更されていません
    .what-to-do = Retry-After に示された時間だけ待ってから、もう一度お試しください。
problem-not-executed = 実行されませんでした
    .detail = リクエストは時間内に受け付けられず、何も変更されていないことが確かです
    .what-to-do = 同じ Idempotency-Key でもう一度送ってください。
problem-outcome-unknown = 実行されたかどうか分かりません
    .detail = 変更を保存する側から時間内に応答がありませんでした。変更は行われたかもしれず、行われていないかもしれません
    .what-to-do = 同じリクエストを同じ Idempotency-Key でもう一度送ってください。実行されるのは多くても一度です。
problem-storage-unavailable = ストレージを利用できません
    .detail = 現在データベースの読み書きができません。受け付けたものはありません
    .what-to-do = しばらくしてからもう一度お試しください。原因はサーバーの管理者がログで確認できます。
problem-not-ready = 準備ができていません
    .detail = サーバーは起動中か停止中、または必要なものが足りません
    .what-to-do = お待ちください。errors の一覧に、通らなかった確認項目が示されています。

## 個々の項目やパラメーターの問題

rule-amount-or-rate = 金額か率のどちらか一方を指定してください
rule-amount-out-of-range = 金額が許容範囲外です
rule-blank = 空または空白だけにはできません
rule-blocklisted = このパスワードはよく知られすぎています
rule-broken-history = 履歴のハッシュ、個人情報またはイベントが互いに合いません
rule-changed = If-Match のバージョン以降に変更されています
rule-contradiction = ほかの項目と同時には指定できません
rule-duplicate = この値はすでに使われています
rule-duplicate-field = この項目が二度現れています
rule-failed = この確認項目が通りませんでした
rule-forbidden-character = 使えない文字が含まれています
rule-insufficient-stock = 在庫が注文数より少なくなっています
rule-invalid = この値は受け付けられません
rule-invalid-email = メールアドレスではありません。maria@example.com のように書いてください
rule-invalid-id = この種類の ID ではありません
rule-invalid-key = 印字可能な ASCII 文字を 1～255 文字（アカウントなしの場合は 16 文字以上）、たとえば UUID を、そのままか二重引用符で囲んで使ってください
rule-invalid-order-number = 注文番号ではありません。0P65-4D22-1QSQ-5F のような 14 文字です
rule-invalid-phone = 電話番号ではありません。3～20 桁の数字で、間には文字以外のものを入れられます
rule-invalid-time = 時刻ではありません。1970 年から 9999 年までを、2026-01-31T08:05:09Z や 2026-01-31T16:05:09+08:00 のように時差付きの RFC 3339 形式で書いてください。アドレスの中ではプラス記号を %2B と書きます
rule-joined = この注文はプレビューの後に加わりました
rule-later-than-now = 現在より後の時刻です
rule-later-than-to = `to` より後です
rule-left = この注文はプレビューの後に外れました
rule-looks-like = 同じような注文が少し前に行われています
rule-malformed = 読み取れません
rule-missing = 必須です
rule-mistyped = チェック文字が合いません。一文字が違うか、二文字が入れ替わっています
rule-no-moment = 1 以上のバージョン番号か、2026-01-05T08:30:00Z のような時刻（RFC 3339）を指定してください
rule-no-number = 注文番号か、少なくともその最初または最後の 4 文字を指定してください
rule-not-a-code = 小文字の英字、数字、- と _ からなる 32 文字以内の短い名前にしてください
rule-not-a-name = 名前として使えません
rule-not-a-rate = 率は 0 から 100000（1000 分の 1 パーセント単位）までです
rule-not-ascending = それぞれ前のものより大きくしてください
rule-not-sold = この商品の販売は終了しました。注文にある分はそのまま残ります
rule-not-https = https:// で始まるアドレスではありません
rule-nothing-to-adjust = これでは金額が変わりません
rule-other-currency = 価格の通貨が異なります
rule-other-product = この番号の明細は別の商品のものです
rule-out-of-range = 数値が許容範囲外です
rule-price-changed = 現在の金額は異なります
rule-repeated-parameter = このパラメーターは一度だけ指定できます。複数の値はカンマで区切ってください
rule-standard-class-missing = standard という区分が必要です
rule-stopping = サーバーは停止中です
rule-too-few = 一覧の件数が少なすぎます
rule-too-heavy = この方法で送るには重すぎます
rule-too-long = テキストが長すぎます
rule-too-many = 一覧の件数が多すぎます
rule-too-short = テキストが短すぎます
rule-unchanged = 以前と同じです
rule-units-differ = 出荷した数量と一致しません
rule-units-not-open = 未処理の数量が足りません
rule-unknown-country = ISO 3166-1 alpha-2 の大文字の国コード（TW など）ではありません
rule-unknown-currency = 現行通貨の ISO 4217 の大文字のコード（EUR など）ではありません
rule-unknown-cursor = この一覧の、この絞り込みと並び順での cursor ではありません。cursor なしで最初からやり直してください
rule-unknown-customer = このお客様は存在しません
rule-unknown-field = この項目は存在しません
rule-unknown-language = この言語の文章はありません
rule-unknown-line = この番号の明細は注文にありません
rule-unknown-order = 注文の ID または番号ではありません
rule-unknown-parameter = このパラメーターは存在しません
rule-unknown-payment = この番号の支払いは注文にありません
rule-unknown-payment-rule = この店舗にこの支払方法はありません
rule-unknown-product = この店舗にこの商品はありません
rule-unknown-shipping = この店舗にこの配送方法はありません
rule-unknown-store = この店舗は存在しません
rule-unknown-tax-class = この店舗にこの税区分はありません
rule-unknown-time-zone = IANA のタイムゾーン名（Europe/Berlin など）ではありません
rule-unknown-value = 使える値ではありません
rule-wrong-exponent = この通貨の小数点以下の桁数と異なります
rule-wrong-password = 現在有効なパスワードではありません
rule-wrong-type = 型が違います

limit-characters-least = { $limit } 文字以上
limit-characters-most = { $limit } 文字以内
limit-characters-exactly = ちょうど { $limit } 文字
limit-entries-least = { $limit } 件以上
limit-entries-most = { $limit } 件以内
limit-entries-exactly = ちょうど { $limit } 件
limit-range = { $least } から { $most } まで
limit-least = { $least } 以上
limit-most = { $most } 以下

expected-boolean = true または false を指定してください
expected-id = この種類の ID ではありません。{ $prefix } で始まり、その後に 14 文字の英数字が続きます
expected-list = 配列を指定してください
expected-number = 数値を指定してください
expected-object = オブジェクトを指定してください
expected-one-member = メンバーがちょうど一つのオブジェクトを指定してください
expected-string = 文字列を指定してください
expected-unsigned = 0 以上の整数を指定してください
expected-whole-number = 整数を指定してください

check-failed = この確認項目が通りませんでした：{ $why }
entry-blank = 一覧に空の項目があります
etag-unreadable = 二重引用符で囲んだ ETag を一つ、または * を指定してください
character-forbidden = ここでは使えない文字 { $character } が含まれています
character-control = ここでは使えない、目に見えない文字 { $character } が含まれています
field-nearest = この項目は存在しません。{ $nearest } のことですか？
field-known = この項目は存在しません。使えるのは次のとおりです：{ $names }
field-none = この項目は存在しません。ここでは何も指定できません
languages-known = 用意している言語：{ $languages }
nothing-to-change = 何を変更するかを指定してください：{ $members }
order-changed = 注文 { $number } はプレビューの後に変更されました
order-joined = 注文 { $number } はプレビューの後に加わりました
order-left = 注文 { $number } はプレビューの後に外れました
order-like = 注文 { $number } は同じ商品で、少し前に行われました
order-like-unnamed = 同じ商品の注文が少し前に行われました
page-unasked = ここではページに分けないため、この指定はできません
parameter-nearest = このパラメーターは存在しません。{ $nearest } のことですか？
parameter-known = このパラメーターは存在しません。使えるのは次のとおりです：{ $names }
parameter-none = この操作ではパラメーターを使えません
phone-digits = 電話番号の数字を { $limit } 桁以上
value-known = 使える値ではありません。次のいずれかを指定してください：{ $names }
value-nearest = 使える値ではありません。{ $nearest } のことですか？ 次のいずれかを指定してください：{ $names }
name-nearest = 使える値ではありません。{ $nearest } のことですか？
batch-too-large = 一括処理の注文は { $limit } 件までですが、該当する注文がそれより多くあります

## 今回起きたこと

account-of-all-stores = アカウントはすべての店舗で共通のため、全店舗を担当するメンバーが行う必要があります
address-unknown = このアドレスには何もありません
batch-not-finished = 一括処理が終わっていません。取り消すか、終わるまでお待ちください
batch-has-no-opposite = 金額の訂正はまとめて元に戻せません。注文ごとに割引または手数料を取り除いてください
body-broken-off = 本文が終わる前に途切れました
body-compressed = 本文が圧縮されています。Content-Encoding を付けず、そのまま送ってください
body-empty = 本文が空です。JSON オブジェクトを一つ送ってください
body-cut-off = JSON が終わる前に本文が終わっています（{ $line } 行 { $column } 列）
body-more = JSON の後に余分なものがあります（{ $line } 行 { $column } 列）。JSON オブジェクトを一つだけ送ってください
body-not-json = 本文が正しい形式の UTF-8 の JSON ではありません（{ $line } 行 { $column } 列）
body-too-deep = 本文の JSON の入れ子が深すぎます
body-too-large = 本文が、この操作で受け付ける { $limit } バイトを超えています
body-type-missing = 本文の種類が示されていません。Content-Type: application/json を送ってください
body-type-other = 本文が別の種類として宣言されています。UTF-8 の Content-Type: application/json を送ってください
body-type-patch = 本文が別の種類として宣言されています。UTF-8 の Content-Type: application/merge-patch+json または application/json を送ってください
clock-behind = サーバーの時計が最新の記録より { $seconds } 秒遅れています。何も書き込まれていません。時計を合わせてください。以前に時計が進んでいた場合は `ordervault clock repair` を実行してください
contact-search-forbidden = 連絡先での検索には権限 { $permission } が必要です
customer-token = これはスタッフ用です。お客様用のトークンでは利用できません
etag-of-before = If-Match のバージョンは、ショップがバックアップから復元または修復される前のものです。もう一度読み込んでください
export-running = 別のエクスポートが終わっていません。先に最後まで読み込んでください
grant-only = この許可で利用できるのは、その一つの注文だけです
guest-key-short = アカウントなしの場合、推測されないように Idempotency-Key は { $limit } 文字以上にしてください。新しい UUID を送ってください
in-trash = 注文はごみ箱にあり、何も行えません
order-erased = この注文の個人情報は消去されています。ごみ箱に移すことだけができます
preview-changed = プレビューの後、{ $joined } 件の注文が加わり、{ $left } 件が外れ、{ $changed } 件が変わりました
preview-of-another-act = この digest のプレビューは別の操作のものです
preview-unknown = この digest のプレビューがないか、古すぎます
problem-unknown = この問題コードは存在しません。/problems にすべてのコードがあります
requests-at-once = このアドレスからのリクエストを処理中のものが多すぎます
session-ended = このログインは終了したか、アカウントが有効ではなくなりました
staff-token = これはお客様用です。スタッフ用のトークンでは利用できません
time-before = その時点では存在していませんでした
trash-forbidden = ごみ箱の閲覧には権限 { $permission } が必要です
version-unknown = このバージョンは存在しません。バージョンは 1 から { $versions } までです

## ショップの規則で認められない理由

refusal-account-deactivated = アカウントは無効になっています。先に有効にしてください
refusal-account-erased = アカウントは削除され、お客様の情報はもう残っていません
refusal-balance-not-settled = { $open } が未清算です
refusal-batch-completed = 一括処理のすべての注文が処理済みです
refusal-beyond-own-rights = ご自分の権限を超える権限の付与や変更はできません
refusal-currency-mismatch = この注文の通貨は { $currency } です
refusal-cut-off-passed = この操作の期限は { $at } でした
refusal-delivery-time-out-of-range = 配達日時は出荷より後で、未来であってはなりません
refusal-discount-above-limit = 割引は合計で商品代金の { $limit } % までです
refusal-forbidden = この操作には権限 { $permission } が必要です
refusal-fulfillment-conflict = 出荷が「{ $state }」のため、この操作はできません
refusal-insufficient-stock = 注文数 { $requested }、在庫 { $available }
refusal-line-named-twice = 注文の各明細は一度だけ指定できます
refusal-line-of-another-product = この番号の明細は別の商品のものです
refusal-money-kept = この注文には { $kept } の入金が残っています
refusal-name-missing = お届け先の方のお名前を入力してください
refusal-no-lines = 注文には少なくとも一つの明細が必要です
refusal-no-role = メンバーには少なくとも一つの役割が必要です
refusal-opening-stock-out-of-range = 在庫数は 0 から { $most } までです
refusal-payment-rule-not-met = 先に { $open } のお支払いが必要です
refusal-position-not-reached = お使いの店舗の注文は、まだこの位置まで届いていません
refusal-price-changed = 現在の金額は { $total } です
refusal-price-in-other-currency = 価格の通貨は { $expected } ではなく { $currency } です。金額は { $total } です
refusal-price-out-of-range = 価格は最小通貨単位で 0 から { $most } までです
refusal-quantity-out-of-range = 数量は 1 から { $most } までです
refusal-refund-above-limit = 返金は { $limit }（最小通貨単位）までです
refusal-refund-exceeds-payment = 返金できるのは { $most } までです
refusal-state-conflict = 注文の状態が「{ $status }」のため、この操作は行えません
refusal-stock-above-limit = 一つの商品の在庫数は { $most } までです
refusal-stock-below-reserved = 未完了の注文に引き当てられた { $reserved } 点は、在庫に残す必要があります
refusal-too-many-adjustments = 1 件の注文の割引と手数料は { $most } 件までです
refusal-too-many-changes = お客様が注文を変更できるのはバージョン { $most } までです
refusal-too-many-fulfillments = 1 件の注文の出荷は { $most } 件までです
refusal-too-many-lines = 注文の明細は { $most } 件までです
refusal-too-many-payments = 1 件の注文の支払いは { $most } 件までです
refusal-too-many-refunds = 1 件の注文の返金は { $most } 件までです
refusal-total-below-credits = このうち { $given } はすでに返されています
refusal-too-many-parcels = 1 件の出荷の荷物は { $most } 個までです
refusal-units-back-differ = 出荷したすべての商品について知らせてください（明細: 数量）: { $lines }
refusal-units-not-open = 明細 { $line } に { $asked } 個の指定がありますが、未処理は { $open } 個です
refusal-units-out = 出荷準備中または出荷済みの商品があります（明細: 数量）: { $lines }
refusal-units-undelivered = まだ届いていない商品があります（明細: 数量）: { $lines }
refusal-unknown-adjustment = この番号の割引や手数料は注文にありません
refusal-unknown-customer = この ID のお客様は存在しません
refusal-unknown-fulfillment = 注文にこの番号の出荷はありません
refusal-unknown-line = この番号の明細は注文にありません
refusal-unknown-refund = この番号の返金は注文にありません
refusal-unreachable = 電話番号またはメールアドレスを入力してください
refusal-write-off-exceeds-balance = 差額は { $open } です

## 対処方法

remedy-accept-total = 新しい合計を確認し、同意する場合はそれを expected_total としてもう一度送ってください
remedy-delete-anyway = despite_open_orders を付けてもう一度送ってください。これらの注文はショップが引き続き処理します
remedy-amend = 新しく注文する代わりに、以前の注文を変更する
remedy-approve = キャンセルを承認する（それぞれ後から元に戻せます）
remedy-cancel = 以前の注文をキャンセルして、この注文を行う
remedy-log-in = ログインし、新しいアクセストークンでリクエストを送り直してください
remedy-look-up = 新しく注文する代わりに、以前の注文を番号で照会し、変更またはキャンセルする
remedy-look-up-again = 番号と連絡先で注文をもう一度照会し、新しいアクセストークンでリクエストを送り直してください
remedy-open = 以前の注文を確認する
remedy-place-anyway = この `not_duplicate_of` を付けて、同じ注文を送る
remedy-preview = もう一度プレビューし、その digest を送ってください
remedy-refresh = リフレッシュトークンを交換し、新しいアクセストークンでリクエストを送り直してください
remedy-review = 時計が違っていれば直し、担当者が不在だった場合は、まだ必要な注文を確認してください
remedy-undelete = 先に注文をごみ箱から出してください

## 状態、理由、経路、操作、出来事、役割の呼び方

label-status-pending_review = 確認待ち
label-status-confirmed = 確認済み
label-status-processing = 処理中
label-status-completed = 完了
label-status-cancelled = キャンセル済み
label-status-invalid = 無効
label-fulfillment-planned = 計画済み
label-fulfillment-picked = ピッキング済み
label-fulfillment-packed = 梱包済み
label-fulfillment-shipped = 出荷済み
label-fulfillment-delivered = 配達済み
label-fulfillment-returning = 返送中
label-fulfillment-taken_back = 返送受取済み
label-fulfillment-lost = 紛失
label-fulfillment-cancelled = キャンセル済み
label-fulfillment_status-not_required = 発送不要
label-fulfillment_status-unfulfilled = 未発送
label-fulfillment_status-partially_fulfilled = 一部発送済み
label-fulfillment_status-fulfilled = 発送済み
label-fulfillment_status-partially_delivered = 一部配達済み
label-fulfillment_status-delivered = 配達済み
label-reason-customer = お客様のご希望
label-reason-inventory = 在庫切れ
label-reason-declined = お支払いの不承認
label-reason-fraud = 不正の疑い
label-reason-staff = スタッフの手違い
label-reason-expired = 期限切れ
label-reason-duplicate = 重複した注文
label-reason-other = その他
label-reason-test = テスト注文
label-reason-unreachable_contact = 連絡がつかない
label-reason-bad_address = 住所の誤り
label-reason-price_error = 価格の誤り
label-reason-unpaid = 未払い
label-reason-mistake = 操作の誤り
label-reason-information = 新しい情報があった
label-reason-clock = 時計の誤り
label-reason-promotion = ショップの特典
label-reason-goodwill = ショップの厚意
label-reason-flaw = 商品に難あり
label-reason-handling = 手間がかかるため
label-reason-cancelled = 取り消し
label-reason-returned = 返品
label-reason-lost = 配送中の紛失
label-reason-overpaid = 過払い
label-reason-refused = 受取拒否
label-reason-unclaimed = 保管期限切れ
label-reason-damaged = 輸送中の破損
label-reason-missing = 所在不明
label-source-shop = お客様の注文
label-source-staff = 店員による注文
label-source-import = 取り込み
label-action-confirm = 確認する
label-action-reject = 断る
label-action-amend = 変更する
label-action-start = 処理を開始する
label-action-complete = 完了する
label-action-cancel = キャンセルする
label-action-invalidate = 無効にする
label-action-restore = 有効に戻す
label-action-unconfirm = 確認を取り消す
label-action-unstart = 処理の開始を取り消す
label-action-reopen = 再開する
label-action-reinstate = 注文を復活させる
label-action-delete = ごみ箱に移す
label-action-undelete = ごみ箱から戻す
label-action-hide = 掲示板に表示しない
label-action-show = 掲示板に表示する
label-action-link = アカウントに入れる
label-action-unlink = アカウントから外す
label-action-adjust = 割引する
label-action-remove_adjustment = 割引を取り消す
label-action-record_payment = 入金を記録する
label-action-refund = 返金する
label-action-settle_refund = 返金の結果を記録する
label-action-write_off = 差額を償却する
label-action-plan = 出荷を計画する
label-action-pick = ピッキング済みにする
label-action-pack = 梱包済みにする
label-action-ship = 出荷する
label-action-track = 追跡番号を知らせる
label-action-deliver = 配達済みにする
label-action-fail = 配達できなかった
label-action-take_back = 返送を受け取る
label-action-settle_loss = 再発送する
label-action-correct_delivery = 配達を取り消す
label-action-received = 受け取りました
label-action-cancel_fulfillment = 出荷をキャンセルする
label-action-cancel_lines = 商品をキャンセルする
label-event-created = 作成
label-event-edited = 編集
label-event-activated = 有効化
label-event-deactivated = 無効化
label-event-stock_adjusted = 在庫の調整
label-event-registered = 登録
label-event-imported = 取り込み
label-event-password_changed = パスワードの変更
label-event-password_reset = パスワードの再設定
label-event-email_verified = メールアドレスの確認
label-event-code_handed_out = コードの発行
label-event-deletion_requested = アカウント削除の申請
label-event-deletion_taken_back = 削除申請の取り消し
label-event-erased = 個人情報の消去
label-event-placed = 注文
label-event-step_imported = 手順の取り込み
label-event-confirmed = 確認
label-event-adjusted = 金額を調整
label-event-adjustment_removed = 金額の調整を取り消し
label-event-fulfillment_planned = 出荷を計画
label-event-fulfillment_stepped = ピッキングまたは梱包
label-event-shipped = 出荷
label-event-tracked = 追跡番号を通知
label-event-delivered = 配達
label-event-delivery_failed = 配達できず
label-event-taken_back = 返送を受け取り
label-event-loss_reshipped = 再発送へ
label-event-loss_credited = 紛失分を減額
label-event-delivery_corrected = 配達を取り消し
label-event-fulfillment_cancelled = 出荷をキャンセル
label-event-lines_cancelled = 商品をキャンセル
label-event-rejected = お断り
label-event-amended = 変更
label-event-started = 処理の開始
label-event-completed = 完了
label-event-cancelled = キャンセル
label-event-invalidated = 無効の指定
label-event-restored = 有効に戻す
label-event-unconfirmed = 確認の取り消し
label-event-unstarted = 処理開始の取り消し
label-event-reopened = 再開
label-event-reinstated = 注文の復活
label-event-deleted = ごみ箱への移動
label-event-undeleted = ごみ箱からの復元
label-event-hidden = 掲示板での非表示
label-event-shown = 掲示板での表示
label-event-linked = アカウントへの追加
label-event-unlinked = アカウントからの除外
label-event-breached = 期限の超過
label-event-installed = 店舗の開設
label-event-repaired = 修復
label-event-expiries_approved = 期限切れの承認
label-event-clock_corrected = 時計の修正
label-event-payment_opened = 支払いの開始
label-event-transacted = 入出金
label-event-credited = 値引き
label-event-refund_requested = 返金の依頼
label-event-written_off = 差額の償却
label-role-owner = オーナー
label-role-manager = マネージャー
label-role-reviewer = 審査担当
label-role-clerk = 店員
label-role-warehouse = 倉庫担当
label-role-finance = 経理
label-role-auditor = 監査

## 納品書

slip-title = 納品書
slip-ship-to = お届け先
slip-collect = 代金引換で受け取る金額
slip-units = 数量
slip-sku = 品番
slip-item = 品名
slip-packed = 梱包
slip-sent-by = 配送

## ページ

page-language-name = 日本語
page-languages = 言語
page-api = API ドキュメント
page-contract = OpenAPI 文書
page-problems = 問題コード一覧
page-health = 稼働状況
page-version = バージョン
page-tagline = ショップのための注文管理。お客様は注文でき、間違えてもやり直せます。スタッフは注文の始めから終わりまでを扱えます。
page-running = バージョン { $version } · { $mode }
page-ready = 準備完了
page-not-ready = 準備ができていません – { $why }
page-demo = デモデータが読み込まれています。自由に試せる小さなショップです。本物の注文は保存しないでください。
page-demo-customer = お客様：{ $email }、パスワード：{ $password }
page-demo-staff = スタッフ：{ $email }、パスワード：{ $password }
page-first-order = 最初の注文
page-in-browser = ブラウザーで：操作を開き、ページの上部でログインして「Execute」を押してください。
page-place-order = 注文する
page-in-terminal = ターミナルで、一行ずつ順に実行してください：
page-step-login = ログインして、トークンを控えます。
page-step-choose = 販売中の商品を探します。
page-step-order = 注文します。同じキーをもう一度送っても同じ注文が返り、二重に注文されることはありません。
page-step-see = 注文と、いまできる操作を確認します。
page-status = ステータス
page-code = コード
page-meaning = 意味
page-happened = 何が起きたか
page-what-to-do = 対処方法
page-example = 応答の例
page-operations = このステータスを返すことがある操作
page-all-problems = すべての問題コード
