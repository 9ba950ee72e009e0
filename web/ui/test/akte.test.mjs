// The pages around one Akte: opening it, its documents and their viewer, the forms beside it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { documentLinks, drawn, launch, openAkte, slug, windowOf } from "./harness.mjs";
import { every, look, lookAt, take } from "./look.mjs";
import { paper } from "./paper.mjs";
import { api, go, newAkte, send, settled } from "./scene.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("an Akte and what belongs to it", async (t) => {
  const w = await windowOf(browser, "abh.kaya");
  const { page } = w;
  await t.test("a new person", () => lookAt(w, "/akten/new", "akte_new"));
  const akte = await openAkte(page, 2);
  const [first, second] = await documentLinks(page);
  await t.test("why it is opened", () => lookAt(w, `${akte}/purpose`, "akte_purpose"));
  for (const [name, query] of [["akte_list", ""], ["akte_registers", "?order=register"], ["akte_register", "?register=identitaet"]]) {
    await t.test(name, () => lookAt(w, akte + query, name));
  }
  await t.test("what is folded", async () => {
    await page.goto(akte);
    await page.locator(".akte-more summary").click();
    await look(w, "akte_more");
  });
  await t.test("an open document", async () => {
    await page.goto(first);
    await drawn(page);
    await look(w, "akte_document");
    await page.locator(".akte-beside summary").click();
    await look(w, "akte_document_more");
  });
  await t.test("two documents", async () => {
    await page.goto(`${first}?beside=${second.split("/").pop()}`);
    await drawn(page);
    await look(w, "akte_beside");
  });
  for (const place of ["edit", "move", "classify", "version", "disclose"]) {
    await t.test(`document, ${place}`, () => lookAt(w, `${first}/${place}`, `document_${place}`));
  }
  await t.test("document, searchable PDF", () => lookAt(w, `${first}/copy/searchable`, "document_copy"));
  await t.test("a copy is made where its reader waits", async () => {
    const other = await newAkte(page);
    const letter = (await send(page, `/akten/${other.akte}/documents`, "brief.txt", `Brief ${other.akte}`, { type: "vollmacht" })).id;
    await settled(page, `/documents/${letter}`);
    await page.goto(`/akten/${other.akte}/documents/${letter}/copy/archival`);
    const refused = await page.content();
    assert.equal(await page.locator("form[data-copy]").count(), 0, "no archival file of what is no scan");
    await page.goto(`${first}/copy/searchable`);
    const button = page.locator("form[data-copy] button"), shown = (part) => page.locator(`.copy-${part}:not([hidden])`);
    const posts = (answer) => page.route("**/copy/searchable", (r) => (r.request().method() === "POST" ? answer(r) : r.continue()));
    const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
    assert.match(file.suggestedFilename(), /-searchable\.pdf$/);
    await shown("done").waitFor();
    assert.equal(await shown("making").count(), 0);
    await page.route("**/copies/searchable", (r) => r.fulfill({ json: { done: 3, all: 40 } }));
    let go;
    await posts(async (r) => { await new Promise((done) => { go = done; }); await r.abort(); });
    await button.click();
    await page.locator(".copy-pages", { hasText: "3 / 40" }).waitFor();
    assert.equal(await shown("done").count(), 0, "what was said before is taken back");
    assert.deepEqual(await page.locator(".copy-making progress").evaluate((bar) => [bar.value, bar.max]), [3, 40]);
    assert.equal(await button.isDisabled(), true, "one at a time");
    go();
    await shown("lost").waitFor();
    assert.equal(await button.isDisabled(), false);
    await page.unroute("**/copy/searchable");
    await posts((r) => r.fulfill({ status: 409, contentType: "text/html", body: refused }));
    await button.click();
    await page.locator("#copy-state", { hasText: "nicht erstellt" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "copy-state", "what is said has the focus");
    await page.unrouteAll();
    w.faults.splice(0); // those were asked for
  });
  for (const place of ["edit", "add", "bundle", "acknowledgement", "consignment"]) {
    await t.test(place, async () => {
      await page.goto(akte);
      assert.ok(await page.locator(`a[href="${akte}/${place}"]`).count(), `the Akte doesn't offer ${place}`);
      await lookAt(w, `${akte}/${place}`, `akte_${place}`);
    });
  }
  await t.test("its paper at a vendor", async () => {
    await page.goto(`${akte}/consignment`);
    await page.locator("#vendor").fill("Scanfabrik Süd");
    await go(page, page.locator("main form[data-primary] button[type=submit]").last());
    await look(w, "akte_away");
    await lookAt(w, `${akte}/consignment`, "akte_consigned");
    await lookAt(w, "/consignments", "consignments");
    await page.goto(`${akte}/consignment`);
    await go(page, page.locator(`form[action="${akte}/consignment/end"] button`));
  });
  await t.test("what a vendor delivered", async () => {
    const post = await windowOf(browser, "poststelle");
    const link = post.page.locator("main table a").first();
    for (let tries = 0; tries < 60; tries++) { // the demo brings it in last
      await post.page.goto("/deliveries");
      if (await link.count()) break;
      await post.page.waitForTimeout(1000);
    }
    await look(post, "deliveries");
    await go(post.page, link);
    await look(post, "delivery");
    assert.match(await post.page.locator("main").innerText(), /Seiten 2–3, 5: 150 dpi, erwartet 300 dpi/);
    await take(post, await post.page.locator('a[href$="receipt?language=en"]').getAttribute("href"));
    await go(post.page, post.page.locator('main a[href$="result=profile"]'));
    assert.equal(await post.page.locator("main tbody tr").count(), 1);
  });
  await t.test("the PDF of it", async () => {
    await page.goto(`${akte}/bundle`);
    await page.route("**/api/v1/events*", () => {}); // the page would go on when it is done
    await go(page, page.locator("main form[data-primary] button[type=submit]").last());
    await look(w, "akte_bundle_job");
    await page.unroute("**/api/v1/events*");
    await page.reload();
    await page.locator('a[download], a[href*="/bundle"][href$="pdf"], a[href*="result"]').first().waitFor();
    await look(w, "akte_bundle_done");
  });
  await w.close();
});

