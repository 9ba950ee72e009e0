// The pages around one Akte: opening it, its documents and their viewer, the forms beside it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { axe, documentLinks, drawn, launch, noFaults, openAkte, shots, sideScroll, size, slug, windowOf } from "./harness.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const views = [["light", 1440], ["dark", 1440], ["light", 390], ["dark", 390]];

async function look(w, name) {
  for (const [scheme, width] of views) {
    await w.page.emulateMedia({ colorScheme: scheme });
    await size(w.page, width);
    const where = slug(name, scheme, String(width));
    const found = await axe(w.page, where);
    assert.deepEqual(found, [], `${where}:\n${found.join("\n")}`);
    assert.equal(await sideScroll(w.page, 320), 0, `${where} scrolls sideways at 320 pixels`);
    noFaults(w.faults, where);
  }
  await w.page.setViewportSize({ width: 1440, height: 900 });
  await shots(w.page, name);
}

test("an Akte and what belongs to it", async (t) => {
  const w = await windowOf(browser, "abh.kaya");
  const { page } = w;
  await t.test("a new person", async () => {
    await page.goto("/akten/new");
    await look(w, "akte_new");
  });
  const akte = await openAkte(page, 1);
  await t.test("why it is opened", async () => {
    await page.goto(`${akte}/purpose`);
    await look(w, "akte_purpose");
  });
  await t.test("its documents", async () => {
    await page.goto(akte);
    await look(w, "akte_list");
  });
  await t.test("an open document", async () => {
    await page.goto(akte);
    const [first] = await documentLinks(page);
    await page.goto(first);
    await drawn(page);
    await look(w, "akte_document");
  });
  for (const place of ["edit", "add", "bundle"]) {
    await t.test(place, async () => {
      await page.goto(akte);
      const link = page.locator(`a[href="${akte}/${place}"]`);
      if (!(await link.count())) return; // not for this reader
      w.faults.length = 0;
      const answer = await page.goto(`${akte}/${place}`);
      assert.equal(answer.status(), 200, `the Akte offers ${place}, which answers ${answer.status()}`);
      await look(w, `akte_${place}`);
    });
  }
  await w.close();
});
