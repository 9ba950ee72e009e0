// Every place that the rail offers to any role, and what an account without any role finds there.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { accounts, axe, launch, password, railLinks, roles, size, slug, windowOf } from "./harness.mjs";
import { every, look, lookAt } from "./look.mjs";
import { go, letters, must } from "./scene.mjs";

const locales = ["de-DE", "en-GB"];

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("sign-in page", async (t) => {
  for (const locale of locales) {
    await t.test(locale, async () => {
      const w = await windowOf(browser, null, { locale });
      await w.page.goto("/");
      assert.equal(await w.page.locator("html").getAttribute("lang"), locale.slice(0, 2));
      await look(w, slug("signin", locale.slice(0, 2)));
      await w.close();
    });
  }
});

const known = new Set(); // the places that were looked at by another role

async function visit(t, login, role, locale) {
  const w = await windowOf(browser, login, { locale });
  await w.page.goto("/");
  const links = [...new Set([...(await railLinks(w.page)), "/profile"])];
  assert.ok(links.length > 1, "the rail is empty");
  for (const link of links) {
    const once = !every && known.has(link + locale);
    known.add(link + locale);
    if (once && locale !== "de-DE") continue;
    await t.test(`${link} ${locale}`, () => lookAt(w, link, slug(role, link, locale.slice(0, 2)), { once }));
  }
  await w.close();
}

test("places of every role", async (t) => {
  assert.ok(accounts.length > 10, "the accounts of the demo are not known");
  for (const [role, login] of roles()) {
    await t.test(role, async (t) => {
      for (const locale of locales) await visit(t, login, role, locale);
    });
  }
});

test("a narrow window shows some places and lists the others", async () => {
  const w = await windowOf(browser, "abh.leitung");
  const { page } = w;
  await page.goto("/");
  const all = await railLinks(page);
  await size(page, 390);
  const shown = page.locator("nav.rail li a:visible");
  const lines = await shown.locator("> span").evaluateAll((spans) => spans.map((s) => s.getClientRects().length));
  assert.deepEqual(lines, [1, 1, 1, 1], "a name of a place is broken");
  await page.locator("nav.rail .more summary").click();
  const listed = page.locator("nav.rail .more a:visible");
  const paths = async (links) => links.evaluateAll((found) => found.map((a) => a.getAttribute("href")));
  assert.deepEqual([...await paths(shown), ...await paths(listed)], all);
  assert.deepEqual(await axe(page, "more places"), []);
  await page.keyboard.press("Escape");
  await listed.first().waitFor({ state: "hidden" });
  await page.keyboard.press("Enter"); // the list keeps the focus
  await go(page, listed.last());
  assert.equal(new URL(page.url()).pathname, all.at(-1));
  assert.ok(await page.locator("nav.rail .more summary.here").isVisible(), "the bar doesn't say where one is");
  await w.close();
});

test("an account that has nothing", async (t) => {
  const name = `leer.${letters(3)}`;
  const { page, close } = await windowOf(browser, "verwaltung");
  await must(page, "POST", "/users", { name, display: "Neu Hier", password: password() });
  await close();
  await visit(t, name, "nobody", "de-DE");
});

test("separator sheets to print", async () => {
  const w = await windowOf(browser, "abh.registratur");
  await lookAt(w, "/separators", "separators");
  await w.close();
});
