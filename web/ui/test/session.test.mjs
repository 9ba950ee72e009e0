// The end of a session: an open page shows nothing any more, and what was typed into it comes back to who
// typed it, and to nobody else.
import { after, before, beforeEach, afterEach, test } from "node:test";
import assert from "node:assert/strict";
import { launch, openAkte, signIn, statePurpose, windowOf } from "./harness.mjs";
import { look } from "./look.mjs";

let browser, w, context, page, other, faults;
before(async () => { browser = await launch(); });
after(() => browser?.close());
beforeEach(async () => {
  w = await windowOf(browser, null); // with a session of its own: it ends
  ({ context, page, faults } = w);
  await signIn(page, "abh.kaya");
});
afterEach(() => context.close());

/** Signs out in another window of the same browser, by the menu. */
async function signOutElsewhere() {
  other = await context.newPage();
  await other.goto("/profile");
  await Promise.all([other.waitForURL("**/sign-in**"), other.locator('main form[action="/sign-out"] button').click()]);
}

/** The page is covered, and holds nothing of what it showed. */
async function cleared(secret) {
  await page.getByRole("heading", { name: "Ihre Sitzung ist beendet" }).waitFor();
  await page.waitForFunction(() => document.body.children.length === 1);
  assert.ok(!(await page.content()).includes(secret), "what was typed or shown is in the page still");
  assert.ok(!(await page.title()).includes(secret), "the title tells it still");
}

/** Goes on from the cleared page by signing in. */
async function signInAgain(login = "abh.kaya") {
  await Promise.all([page.waitForURL("**/sign-in**"), page.getByRole("link", { name: "Anmelden" }).click()]);
  await page.locator('input[name="name"]').fill(login);
  await page.locator('input[name="password"]').fill(process.env.EAKTE_TEST_PASSWORD);
  await Promise.all([page.waitForURL((url) => !url.pathname.startsWith("/sign-in")), page.locator('main form button[type="submit"]').click()]);
}

test("what was typed into a new Akte comes back", async () => {
  await page.goto("/akten/new");
  await page.locator('input[name="names/0/family"]').fill("Zwischenraum");
  await signOutElsewhere();
  await cleared("Zwischenraum");
  await signInAgain();
  assert.equal(await page.locator('input[name="names/0/family"]').inputValue(), "Zwischenraum");
  await page.getByText("noch nicht gespeichert").waitFor();
});

test("what was typed about an Akte comes back, once the purpose is stated again", async () => {
  const akte = await openAkte(page, 0);
  await page.goto(`${akte}/edit`);
  await page.locator('input[name="title"]').fill("Vorgang Zwischenraum");
  await signOutElsewhere();
  await cleared("Zwischenraum");
  await signInAgain();
  await statePurpose(page);
  assert.equal(await page.locator('input[name="title"]').inputValue(), "Vorgang Zwischenraum");
  await page.goto(`${akte}/edit`);
  assert.ok(!(await page.content()).includes("Zwischenraum"), "it was carried out");
});

test("sent without scripts' help it comes back, too", async () => {
  await page.goto("/akten/new");
  await page.locator('input[name="names/0/family"]').fill("Zwischenraum");
  await context.clearCookies({ name: "eakte" }); // ended, and nobody told the page
  await Promise.all([page.waitForURL("**/sign-in**"), page.locator("form[data-primary]").evaluate((f) => f.submit())]);
  await page.getByText("Was Sie eingegeben haben, ist aufgehoben").waitFor();
  await page.locator('input[name="name"]').fill("abh.kaya");
  await page.locator('input[name="password"]').fill(process.env.EAKTE_TEST_PASSWORD);
  await Promise.all([page.waitForURL("**/held/**"), page.locator('main form button[type="submit"]').click()]);
  assert.equal(await page.locator('input[name="names/0/family"]').inputValue(), "Zwischenraum");
  await look(w, "held");
});

test("somebody else sees nothing of it", async () => {
  await page.goto("/akten/new");
  await page.locator('input[name="names/0/family"]').fill("Zwischenraum");
  await signOutElsewhere();
  await cleared("Zwischenraum");
  await signInAgain("abh.lorenz");
  assert.equal(new URL(page.url()).pathname, "/");
  assert.ok(!(await page.content()).includes("Zwischenraum"));
});

test("a page of one account is cleared when another one signs in", async () => {
  await page.goto("/akten");
  await signOutElsewhere();
  await cleared("table");
  const second = await context.newPage();
  await signIn(second, "abh.kaya");
  const third = await context.newPage();
  await third.goto("/akten");
  await context.clearCookies({ name: "eakte" });
  await signIn(second, "abh.lorenz");
  await third.getByRole("heading", { name: "Ihre Sitzung ist beendet" }).waitFor();
});

test("a stream that is refused says that the session ended, not that the line is down", async () => {
  const akte = await openAkte(page, 1);
  await page.goto(akte);
  await page.locator("#document-list a[data-entry]").first().click();
  await context.clearCookies({ name: "eakte" });
  await page.evaluate(async () => {
    const { look } = await import(document.querySelector("script[src$='shared/app.js']").src.replace("app.js", "live.js"));
    document.body.append(Object.assign(document.createElement("i"), { id: "probe" }));
    document.getElementById("probe").dataset.watch = "basket/none";
    look();
  });
  await page.getByRole("heading", { name: "Ihre Sitzung ist beendet" }).waitFor();
  assert.equal(await page.getByText("Keine Verbindung zum Server").count(), 0);
});

test("no key acts behind a dialog, and a form is sent once", async () => {
  await page.goto("/akten/new");
  await page.locator("body").press("Shift+?");
  await page.locator("#keys[open]").waitFor();
  await page.keyboard.press("/");
  assert.ok(await page.evaluate(() => document.activeElement.closest("#keys") !== null || document.activeElement === document.body), "the focus left the dialog");
  let posts = 0;
  page.on("request", (r) => { if (r.method() === "POST" && r.url().endsWith("/akten/new")) posts++; });
  await page.keyboard.press("Control+Enter");
  await page.waitForTimeout(300);
  assert.equal(posts, 0, "the form behind the dialog was sent");
  await page.keyboard.press("Escape");
  await page.route("**/akten/new", async (route) => {
    await new Promise((done) => setTimeout(done, 500));
    await route.continue();
  });
  await page.locator("form[data-primary]").evaluate((form) => { form.requestSubmit(); form.requestSubmit(); });
  // Chromium may never say that a key arrived if the page is left meanwhile.
  await Promise.race([page.keyboard.press("Control+Enter"), page.waitForTimeout(2000)]);
  await page.waitForLoadState("load");
  await page.waitForTimeout(700);
  assert.equal(posts, 1);
  assert.deepEqual(faults.filter((f) => !/422/.test(f)), []);
});
