// The officer and the administrator do their work without a mouse.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, noFaults, windowOf } from "./harness.mjs";
import { newAkte } from "./scene.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** Presses Tab until something is focused that fits; it must be seen to have the focus. */
async function tabTo(page, selector) {
  for (let n = 0; n < 150; n++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate((selector) => {
      const here = document.activeElement;
      const look = getComputedStyle(here);
      return { fits: here.matches(selector), seen: look.outlineStyle !== "none" || look.boxShadow !== "none" };
    }, selector);
    if (at.fits) {
      assert.ok(at.seen, `${selector} doesn't show that it has the focus`);
      return;
    }
  }
  assert.fail(`Tab never reaches ${selector}`);
}

/** Presses a key that leads to another page. */
async function press(page, key) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
}

test("the officer finds who looked at an Akte", async () => {
  const clerk = await windowOf(browser, "abh.kaya");
  const { number } = await newAkte(clerk.page);
  await clerk.close();
  const w = await windowOf(browser, "datenschutz");
  const { page } = w;
  await page.goto("/");
  await tabTo(page, 'nav.rail a[href="/trail"]');
  await press(page, "Enter");
  await tabTo(page, "#subject");
  await page.keyboard.type(number);
  await press(page, "Enter");
  assert.match(await page.locator("main tbody").textContent(), new RegExp(number.replace("/", "\\/")));
  await tabTo(page, "main tbody summary");
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("main tbody details[open]").count(), "the event doesn't unfold");
  noFaults(w.faults, "the officer by keys");
  await w.close();
});

test("the administrator looks after the queue and an account", async () => {
  const w = await windowOf(browser, "verwaltung");
  const { page } = w;
  await page.goto("/");
  await tabTo(page, 'nav.rail a[href="/operations"]');
  await press(page, "Enter");
  await tabTo(page, 'main a[href="/operations/queue"]');
  await press(page, "Enter");
  await tabTo(page, 'main a[href="/operations/users"]');
  await press(page, "Enter");
  await tabTo(page, "details.users-new summary");
  await page.keyboard.press("Enter");
  await tabTo(page, "#name");
  await page.keyboard.type("Kein Name");
  await tabTo(page, "#password");
  await page.keyboard.type("ein langes Kennwort 7");
  await press(page, "Control+Enter");
  assert.equal(w.seen.status, 422);
  assert.ok(await page.evaluate(() => document.activeElement.matches('[aria-invalid="true"]')), "the focus is at what is wrong");
  noFaults(w.faults.filter((f) => !f.includes("422")), "the administrator by keys");
  await w.close();
});
