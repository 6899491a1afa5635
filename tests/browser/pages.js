// The pages for people: in every language, on a phone and at a desk, by day and by night.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, PHONE, excess, keepPicture, visit } from "./browser.js";

const LOCALES = { "en-GB": "en", "zh-TW": "zh-Hant", "zh-CN": "zh-Hans", "ja-JP": "ja" };
const PAGES = { landing: "/", problems: "/problems", problem: "/problems/insufficient-stock" };

/** How far the ink of a text stands out from its ground, by WCAG 2: 1 to 21; the least of the page. */
function leastContrast() {
  const luminance = (color) => {
    const [r, g, b] = color.match(/[\d.]+/g).map((part) => Number(part) / 255);
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const ground = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" && element.parentElement ? ground(element.parentElement) : color;
  };
  const ofText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const contrasts = [...document.body.querySelectorAll("*")].filter(ofText).map((element) => {
    const pair = [getComputedStyle(element).color, ground(element)].map(luminance).sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
  });
  return Math.min(...contrasts);
}

for (const [locale, tag] of Object.entries(LOCALES)) {
  test(`pages in ${tag}`, async () => {
    for (const [viewport, colorScheme] of [[PHONE, "dark"], [DESK, "light"]]) {
      for (const [name, path] of Object.entries(PAGES)) {
        const { page, errors, leave } = await visit(path, { locale, viewport, colorScheme });
        assert.equal(await page.locator("html").getAttribute("lang"), tag, path);
        assert.equal(await excess(page), 0, `${path} at ${viewport.width}`);
        assert.ok((await page.evaluate(leastContrast)) >= 4.5, `${path}, ${colorScheme}`);
        assert.deepEqual(errors, []);
        await keepPicture(page, `${name}-${tag}-${viewport.width}-${colorScheme}`);
        await leave();
      }
    }
  });
}

test("whoever chooses another language keeps it from page to page", async () => {
  const { page, errors, leave } = await visit("/", { locale: "ja-JP" });
  await page.getByRole("link", { name: "English" }).click();
  await page.getByRole("link", { name: "Problem codes" }).click();
  await page.getByRole("link", { name: "price-changed" }).click();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.getByRole("link", { name: "POST /v1/orders", exact: true }).click();
  await page.locator("#operations-orders-place_order.is-open").waitFor();
  assert.deepEqual(errors, []);
  await leave();
});
