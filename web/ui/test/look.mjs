// Looking at a page as it stands: nothing that axe finds (WCAG 2.2 A and AA, best practice), no breach of
// the policy, nothing said to the console, no scrolling sideways in 320 pixels, one heading of the first rank.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";
import { axe, noFaults, out, sideScroll, shots, size, slug } from "./harness.mjs";

/** Whether everything is looked at by every role, in every theme, width and language: EVERY=1, by hand. */
export const every = process.env.EVERY === "1";

const all = [["light", 1440], ["dark", 390], ["dark", 1440], ["light", 390]];
let turn = 0;

/** The themes with their widths: all, or each theme once, where the widths change from page to page. */
function views(once) {
  if (every) return all;
  const two = all.slice(2 * (turn++ % 2)).slice(0, 2);
  return once ? two.slice(0, 1) : two;
}

/**
 * Looks at a page. status is what it was answered with, if not 200: Chromium complains of such, which is
 * no fault. part is the address of a part of it that a script fetched, which is what is looked at then.
 * once is for what was looked at before, by somebody else.
 */
export async function look(w, name, { status = 200, part, once } = {}) {
  const { page, faults, seen } = w;
  const path = new URL(page.url()).pathname;
  assert.equal(seen.status, status, `${name}: ${path} answers ${seen.status}`);
  if (part) assert.ok(seen.paths.has(part), `${name}: ${part} was not fetched`);
  assert.equal(await page.locator("h1").count(), 1, `${name}: a page has one heading of the first rank`);
  const before = page.viewportSize();
  for (const [scheme, width] of views(once)) {
    await page.emulateMedia({ colorScheme: scheme });
    await size(page, width);
    const where = slug(name, scheme, String(width));
    const found = await axe(page, where);
    assert.deepEqual(found, [], `${where}:\n${found.join("\n")}`);
  }
  assert.equal(await sideScroll(page, 320), 0, `${name} scrolls sideways at 320 pixels`);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(before);
  const said = `Failed to load resource: the server responded with a status of ${status}`;
  noFaults(faults.splice(0).filter((f) => status === 200 || !f.startsWith(`console: ${said}`)), name);
  if (every) await shots(page, name);
  if (status === 200) appendFileSync(join(out, "looked.txt"), `${part ?? path}\n`);
}

/** Goes to a page and looks at it. What went wrong before was told there. */
export async function lookAt(w, path, name, options) {
  w.faults.length = 0;
  await w.page.goto(path);
  await look(w, name, options);
}

/** Takes a PDF that a page links to. It has an address among the pages, and is none. */
export async function take(w, path) {
  const got = await w.page.evaluate(async (at) => { const r = await fetch(at); return [r.status, r.headers.get("content-type")]; }, path);
  assert.deepEqual(got, [200, "application/pdf"], path);
  appendFileSync(join(out, "looked.txt"), `${new URL(path, w.page.url()).pathname}\n`);
}
