// The packing slip: as a browser shows it by itself, and as a front end shows and prints it from what it has fetched.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PHONE, excess, keepPicture, url, visit } from "./browser.js";

/** What a page of A4 is wide, CSS pixels. */
const A4 = { width: 794, height: 1123 };

async function ask(path, { token, ...options } = {}) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(new URL(path, url), { headers, ...options });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

const post = (path, body, token) => ask(path, { method: "POST", body: JSON.stringify(body), token });

/** A fulfillment of an order of the demo shop, packed: the path of its slip, and who may see it. */
async function packed() {
  const account = { email: "owner@example.com", password: "correct horse battery staple" };
  const { access_token: token } = await post("/v1/staff/auth/login", account);
  const { items } = await ask("/v1/staff/orders?status=confirmed&limit=1", { token });
  const fulfillments = `/v1/staff/orders/${items[0].id}/fulfillments`;
  const order = await post(fulfillments, {}, token);
  const { no } = order.fulfillments.at(-1);
  await post(`${fulfillments}/${no}/pack`, { carrier: "<b>黑貓</b>" }, token);
  return { token, order, path: `${fulfillments}/${no}/packing-slip.html` };
}

test("a packing slip is read on a phone, and fits the paper", async () => {
  const { token, order, path } = await packed();
  const headers = { Authorization: `Bearer ${token}` };
  const { page, errors, leave } = await visit(path, { locale: "zh-TW", viewport: PHONE, extraHTTPHeaders: headers });
  assert.equal(await excess(page), 0);
  const rows = page.locator("tbody tr");
  assert.equal(await rows.count(), order.lines.length);
  assert.ok((await rows.first().innerText()).includes(order.lines[0].title));
  assert.equal(await page.locator("b").count(), 0);
  assert.equal(await page.locator(".box").first().evaluate((box) => getComputedStyle(box, "::before").content), '"☐"');

  await page.setViewportSize(A4);
  await page.emulateMedia({ media: "print" });
  assert.equal(await excess(page), 0);
  await keepPicture(page, "packing-slip-a4");
  assert.ok((await page.pdf({ format: "A4" })).length > 1_000);

  // A front end has no address that a browser could open: it shows what it has fetched.
  const html = await (await fetch(new URL(path, url), { headers })).text();
  await page.goto("about:blank");
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    page.evaluate((slip) => window.open(URL.createObjectURL(new Blob([slip], { type: "text/html" }))), html),
  ]);
  assert.ok((await popup.locator("h1").innerText()).includes(order.number));
  assert.equal(await popup.locator("body").evaluate((body) => getComputedStyle(body).maxWidth), "704px");
  assert.deepEqual(errors, []);
  await leave();
});
