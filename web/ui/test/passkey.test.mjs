// Passkeys, with an authenticator that Chromium makes up: set up, signed in with, proven with, removed.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, password, windowOf } from "./harness.mjs";
import { look, lookAt } from "./look.mjs";
import { addAccount, freePort, startOwn } from "./own.mjs";

const login = "petra.pass";

let browser, app, own;
before(async () => {
  browser = await launch();
  app = `http://localhost:${await freePort()}`;
  own = await startOwn(app, (_dir, data) => {
    addAccount(data, login, "sachbearbeitung", "asyl", password());
    return { EAKTE_PUBLIC_ADDRESS: app };
  });
});
after(async () => {
  await browser?.close();
  await own?.stop();
});

const open = (options) => windowOf(browser, null, { ...options, origins: [app] });
const path = (page) => new URL(page.url()).pathname;

/** Gives a window a device of its own, which holds passkeys and knows its owner by her finger. */
async function device(w) {
  const cdp = await w.context.newCDPSession(w.page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return {
    keys: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    put: (credential) => cdp.send("WebAuthn.addCredential", { authenticatorId, credential }),
    verified: (isUserVerified) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
  };
}

async function signIn(page) {
  await page.goto("/");
  await page.locator('input[name="name"]').fill(login);
  await page.locator('input[name="password"]').fill(password());
  await press(page, page.locator('form[action="/sign-in"] button[type="submit"]'));
}

/** Presses what ends in another page. */
const press = (page, button) => Promise.all([page.waitForEvent("load"), button.click()]);

const passkeyButton = (page, action) => page.locator(`form[action="${action}"][data-passkey] button`);

test("a passkey is set up, signs in, proves and is removed", async () => {
  const w = await open();
  const { page } = w;
  const held = await device(w);
  await signIn(page);
  await lookAt(w, "/profile/passkeys", "passkeys-none");
  assert.ok(await page.locator("[data-no-passkey]").count() === 0, "the page says that it can't be done here");
  await page.locator('input[name="name"]').fill("Dienstrechner");
  await press(page, passkeyButton(page, "/profile/passkeys"));
  await look(w, "passkeys-one");
  assert.match(await page.locator(".passkeys-row").innerText(), /Dienstrechner/);
  const [key] = await held.keys();
  assert.ok(key?.isResidentCredential, "the device holds no passkey");

  await page.goto("/profile");
  await press(page, page.locator('main form[action="/sign-out"] button'));
  await page.goto("/akten");
  await look(w, "signin-passkey");
  await press(page, passkeyButton(page, "/sign-in/passkey"));
  assert.equal(path(page), "/akten", "she isn't where she wanted to go");

  await page.goto("/sign-in/again?to=/profile/passkeys");
  await look(w, "again-passkey");
  await press(page, passkeyButton(page, "/sign-in/again/passkey"));
  assert.equal(path(page), "/profile/passkeys");
  assert.doesNotMatch(await page.locator(".passkeys-row dd").nth(1).innerText(), /noch nie/i);

  await page.locator(".passkeys-row summary").click();
  await page.locator('input[name="called"]').fill("Alter Rechner");
  await press(page, page.locator('form[action="/profile/passkeys/rename"] button'));
  assert.match(await page.locator(".passkeys-row h3").innerText(), /Alter Rechner/);
  await press(page, page.locator('form[action="/profile/passkeys/remove"] button'));
  assert.equal(await page.locator(".passkeys-row").count(), 0);

  await page.goto("/profile");
  await press(page, page.locator('main form[action="/sign-out"] button'));
  await page.goto("/");
  await press(page, passkeyButton(page, "/sign-in/passkey")); // what is on the device still, and here no more
  assert.ok(path(page).startsWith("/sign-in"), "a removed passkey signs in");
  assert.ok(await page.getByRole("alert").first().isVisible());
  w.faults.length = 0;
  await w.close();
});

test("who isn't recognised by the device stays outside, and is told", async () => {
  const w = await open({ width: 390, scheme: "dark" });
  const { page } = w;
  const held = await device(w);
  await held.verified(false);
  await page.goto("/");
  await passkeyButton(page, "/sign-in/passkey").click();
  await page.locator("form[data-passkey] [data-fault]").waitFor({ state: "visible" });
  assert.equal(path(page), "/sign-in");
  await w.close();
});

test("without scripts, or under another name, nothing is offered", async () => {
  const bare = await open({ scripts: false, locale: "en-GB" });
  await bare.page.goto("/");
  assert.equal(await passkeyButton(bare.page, "/sign-in/passkey").isVisible(), false);
  await bare.close();
  const other = await windowOf(browser, null, { origins: [app.replace("localhost", "127.0.0.1")] });
  await other.page.goto("/");
  assert.equal(await passkeyButton(other.page, "/sign-in/passkey").isVisible(), false);
  await other.close();
});
