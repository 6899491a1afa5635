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

mail-account-email-changed-subject = The address of your account has changed
mail-account-email-changed-body =
    Hello,

    your account has another e-mail address from now on, and this is the last mail to this one. If that was not you, tell the
    shop: your account can be kept for you.

mail-account-deletion-requested-subject = Your account is going to be deleted
mail-account-deletion-requested-body =
    Hello,

    you have asked for your account to be deleted. On { $date } (UTC) it is, with all that it says about you.

    If you have changed your mind, or if it was not you, log in before that day and keep the account; if it was not you, choose
    another password as well.

mail-account-deletion-taken-back-subject = Your account is kept
mail-account-deletion-taken-back-body =
    Hello,

    your account is not going to be deleted: somebody, probably you, has logged in and taken that back.

mail-account-erased-subject = Your account is deleted
mail-account-erased-body =
    Hello,

    as you asked, your account is deleted. We do not know your name, address and password any more, and you get no
    more mail about it. Who bought is kept with orders for as long as the law asks of the shop, and deleted then.

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

## Problems: title, what happened, what to do

problem-malformed-request = The request cannot be read
    .detail = the body is not well-formed JSON in UTF-8
    .what-to-do = Send one JSON object in UTF-8 without trailing commas, lone surrogates or a cut-off end.
problem-invalid-parameter = A parameter is not valid
    .detail = a query parameter or header has an unknown name or a value that is not accepted
    .what-to-do = The errors list names the parameter and what is wrong with it; the API description lists every parameter with its limits.
problem-idempotency-key-missing = An Idempotency-Key is required
    .detail = this operation must be safe to repeat and came without an Idempotency-Key header
    .what-to-do = Make a new random key per intended change, send it as Idempotency-Key, and send the same key again when you retry.
problem-idempotency-key-invalid = The Idempotency-Key is not valid
    .detail = the Idempotency-Key is empty, too short, too long, sent twice or has characters outside printable ASCII
    .what-to-do = Use 1 to 255 printable ASCII characters, without an account at least 16, for example a UUID, bare or in double quotes.
problem-token-missing = Log in first
    .detail = this takes an access token, and none came with the request
    .what-to-do = Log in and send the token as Authorization: Bearer.
problem-token-expired = The access token has expired
    .detail = the access token was good once, and its time is over
    .what-to-do = Exchange the refresh token for the next one, or log in again, and repeat the request unchanged.
problem-token-invalid = The token is not valid
    .detail = the token cannot be read, is not one of this server, or its session has ended
    .what-to-do = Log in again and send the new token as Authorization: Bearer.
problem-invalid-credentials = E-mail address or password is wrong
    .detail = this combination of e-mail address and password opens no account
    .what-to-do = Check both and try again; after several failures the account pauses for a while.
problem-token-reused = The refresh token was used before
    .detail = a refresh token opens a session once; this one was already exchanged, so the session was ended
    .what-to-do = Log in again. If you did not send the token twice, change the password: somebody else may hold a copy.
problem-forbidden = Not allowed
    .detail = you are known, but this operation is not among your rights
    .what-to-do = Ask an owner of the shop for the right, or use an account of the other kind (customer or staff).
problem-password-change-required = Choose a password of your own first
    .detail = somebody else set your password, and you have not replaced it yet
    .what-to-do = Send the current and a new password to POST /v1/staff/me/password, then go on.
problem-not-found = Not found
    .detail = there is nothing here that you can see
    .what-to-do = Check the address and the number; things of others look exactly like things that do not exist.
problem-order-number-mistyped = The order number is mistyped
    .detail = the order number's check symbol does not fit, so one symbol is wrong or two are swapped
    .what-to-do = Compare the number with the confirmation symbol by symbol; upper and lower case do not matter.
problem-method-not-allowed = Method not allowed
    .detail = this address exists, but does not take this method
    .what-to-do = Use one of the methods in the Allow header.
problem-not-acceptable = No such format
    .detail = the Accept header leaves no format that this server can send
    .what-to-do = Accept application/json, or leave the header out.
