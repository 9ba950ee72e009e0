// What a search goes on with: persons while a name is typed, the next document behind the last hit, new hits of a
// saved search, documents that are alike.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { axe, drawn, launch, noFaults, windowOf } from "./harness.mjs";
import { look, lookAt } from "./look.mjs";
import { paper } from "./paper.mjs";
import { found, go, letters, must, newAkte, search, send, settled } from "./scene.mjs";

const word = `Wort${letters(4)}`;
const letter = "Arbeitsvertrag Probezeit Kuendigungsfrist Urlaubsanspruch Tarifvertrag Schichtdienst";
let browser, w, page, akte;
before(async () => {
  browser = await launch();
  w = await windowOf(browser, "abh.kaya");
  page = w.page;
  akte = await newAkte(page);
  for (const n of [1, 2]) await bring(`Brief ${n}`, 3 - n);
  await found(page, word, 2);
});
after(() => browser?.close());

/** Brings a paper of two pages in which the word stands twice. */
async function bring(title, day) {
  const made = await send(page, `/akten/${akte.akte}/documents`, "brief.pdf",
    paper([[595, 842, title, `Hier steht ${word}.`, letter], [595, 842, `Noch einmal ${word}`]]), { type: "sonstiges", title, date: `2026-01-0${day}` });
  await settled(page, `/documents/${made.id}`);
  return made.id;
}

const ask = (text) => search(page, text);

/** The box with its list of persons. */
const combo = (id) => ({
  box: page.locator(id),
  options: page.locator(`*:has(> ${id}) > .typed [role=option]`),
});

test("persons while a name is typed", async (t) => {
  await page.goto("/");
  const { box, options } = combo("#quick");
  const asked = [];
  page.on("request", (r) => { if (r.url().includes("/search/persons")) asked.push(r); });
  await box.pressSequentially(akte.family.slice(0, -2), { delay: 10 });
  await options.first().waitFor();
  assert.ok(asked.length < 4, `${asked.length} questions for one word typed quickly`);
  assert.ok(asked.every((r) => !r.url().includes(akte.family.slice(0, 6))), "what is typed stands in an address");
  assert.equal(await box.getAttribute("aria-expanded"), "true");
  assert.equal(await box.getAttribute("aria-activedescendant"), null, "nobody is chosen before a key says so");
  assert.deepEqual(await axe(page, "persons_typed"), []);
  await t.test("keys", async () => {
    await box.press("ArrowDown");
    assert.equal(await box.getAttribute("aria-activedescendant"), await options.first().getAttribute("id"));
    assert.equal(await options.first().getAttribute("aria-selected"), "true");
    await box.press("ArrowUp");
    assert.equal(await box.getAttribute("aria-activedescendant"), null, "above the first nobody is chosen");
    await box.press("Escape");
    assert.equal(await box.getAttribute("aria-expanded"), "false");
    assert.equal(await options.count(), 0);
    assert.equal(await box.inputValue(), akte.family.slice(0, -2), "Escape keeps what was typed");
    await box.press("ArrowDown");
    await options.first().waitFor();
    await box.press("ArrowDown");
    await Promise.all([page.waitForURL(new RegExp(akte.akte)), box.press("Enter")]);
  });
  await t.test("another spelling is explained", async () => {
    await page.goto("/search");
    const { box, options } = combo("#q");
    await box.pressSequentially(akte.family.replace("Muster", "Mustär"), { delay: 5 });
    await options.first().locator(".tag").waitFor();
    await look(w, "search_typed");
  });
  await t.test("an answer that comes too late is not shown", async () => {
    await page.goto("/search");
    await page.route("**/search/persons", async (route) => {
      await new Promise((done) => setTimeout(done, 400));
      await route.continue().catch(() => {});
    });
    const { box, options } = combo("#q");
    await box.pressSequentially(akte.family, { delay: 5 });
    await page.waitForTimeout(300); // asked, not answered
    await box.fill("");
    await page.waitForTimeout(600);
    assert.equal(await options.count(), 0, "persons are shown under an empty box");
    await page.unroute("**/search/persons");
  });
  await t.test("Escape while she has just typed", async () => {
    await page.goto("/search");
    const { box, options } = combo("#q");
    await box.pressSequentially(akte.family, { delay: 5 });
    await box.press("Escape");
    await page.waitForTimeout(600); // longer than it waits before it asks
    assert.equal(await options.count(), 0, "persons are shown although she said no");
    assert.equal(await box.inputValue(), akte.family);
  });
  await t.test("Enter without a choice searches", async () => {
    await page.goto("/");
    const { box, options } = combo("#quick");
    await box.pressSequentially(akte.family, { delay: 5 });
    await options.first().waitFor();
    await Promise.all([page.waitForURL(/\/search\?s=/), box.press("Enter")]);
    assert.ok(await page.locator(".search-person").count());
  });
  noFaults(w.faults, "typing");
});

test("without scripts the box searches", async () => {
  const plain = await windowOf(browser, "abh.kaya", { scripts: false });
  await plain.page.goto("/");
  await plain.page.locator("#quick").fill(akte.family);
  await Promise.all([plain.page.waitForURL(/\/search\?s=/), plain.page.locator("#quick").press("Enter")]);
  assert.equal(await plain.page.locator("#quick").getAttribute("role"), null);
  await plain.close();
});

