"""Staff: logs in, lists what waits, confirms one order, previews and runs a batch for others, and takes the batch back."""

import os
from time import sleep

from api import check, everybody, new_key, ok, somebody
from ordervault_client.api.staff_auth import login_staff
from ordervault_client.api.staff_batches import get_batch, run_batch, undo_batch
from ordervault_client.api.staff_orders import confirm_order, get_staff_order, list_staff_orders
from ordervault_client.models import (
    Batch,
    BatchPreview,
    KnownBatchAction,
    KnownOrderStatus,
    ListOfOrderSummary,
    ListStaffOrdersSort,
    Login,
    Order,
    RunBatch,
    Tokens,
)

# The owner of the demo shop, unless the environment names somebody else.
email = os.environ.get("ORDERVAULT_EMAIL", "owner@example.com")
password = os.environ.get("ORDERVAULT_PASSWORD", "correct horse battery staple")
tokens = ok(Tokens, login_staff.sync_detailed(client=everybody, body=Login(email, password)))
staff = somebody(tokens.access_token)
print(f"ok  {email} is logged in")

waiting = ok(
    ListOfOrderSummary,
    list_staff_orders.sync_detailed(
        client=staff, status=[KnownOrderStatus.PENDING_REVIEW], sort=ListStaffOrdersSort("-total"), limit=4
    ),
).items
first, *others = waiting
check(len(others) > 0, f"{len(waiting)} orders wait, the dearest is {first.number}")
amounts = [order.total.amount for order in waiting]
check(amounts == sorted(amounts, reverse=True), "they come by amount")

etag = get_staff_order.sync_detailed(first.id, client=staff).headers["ETag"]
confirmed = ok(
    Order, confirm_order.sync_detailed(first.id, client=staff, if_match=etag, idempotency_key=new_key())
)
check(confirmed.status == KnownOrderStatus.CONFIRMED, f"confirmed: {confirmed.number}")


def finished(id: str) -> Batch:
    """The batch, once every order has had its turn."""
    while True:
        batch = ok(Batch, get_batch.sync_detailed(id, client=staff))
        if batch.finished_at:
            return batch
        sleep(0.1)


# A preview says what a batch would be about; its digest makes sure that it is still that.
wanted = RunBatch(KnownBatchAction.CONFIRM, ids=[order.id for order in others])
preview = ok(BatchPreview, run_batch.sync_detailed(client=staff, body=wanted, preview=True))
check(preview.count == len(others), f"a batch would confirm {preview.count} orders")
wanted.digest = preview.digest
batch = ok(Batch, run_batch.sync_detailed(client=staff, body=wanted, idempotency_key=new_key()))
done = finished(batch.id)
check(done.succeeded == len(others), f"{done.succeeded} orders are confirmed")

undoing = ok(Batch, undo_batch.sync_detailed(batch.id, client=staff, idempotency_key=new_key()))
undone = finished(undoing.id)
check(undone.undoes == batch.id and undone.succeeded == len(others), f"{undone.succeeded} wait again")
