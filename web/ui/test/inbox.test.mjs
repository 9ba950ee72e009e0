// The inbox in all its states, as the mail desk meets them.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { drawn, launch, windowOf } from "./harness.mjs";
import { look, lookAt } from "./look.mjs";
import { paper } from "./paper.mjs";
import { go, letters, must, newAkte, receive, send, settled } from "./scene.mjs";

const mark = letters(4);
const letter = (n, text = mark) => [595, 842, `Brief ${n}`, `Das ist ${text}.`];
const broken = `%PDF-1.7\n${mark}: nothing of a PDF follows\n`;

let browser, w, page;
before(async () => {
  browser = await launch();
  w = await windowOf(browser, "abh.kaya");
  page = w.page;
});
after(() => browser?.close());

test("the basket", async (t) => {
  await receive(page, "brief.pdf", paper([letter(1)]));
  for (const shelf of ["open", "aside", "failed"]) {
    await t.test(shelf, () => lookAt(w, `/inbox?shelf=${shelf}`, `inbox_${shelf}`));
  }
  await t.test("files for it", () => lookAt(w, "/inbox/upload", "inbox_upload"));
  await t.test("it follows what comes", async () => {
    await page.goto("/inbox");
    const came = `nachgereicht-${mark}.pdf`;
    await send(page, "/inbox", came, paper([letter(2)]));
    await page.locator("a.queue-item").filter({ hasText: came }).waitFor();
    await look(w, "inbox_followed", { part: "/inbox/queue" });
  });
});

test("an item", async (t) => {
  const id = await receive(page, `eingang-${mark}.pdf`, paper([letter(3), letter(4), letter(5)]));
  await t.test("as it is", async () => {
    await page.goto(`/inbox/${id}`);
    await drawn(page);
    await look(w, "item");
  });
  await t.test("what is folded", async () => {
    for (const fold of await page.locator("main details:not([open]) > summary").all()) {
      if (await fold.isVisible()) await fold.click();
    }
    await look(w, "item_unfolded");
  });
  await t.test("found Akten", async () => {
    const { family } = await newAkte(page);
    await page.goto(`/inbox/${id}`);
    await page.locator("#q_family").fill(family);
    await page.locator("[data-locate]").click();
    await page.locator("#finder .candidate").first().waitFor();
    await look(w, "item_found");
  });
  await t.test("set aside", async () => {
    await page.goto(`/inbox/${id}`);
    await page.locator('form[action$="/aside"]').evaluate((form) => form.requestSubmit());
    await page.waitForURL((url) => url.pathname !== `/inbox/${id}`);
    await lookAt(w, `/inbox/${id}?shelf=aside`, "item_aside");
    await lookAt(w, `/inbox/${id}/acknowledgement`, "item_acknowledgement");
  });
});

test("items that can't be read", async (t) => {
  await t.test("broken", async () => {
    const id = await receive(page, `kaputt-${mark}.pdf`, broken, { state: "failed" });
    await lookAt(w, `/inbox/${id}?shelf=failed`, "item_failed");
    assert.ok(await page.locator("main [role=alert], main .viewer-told, main .state--bad, main .tag--bad").count(), "the page doesn't say that it failed");
    await lookAt(w, "/inbox?shelf=failed", "inbox_failed_some");
  });
});

test("an item that was there before", async () => {
  const { akte } = await newAkte(page);
  const bytes = paper([letter(6)]);
  const made = await send(page, `/akten/${akte}/documents`, "brief.pdf", bytes, { type: "sonstiges", title: "Ein Brief" });
  await settled(page, `/documents/${made.id}`);
  const id = await receive(page, `zweimal-${mark}.pdf`, bytes);
  await lookAt(w, `/inbox/${id}`, "item_duplicate");
  await go(page, page.locator('form[action*="/duplicate"] button'));
  await page.locator("page-viewer").nth(1).waitFor();
  await look(w, "item_duplicate_beside");
});