problem-request-timeout = The request came too slowly
    .detail = the body did not arrive in time; nothing was changed
    .what-to-do = Send the request again over a better connection.
problem-state-conflict = Not possible in this state
    .detail = the thing is in a state that does not allow this
    .what-to-do = Read it again: current_status says where it stands and actions lists what you may do now.
problem-too-many-changes = Changed too often
    .detail = you have changed this order so often that it takes no more changes from you
    .what-to-do = You can still cancel it; for any other change ask the shop, whose staff can still make it.
problem-insufficient-stock = Not enough in stock
    .detail = at least one product has fewer pieces left than asked for
    .what-to-do = The errors list names the lines; order fewer pieces or leave the line out.
problem-price-changed = The price has changed
    .detail = it costs something else than was expected; nothing was changed
    .what-to-do = Look at total, which is what it costs now, and send the request again with it as expected_total.
problem-discount-above-limit = The discount is above your limit
    .detail = the discounts of the order would be more than you may give
    .what-to-do = Give a smaller discount, or ask somebody who may give any.
problem-payment-rule-not-met = It has to be paid first
    .detail = the order is to be paid before its execution starts, and is not
    .what-to-do = Write the payment down, or wait for it; balance_due is what is missing.
problem-balance-not-settled = Money is still open
    .detail = something is owed, or is being paid back
    .what-to-do = Write payments down, pay back what is too much and say so, or let go of the difference.
problem-total-below-credits = Less than was given back
    .detail = the order would cost less than was given back, or let go of, already
    .what-to-do = Leave it at that at least.
problem-money-kept = Money is here for the order
    .detail = something was paid for the order and not paid back
    .what-to-do = Pay it back first, and say when that is done.
problem-nothing-refundable = Nothing can be paid back
    .detail = nothing was paid that is not owed, or it is on its way back already
    .what-to-do = Look at refund-proposal; say with credit what is given though it is owed.
problem-refund-exceeds-payment = More than can be paid back
    .detail = this is more than was paid, or than is not owed; nothing was changed
    .what-to-do = Look at refund-proposal, and ask for that at most; say with credit what is given though it is owed.
problem-refund-above-limit = The refund is above your limit
    .detail = this is more than you may have paid back
    .what-to-do = Ask somebody who may have any money paid back.
problem-write-off-exceeds-balance = More than the difference
    .detail = this is more than the difference between what is owed and what was paid
    .what-to-do = Look at balance_due, and let go of that at most.
problem-units-not-open = Not so many units are open
    .detail = the order has fewer open units than asked for: others are called off, in fulfillments, or have left
    .what-to-do = The errors list says how many of each line are open; ask for these, or cancel a fulfillment that has not left.
problem-units-out = Units are in parcels, or have left
    .detail = units of the order are in fulfillments, or have left the house
    .what-to-do = Cancel fulfillments that have not left; what is still open can be cancelled by itself.
problem-units-undelivered = Not everything has arrived
    .detail = the order sends parcels, and units of it have not arrived
    .what-to-do = Ship what is open or cancel it, note which fulfillments have arrived, and complete the order then.
problem-units-moved = Units are called off already
    .detail = units of the order are called off, so its lines and prices stay as they are
    .what-to-do = Cancel further units by themselves, or cancel the order and place another one.
problem-duplicate = Exists already
    .detail = something with this name, address or code exists already
    .what-to-do = Use the existing one, if you can see it, or choose another value.
problem-duplicate-order = Looks like an order placed before
    .detail = an order with the same content was placed a short while ago
    .what-to-do = Look at the earlier order; to order the same again on purpose, confirm that in the request.
problem-stock-reserved = Stock is promised to orders
    .detail = the change would leave fewer pieces than are reserved for open orders
    .what-to-do = Reduce by less, or cancel or amend orders first.
problem-currency-fixed = The currency is fixed
    .detail = a store's currency cannot change once it has products or orders, whose prices are in it
    .what-to-do = Open another store for the other currency.
problem-in-another-account = In another account
    .detail = the order is in the account of another customer
    .what-to-do = Use that account; if it is the wrong one, the shop can take the order out of it.
