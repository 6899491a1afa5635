"""A customer: registers, orders, is told of a duplicate and means it, amends, cancels, and finds the order by its number."""

from uuid import uuid4

from api import check, everybody, new_key, ok, refused, somebody
from ordervault_client.api.auth import login_customer, register_customer
from ordervault_client.api.catalogue import list_products
from ordervault_client.api.orders import amend_order, cancel_order, get_order, look_up_order, place_order
from ordervault_client.models import (
    AmendedLine,
    AmendOrder,
    CancelOrder,
    Customer,
    NewMoney,
    FoundOrder,
    KnownProblemCode,
    LineRequest,
    ListOfProduct,
    Login,
    LookUpOrder,
    NewContact,
    Order,
    OrderAndToken,
    PlaceOrder,
    Register,
    Tokens,
)

email, password = f"{uuid4()}@example.com", str(uuid4())
ok(Customer, register_customer.sync_detailed(client=everybody, body=Register(email, password, name="Ada")))
tokens = ok(Tokens, login_customer.sync_detailed(client=everybody, body=Login(email, password)))
customer = somebody(tokens.access_token)
print(f"ok  {email} is logged in")

products = ok(ListOfProduct, list_products.sync_detailed(client=everybody))
product = next(product for product in products.items if product.available >= 3)
print(f"ok  there is something to buy: {product.title}")

# The same key with the same body is the same order, however often it is sent.
phone = "+886912000222"
body = PlaceOrder(product.store_id, [LineRequest(product.id, quantity=1)], NewContact("Ada", phone))
key = new_key()
first = ok(OrderAndToken, place_order.sync_detailed(client=customer, body=body, idempotency_key=key))
answer = place_order.sync_detailed(client=customer, body=body, idempotency_key=key)
check(ok(OrderAndToken, answer).id == first.id, f"sent twice, ordered once: {first.number}")
check(answer.headers.get("Idempotent-Replayed") == "true", "the second answer says that it is the first")

# Another key is another order, and the shop asks. Each way out comes as data.
duplicate = refused(
    KnownProblemCode.DUPLICATE_ORDER,
    place_order.sync_detailed(client=customer, body=body, idempotency_key=new_key()),
)
earlier = duplicate.earlier_orders or []
check([order.id for order in earlier] == [first.id], f"asked about {first.number}: {duplicate.detail}")
remedies = duplicate.remedies or []
for remedy in remedies:
    print(f"    {remedy.code}: {remedy.detail}")
body.not_duplicate_of = next(remedy.not_duplicate_of for remedy in remedies if remedy.code == "place_anyway")
second = ok(OrderAndToken, place_order.sync_detailed(client=customer, body=body, idempotency_key=new_key()))
check(second.id != first.id, f"placed all the same: {second.number}")

# Look at what it would cost, then change it. If-Match: nobody else has changed it in between.
read = get_order.sync_detailed(first.id, client=customer)
version = ok(Order, read).version
etag = read.headers["ETag"]
change = AmendOrder(lines=[AmendedLine(product.id, quantity=2)])
preview = ok(
    OrderAndToken,
    amend_order.sync_detailed(first.id, client=customer, body=change, if_match=etag, preview=True),
)
change.expected_total = NewMoney(preview.total.amount, preview.total.currency)
amended = ok(
    OrderAndToken,
    amend_order.sync_detailed(first.id, client=customer, body=change, if_match=etag, idempotency_key=new_key()),
)
check(amended.version == version + 1, f"amended: {first.number} has version {amended.version}")
check(amended.total.amount == preview.total.amount, "it costs what the preview said")

# `actions` says what may be done now, and until when.
cancellation = next(action for action in second.actions if action.action == "cancel")
check(cancellation.allowed, f"{second.number} may be cancelled until {cancellation.until or 'it is sent'}")
cancelled = ok(
    Order,
    cancel_order.sync_detailed(
        second.id, client=customer, body=CancelOrder(comment="ordered twice"), idempotency_key=new_key()
    ),
)
check(cancelled.status == "cancelled", f"cancelled: {second.number}")

# Whoever knows number and contact needs no account.
look_up = LookUpOrder(first.number, phone=phone)
found = ok(FoundOrder, look_up_order.sync_detailed(client=everybody, body=look_up))
seen = ok(Order, get_order.sync_detailed(first.id, client=somebody(found.access_token)))
check(seen.lines[0].quantity == 2, f"found by its number: {seen.number}")
