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
