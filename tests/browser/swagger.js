// Swagger UI: "Execute" with the examples as they stand, logins that last, on a phone and in the dark.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PHONE, excess, keepPicture, visit } from "./browser.js";

const CUSTOMER = "ming@example.com";
const OWNER = "owner@example.com";

async function open(options) {
  const visitor = await visit("/docs/", options);
  await visitor.page.locator(".opblock").first().waitFor();
  return visitor;
}

/** With the account of the examples, which the form offers in the demo shop. */
async function logIn(page, realm, email) {
  const form = page.locator("#login");
  await form.getByLabel("Account").selectOption(realm);
  await form.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: `Log out ${email}` }).waitFor();
}

/** The block of an operation, opened, among those of its tag alone. */
async function opened(page, tag, operation) {
  await page.getByPlaceholder("Filter by tag").fill(tag);
  const block = page.locator(`[id$="-${operation}"].opblock`);
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Execute" }).waitFor();
  return block;
}

/** Executes an operation as it stands: the status that Swagger UI shows, and the key that was sent. */
async function execute(page, tag, operation) {
  const block = await opened(page, tag, operation);
  const method = (await block.locator(".opblock-summary-method").innerText()).toUpperCase();
  const isMeant = (request) => request.method() === method && request.resourceType() === "fetch";
  const sent = page.waitForRequest(isMeant);
  await block.getByRole("button", { name: "Execute" }).click();
  const key = (await sent).headers()["idempotency-key"];
  const status = await block.locator(".live-responses-table tbody .response-col_status").first().innerText();
  return { key, status: Number.parseInt(status, 10) };
}

test("a customer logs in once, and what is tried out as it stands succeeds", async () => {
  const { page, errors, leave } = await open();
  await logIn(page, "customer", CUSTOMER);
  assert.equal((await execute(page, "auth", "get_me")).status, 200);
  const orders = [await execute(page, "orders", "place_order"), await execute(page, "orders", "cancel_order")];
  assert.deepEqual(orders.map(({ status }) => status), [201, 200]);
  assert.equal(new Set(orders.map(({ key }) => key)).size, 2);
  assert.ok(orders.every(({ key }) => /^[0-9a-f]{32}$/.test(key)));
  // What only the shop gives out is asked of it.
  assert.equal((await execute(page, "board", "get_board_order")).status, 200);
  assert.equal((await execute(page, "auth", "refresh_customer")).status, 200);

  await page.reload();
  await page.getByRole("button", { name: `Log out ${CUSTOMER}` }).waitFor();
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, Object.keys(sessionStorage)]));
  assert.equal(kept, '[{},["customer"]]');
  // The page goes on with the new login, and ends the one before.
  assert.equal((await execute(page, "auth", "login_customer")).status, 200);
  assert.equal((await execute(page, "auth", "end_session")).status, 204);
  await page.getByRole("button", { name: `Log out ${CUSTOMER}` }).click();
  await page.reload();
  await page.locator(".opblock").first().waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.deepEqual(errors, []);
  await leave();
});

test("staff work on a phone in the dark, and nothing is wider than it", async () => {
  const { page, errors, leave } = await open({ viewport: PHONE, colorScheme: "dark" });
  await logIn(page, "staff", OWNER);
  await keepPicture(page, "swagger-375-dark");
  const block = await opened(page, "staff-orders", "get_staff_order");
  assert.equal(await block.getByPlaceholder("as_of").inputValue(), "", "an order is shown as it is");
  // A token that is about to run out is exchanged before it is sent.
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 9.5 * 60_000;
  });
  const exchanged = page.waitForResponse((response) => response.url().endsWith("/v1/staff/auth/refresh"));
  assert.equal((await execute(page, "staff-orders", "start_order")).status, 200);
  assert.equal((await exchanged).status(), 200);
  assert.equal(await excess(page), 0);
  await keepPicture(page, "swagger-375-dark-tried");
  const html = page.locator("html");
  assert.equal(await html.getAttribute("class"), "dark-mode");
  await page.getByRole("button", { name: "Dark" }).click();
  assert.equal(await html.getAttribute("class"), "");
  await keepPicture(page, "swagger-375-light");
  assert.deepEqual(errors, []);
  await leave();
});

test("whoever is not let in is told why", async () => {
  const { page, leave } = await open();
  const form = page.locator("#login");
  await form.getByLabel("E-mail").fill(CUSTOMER);
  await form.getByLabel("Password").fill("not this one");
  await form.getByRole("button", { name: "Log in" }).click();
  const told = page.getByRole("alert").filter({ hasText: "password" });
  await told.waitFor();
  assert.equal(await page.getByRole("list", { name: "Logged in" }).locator("li").count(), 0);
  await keepPicture(page, "swagger-1280-refused");
  await leave();
});
