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