problem-open-orders = Orders are open
    .detail = orders of this account are still to be done, so it was not deleted
    .what-to-do = Look at open_orders: wait for them, cancel them, or say with despite_open_orders that the shop shall go on with them.
problem-last-owner = The last owner stays
    .detail = without this member nobody could manage the shop any more
    .what-to-do = Make somebody else an owner first.
problem-own-account = Not on your own account
    .detail = nobody deactivates their own account or resets their own password
    .what-to-do = Ask another member with the right to do it; change your password with POST /v1/staff/me/password.
problem-preview-outdated = The preview is out of date
    .detail = what was previewed is not what would be done now
    .what-to-do = The errors list names orders that joined, left or changed; ask for the preview again, look at it, and send its digest.
problem-mail-not-configured = This shop sends no mail
    .detail = this takes mail, and the shop's server is not configured to send any
    .what-to-do = Ask the shop: its staff can give you a one-time code for a new password.
problem-code-not-good = The link or code is no longer good
    .detail = it was used before, has expired, was replaced by a newer one, or belongs to no account any more
    .what-to-do = Ask for a new one, and use the newest that you got.
problem-list-outdated = The list has begun anew
    .detail = the shop was restored from a backup or repaired since this page was read
    .what-to-do = Start the list anew, without a cursor.
problem-precondition-failed = It has changed in the meantime
    .detail = the version in If-Match is no longer the current one
    .what-to-do = Read it again, look at what changed, and repeat the change with the new ETag.
problem-payload-too-large = The body is too large
    .detail = the body is larger than this operation takes
    .what-to-do = Send less at a time; the API description names the limit.
problem-uri-too-long = The address is too long
    .detail = path and query together are longer than 8 KiB
    .what-to-do = Use fewer or shorter filters.
problem-unsupported-media-type = Not a format for this operation
    .detail = the body is not declared as JSON, or is compressed
    .what-to-do = Send Content-Type: application/json (a PATCH also takes application/merge-patch+json) without Content-Encoding.
problem-export-too-large = Too much for one export
    .detail = the list takes longer than ten seconds to read, or is larger than 512 MiB
    .what-to-do = Narrow the filters, for example by placed_after and placed_before, and export part by part.
problem-validation-failed = The content is not valid
    .detail = at least one field is not accepted; nothing was changed
    .what-to-do = The errors list points at each field and says what is wrong with it.
problem-idempotency-key-reused = The Idempotency-Key belongs to another request
    .detail = this Idempotency-Key was used before with another operation or body
    .what-to-do = Use a new key for a new change; repeat the old request unchanged to get its answer again.
problem-precondition-required = If-Match is required
    .detail = this change needs the version it is based on
    .what-to-do = Read the thing first and send its ETag as If-Match, so that nobody's change is lost.
problem-rate-limited = Too many requests
    .detail = you have asked too often in a short time
    .what-to-do = Wait as long as Retry-After says.
problem-internal-error = Something went wrong here
    .detail = an error on our side; it has been logged under this request id
    .what-to-do = Try again with the same Idempotency-Key; if it stays, send the request id to whoever runs this server.
problem-overloaded = Too busy right now
    .detail = more work is waiting than can be done in time; nothing was changed
    .what-to-do = Wait as long as Retry-After says and try again.
problem-not-executed = Not carried out
    .detail = the request was not taken up in time and certainly changed nothing
    .what-to-do = Send it again, with the same Idempotency-Key.
problem-outcome-unknown = It is not known whether it was carried out
    .detail = no answer came in time from what stores the change; it may or may not exist
    .what-to-do = Send the same request with the same Idempotency-Key again: it is carried out at most once.
problem-storage-unavailable = Storage is not available
    .detail = the database cannot be written or read right now; nothing was acknowledged
    .what-to-do = Try again in a while; whoever runs this server finds the reason in the log.
problem-not-ready = Not ready
    .detail = the server is starting, stopping or lacks something it needs
    .what-to-do = Wait; the errors list names the failing checks.

