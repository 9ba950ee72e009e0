// How long Akten are kept, and what keeps them.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, windowOf } from "./harness.mjs";
import { look, lookAt } from "./look.mjs";
import { go, newAkte, send, settled } from "./scene.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("retention", async (t) => {
  const w = await windowOf(browser, "abh.kaya");
  const { page } = w;
  const { akte } = await newAkte(page);
  const path = `/akten/${akte}/retention`;
  await t.test("of an open Akte", async () => {
    await page.goto(`/akten/${akte}`);
    assert.ok(await page.locator(`a[href="${path}"]`).count(), "the Akte doesn't lead to it");
    await lookAt(w, path, "retention_open");
    assert.equal(await page.locator("#rule").count(), 0, "a term is asked for while it is open");
  });
  await t.test("closed, by a rule that counts from a death", async () => {
    await page.goto(`/akten/${akte}/edit`);
    await page.locator('input[name="state"][value="closed"]').check();
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await lookAt(w, path, "retention_closed");
    await page.locator("#rule").selectOption("R-DEATH");
    await page.locator("#from").fill("2015-03-01");
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await look(w, "retention_term");
  });
  await t.test("offered to the archive", async () => {
    await go(page, page.locator('button[value="offer"]'));
    await look(w, "retention_offered");
    await go(page, page.locator('button[value="declined"]'));
    await look(w, "retention_declined");
  });
  await t.test("the list of those that are due", async () => {
    await lookAt(w, "/retention", "due");
    assert.ok(await page.locator(`a[href="${path}"]`).count(), "it isn't due");
    await lookAt(w, "/retention?list=undated", "due_undated");
  });
  await t.test("held beyond its term", async () => {
    await page.goto(path);
    const send = page.locator('form:has(input[value="hold"]) button[type=submit]');
    await page.locator("#hold_reason").fill("Klage");
    await page.locator("#hold_until").fill("2020-01-01");
    await go(page, send);
    await look(w, "retention_fault", { status: 422 });
    await page.locator("#hold_until").fill(new Date(Date.now() + 30 * 864e5).toISOString().slice(0, 10));
    await go(page, send);
    await look(w, "retention_held");
    assert.ok(await page.locator("#end_reason").count(), "the hold can't be ended");
  });
  const { akte: open } = await newAkte(page);
  const doc = await send(page, `/akten/${open}/documents`, "notiz.txt", "Mitteilung ohne Belang", { type: "sonstiges", title: "Mitteilung" });
  await settled(page, `/documents/${doc.id}`);
  await t.test("a single document that is to be destroyed at once", async () => {
    await lookAt(w, `/akten/${open}/documents/${doc.id}/erase`, "erase");
    await page.locator("#rule").selectOption("R-87NOTICE");
    await page.locator("#because").fill("ohne Bedeutung für das Verfahren");
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await lookAt(w, "/retention?list=asked", "asked_own");
    assert.equal(await page.locator('button[value="release"]').count(), 0, "she may release what she proposed");
  });
  await w.close();
  const officer = await windowOf(browser, "datenschutz");
  await t.test("the list without names", () => lookAt(officer, "/retention", "due_officer"));
  await t.test("erased by the word of a second person", async () => {
    await lookAt(officer, "/retention?list=asked", "asked_officer");
    await go(officer.page, officer.page.locator(`form[action^="/retention/"] button[value="release"]`).first());
    const proof = officer.page.locator('.due a[href^="/retention/"]').first();
    for (let n = 0; n < 240; n++) { // it is erased in the background
      await officer.page.goto("/retention?list=done");
      if (await proof.count()) break;
      await officer.page.waitForTimeout(250);
    }
    await look(officer, "proofs");
    await go(officer.page, proof);
    assert.match(await officer.page.locator("main").innerText(), /unverzüglich vernichten/);
    await look(officer, "erased");
  });
  await officer.close();
});
