// A page of another origin: ORIGIN_PORT is where the shop lets one come from, as 127.0.0.1 and under no other name.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { url, visit } from "./browser.js";

const port = Number(process.env.ORIGIN_PORT);
const elsewhere = createServer((_, answer) => {
  answer.setHeader("Content-Type", "text/html");
  answer.end("<!doctype html><title>A shop window</title>");
});
before(() => new Promise((listening) => elsewhere.listen(port, "127.0.0.1", listening)));
after(() => elsewhere.close());

/** What the page gets: an order's status with its ETag, the number of orders on the board; or what the browser keeps from it. */
function orderAndLook(api) {
  const post = async (path, body, headers = {}) => {
    const head = { "Content-Type": "application/json", ...headers };
    return fetch(api + path, { method: "POST", headers: head, body: JSON.stringify(body) });
  };
  const order = async () => {
    const account = { email: "sakura@example.com", password: "correct horse battery" };
    const { access_token: token } = await (await post("/v1/auth/login", account)).json();
    const [product] = (await (await fetch(`${api}/v1/products?limit=1`)).json()).items;
    const headers = { Authorization: `Bearer ${token}`, "Idempotency-Key": `from-elsewhere-${Date.now()}` };
    const lines = [{ product_id: product.id, quantity: 1 }];
    const contact = { name: "田中 さくら", phone: "+81312345678" };
    const placed = await post("/v1/orders", { store_id: product.store_id, lines, contact }, headers);
    return [placed.status, placed.headers.get("ETag")];
  };
  const board = async () => (await (await fetch(`${api}/v1/board/orders`)).json()).items.length > 0;
  return Promise.all([order, board].map((look) => look().catch((error) => error.name)));
}

test("a page of an origin that is named orders and reads the board; any other reads the board alone", async () => {
  const named = await visit(`http://127.0.0.1:${port}/`);
  assert.deepEqual(await named.page.evaluate(orderAndLook, url), [[201, '"1"'], true]);
  assert.deepEqual(named.errors.filter((error) => !error.includes("favicon")), []);
  await named.leave();
  const other = await visit(`http://localhost:${port}/`);
  assert.deepEqual(await other.page.evaluate(orderAndLook, url), ["TypeError", true]);
  await other.leave();
});