test("an item that says whose it is, and that came twice", async (t) => {
  const { akte, family } = await newAkte(page);
  const lines = ["Meldebescheinigung", `Frau Maria ${family}, geboren am 17.05.1990, ist seit dem 01.03.2024 gemeldet`,
    "in der Musterstrasse 17 in 12345 Musterstadt als alleinige Wohnung.", "Meldebehoerde der Stadt Musterstadt, Buergeramt", "Musterstadt, den 03.03.2025"];
  const made = await send(page, `/akten/${akte}/documents`, "bescheinigung.pdf", paper([[595, 842, ...lines]]), { type: "meldebescheinigung", title: "Bescheinigung" });
  await settled(page, `/documents/${made.id}`);
  const id = await receive(page, `bescheinigung-${mark}.pdf`, paper([[596, 842, ...lines]]));
  await t.test("as it is", () => lookAt(w, `/inbox/${id}`, "item_proposed"));
  await t.test("the Akte is ticked by a key", async () => {
    const offer = page.locator(`.proposed input[value="${akte}"]`);
    assert.equal(await offer.isChecked(), false, "it was ticked by itself");
    await offer.focus();
    await page.keyboard.press("Alt+Enter");
    assert.equal(await offer.isChecked(), true, "Alt+Enter doesn't tick it");
    await page.locator("#type").focus();
    await page.keyboard.press("Alt+Enter");
    assert.equal(await page.locator("#type").inputValue(), "meldebescheinigung");
  });
  await t.test("the same paper beside it", async () => {
    await page.goto(`/inbox/${id}`);
    await go(page, page.locator(`form:has(input[name=beside][value="${made.id}"]) button`));
    await page.locator("page-viewer").nth(1).waitFor();
    await look(w, "item_alike_beside");
  });
});

test("an item at which a colleague works", async () => {
  const id = await receive(page, `kollegin-${mark}.pdf`, paper([letter(7)]));
  const other = await windowOf(browser, "abh.lorenz");
  await other.page.goto(`/inbox/${id}`);
  await go(other.page, other.page.locator('form[action$="/take-over"] button'));
  await lookAt(w, `/inbox/${id}`, "item_claimed");
  assert.ok(await page.locator("#filing fieldset[disabled]").count(), "the form isn't locked");
  await go(page, page.locator('form[action$="/take-over"] button'));
  await look(w, "item_taken_over");
  await other.close();
});

test("pages being arranged", async () => {
  const sheets = Array.from({ length: 40 }, (_, n) => letter(n, `${mark} Blatt ${n}`));
  const id = await receive(page, `stapel-${mark}.pdf`, paper(sheets));
  await page.goto(`/inbox/${id}`);
  const outputs = Array.from({ length: 10 }, (_, n) => [1, 2, 3, 4].map((m) => ({ page: 4 * n + m, turn: 90 })));
  await page.route("**/api/v1/events*", () => {}); // the page would go on when it is done
  for (let n = 0; ; n++) {
    await must(page, "POST", `/inbox/${id}/arrange`, { outputs });
    await page.goto(`/inbox/${id}`);
    if (await page.locator("[data-busy]").count()) break;
    assert.ok(n < 5, "it is always arranged before anybody can look");
    await must(page, "POST", `/inbox/${id}/undo-arrange`);
  }
  await page.evaluate(() => { for (let id = setTimeout(() => {}, 0); id > 0; id--) clearTimeout(id); });
  await look(w, "item_arranging");
  await page.goto("/profile"); // away from what would load itself anew in the midst of the next
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await settled(page, `/inbox/${id}`, "arranged");
  await lookAt(w, `/inbox/${id}`, "item_arranged");
  const { arranged } = await must(page, "GET", `/inbox/${id}`);
  assert.equal(arranged.length, outputs.length);
  await lookAt(w, `/inbox/${arranged[0]}`, "item_part");
  await must(page, "POST", `/inbox/${id}/undo-arrange`);
});

test("what was filed today", async () => {
  const { akte } = await newAkte(page);
  const id = await receive(page, `ablage-${mark}.pdf`, paper([letter(8)]));
  await must(page, "POST", `/inbox/${id}/file`, { akte_id: akte, type: "sonstiges", title: "Abgelegt" });
  await page.goto("/inbox");
  await page.locator("#filed-today").click();
  await look(w, "inbox_filed");
});