test("an Akte in which nothing lies yet", async () => {
  const w = await windowOf(browser, "abh.kaya");
  const { akte } = await newAkte(w.page);
  await lookAt(w, `/akten/${akte}`, "akte_empty");
  await lookAt(w, `/akten/${akte}/edit`, "akte_empty_edit");
  await w.close();
});

test("documents that can't be read", async (t) => {
  const w = await windowOf(browser, "abh.kaya");
  const { page } = w;
  const { akte } = await newAkte(page);
  for (const [state, bytes] of [["failed", "%PDF-1.7\nnothing of a PDF follows\n"]]) {
    await t.test(state, async () => {
      const made = await send(page, `/akten/${akte}/documents`, `${state}.pdf`, bytes, { type: "sonstiges", title: `Papier ${state}` });
      await settled(page, `/documents/${made.id}`, state);
      await lookAt(w, `/akten/${akte}`, `akte_with_${state}`);
      await lookAt(w, `/akten/${akte}/documents/${made.id}`, `document_${state}`);
    });
  }
  await w.close();
});

test("an Akte as others see it", async (t) => {
  const { page, close } = await windowOf(browser, "abh.kaya");
  const { akte } = await newAkte(page, { departments: [{ department: "soziales" }, { department: "integration", registers: ["bildung"] }] });
  const made = await send(page, `/akten/${akte}/documents`, "brief.pdf", paper([[595, 842, "Ein Brief"]]), { type: "sonstiges", title: "Ein Brief" });
  await settled(page, `/documents/${made.id}`);
  await close();
  const others = ["abh.leitung", "abh.registratur", "soz.schmidt", ...(every ? ["abh.lorenz", "abh.sicher", "integration.vogel"] : [])];
  for (const login of others) {
    await t.test(login, async () => {
      const w = await windowOf(browser, login);
      await lookAt(w, `/akten/${akte}`, slug("akte_purpose", login), { once: !every });
      const purposes = w.page.locator('input[name="purpose"][value="bearbeitung"]');
      if (await purposes.count()) {
        await purposes.check();
        await go(w.page, w.page.locator('form[data-primary] button[type="submit"]'));
      }
      await look(w, slug("akte", login), { once: !every });
      const [link] = await documentLinks(w.page);
      if (link) {
        await w.page.goto(link);
        await drawn(w.page);
        await look(w, slug("document", login), { once: !every });
      }
      await w.close();
    });
  }
});

