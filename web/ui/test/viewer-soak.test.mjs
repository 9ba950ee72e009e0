// A day of documents in one tab must not fill the memory: after each has been shown, all different and of
// pages of all sizes, and every fifth as the PDF itself, the tab is no heavier than it was and no worker is
// left. DOCS=300 is a day; without it a short one.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { drawn, launch, noFaults, weigh, windowOf } from "./harness.mjs";
import { paper } from "./paper.mjs";
import { letters, newAkte, send, settled } from "./scene.mjs";

const rounds = Number(process.env.DOCS ?? 12);
const warm = Math.min(5, rounds - 1); // the first ones fill caches that stay
const most = 20 << 20; // bytes
const sizes = [[595, 842], [842, 595], [842, 1191], [243, 153], [420, 595], [1191, 842]];

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** Brings in so many documents, of one to four pages, and returns where they are shown. */
async function bring(page, n) {
  const { akte } = await newAkte(page);
  const ids = [];
  for (let i = 0; i < n; i++) {
    const sheets = Array.from({ length: 1 + (i % 4) }, (_, s) => [...sizes[(i + s) % sizes.length], `Papier ${i}, Blatt ${s}`, letters(6)]);
    ids.push((await send(page, `/akten/${akte}/documents`, "papier.pdf", paper(sheets), { type: "sonstiges", title: `Papier ${i}` })).id);
  }
  for (const id of ids) await settled(page, `/documents/${id}`);
  return ids.map((id) => `/akten/${akte}/documents/${id}`);
}

test(`${rounds} different documents in one tab`, async (t) => {
  const w = await windowOf(browser, "abh.kaya");
  const { page } = w;
  const links = await bring(page, rounds);
  let first, workers = 0;
  for (let n = 0; n < rounds; n++) {
    await page.goto(links[n]);
    await drawn(page);
    if (n % 5 === 4) {
      await page.locator('[data-do="as-exact"]').click();
      await page.locator("[data-exact] canvas, [data-exact] img").first().waitFor();
    }
    workers = Math.max(workers, page.workers().length);
    if (n === warm) first = await weigh(page);
  }
  await page.goto("/akten");
  await page.goto(links[warm]);
  await drawn(page);
  const last = await weigh(page);
  t.diagnostic(`after ${warm + 1}: ${JSON.stringify(first)}; after ${rounds}: ${JSON.stringify(last)}; ${workers} workers at once`);
  assert.ok(last.heap - first.heap < most, `the tab grew by ${last.heap - first.heap} bytes`);
  assert.ok(workers <= 1, `${workers} workers were at work at once`);
  assert.equal(last.workers, 0, "a worker is left behind");
  assert.ok(last.documents <= first.documents + 3, `${last.documents} documents are kept, ${first.documents} before`);
  noFaults(w.faults, "soak");
  await w.close();
});
