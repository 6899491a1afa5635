# Texts that people read. One file a language, named by its tag; a new language is a new file here, with every message of
# this one and the same variables in each. See https://projectfluent.org/fluent/guide.

## E-mails

mail-password-reset-subject = Choose a new password
mail-password-reset-body =
    Hello,

    somebody, probably you, has asked for a new password for your account. Open this link to choose one:

    { $link }

    Or enter this code: { $code }

    Link and code are good once, for { $hours ->
        [one] an hour
       *[other] { $hours } hours
    }. If it was not you, leave this mail alone: your password stays
    as it is.

mail-email-verification-subject = Confirm your e-mail address
mail-email-verification-body =
    Hello,

    open this link to confirm that this is the e-mail address of your account:

    { $link }

    Or enter this code: { $code }

    Link and code are good once, for { $hours ->
        [one] an hour
       *[other] { $hours } hours
    }. If you have no account with us, leave this mail alone.

mail-account-exists-subject = You have an account already
mail-account-exists-body =
    Hello,

    somebody, probably you, has tried to open an account with this e-mail address. It has one already, and nothing was
    changed. Log in with your password, or ask for a new one if you have forgotten it.

mail-order-placed-subject = Your order { $number }
mail-order-placed-body =
    Hello,

    thank you for your order { $number } of { $date } at { $store }. It comes to { $total }:

    { $lines }

    We tell you as soon as it is confirmed.

mail-order-confirmed-subject = Your order { $number } is confirmed
mail-order-confirmed-body =
    Hello,

    { $store } has confirmed your order { $number }.

mail-order-completed-subject = Your order { $number } is complete
mail-order-completed-body =
    Hello,

    your order { $number } at { $store } has left the house. Enjoy it!

mail-order-cancelled-subject = Your order { $number } is cancelled
mail-order-cancelled-body =
    Hello,

    your order { $number } at { $store } was cancelled.

mail-order-linked-subject = Your order { $number } is in an account now
mail-order-linked-body =
    Hello,

    your order { $number } at { $store } was taken into a customer account, where it can be seen and changed.
    If that was not you, tell the shop: it can take it out again.

mail-order-unlinked-subject = Your order { $number } is in no account any more
mail-order-unlinked-body =
    Hello,

    your order { $number } at { $store } was taken out of the customer account in which it was. Its number and your
    contact still find it.

mail-order-contact-changed-subject = The contact of your order { $number } has changed
mail-order-contact-changed-body =
    Hello,

    the contact of your order { $number } at { $store } was changed. If that was not you, tell the shop.