## What is wrong with one field or parameter: the message of its code, or one that says more

rule-amount-or-rate = give either an amount or a rate
rule-amount-out-of-range = the amount is outside the allowed range
rule-blank = this must not be empty or only white space
rule-blocklisted = this password is too well known
rule-broken-history = the hashes, personal values or events of the history do not fit together
rule-changed = this has changed since the version in If-Match
rule-contradiction = this does not go together with another field
rule-duplicate = this value is taken
rule-duplicate-field = this field appears twice
rule-failed = this check failed
rule-forbidden-character = this contains a character that is not allowed
rule-insufficient-stock = fewer pieces are left than asked for
rule-invalid = this value is not accepted
rule-invalid-email = this is not an e-mail address: write one like maria@example.com
rule-invalid-id = this is not an id of this kind
rule-invalid-key = use 1 to 255 printable ASCII characters, without an account at least 16, for example a UUID, bare or in double quotes
rule-invalid-order-number = this is not an order number: it has 14 symbols, like 0P65-4D22-1QSQ-5F
rule-invalid-phone = this is not a phone number: 3 to 20 digits, with anything but letters between them
rule-invalid-time = this is not a time: write RFC 3339 with an offset, from 1970 to 9999, like 2026-01-31T08:05:09Z or 2026-01-31T16:05:09+08:00; in an address, the plus sign is written %2B
rule-joined = this order has joined since the preview
rule-later-than-now = this is later than now
rule-later-than-to = this is later than `to`
rule-left = this order has left since the preview
rule-looks-like = an order like this was placed a moment ago
rule-malformed = this cannot be read
rule-missing = this is required
rule-mistyped = the check symbol does not fit: one symbol is wrong or two are swapped
rule-no-moment = give the number of a version, from 1, or a time like 2026-01-05T08:30:00Z (RFC 3339)
rule-no-number = give an order number, or at least its first or last 4 symbols
rule-not-a-code = a short name of the letters a–z, digits, - and _, at most 32
rule-not-a-name = not a name that people can read
rule-not-a-rate = a rate is from 0 to 100000 thousandths of a percent
rule-not-ascending = each has to be greater than the one before
rule-not-sold = this product is not sold any more: the order keeps the pieces that it has
rule-not-https = this is not an address that begins with https://
rule-nothing-to-adjust = this would change nothing of the price
rule-other-currency = the prices are in another currency
rule-other-product = the line of this number is one of another product
rule-out-of-range = this number is outside the allowed range
rule-price-changed = it costs something else now
rule-repeated-parameter = this parameter may be given once; separate several values by commas
rule-standard-class-missing = there has to be a class called standard
rule-stopping = the server is stopping
rule-too-few = this list has too few entries
rule-too-heavy = the goods are too heavy to be sent in this way
rule-too-long = this text is too long
rule-too-many = this list has too many entries
rule-too-short = this text is too short
rule-unchanged = this is what it was before
rule-units-differ = these are not the units that had left
rule-units-not-open = not so many units are open
rule-unknown-country = this is not the upper-case ISO 3166-1 alpha-2 code of a country, like TW
rule-unknown-currency = this is not the upper-case ISO 4217 code of a currency in use, like EUR
rule-unknown-cursor = this is not a cursor of this list with these filters in this order; start again without one
rule-unknown-customer = there is no such customer
rule-unknown-field = there is no such field
rule-unknown-language = there are no texts in this language
rule-unknown-line = the order has no line of this number
rule-unknown-order = this is not the id or number of an order
rule-unknown-parameter = there is no such parameter
rule-unknown-payment = the order has no payment of this number
rule-unknown-payment-rule = the store is not paid in such a way
rule-unknown-product = there is no such product in this store
rule-unknown-shipping = the store does not send in such a way
rule-unknown-store = there is no such store
rule-unknown-tax-class = the store has no such tax class
rule-unknown-time-zone = this is not the name of an IANA time zone, like Europe/Berlin
rule-unknown-value = this is not one of the possible values
rule-wrong-exponent = the currency has another number of decimal places
rule-wrong-password = this is not the password that is good now
rule-wrong-type = this has the wrong type

