// A customer: registers, orders, is told of a duplicate and means it, amends, cancels, and finds the order by its number.

import { randomUUID } from "node:crypto";
import { api, check, newKey, ok, refused, version, type Schemas } from "./api.ts";

const everybody = api();

const account = { email: `${randomUUID()}@example.com`, password: randomUUID() };
await ok(everybody.POST("/v1/auth/register", { body: { ...account, name: "Ada" } }));
const { data: tokens } = await ok(everybody.POST("/v1/auth/login", { body: account }));
const customer = api(tokens.access_token);
console.log(`ok  ${account.email} is logged in`);

const { data: products } = await ok(everybody.GET("/v1/products"));
const product = products.items.find(({ available }) => available >= 3);
check(product !== undefined, `there is something to buy: ${product?.title}`);

// The same key with the same body is the same order, however often it is sent.
const phone = "+886912000111";
const body: Schemas["PlaceOrder"] = {
  store_id: product.store_id,
  lines: [{ product_id: product.id, quantity: 1 }],
  contact: { name: "Ada", phone },
};
const key = { header: newKey() };
const { data: first } = await ok(customer.POST("/v1/orders", { params: key, body }));
const again = await ok(customer.POST("/v1/orders", { params: key, body }));
check(again.data.id === first.id, `sent twice, ordered once: ${first.number}`);
check(again.response.headers.get("Idempotent-Replayed") === "true", "the second answer says that it is the first");

// Another key is another order, and the shop asks. Each way out comes as data.
const duplicate = await refused(
  customer.POST("/v1/orders", { params: { header: newKey() }, body }),
  "duplicate-order",
);
check(duplicate.earlier_orders?.[0]?.id === first.id, `asked about ${first.number}: ${duplicate.detail}`);
for (const { code, detail } of duplicate.remedies ?? []) console.log(`    ${code}: ${detail}`);
const meant = duplicate.remedies?.find((remedy) => remedy.code === "place_anyway")?.not_duplicate_of;
check(meant !== undefined, "one way out is to mean it");
const { data: second } = await ok(
  customer.POST("/v1/orders", { params: { header: newKey() }, body: { ...body, not_duplicate_of: meant } }),
);
check(second.id !== first.id, `placed all the same: ${second.number}`);

// Look at what it would cost, then change it. If-Match: nobody else has changed it in between.
const path = { id: first.id };
const { data: order, response } = await ok(customer.GET("/v1/orders/{id}", { params: { path } }));
const change: Schemas["AmendOrder"] = { lines: [{ product_id: product.id, quantity: 2 }] };
const header = { ...version(response), ...newKey() };
const amend = "/v1/orders/{id}/amendments";
const preview = await ok(customer.POST(amend, { params: { path, header, query: { preview: true } }, body: change }));
const amended = await ok(
  customer.POST(amend, { params: { path, header }, body: { ...change, expected_total: preview.data.total } }),
);
check(amended.data.version === order.version + 1, `amended: ${first.number} has version ${amended.data.version}`);
check(amended.data.total.amount === preview.data.total.amount, "it costs what the preview said");

// `actions` says what may be done now, and until when.
const cancellation = second.actions.find(({ action }) => action === "cancel");
check(cancellation?.allowed === true, `${second.number} may be cancelled until ${cancellation?.until ?? "it is sent"}`);
const { data: cancelled } = await ok(
  customer.POST("/v1/orders/{id}/cancel", {
    params: { path: { id: second.id }, header: newKey() },
    body: { reason: "customer", comment: "ordered twice" },
  }),
);
check(cancelled.status === "cancelled", `cancelled: ${second.number}`);

// Whoever knows number and contact needs no account.
const { data: found } = await ok(everybody.POST("/v1/order-lookups", { body: { number: first.number, phone } }));
const guest = api(found.access_token);
const { data: seen } = await ok(guest.GET("/v1/orders/{id}", { params: { path } }));
check(seen.lines[0]?.quantity === 2, `found by its number: ${seen.number}`);
