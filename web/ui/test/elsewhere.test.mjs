// Signing in at the authority's own provider: there and back, a proof, signing out, and who leaves.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, windowOf } from "./harness.mjs";
import { look, lookAt } from "./look.mjs";
import { startElsewhere } from "./provider.mjs";

const people = new Map([
  ["s-1", { sub: "s-1", preferred_username: "eva.muster", name: "Eva Muster", groups: ["akte-asyl"] }],
  ["s-2", { sub: "s-2", preferred_username: "ivo.technik", name: "Ivo Technik", groups: ["akte-it"] }],
]);
const groups = "group,role,department,team\nakte-asyl,sachbearbeitung,asyl,\nakte-it,administration,it,\n";

let browser, both;
before(async () => {
  browser = await launch();
  both = await startElsewhere(people, groups);
});
after(async () => {
  await browser?.close();
  await both?.stop();
});

const open = (options) => windowOf(browser, null, { ...options, origins: [both.app, both.provider.issuer] });

/** Fills the provider's form in. */
async function name(page, login, code) {
  await page.waitForURL(`${both.provider.issuer}/interaction/**`);
  await page.locator('input[name="login"]').fill(login);
  if (code) await page.locator('input[name="code"]').check();
  await page.locator("button").click();
}

/** Signs in there, from a page that asks. */
async function signIn(page, login, code) {
  await page.locator('a[href^="/sign-in/elsewhere"]').click();
  await name(page, login, code);
}

const path = (page) => new URL(page.url()).pathname;
const here = (page, at) => page.waitForURL(`${both.app}${at}`);

test("there, back, a proof, out", async () => {
  const w = await open();
  const { page } = w;
  await page.goto("/akten");
  await look(w, "signin-elsewhere");
  await signIn(page, "eva.muster");
  await here(page, "/akten");
  assert.equal(await page.locator("h1").count(), 1);

  await page.goto("/sign-in/again?to=/profile");
  await look(w, "again-elsewhere");
  await page.locator('a[href^="/sign-in/again/elsewhere"]').click();
  await name(page, "eva.muster"); // although she is signed in there
  await here(page, "/profile");
  assert.match(await page.locator("main").innerText(), /eva\.muster/);

  await page.goto("/profile");
  await page.locator('main form[action="/sign-out"] button').click();
  await here(page, "/sign-in?out=1");
  await look(w, "signin-out");
  await page.locator('a[href="/sign-out/elsewhere"]').click();
  await page.waitForURL(`${both.provider.issuer}/session/end**`);
  assert.equal(new URL(page.url()).searchParams.has("id_token_hint"), false, "her token stands in the address");
  await page.locator("button[name=logout]").click();
  await here(page, "/sign-in");
  await signIn(page, "eva.muster"); // she is asked again: she signed out there
  await here(page, "/");
  w.faults.length = 0;
  await w.close();
});

test("somebody else proves nothing", async () => {
  const w = await open();
  await w.page.goto("/");
  await signIn(w.page, "eva.muster");
  await here(w.page, "/");
  await w.page.goto("/sign-in/again?to=/profile");
  await w.page.locator('a[href^="/sign-in/again/elsewhere"]').click();
  await name(w.page, "ivo.technik"); // with which her session there ends, and so the one here
  await here(w.page, "/sign-in?to=%2Fprofile&why=late");
  await look(w, "signin-late");
  await w.close();
});

test("without scripts, in English, on a telephone", async () => {
  const w = await open({ scripts: false, locale: "en-GB", width: 390 });
  await w.page.goto("/");
  assert.match(await w.page.locator("main").innerText(), /Sign in with Kreis-Konto/);
  await signIn(w.page, "eva.muster");
  await here(w.page, "/");
  await w.close();
});

test("turned down there", async () => {
  const w = await open();
  await w.page.goto("/");
  await signIn(w.page, "niemand");
  await here(w.page, "/sign-in?why=declined");
  await look(w, "signin-declined");
  await w.close();
});

test("a second factor there, and an account from there", async () => {
  const w = await open();
  const { page } = w;
  await page.goto("/");
  await signIn(page, "ivo.technik");
  await here(page, "/profile/factor");
  await look(w, "factor-elsewhere");
  await page.locator('a[href^="/sign-in/again/elsewhere"]').click();
  await name(page, "ivo.technik", true);
  await here(page, "/profile/factor");
  await lookAt(w, "/operations", "operations-elsewhere");
  assert.match(await page.locator("main").innerText(), /Anmeldung über Kreis-Konto\s+erreichbar/);
  await page.goto("/operations/users");
  await page.getByRole("link", { name: "Eva Muster" }).click();
  await look(w, "user-elsewhere");
  assert.equal(await page.locator('input[name="roles"], input[type="password"]').count(), 0, "what the provider decides can be changed here");
  await w.close();
});

test("who signs out there is out here", async () => {
  const w = await open();
  await w.page.goto("/");
  await signIn(w.page, "eva.muster");
  await here(w.page, "/");
  const there = await open();
  await there.page.goto("/");
  await signIn(there.page, "eva.muster");
  await here(there.page, "/");
  both.provider.told.length = 0;
  await w.page.goto(`${both.provider.issuer}/session/end`);
  await Promise.all([w.page.waitForEvent("load"), w.page.locator("button[name=logout]").click()]);
  while (!both.provider.told.length) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(both.provider.told.splice(0), [1], "eakte didn't take the provider's word");
  await w.page.goto("/akten");
  assert.equal(path(w.page), "/sign-in");
  await there.page.goto("/akten");
  assert.equal(path(there.page), "/akten", "her session at another machine ended too");
  await w.close();
  await there.close();
});

test("who leaves is out", async () => {
  const w = await open();
  await w.page.goto("/");
  await signIn(w.page, "eva.muster");
  await here(w.page, "/");
  people.get("s-1").groups = [];
  const there = await open();
  await there.page.goto("/");
  await signIn(there.page, "eva.muster");
  await here(there.page, "/sign-in?why=groups");
  await look(there, "signin-groups");
  await there.close();
  await w.page.goto("/akten");
  assert.equal(path(w.page), "/sign-in");
  await w.close();
  people.get("s-1").groups = ["akte-asyl"];
  assert.ok(!both.said.some((line) => /Muster|Technik|"s-[12]"/.test(line)), "the log names somebody");
});