test("a person", async (t) => {
  const w = await windowOf(browser, "abh.kaya");
  const { page } = w;
  const { person, akte } = await newAkte(page);
  await t.test("why she is looked at", () => lookAt(w, `/persons/${person}/purpose`, "person_purpose"));
  await t.test("what is recorded of her", async () => {
    await page.goto(`/akten/${akte}`);
    await go(page, page.locator("a.akte-person"));
    await look(w, "person");
  });
  await t.test("changing it", () => lookAt(w, `/persons/${person}/edit`, "person_edit"));
  await t.test("what only some may read of her", async () => {
    for (const [text, reason] of [["ledig"], ["verheiratet\nein Kind", "Heiratsurkunde vorgelegt"]]) {
      await page.goto(`/persons/${person}`);
      await go(page, page.getByRole("link", { name: "Ändern Familienstand" }));
      await page.locator("#text").fill(text);
      if (reason) await page.locator("#reason").fill(reason);
      await look(w, reason ? "particular" : "particular_first", { once: !every });
      await go(page, page.locator("form[data-primary] button[type=submit]"));
    }
    const told = await page.locator(".person-particulars").innerText();
    assert.match(told, /verheiratet/);
    assert.match(told, /Frühere Angaben \(1\)/);
    await look(w, "person_particulars");
  });
  await t.test("what was wrong of her, and who got it", async () => {
    await lookAt(w, `/persons/${person}/corrections`, "corrections_none", { once: !every });
    await lookAt(w, "/corrections", "recipients_none", { once: !every });
    const { id } = await send(page, `/akten/${akte}/documents`, "pass.txt", `Pass ${akte}`, { type: "reisepass", title: "Pass" });
    await settled(page, `/documents/${id}`);
    const left = await api(page, "POST", `/documents/${id}/disclose`, { recipient: "Standesamt Musterstadt", reason: "Eheschließung" }, { "Eakte-Purpose": "bearbeitung" });
    assert.equal(left.status, 200, JSON.stringify(left.body));
    await page.goto(`/persons/${person}/edit`);
    await page.locator('[id="names/0/given"]').fill("Mariam");
    await go(page, page.locator("form[data-primary] button.kern-btn--primary"));
    await look(w, "person_ground", { status: 422, once: !every });
    await page.locator("#ground").selectOption("request");
    await page.locator("#asked_on").fill("2026-01-05");
    await page.locator("#reason").fill("nach dem Pass");
    await page.locator("#proof").selectOption(id);
    await go(page, page.locator("form[data-primary] button.kern-btn--primary"));
    await page.locator(".person-names").waitFor();
    await lookAt(w, "/corrections", "recipients");
    await go(page, page.locator(".recipients-table a").first());
    await page.locator(".corrections-told summary").click();
    await look(w, "corrections");
    await page.locator('.corrections-told select[id$="/state"]').selectOption("disproportionate");
    await go(page, page.locator(".corrections-told form button"));
    await look(w, "corrections_fault", { status: 422, once: !every });
    await page.locator('.corrections-told textarea[id$="/note"]').fill("liegt lange zurück");
    await go(page, page.locator(".corrections-told form button"));
    assert.match(await page.locator(".corrections-told").innerText(), /unverhältnismäßig/);
    await page.locator("form[data-primary] #asked_on").fill("2026-01-05");
    await page.locator("form[data-primary] #reason").fill("nicht nachgewiesen");
    await page.locator("form[data-primary] #statement").fill("Ich bin 1992 geboren.");
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await look(w, "corrections_refused");
  });
  const lead = await windowOf(browser, "abh.leitung");
  await t.test("as the lead sees her", () => lookAt(lead, `/persons/${person}`, "person_lead", { once: !every }));
  await lead.close();
  await w.close();
});
