// The second factor: set up with what an app would read, and then asked for; without scripts too.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { launch, password, signIn, windowOf } from "./harness.mjs";
import { look } from "./look.mjs";
import { letters, must } from "./scene.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** The code that a device shows so many periods from now (RFC 6238). */
function code(secret, ahead = 0) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const sum = createHmac("sha1", key).update(step).digest();
  return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
}

/** Sends the form of a page and waits for what answers it. */
async function send(page, form) {
  await Promise.all([page.waitForEvent("load"), page.locator(`form[action="${form}"] button[type="submit"]`).click()]);
}

test("a second factor is set up, asked for and removed", async () => {
  const name = `faktor.${letters(3)}`;
  const admin = await windowOf(browser, "verwaltung");
  await must(admin.page, "POST", "/users", { name, display: "Zweite Stufe", password: password() });
  await admin.close();

  const w = await windowOf(browser, null);
  await signIn(w.page, name);
  await w.page.goto("/profile/factor");
  await look(w, "factor-setup");
  const secret = await w.page.locator('input[name="secret"]').inputValue();
  assert.ok(await w.page.locator("svg.qr path").count(), "no QR code");
  await w.page.locator('input[name="code"]').fill(code(secret, -1));
  await w.page.locator('input[name="password"]').fill(password());
  await send(w.page, "/profile/factor");
  await look(w, "factor-recovery");
  const recovery = await w.page.locator(".factor-codes code").allTextContents();
  assert.equal(recovery.length, 10);
  await w.page.goto("/profile/factor");
  await look(w, "factor-present");
  assert.ok(!(await w.page.content()).includes(secret), "the secret is told once more");

  const there = await windowOf(browser, null, { scripts: false, locale: "en-GB" });
  await there.page.goto("/akten");
  await there.page.locator('input[name="name"]').fill(name);
  await there.page.locator('input[name="password"]').fill(password());
  await send(there.page, "/sign-in");
  assert.equal(new URL(there.page.url()).pathname, "/sign-in/code");
  await there.page.locator('input[name="code"]').fill(recovery[0]);
  await send(there.page, "/sign-in/code");
  assert.equal(new URL(there.page.url()).pathname, "/akten", "after the code she isn't where she wanted to go");
  await there.close();

  await w.context.clearCookies();
  await w.page.goto("/");
  await w.page.locator('input[name="name"]').fill(name);
  await w.page.locator('input[name="password"]').fill(password());
  await send(w.page, "/sign-in");
  await look(w, "signin-code");
  await w.page.locator('input[name="code"]').fill(code(secret, 1));
  await send(w.page, "/sign-in/code");
  await w.page.goto("/sign-in/again?to=%2Fakten");
  await look(w, "signin-again");
  await w.page.locator('input[name="password"]').fill(password());
  await w.page.locator('input[name="code"]').fill(recovery[1]);
  await send(w.page, "/sign-in/again");
  assert.equal(new URL(w.page.url()).pathname, "/akten");
  await w.page.goto("/profile/factor");
  await w.page.locator('input[name="password"]').fill(password());
  await w.page.locator('input[name="code"]').fill(recovery[2]);
  await send(w.page, "/profile/factor/remove");
  await w.page.getByText("Der zweite Faktor ist entfernt.").waitFor();
  await w.close();
});
