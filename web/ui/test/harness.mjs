// What the browser tests share: a Chromium, people of the made-up authority who sign in, and a watch
// over what a page must never do.
import { createRequire } from "node:module";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";

const require = createRequire(join(need("EAKTE_TEST_MODULES"), "any.js"));
const { chromium } = require("playwright-core");
const axePath = require.resolve("axe-core/axe.min.js");

export const base = need("EAKTE_TEST_URL");
export const out = need("EAKTE_TEST_OUT");
mkdirSync(out, { recursive: true });

function need(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests by "go run ./cmd/check browser"`);
  return value;
}

/** Everybody of the demo, with role@department. */
export const accounts = JSON.parse(process.env.EAKTE_TEST_ACCOUNTS ?? "[]");

/** One account for each role, but for programs. */
export function roles() {
  const seen = new Map();
  for (const { login, role } of accounts) {
    const name = role.split("@")[0];
    if (name !== "dienst" && !seen.has(name)) seen.set(name, login);
  }
  return seen;
}

/** Starts the browser; the caller closes it. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

const sessions = new Map(); // who signed in once keeps the session: signing in is slow on purpose

/** A window of one person. Her pages are watched; look at `faults` of it. */
export async function windowOf(browser, login, { locale = "de-DE", scheme = "light", width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({
    baseURL: base, locale, colorScheme: scheme, viewport: { width, height },
    storageState: sessions.get(login), acceptDownloads: true,
  });
  const page = await context.newPage();
  const faults = watch(page);
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile ?? ""}:${e.lineNumber}`));
  });
  if (login && !sessions.has(login)) {
    await signIn(page, login);
    sessions.set(login, await context.storageState());
  }
  return { context, page, faults, close: () => context.close() };
}

/** Signs in by the form. */
export async function signIn(page, login) {
  await page.goto("/");
  await page.locator('input[name="name"]').fill(login);
  await page.locator('input[name="password"]').fill(need("EAKTE_TEST_PASSWORD"));
  await Promise.all([
    page.waitForURL((url) => !url.pathname.startsWith("/sign-in")),
    page.locator('main form button[type="submit"]').click(),
  ]);
}

/** Collects what goes wrong in a page: errors, breaches of its policy, requests that fail. */
export function watch(page) {
  const faults = [];
  page.on("console", (m) => {
    if (m.type() === "error" || /Content Security Policy/i.test(m.text())) faults.push(`console: ${m.text()}`);
  });
  page.on("pageerror", (e) => faults.push(`exception: ${e.message}`));
  page.on("requestfailed", (r) => {
    const why = r.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") faults.push(`request: ${r.method()} ${new URL(r.url()).pathname}: ${why}`);
  });
  page.on("response", (r) => {
    if (r.status() >= 500) faults.push(`answer ${r.status()}: ${r.request().method()} ${new URL(r.url()).pathname}`);
  });
  page.on("request", (r) => {
    const url = new URL(r.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== base) faults.push(`asks another host: ${url.origin}`);
  });
  return faults;
}

/** No fault may have been seen since the last call. */
export function noFaults(faults, where) {
  const seen = faults.splice(0);
  assert.deepEqual(seen, [], `${where}: ${seen.join("\n")}`);
}

const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong: "rule: where"; empty is good. The whole answer is kept under name. */
export async function axe(page, name) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource());
  const result = await page.evaluate(
    (tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations", "incomplete"] }), axeTags);
  const found = [];
  for (const v of result.violations) {
    for (const n of v.nodes) found.push(`${v.id}: ${n.target.join(" ")} – ${(n.failureSummary ?? "").split("\n").slice(1).join("; ").trim()}`);
  }
  if (name) {
    writeFileSync(join(out, `${name}.axe.json`), JSON.stringify({ violations: result.violations, incomplete: result.incomplete }, null, 1));
  }
  return found;
}

let source;
function axeSource() {
  source ??= require("node:fs").readFileSync(axePath, "utf8");
  return source;
}

/** Pictures of a page: light and dark, wide and narrow. */
export async function shots(page, name) {
  const size = page.viewportSize();
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(out, `${name}-${scheme}-${width}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(size);
}

/** By how many pixels a page is wider than a window of that width. */
export async function sideScroll(page, width) {
  const size = page.viewportSize();
  await page.setViewportSize({ width, height: 900 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.setViewportSize(size);
  return over;
}

/** Where the rail leads. */
export function railLinks(page) {
  return page.locator("nav.rail li a").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
}

/** A name for files. */
export function slug(...parts) {
  return parts.join("-").replace(/[^a-z0-9]+/gi, "_").replace(/^_|_$/g, "");
}
