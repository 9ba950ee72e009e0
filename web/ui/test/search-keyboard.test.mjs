// A caseworker searches without a mouse: from any page to the hit in the document, by keys alone, and
// the words never stand in an address.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { drawn, launch, noFaults, openAkte, windowOf } from "./harness.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("from the search box to the hit by keys alone", async () => {
  const w = await windowOf(browser, "abh.kaya");
  const { page } = w;
  const akte = await openAkte(page, 1);
  const name = (await page.locator("h1").evaluate((h) => h.firstChild.textContent)).replace(",", "").trim();
  const family = name.split(" ")[0];
  await page.goto("/");
  const asked = [];
  page.on("request", (r) => asked.push(decodeURIComponent(r.url())));
  await page.keyboard.press("/");
  await page.keyboard.type(name);
  await Promise.all([page.waitForURL(/\/search/), page.keyboard.press("Enter")]);
  const entries = page.locator("main a[data-entry]");
  await entries.first().waitFor();
  assert.ok(!asked.some((url) => url.includes(family)), "the word searched for stands in an address");
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("j");
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("href"));
  assert.equal(focused, akte, "J goes to the first entry: the person's Akte");
  await Promise.all([page.waitForURL(new RegExp(akte)), page.keyboard.press("Enter")]);
  await page.locator("#document-list a[data-entry]").first().waitFor();
  await page.keyboard.press("j");
  await Promise.all([page.waitForURL(/\/documents\//), page.keyboard.press("Enter")]);
  await drawn(page);
  noFaults(w.faults, "search by keys");
  await w.close();
});
