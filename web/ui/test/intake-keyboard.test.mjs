// The mail desk goes through its queue without a mouse.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, noFaults, windowOf } from "./harness.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("the queue by keys alone", async () => {
  const w = await windowOf(browser, "abh.registratur");
  const { page } = w;
  await page.goto("/inbox");
  const items = await page.locator("a.queue-item").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
  assert.ok(items.length > 1, `the basket has ${items.length} items`);
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("j");
  assert.ok(items.includes(await page.evaluate(() => document.activeElement?.getAttribute("href"))), "J goes to an item");
  await page.goto(items[0]);
  await Promise.all([page.waitForURL((url) => url.pathname + url.search === items[1]), page.keyboard.press("Alt+ArrowDown")]);
  assert.equal(await page.locator('a.queue-item[aria-current="true"], a.queue-item[aria-current="page"]').getAttribute("href"), items[1]);
  // What can't be filed yet is said beside the fields, and nothing is lost.
  await page.locator("#title, [name=title]").first().fill("Getippter Titel");
  await page.keyboard.press("Control+Enter");
  await page.waitForLoadState();
  assert.equal(await page.locator("#title, [name=title]").first().inputValue(), "Getippter Titel");
  noFaults(w.faults.filter((f) => !f.includes("422")), "intake by keys");
  await w.close();
});
