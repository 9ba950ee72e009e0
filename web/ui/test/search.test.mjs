// The search: before anything was asked, with hits, with the document beside them, with nothing, and while
// rights are changing.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { drawn, launch, windowOf } from "./harness.mjs";
import { look, lookAt } from "./look.mjs";
import { paper } from "./paper.mjs";
import { api, found, go, letters, newAkte, search, send, settled } from "./scene.mjs";

const word = `Wort${letters(4)}`;
let browser, w, page, akte;
before(async () => {
  browser = await launch();
  w = await windowOf(browser, "abh.kaya");
  page = w.page;
  akte = await newAkte(page);
  for (const n of [1, 2]) {
    const made = await send(page, `/akten/${akte.akte}/documents`, "brief.pdf", paper([[595, 842, `Brief ${n}`, `Hier steht ${word}.`], [595, 842, `Noch einmal ${word}`]]), { type: "sonstiges", title: `Brief ${n}`, date: "2026-01-0" + n });
    await settled(page, `/documents/${made.id}`);
  }
  await found(page, word, 2);
});
after(() => browser?.close());

const ask = (text) => search(page, text);

test("before anything was asked", async () => {
  await lookAt(w, "/search", "search");
  await page.goto("/search");
  await page.locator(".search-language summary").click();
  await look(w, "search_language");
});

test("with hits", async (t) => {
  await ask(word);
  assert.equal(await page.locator("li.search-hit").count(), 2);
  await look(w, "search_hits");
  await t.test("a filter and a kept search", async () => {
    await page.locator(".search-save summary").click();
    await page.locator("#name").fill(`Gemerkt ${letters(2)}`);
    await go(page, page.locator(".search-save button[type=submit]"));
    await look(w, "search_kept");
    await go(page, { click: () => page.locator("#date_from").fill("2026-01-02") });
    assert.equal(await page.locator("li.search-hit").count(), 1);
    await look(w, "search_filtered");
  });
  await t.test("the document beside them", async () => {
    await ask(word);
    await page.locator("a[data-hit]").first().click();
    await page.locator("#preview page-viewer").waitFor();
    await drawn(page);
    await look(w, "search_preview", { part: "/search/preview" });
  });
  await t.test("a question before it", async () => {
    const other = await windowOf(browser, "abh.leitung");
    await other.page.goto("/search");
    await other.page.locator("#q").fill(word);
    await go(other.page, { click: () => other.page.locator("#q").press("Enter") });
    await other.page.locator("a[data-hit]").first().click();
    await other.page.locator("#preview #why").waitFor();
    await look(other, "search_why", { part: "/search/preview" });
    await other.close();
  });
});

test("what was understood and what wasn't", async () => {
  await ask(`${word} -Reisepass typ:gibtesnicht von:31.02.2024 *brief "Hier steht`);
  assert.equal(await page.locator("li.search-hit").count(), 2);
  assert.equal(await page.locator(".search-note--warn").count(), 4, "a note for each mistake");
  assert.match(await page.locator(".search-understood").textContent(), /Reisepass/);
  await look(w, "search_understood");
});

test("a person", async () => {
  await ask(akte.family);
  assert.ok(await page.locator(".search-person").count(), "she isn't found");
  await look(w, "search_person");
});

test("nothing", async () => {
  await ask(`${word}xyz`);
  await page.getByRole("heading", { name: "Nichts gefunden" }).waitFor();
  await look(w, "search_none");
});

test("nothing, but nearly", async () => {
  await ask(`${word.slice(0, -1)}${word.endsWith("q") ? "w" : "q"}`);
  await look(w, "search_respelled");
  await go(page, page.locator(".search-respelled button"));
  assert.equal(await page.locator("li.search-hit").count(), 2);
});

test("a question that is far too long", async () => {
  await page.goto("/search");
  await page.locator("#q").fill("wort ".repeat(10_000));
  await go(page, { click: () => page.locator("#q").press("Enter") });
  assert.equal(await page.locator(".search-note--warn").count(), 1, "what is left out is told");
  assert.match(await page.locator(".search-understood").textContent(), /wort/);
  await look(w, "search_long");
});

test("while rights change", async () => {
  // The Akte is indexed anew each time its rights have changed; a search meanwhile must say that it lacks
  // it. As that takes some milliseconds only, they change without a pause until a search has met it.
  let met = false;
  const changes = (async () => {
    let { etag } = await api(page, "GET", `/akten/${akte.akte}`);
    for (let n = 0; !met; n++) {
      const departments = n % 2 ? [] : [{ department: "soziales" }];
      const changed = await api(page, "PATCH", `/akten/${akte.akte}`, { departments }, { "If-Match": etag });
      assert.equal(changed.status, 200, JSON.stringify(changed.body));
      etag = changed.etag;
    }
  })();
  changes.catch(() => {}); // until it is awaited
  try {
    for (let n = 0; !met; n++) {
      assert.ok(n < 40, "no search ever said that it is incomplete");
      await page.goto("/search");
      await page.locator("#q").fill(word);
      await go(page, { click: () => page.locator("#q").press("Enter") });
      if (await page.locator(".search-note--warn").count()) break;
    }
  } finally {
    met = true;
    await changes;
  }
  await look(w, "search_incomplete");
});
