// What is behind a scan: its transfer note and who approves it, the paper original in custody, the paper that may go.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { deflateSync, crc32 } from "node:zlib";
import { launch, windowOf } from "./harness.mjs";
import { look, lookAt } from "./look.mjs";
import { api, go, must, newAkte, send, settled, state } from "./scene.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** A grey PNG that says how fine it was scanned; what is on it doesn't matter. */
function scan(width, height, dpi) {
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  const size = Buffer.alloc(9);
  size.writeUInt32BE(Math.round(dpi / 0.0254), 0);
  size.writeUInt32BE(Math.round(dpi / 0.0254), 4);
  size[8] = 1;
  const lines = Buffer.alloc((width + 1) * height, 255);
  for (let y = 0; y < height; y++) {
    lines[y * (width + 1)] = 0;
    for (let x = 80; y > 100 && y < height - 100 && y % 24 < 12 && x < width - 80; x += 14) lines.fill(0, y * (width + 1) + x, y * (width + 1) + x + 4 + (x * y) % 5);
    lines[y * (width + 1) + 1 + (Math.floor(Math.random() * width))] = 200; // two are never the same
  }
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("pHYs", size), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

test("a scan, its paper and its original", async (t) => {
  const w = await windowOf(browser, "abh.kaya");
  const { page } = w;
  const { akte } = await newAkte(page);
  const doc = (await send(page, `/akten/${akte}/documents`, "pass.png", scan(595, 842, 100), { type: "reisepass", title: "Reisepass" })).id;
  const lease = (await send(page, `/akten/${akte}/documents`, "miete.png", scan(595, 842, 200), { type: "mietvertrag" })).id;
  await settled(page, `/documents/${doc}`);
  await settled(page, `/documents/${lease}`);
  const path = `/akten/${akte}/documents/${doc}`;
  await t.test("what wasn't approved says so", async () => {
    await page.goto(path);
    await page.locator(".doclist-row", { hasText: "nicht freigegeben" }).first().waitFor();
    assert.equal(await page.locator(".akte-note--warn").count(), 2, "grey and coarse are told");
    await look(w, "akte_unapproved");
  });
  await t.test("her own scan", async () => {
    await lookAt(w, `${path}/transfer`, "transfer_own");
    assert.equal(await page.locator('button[value="approved"]').count(), 0, "she can't approve it");
    const answer = await api(page, "POST", `/documents/${doc}/judge`, { version: 1, word: "approved" }, { "Eakte-Purpose": "bearbeitung" });
    assert.equal(answer.status, 403);
  });
  await t.test("the list of what waits", async () => {
    await lookAt(w, "/approvals", "approvals_own");
    assert.equal(await page.locator("tr", { hasText: "Reisepass" }).locator(".tag", { hasText: "jemand anderes" }).count() > 0, true, "hers wait for somebody else");
    const second = await windowOf(browser, "abh.leitung");
    await state(second.page, akte);
    await second.page.goto("/");
    await second.page.locator('.day a[href^="/approvals"]').click();
    await look(second, "approvals");
    await second.page.locator(`a[href^="/akten/${akte}/documents/${doc}/transfer"]`).click();
    assert.equal(await second.page.locator('input[name="waiting"]').count() > 0, true, "the form leads on to the next");
    await look(second, "transfer_waiting");
    await second.close();
  });
  await t.test("sent back and approved by a second person", async () => {
    const second = await windowOf(browser, "abh.leitung");
    await state(second.page, akte);
    await second.page.goto(`${path}/transfer`);
    assert.equal(await second.page.locator(".transfer-pages img").count(), 1, "who judges a scan sees its pages");
    await second.page.locator(".transfer-judge summary").click();
    await second.page.locator("#reason").fill("Die Rückseite fehlt");
    await go(second.page, second.page.locator('button[value="returned"]'));
    await second.page.goto(`${path}/transfer`);
    await look(second, "transfer_returned");
    await go(second.page, second.page.locator('button[value="approved"]'));
    await second.page.goto(`${path}/transfer`);
    await look(second, "transfer_approved");
    await second.close();
  });
  await t.test("no scan", async () => {
    const letter = (await send(page, `/akten/${akte}/documents`, "brief.txt", `Brief ${akte}`, { type: "vollmacht" })).id;
    await settled(page, `/documents/${letter}`);
    await lookAt(w, `/akten/${akte}/documents/${letter}/transfer`, "transfer_none");
  });
  await t.test("taken into custody", async () => {
    await lookAt(w, `${path}/originals`, "custody_take");
    await page.locator("#thing").fill("Reisepass Syrien, Nr. N0123456");
    await page.locator("#place").fill("Tresor 2, Fach 14");
    await page.locator("#due").fill(await page.locator("#on").inputValue());
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await look(w, "custody_held");
    await lookAt(w, `/akten/${akte}`, "akte_original");
    assert.equal(await page.locator(".akte-tags", { hasText: "Original in Verwahrung" }).count(), 1, "the head says so");
  });
  await t.test("the receipt", async () => {
    await page.goto(`${path}/originals`);
    await go(page, page.locator('a[href$="/receipt"]'));
    await look(w, "custody_receipt");
  });
  await t.test("the list of the department", async () => {
    await lookAt(w, "/originals", "originals_held");
    assert.ok(await page.locator("tr", { hasText: "N0123456" }).count(), "the passport is listed");
    await lookAt(w, "/originals?list=overdue", "originals_overdue");
    assert.equal(await page.locator("tr", { hasText: "N0123456" }).count(), 0, "due today isn't overdue");
  });
  await t.test("handed back, and that undone", async () => {
    await page.goto(`${path}/originals`);
    await go(page, page.locator(".custody-act form[data-primary] button"));
    await look(w, "custody_returned");
    await lookAt(w, "/originals?list=gone", "originals_gone");
    await page.goto(`${path}/originals`);
    await page.locator("summary", { hasText: "zurücknehmen" }).first().click();
    await page.locator("textarea[name=reason]").last().fill("falsche Akte");
    await go(page, page.locator(".custody-act[open] button").last());
    assert.equal(await page.locator(".custody-struck").count(), 1, "the entry stays readable");
    await look(w, "custody_undone");
  });
  await t.test("paper after scanning", async () => {
    await must(page, "POST", `/documents/${lease}/judge`, { version: 1, word: "approved" }, { "Eakte-Purpose": "bearbeitung" });
    await lookAt(w, "/papers", "papers_approved");
    assert.ok(await page.locator(`a[href="/akten/${akte}/documents/${lease}/transfer"]`).count(), "the lease waits");
    assert.equal(await page.locator("input[name=documents]").count(), 0, "none is due");
    await lookAt(w, "/papers?list=released", "papers_released");
  });
  await w.close();
});