test("N goes on into the next document, P back into the one before", async () => {
  await ask(word);
  await page.locator("#sort").selectOption("date").catch(() => {});
  await page.waitForLoadState();
  await page.locator("a[data-hit]").first().click();
  await at("1 / 2");
  const first = await chosen();
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("n");
  await at("2 / 2");
  await page.keyboard.press("n");
  await page.waitForFunction((id) => document.querySelector("#preview page-viewer")?.dataset.base !== id, first);
  await at("1 / 2");
  assert.notEqual(await chosen(), first);
  assert.equal(await page.locator(".search-hit[data-chosen]").count(), 1);
  await page.keyboard.press("p");
  await page.waitForFunction((id) => document.querySelector("#preview page-viewer")?.dataset.base === id, first);
  await at("2 / 2"); // one comes to the last hit of the document before
  await page.keyboard.press("p");
  await at("1 / 2");
  const akteOf = page.url();
  await go(page, page.locator(".search-open a").first());
  assert.notEqual(page.url(), akteOf);
  const opened = new URL(page.url()).pathname;
  await page.locator("#viewer [data-hits] [data-hit]", { hasText: "1 / 2" }).waitFor();
  await page.keyboard.press("n");
  await Promise.all([page.waitForURL((u) => u.pathname.includes("/documents/") && u.pathname !== opened), page.keyboard.press("n")]);
  await page.locator("#viewer [data-hits] [data-hit]", { hasText: "1 / 2" }).waitFor();
  await Promise.all([page.waitForURL((u) => u.pathname === opened), page.keyboard.press("p")]);
  await page.locator("#viewer [data-hits] [data-hit]", { hasText: "2 / 2" }).waitFor();
  noFaults(w.faults, "hits across documents");
});

test("P onto a document that isn't shown at once leaves nothing behind", async () => {
  await ask(word);
  await page.locator("a[data-hit]").first().click();
  await at("1 / 2");
  await page.evaluate(() => document.activeElement?.blur());
  for (let i = 0; i < 2; i++) await page.keyboard.press("n");
  await page.locator(".search-hit[data-chosen] >> nth=0").waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".search-hit")[1].hasAttribute("data-chosen"));
  await at("1 / 2");
  const why = '<section class="search-preview search-preview--open" id="preview"><p id="why" tabindex="-1">Zweck?</p></section>';
  await page.route(/\/search\/preview/, (route) => route.fulfill({ contentType: "text/html", body: why }), { times: 1 });
  await page.keyboard.press("p");
  await page.locator("#preview #why").waitFor();
  assert.equal(await page.locator("[data-hits-from]").count(), 0, "the next document would be shown from its end");
  noFaults(w.faults, "back onto a question");
});

const chosen = () => page.locator("#preview page-viewer").getAttribute("data-base");

async function at(text) {
  await page.locator("#preview .viewer [data-hits] [data-hit]", { hasText: text }).waitFor();
}

test("new hits of a saved search", async (t) => {
  await ask(word);
  const name = `Neu ${letters(2)}`;
  await page.locator(".search-save summary").click();
  await page.locator("#name").fill(name);
  await page.locator(".search-tell input").check();
  await go(page, page.locator(".search-save button[type=submit]"));
  const kept = page.locator(".search-kept", { hasText: name });
  assert.equal(await kept.locator(".search-fresh").count(), 0, "what was there is not new");
  const id = await bring("Brief 3", 3);
  await found(page, word, 3);
  await t.test("on the day", async () => {
    await page.goto("/");
    await page.locator(".day-search", { hasText: name }).waitFor();
    await look(w, "day_searches");
  });
  await t.test("beside the search", async () => {
    await page.goto("/search");
    assert.match(await kept.locator(".search-fresh").innerText(), /^1 neuer/);
    await look(w, "search_fresh");
    await go(page, kept.locator(".search-fresh"));
    assert.equal(await page.locator("li.search-hit").count(), 1);
    assert.match(await page.locator("a[data-hit]").getAttribute("href"), new RegExp(id));
    assert.equal(await kept.locator(".search-fresh").count(), 0, "what was looked at is not new any more");
    await look(w, "search_new_only");
    await go(page, page.locator(".search-chips button"));
    assert.equal(await page.locator("li.search-hit").count(), 3, "without the filter all are there");
  });
  await t.test("switched off", async () => {
    await go(page, kept.locator("form[action='/search/notify'] button"));
    await kept.locator(".search-silent").waitFor();
  });
});

test("documents that are alike", async () => {
  const { items } = await must(page, "GET", `/akten/${akte.akte}/documents`);
  await page.goto(`/akten/${akte.akte}/documents/${items[0].id}`);
  await drawn(page);
  await go(page, page.locator(`a[href$="/documents/${items[0].id}/alike"]`).first());
  assert.ok(await page.locator(".morelike-hit").count() >= 2, "the other letters aren't found");
  assert.ok((await page.locator(".morelike-hit").first().innerText()).includes("Tarifvertrag"));
  await look(w, "morelike");
  const other = await send(page, `/akten/${akte.akte}/documents`, "leer.pdf", paper([[595, 842, "Nichts"]]), { type: "sonstiges", title: "Fast leer" });
  await settled(page, `/documents/${other.id}`);
  await lookAt(w, `/akten/${akte.akte}/documents/${other.id}/alike`, "morelike_none");
});
