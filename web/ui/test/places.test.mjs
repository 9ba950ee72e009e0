// Every place that the rail offers to any role: in both themes, sizes and languages it has no fault
// that axe finds, breaks no policy, says nothing to the console and doesn't scroll sideways.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { axe, launch, noFaults, railLinks, roles, shots, sideScroll, size, slug, windowOf } from "./harness.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

// In German everything is looked at, in English what differs: the texts and their width.
const views = [
  { locale: "de-DE", scheme: "light", width: 1440 },
  { locale: "de-DE", scheme: "dark", width: 1440 },
  { locale: "de-DE", scheme: "light", width: 390 },
  { locale: "de-DE", scheme: "dark", width: 390 },
  { locale: "en-GB", scheme: "light", width: 1440 },
  { locale: "en-GB", scheme: "light", width: 390 },
];

/** Looks at a page as it stands, in one theme and width. */
async function look(page, faults, name, { locale, scheme, width }) {
  await page.emulateMedia({ colorScheme: scheme });
  await size(page, width);
  const where = slug(name, locale.slice(0, 2), scheme, String(width));
  const found = await axe(page, where);
  assert.deepEqual(found, [], `${where}:\n${found.join("\n")}`);
  assert.equal(await sideScroll(page, 320), 0, `${where} scrolls sideways at 320 pixels`);
  noFaults(faults, where);
}

test("sign-in page", async (t) => {
  for (const view of views) {
    await t.test(slug(view.locale, view.scheme, String(view.width)), async () => {
      const w = await windowOf(browser, null, view);
      await w.page.goto("/");
      assert.equal(await w.page.locator("html").getAttribute("lang"), view.locale.slice(0, 2));
      await look(w.page, w.faults, "signin", view);
      await w.close();
    });
  }
});

const known = new Set(); // the places that were looked at in every view, by another role

for (const [role, login] of roles()) {
  test(`places of ${role}`, async (t) => {
    for (const locale of ["de-DE", "en-GB"]) {
      const w = await windowOf(browser, login, { locale });
      await w.page.goto("/");
      const links = [...new Set([...(await railLinks(w.page)), "/profile"])];
      assert.ok(links.length > 0, "the rail is empty");
      for (const link of links) {
        const every = process.env.EVERY === "1" || !known.has(link + locale);
        known.add(link + locale);
        if (!every && locale !== "de-DE") continue;
        await t.test(`${link} ${locale}`, async () => {
          w.faults.length = 0; // those of the place before are told there
          const answer = await w.page.goto(link);
          assert.equal(answer.status(), 200, `${link} answers ${answer.status()}`);
          assert.equal(await w.page.locator("h1").count(), 1, "a page has one heading of the first rank");
          for (const view of views.filter((v) => v.locale === locale).slice(0, every ? undefined : 1)) {
            await look(w.page, w.faults, slug(role, link), view);
          }
          if (every && locale === "de-DE") await shots(w.page, slug(role, link));
        });
      }
      await w.close();
    }
  });
}
