// Rights that end by themselves: what a lead gives in one Akte, and what its holder sees of it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, windowOf } from "./harness.mjs";
import { look, lookAt } from "./look.mjs";
import { api, go, must, newAkte, send, settled, state } from "./scene.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("a right for a time", async (t) => {
  const clerk = await windowOf(browser, "abh.kaya");
  const { akte } = await newAkte(clerk.page);
  const doc = (await send(clerk.page, `/akten/${akte}/documents`, "pass.txt", `Reisepass ${akte}`, { type: "reisepass", title: "Reisepass" })).id;
  await settled(clerk.page, `/documents/${doc}`);
  await clerk.close();
  const holder = await windowOf(browser, "soz.schmidt");
  const { id } = await must(holder.page, "GET", "/me");
  assert.equal((await api(holder.page, "GET", `/akten/${akte}`)).status, 404, "before, there is no such Akte for her");
  const lead = await windowOf(browser, "abh.leitung");
  await state(lead.page, akte);
  await t.test("the form", async () => {
    await lookAt(lead, `/akten/${akte}/grants`, "grant");
    await lead.page.locator("#user_id").selectOption(id);
    await lead.page.locator("#reason").fill("Eilverfahren");
    await go(lead.page, lead.page.locator("form[data-primary] button[type=submit]"));
  });
  await t.test("what is missing", async () => {
    await look(lead, "grant_faults", { status: 422 });
  });
  await t.test("given", async () => {
    await lead.page.goto(`/akten/${akte}/grants`);
    await lead.page.locator("#user_id").selectOption(id);
    await lead.page.locator('input[name=registers][value="identitaet"]').check();
    await lead.page.locator("#reason").fill("Eilverfahren");
    await go(lead.page, lead.page.locator("form[data-primary] button[type=submit]"));
    await look(lead, "grant_given");
  });
  await t.test("the holder's day, list and Akte", async () => {
    await lookAt(holder, "/", "day_lent");
    assert.ok(await holder.page.locator(`.day a[href="/akten/${akte}"]`).count(), "her day doesn't tell of it");
    await lookAt(holder, "/grants", "grants_own");
    await state(holder.page, akte);
    await lookAt(holder, `/akten/${akte}`, "akte_lent");
    assert.equal(await holder.page.locator(".akte-away", { hasText: "Recht auf Zeit" }).count(), 1, "the head doesn't say by what she is here");
    assert.equal(await holder.page.locator("#register-list li").count(), 3, "she sees other registers too");
  });
  await t.test("taken back", async () => {
    await lookAt(lead, "/grants", "grants_department");
    await lead.page.goto(`/akten/${akte}/grants`);
    await go(lead.page, lead.page.locator('form[action$="/end"] button'));
    await look(lead, "grant_ended");
    assert.equal((await api(holder.page, "GET", `/akten/${akte}`)).status, 404, "she still gets at it");
  });
  await holder.close();
  await lead.close();
});

test("break-glass", async (t) => {
  const clerk = await windowOf(browser, "abh.kaya");
  const { akte, number } = await newAkte(clerk.page);
  await clerk.close();
  const w = await windowOf(browser, "soz.schmidt");
  const { page } = w;
  await t.test("the form says what happens", async () => {
    await lookAt(w, "/break-glass", "breakglass");
    assert.ok(await page.locator(".breakglass-told", { hasText: "wird sofort gemeldet" }).count(), "it doesn't say so");
  });
  await t.test("an Akte that isn't there", async () => {
    await page.locator("#aktenzeichen").fill("33.11-999999/1999");
    await page.locator("#reason").fill("Anruf aus dem Krankenhaus");
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await look(w, "breakglass_unknown", { status: 422 });
  });
  await t.test("opened", async () => {
    await page.locator("#aktenzeichen").fill(number);
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await state(page, akte);
    await lookAt(w, `/akten/${akte}`, "akte_breakglass");
    assert.equal(await page.locator(".akte-away", { hasText: "Notzugriff" }).count(), 1, "the head doesn't say by what she is here");
  });
  await t.test("told to the lead", async () => {
    const lead = await windowOf(browser, "abh.leitung");
    await lookAt(lead, "/", "day_breakglass");
    await go(lead.page, lead.page.locator('.day a[href="/break-glass"]'));
    assert.ok(await lead.page.locator(".breakglass-line", { hasText: number }).count(), "she isn't told");
    await look(lead, "breakglass_lead");
    await lead.close();
  });
  await t.test("reviewed by data protection", async () => {
    const officer = await windowOf(browser, "datenschutz");
    await lookAt(officer, "/break-glass", "breakglass_officer");
    const one = officer.page.locator(".breakglass-list li", { hasText: number });
    await one.locator("summary").click();
    await one.locator("textarea").fill("Rücksprache mit der Leitung");
    await go(officer.page, one.locator('button[value="follow_up"]'));
    await lookAt(officer, "/break-glass?state=follow_up", "breakglass_followed");
    assert.equal(await officer.page.locator(".breakglass-list li", { hasText: number }).count(), 1, "it isn't listed there");
    await officer.close();
  });
  await w.close();
});

test("who stands in", async (t) => {
  const lead = await windowOf(browser, "abh.leitung");
  const { page } = lead;
  const until = new Date(Date.now() + 3 * 86400000).toISOString().slice(0, 10);
  await lookAt(lead, "/substitutes", "substitutes");
  await page.locator("#absent_id").selectOption({ label: "Luise Lorenz" });
  await page.locator("#user_id").selectOption({ label: "Simon Wächter" });
  await page.locator("#until").fill(until);
  await t.test("somebody with other roles", async () => {
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await look(lead, "substitutes_fault", { status: 422 });
  });
  await t.test("a colleague", async () => {
    await page.locator("#user_id").selectOption({ label: "Deniz Kaya" });
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await look(lead, "substitutes_named");
  });
  await t.test("her day", async () => {
    const w = await windowOf(browser, "abh.kaya");
    await lookAt(w, "/", "day_standing");
    assert.ok(await w.page.locator(".day", { hasText: "Sie vertreten Luise Lorenz" }).count(), "her day doesn't tell of it");
    await lookAt(w, "/substitutes", "substitutes_own");
    await w.close();
  });
  await t.test("ended", async () => {
    await go(page, page.locator('form[action$="/end"] button').first());
    await look(lead, "substitutes_ended");
  });
  await lead.close();
});