limit-characters-least = at least { $limit ->
    [one] 1 character
   *[other] { $limit } characters
}
limit-characters-most = at most { $limit ->
    [one] 1 character
   *[other] { $limit } characters
}
limit-characters-exactly = exactly { $limit ->
    [one] 1 character
   *[other] { $limit } characters
}
limit-entries-least = at least { $limit ->
    [one] 1 entry
   *[other] { $limit } entries
}
limit-entries-most = at most { $limit ->
    [one] 1 entry
   *[other] { $limit } entries
}
limit-entries-exactly = exactly { $limit ->
    [one] 1 entry
   *[other] { $limit } entries
}
limit-range = from { $least } to { $most }
limit-least = at least { $least }
limit-most = at most { $most }

expected-boolean = expected true or false
expected-id = this is not an id of this kind: it begins with { $prefix } and has 14 letters and digits behind it
expected-list = expected a list
expected-number = expected a number
expected-object = expected an object
expected-one-member = expected an object with exactly one member
expected-string = expected a string
expected-unsigned = expected a whole number, zero or more
expected-whole-number = expected a whole number

check-failed = this check failed: { $why }
entry-blank = an entry of the list is empty
etag-unreadable = expected one ETag in double quotes, or *
character-forbidden = this contains the character { $character }, which is not allowed here
character-control = this contains the invisible character { $character }, which is not allowed here
field-nearest = there is no such field; did you mean { $nearest }?
field-known = there is no such field; known are: { $names }
field-none = there is no such field; this takes none
languages-known = there are texts in { $languages }
nothing-to-change = say what shall change: { $members }
order-changed = order { $number } has changed since the preview
order-joined = order { $number } has joined since the preview
order-left = order { $number } has left since the preview
order-like = order { $number } has the same products and was placed a moment ago
order-like-unnamed = an order has the same products and was placed a moment ago
page-unasked = this takes no page, so there is nothing that this could say
parameter-nearest = there is no such parameter; did you mean { $nearest }?
parameter-known = there is no such parameter; known are: { $names }
parameter-none = this operation takes no parameters
phone-digits = at least { $limit } digits of a phone number
value-known = this is not one of the possible values: use one of { $names }
value-nearest = this is not one of the possible values; did you mean { $nearest }? Use one of { $names }
name-nearest = this is not one of the possible values; did you mean { $nearest }?
batch-too-large = a batch has at most { $limit } orders; this finds more

## What happened this time, where a problem's code does not say it all

account-of-all-stores = an account is good in all stores: this takes a member who looks after all of them
address-unknown = there is nothing at this address
batch-not-finished = the batch is not finished; cancel it, or wait until it is
batch-has-no-opposite = prices are not corrected back for many orders at once; take the discount or fee away order by order
body-broken-off = the body broke off before its end
body-compressed = the body is compressed; send it as it is, without Content-Encoding
body-empty = the body is empty; send one JSON object
body-cut-off = the body ends before its JSON does (line { $line }, column { $column })
body-more = something follows after the JSON of the body (line { $line }, column { $column }); send one JSON object
body-not-json = the body is not well-formed JSON in UTF-8 (line { $line }, column { $column })
body-too-deep = the JSON of the body is nested too deeply
body-too-large = the body is larger than the { $limit } bytes this operation takes
body-type-missing = the request does not say what its body is; send Content-Type: application/json
body-type-other = the body is declared as something else; send Content-Type: application/json in UTF-8
body-type-patch = the body is declared as something else; send Content-Type: application/merge-patch+json or application/json in UTF-8
clock-behind = the server's clock is { $seconds } s behind the newest record; nothing was written. Set it right, or, if it was ahead before, run `ordervault clock repair`
contact-search-forbidden = searching by contact takes the permission { $permission }
customer-token = this is for staff; a customer token does not open it
etag-of-before = the version in If-Match is from before the shop was restored from a backup or repaired: read it again
export-running = another export of yours is not finished: read it to its end first
grant-only = a grant opens its one order and nothing else
guest-key-short = without an account, the Idempotency-Key has at least { $limit } characters, so that nobody guesses it: send a new UUID
in-trash = the order is in the trash, where nothing goes on
order-erased = nobody knows any more who ordered this: it can only be moved to the trash
preview-changed = since the preview { $joined } orders joined, { $left } left and { $changed } changed
preview-of-another-act = the preview with this digest was for another act
preview-unknown = you have no preview with this digest, or it is too old
problem-unknown = there is no such problem code; /problems lists all
requests-at-once = too many requests of this address are being answered right now
session-ended = this login has ended, or its account is not active any more
staff-token = this is for customers; a staff token does not open it
time-before = it did not exist at that time
trash-forbidden = the trash takes the permission { $permission }
version-unknown = there is no such version; there are versions 1 to { $versions }

