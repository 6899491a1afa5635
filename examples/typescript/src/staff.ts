// Staff: logs in, lists what waits, confirms one order, previews and runs a batch for others, and takes the batch back.

import { setTimeout } from "node:timers/promises";
import { api, check, newKey, ok, version, type Schemas } from "./api.ts";

/** The owner of the demo shop, unless the environment names somebody else. */
const member = {
  email: process.env["ORDERVAULT_EMAIL"] ?? "owner@example.com",
  password: process.env["ORDERVAULT_PASSWORD"] ?? "correct horse battery staple",
};
const { data: tokens } = await ok(api().POST("/v1/staff/auth/login", { body: member }));
const staff = api(tokens.access_token);
console.log(`ok  ${member.email} is logged in`);

const { data: waiting } = await ok(
  staff.GET("/v1/staff/orders", { params: { query: { status: ["pending_review"], sort: "-total", limit: 4 } } }),
);
const [first, ...others] = waiting.items;
check(first !== undefined && others.length > 0, `${waiting.items.length} orders wait, the dearest is ${first?.number}`);
const amounts = waiting.items.map((order) => order.total.amount);
check(amounts.every((amount, i) => i === 0 || amount <= (amounts[i - 1] ?? 0)), "they come by amount");

const path = { id: first.id };
const { response } = await ok(staff.GET("/v1/staff/orders/{id}", { params: { path } }));
const { data: confirmed } = await ok(
  staff.POST("/v1/staff/orders/{id}/confirm", { params: { path, header: { ...version(response), ...newKey() } } }),
);
check(confirmed.status === "confirmed", `confirmed: ${confirmed.number}`);

// A preview says what a batch would be about; its digest makes sure that it is still that.
const wanted: Schemas["RunBatch"] = { action: "confirm", ids: others.map((order) => order.id) };
const { data: preview } = await ok(
  staff.POST("/v1/staff/batches", { params: { query: { preview: true } }, body: wanted }),
);
check("digest" in preview && preview.count === others.length, `a batch would confirm ${others.length} orders`);
const { data: batch } = await ok(
  staff.POST("/v1/staff/batches", {
    params: { header: newKey() },
    body: { ...wanted, digest: preview.digest },
  }),
);
check("id" in batch, "the batch is accepted");
const done = await finished(batch.id);
check(done.succeeded === others.length, `${done.succeeded} orders are confirmed`);

const { data: undoing } = await ok(
  staff.POST("/v1/staff/batches/{id}/undo", { params: { path: { id: batch.id }, header: newKey() } }),
);
const undone = await finished(undoing.id);
check(undone.undoes === batch.id && undone.succeeded === others.length, `${undone.succeeded} wait again`);

/** The batch, once every order has had its turn. */
async function finished(id: string): Promise<Schemas["Batch"]> {
  for (;;) {
    const { data } = await ok(staff.GET("/v1/staff/batches/{id}", { params: { path: { id } } }));
    if (data.finished_at !== undefined) return data;
    await setTimeout(100);
  }
}
