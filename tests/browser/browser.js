// A browser for the tests. API_URL is the shop, CHROMIUM the program, SCREENSHOTS the folder for what pages look like.

import { mkdirSync } from "node:fs";
import { after } from "node:test";
import { chromium } from "playwright-core";

export const url = process.env.API_URL;
const screenshots = process.env.SCREENSHOTS;

/** A phone and a desk, CSS pixels. */
export const PHONE = { width: 375, height: 812 };
export const DESK = { width: 1280, height: 900 };

mkdirSync(screenshots, { recursive: true });
// Root gets no sandbox in a container. All pages are the tests' own.
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
after(() => browser.close());

/** A visitor who has never been here. `errors` becomes all that the console tells: exceptions, violations of the policy. */
export async function visit(path, options = {}) {
  const context = await browser.newContext({ viewport: DESK, ...options });
  const page = await context.newPage();
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(new URL(path, url).href);
  return { page, errors, leave: () => context.close() };
}

/** By how much what is on the page is wider than the window, CSS pixels. */
export function excess(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

export async function keepPicture(page, name) {
  await page.screenshot({ path: `${screenshots}/${name}.png` });
}