## Why a rule of the shop said no

refusal-account-deactivated = the account is deactivated: activate it first
refusal-account-erased = the account was deleted, and nothing is known of the customer any more
refusal-balance-not-settled = { $open } is open
refusal-batch-completed = every order of the batch has had its turn
refusal-beyond-own-rights = nobody grants or changes rights beyond their own
refusal-currency-mismatch = the order is in { $currency }
refusal-cut-off-passed = this was possible until { $at }
refusal-delivery-time-out-of-range = parcels arrive after they left, and not in the future
refusal-discount-above-limit = you may give discounts of up to { $limit } % of the goods' price, all together
refusal-forbidden = this takes the permission { $permission }
refusal-fulfillment-conflict = the fulfillment is { $state }, which does not allow this
refusal-insufficient-stock = asked for { $requested }, available { $available }
refusal-line-named-twice = a line of the order is named once
refusal-line-of-another-product = the line of this number is one of another product
refusal-money-kept = { $kept } is here for the order
refusal-name-missing = give the name of the person who gets the order
refusal-no-lines = an order has at least one line
refusal-no-role = a member has at least one role
refusal-opening-stock-out-of-range = units in the house are from 0 to { $most }
refusal-payment-rule-not-met = { $open } is to be paid first
refusal-position-not-reached = no order of your stores has come so far
refusal-price-changed = it costs { $total } now
refusal-price-in-other-currency = prices are in { $currency }, not in { $expected }: it costs { $total }
refusal-price-out-of-range = a price is from 0 to { $most } minor units
refusal-quantity-out-of-range = a quantity is from 1 to { $most }
refusal-refund-above-limit = you may have up to { $limit } minor units paid back
refusal-refund-exceeds-payment = at most { $most } can be paid back so
refusal-state-conflict = the order is { $status }, which does not allow this
refusal-stock-above-limit = there are at most { $most } units of a product in the house
refusal-stock-below-reserved = the { $reserved } pieces that open orders reserve must stay in the house
refusal-too-many-adjustments = an order has at most { $most } discounts and fees
refusal-too-many-changes = an order is changed by its buyer up to version { $most }
refusal-too-many-fulfillments = an order has at most { $most } fulfillments
refusal-too-many-lines = an order has at most { $most } lines
refusal-too-many-payments = an order has at most { $most } payments
refusal-too-many-refunds = an order has at most { $most } refunds
refusal-total-below-credits = { $given } of it was given back already
refusal-too-many-parcels = a fulfillment has at most { $most } parcels
refusal-units-back-differ = tell of all units that had left (line: units): { $lines }
refusal-units-not-open = asked for { $asked } of line { $line }, of which { $open } are open
refusal-units-out = units are in parcels, or have left (line: units): { $lines }
refusal-units-undelivered = units have not arrived (line: units): { $lines }
refusal-unknown-adjustment = the order has no discount or fee of this number
refusal-unknown-customer = there is no customer with this id
refusal-unknown-fulfillment = the order has no fulfillment of this number
refusal-unknown-line = the order has no line of this number
refusal-unknown-refund = the order has no refund of this number
refusal-unreachable = give a phone number or an e-mail address
refusal-write-off-exceeds-balance = { $open } is open

