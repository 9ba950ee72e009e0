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

/** The password of all accounts. */
export function password() { return need("EAKTE_TEST_PASSWORD"); }

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

/** Starts the browser, Chromium without windows, which takes a quarter less than one with; the caller closes it. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

const sessions = new Map(); // who signed in once keeps the session: signing in is slow on purpose

/**
 * A window of one person. Her pages are watched; look at `faults` of it, and at what was `seen`. origins are where pages
 * may come from, first of all from there.
 */
export async function windowOf(browser, login, { locale = "de-DE", scheme = "light", width = 1440, height = 900, scripts = true, origins = [base] } = {}) {
  const context = await browser.newContext({
    baseURL: origins[0], locale, colorScheme: scheme, viewport: { width, height },
    storageState: sessions.get(login), acceptDownloads: true, javaScriptEnabled: scripts,
  });
  const page = await context.newPage();
  const faults = watch(page, origins);
  const seen = { status: 0, paths: new Set() };
  page.on("response", (r) => {
    const request = r.request();
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) seen.status = r.status();
    if (r.status() === 200 && request.method() === "GET") seen.paths.add(new URL(r.url()).pathname);
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile ?? ""}:${e.lineNumber}`));
  });
  if (login && !sessions.has(login)) {
    await signIn(page, login);
    sessions.set(login, await context.storageState());
  }
  return { context, page, faults, seen, close: () => context.close() };
}

/** Signs in by the form. */
export async function signIn(page, login) {
  await page.goto("/");
  await page.locator('input[name="name"]').fill(login);
  await page.locator('input[name="password"]').fill(password());
  await Promise.all([
    page.waitForURL((url) => !url.pathname.startsWith("/sign-in")),
    page.locator('main form button[type="submit"]').click(),
  ]);
}

/** Collects what goes wrong in a page: errors, breaches of its policy, requests that fail. */
export function watch(page, origins = [base]) {
  const faults = [];
  page.on("console", (m) => {
    if (m.type() === "error" || /Content Security Policy/i.test(m.text())) {
      const at = m.location().url;
      faults.push(`console: ${m.text()}${at ? ` (${new URL(at, base).pathname})` : ""}`);
    }
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
    if (/^https?:$/.test(url.protocol) && !origins.includes(url.origin)) faults.push(`asks another host: ${url.origin}`);
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

/**
 * Makes a window of that width. A narrow one is as high as a page gets: what lies under the bar at the
 * bottom of a phone can be scrolled free, and axe doesn't know.
 */
export function size(page, width) {
  return page.setViewportSize({ width, height: width < 760 ? 3000 : 900 });
}

/** Pictures of a page: light and dark, wide and narrow. */
export async function shots(page, name) {
  const before = page.viewportSize();
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(out, `${name}-${scheme}-${width}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(before);
}

/** By how many pixels a page is wider than a window of that width. */
export async function sideScroll(page, width) {
  const before = page.viewportSize();
  await page.setViewportSize({ width, height: 900 });
  const over = await page.evaluate(async () => {
    for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
  });
  await page.setViewportSize(before);
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

/** Opens an Akte that the reader may see and that has at least so many documents; states why, if asked. */
export async function openAkte(page, documents = 1) {
  await page.goto("/akten?scope=all&state=any");
  const akten = await page.locator("table.akten a[data-entry]").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
  for (const akte of akten) {
    await page.goto(akte);
    await statePurpose(page);
    if ((await documentLinks(page)).length >= documents) return akte;
  }
  throw new Error(`none of ${akten.length} Akten has ${documents} documents`);
}

/** Chooses the general purpose where the page asks for one. */
export async function statePurpose(page) {
  const purpose = page.locator('input[name="purpose"][value="bearbeitung"]');
  if (!(await purpose.count())) return;
  await purpose.check();
  await Promise.all([page.waitForNavigation(), page.locator('form[data-primary] button[type="submit"]').click()]);
}

/** The documents listed in an Akte. */
export function documentLinks(page) {
  return page.locator("#document-list a[data-entry]").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
}

/** Waits until the first page of the open document is drawn, if it has any. */
export function drawn(page) {
  return page.waitForFunction(() => {
    const image = document.querySelector("page-viewer .viewer-page img");
    return !image || (image.complete && image.naturalWidth > 0);
  });
}

/** What the tab holds after everything that is not needed is gone: bytes of scripts' objects, documents, workers. */
export async function weigh(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  for (let n = 0; n < 3; n++) await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  await cdp.detach();
  const of = (name) => metrics.find((m) => m.name === name).value;
  return { heap: of("JSHeapUsedSize"), documents: of("Documents"), nodes: of("Nodes"), workers: page.workers().length };
}
