// A day of documents in one tab must not fill the memory: after each has been shown, and every fifth
// as the PDF itself, the tab is no heavier than it was. DOCS=300 is a day; without it a short one.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { documentLinks, drawn, launch, noFaults, openAkte, weigh, windowOf } from "./harness.mjs";

const rounds = Number(process.env.DOCS ?? 20);
const warm = Math.min(5, rounds - 1); // the first ones fill caches that stay
const most = 20 << 20; // bytes

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test(`${rounds} documents in one tab`, async (t) => {
  const w = await windowOf(browser, "abh.kaya");
  const { page } = w;
  await openAkte(page, 2);
  const links = await documentLinks(page);
  let first;
  for (let n = 0; n < rounds; n++) {
    await page.goto(links[n % links.length]);
    await drawn(page);
    const exact = page.locator('[data-do="as-exact"]');
    if (n % 5 === 4 && (await exact.count())) {
      await exact.click();
      await page.locator("[data-exact] canvas, [data-exact] img").first().waitFor();
    }
    if (n === warm) first = await weigh(page);
  }
  await page.goto("/akten");
  await page.goto(links[warm % links.length]);
  const last = await weigh(page);
  t.diagnostic(`after ${warm + 1}: ${JSON.stringify(first)}; after ${rounds}: ${JSON.stringify(last)}`);
  assert.ok(last.heap - first.heap < most, `the tab grew by ${last.heap - first.heap} bytes`);
  assert.ok(last.workers <= 1, `${last.workers} workers are left`);
  assert.ok(last.documents <= first.documents + 3, `${last.documents} documents are kept, ${first.documents} before`);
  noFaults(w.faults, "soak");
  await w.close();
});