## What a person can do

remedy-accept-total = look at the new total, and send the request again with it as expected_total if you agree
remedy-delete-anyway = send the request again with despite_open_orders: the shop goes on with these orders
remedy-amend = change the earlier order instead of placing another
remedy-approve = let them be cancelled; each can be reinstated afterwards
remedy-cancel = cancel the earlier order and place this one
remedy-log-in = log in, and send the request again with the new access token
remedy-look-up = look the earlier order up by its number, to change or cancel it instead of placing another
remedy-look-up-again = look the order up again by its number and contact, and send the request again with the new access token
remedy-open = look at the earlier order
remedy-place-anyway = send the same order with this `not_duplicate_of`
remedy-preview = ask for the preview again and send its digest
remedy-refresh = exchange the refresh token, and send the request again with the new access token
remedy-review = if the clock is wrong, put it right; if nobody was there, confirm the orders that are still wanted
remedy-undelete = take the order out of the trash first

## What people call statuses, reasons, sources, actions, events and roles

label-status-pending_review = waiting for review
label-status-confirmed = confirmed
label-status-processing = being processed
label-status-completed = completed
label-status-cancelled = cancelled
label-status-invalid = invalid
label-fulfillment-planned = planned
label-fulfillment-picked = picked
label-fulfillment-packed = packed
label-fulfillment-shipped = shipped
label-fulfillment-delivered = delivered
label-fulfillment-returning = coming back
label-fulfillment-taken_back = taken back
label-fulfillment-lost = lost
label-fulfillment-cancelled = cancelled
label-fulfillment_status-not_required = nothing to be sent
label-fulfillment_status-unfulfilled = nothing sent yet
label-fulfillment_status-partially_fulfilled = partly sent
label-fulfillment_status-fulfilled = sent
label-fulfillment_status-partially_delivered = partly delivered
label-fulfillment_status-delivered = delivered
label-reason-customer = customer's wish
label-reason-inventory = not available
label-reason-declined = payment declined
label-reason-fraud = suspected fraud
label-reason-staff = staff's mistake
label-reason-expired = waited too long
label-reason-duplicate = ordered twice
label-reason-other = another reason
label-reason-test = test order
label-reason-unreachable_contact = nobody can be reached
label-reason-bad_address = no such address
label-reason-price_error = wrong price
label-reason-unpaid = never paid
label-reason-mistake = done by mistake
label-reason-information = more is known now
label-reason-clock = the clock was wrong
label-reason-promotion = offer of the shop
label-reason-goodwill = kindness of the shop
label-reason-flaw = goods have a flaw
label-reason-handling = makes more work
label-reason-cancelled = called off
label-reason-returned = came back
label-reason-lost = lost on the way
label-reason-overpaid = paid too much
label-reason-refused = not accepted
label-reason-unclaimed = not fetched
label-reason-damaged = damaged on the way
label-reason-missing = not found
label-source-shop = by the customer
label-source-staff = by staff
label-source-import = imported
label-action-confirm = Confirm
label-action-reject = Reject
label-action-amend = Change
label-action-start = Start processing
label-action-complete = Complete
label-action-cancel = Cancel
label-action-invalidate = Mark as invalid
label-action-restore = Make valid again
label-action-unconfirm = Take the confirmation back
label-action-unstart = Take the start back
label-action-reopen = Reopen
label-action-reinstate = Reinstate
label-action-delete = Move to the trash
label-action-undelete = Take out of the trash
label-action-hide = Hide from the board
label-action-show = Show on the board
label-action-link = Take into an account
label-action-unlink = Take out of the account
label-action-adjust = Give a discount
label-action-remove_adjustment = Take a discount away
label-action-record_payment = Write a payment down
label-action-refund = Pay back
label-action-settle_refund = Say what became of a refund
label-action-write_off = Let go of a difference
label-action-plan = Plan a fulfillment
label-action-pick = Picked
label-action-pack = Packed
label-action-ship = Ship
label-action-track = Tell the tracking number
label-action-deliver = Delivered
label-action-fail = Not delivered
label-action-take_back = Take back
label-action-settle_loss = Send anew
label-action-correct_delivery = Not delivered after all
label-action-received = I have got it
label-action-cancel_fulfillment = Cancel the fulfillment
label-action-cancel_lines = Cancel units
label-event-created = created
label-event-edited = edited
label-event-activated = activated
label-event-deactivated = deactivated
label-event-stock_adjusted = stock adjusted
label-event-registered = registered
label-event-imported = imported
label-event-password_changed = password changed
label-event-password_reset = password reset
label-event-email_verified = e-mail address confirmed
label-event-code_handed_out = code handed out
label-event-deletion_requested = deletion asked for
label-event-deletion_taken_back = deletion taken back
label-event-erased = personal data erased
label-event-placed = placed
label-event-step_imported = step imported
label-event-confirmed = confirmed
label-event-adjusted = price adjusted
label-event-adjustment_removed = price adjustment removed
label-event-fulfillment_planned = fulfillment planned
label-event-fulfillment_stepped = fulfillment picked or packed
label-event-shipped = shipped
label-event-tracked = tracking number told
label-event-delivered = delivered
label-event-delivery_failed = not delivered
label-event-taken_back = taken back
label-event-loss_reshipped = to be sent anew
label-event-loss_credited = loss credited
label-event-delivery_corrected = delivery taken back
label-event-fulfillment_cancelled = fulfillment cancelled
label-event-lines_cancelled = units cancelled
label-event-rejected = rejected
label-event-amended = changed
label-event-started = processing started
label-event-completed = completed
label-event-cancelled = cancelled
label-event-invalidated = marked as invalid
label-event-restored = made valid again
label-event-unconfirmed = confirmation taken back
label-event-unstarted = start taken back
label-event-reopened = reopened
label-event-reinstated = reinstated
label-event-deleted = moved to the trash
label-event-undeleted = taken out of the trash
label-event-hidden = hidden from the board
label-event-shown = shown on the board
label-event-linked = taken into an account
label-event-unlinked = taken out of the account
label-event-breached = deadline missed
label-event-installed = shop set up
label-event-repaired = repaired
label-event-expiries_approved = expiries approved
label-event-clock_corrected = clock corrected
label-event-payment_opened = payment begun
label-event-transacted = money moved
label-event-credited = credited
label-event-refund_requested = refund requested
label-event-written_off = difference let go of
label-role-owner = owner
label-role-manager = manager
label-role-reviewer = reviewer
label-role-clerk = clerk
label-role-warehouse = warehouse
label-role-finance = finance
label-role-auditor = auditor

## Packing slips

slip-title = Packing slip
slip-ship-to = Ship to
slip-collect = To collect on delivery
slip-units = Units
slip-sku = SKU
slip-item = Item
slip-packed = Packed
slip-sent-by = Sent with

## Pages

page-language-name = English
page-languages = Languages
page-api = API documentation
page-contract = OpenAPI document
page-problems = Problem codes
page-health = Health
page-version = Version
page-tagline = Order management for shops: customers order and find a way out of every mistake, staff run the whole life of an order.
page-running = version { $version } · { $mode }
page-ready = ready
page-not-ready = not ready – { $why }
page-demo = Demo data is loaded: a small shop to play with. Do not keep real orders here.
page-demo-customer = Customer: { $email }, password: { $password }
page-demo-staff = Staff: { $email }, password: { $password }
page-first-order = Your first order
page-in-browser = In the browser: open the operation, log in at the top of the page, press “Execute”.
page-place-order = Place an order
page-in-terminal = In a terminal, one line after the other:
page-step-login = Log in and keep the token.
page-step-choose = Find something that is for sale.
page-step-order = Order it. Whoever sends the same key once more gets the same order, never a second one.
page-step-see = See the order, and what you may do with it now.
page-status = Status
page-code = Code
page-meaning = Meaning
page-happened = What happened
page-what-to-do = What to do
page-example = Example of an answer
page-operations = Operations that may answer with this status
page-all-problems = All problem codes
