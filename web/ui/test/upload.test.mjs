// Files that are sent from a real browser: dropped, pasted, chosen; held up, cut off, refused; and without
// scripts by the form alone.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, noFaults, windowOf } from "./harness.mjs";
import { look } from "./look.mjs";
import { paper } from "./paper.mjs";
import { go, letters, must, newAkte } from "./scene.mjs";

const mark = letters(4);
const letter = (n) => paper([[595, 842, `Brief ${n}`, `Das ist ${mark} ${n}.`]]);
let browser, w, page, folder;
before(async () => {
  browser = await launch();
  w = await windowOf(browser, "abh.kaya");
  page = w.page;
  folder = await mkdtemp(join(tmpdir(), "eakte-upload-"));
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The row of a file in the queue. */
const row = (name) => page.locator(".upload-row").filter({ has: page.locator("[data-name]", { hasText: new RegExp(`^${name}$`) }) });

/** Waits until a file has got so far. */
const reaches = (name, ...states) => row(name).and(page.locator(states.map((s) => `[data-state=${s}]`).join(", "))).waitFor();

/** What lies in the basket under that name. */
async function inBasket(name) {
  const found = [];
  for (let cursor = ""; ;) {
    const { items, next_cursor: next } = await must(page, "GET", `/inbox?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    found.push(...items.filter((item) => item.name === name));
    if (!(cursor = next)) return found;
  }
}

/** A page that takes files into a basket. */
async function open(path = "/inbox/upload") {
  w.faults.length = 0;
  await page.goto(path);
  await page.locator(".upload--script").waitFor();
}

/** Drops files of this machine on the page as a hand does, folders too. */
async function drop(paths) {
  const cdp = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const at = await page.locator(".upload-drop").boundingBox();
  const [x, y] = [at.x + at.width / 2, at.y + at.height / 2];
  for (const type of ["dragEnter", "dragOver", "drop"]) await cdp.send("Input.dispatchDragEvent", { type, x, y, data });
  await cdp.detach();
}

/** A network that is this slow, or gone. */
async function network(bytesPerSecond, offline = false) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
  return cdp;
}

test("files and a folder are dropped", async () => {
  await open();
  const one = join(folder, `lose-${mark}.pdf`);
  await writeFile(one, letter(1));
  await mkdir(join(folder, "Ordner", "darin"), { recursive: true });
  await writeFile(join(folder, "Ordner", `oben-${mark}.pdf`), letter(2));
  await writeFile(join(folder, "Ordner", "darin", `unten-${mark}.pdf`), letter(3));
  await drop([one, join(folder, "Ordner")]);
  for (const name of [`lose-${mark}.pdf`, `oben-${mark}.pdf`, `unten-${mark}.pdf`]) {
    await reaches(name, "received", "processing", "ready");
    assert.equal((await inBasket(name)).length, 1, `${name} lies in the basket once`);
  }
  noFaults(w.faults, "dropping");
  await look(w, "upload_dropped");
});

test("a picture is pasted", async () => {
  await open();
  const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await page.evaluate(async ({ png, name }) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))], name, { type: "image/png" }));
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, { png, name: `bild-${mark}.png` });
  await reaches(`bild-${mark}.png`, "received", "processing", "ready", "failed");
  assert.equal((await inBasket(`bild-${mark}.png`)).length, 1);
});

test("what can't be taken is told beside it, and its neighbours go on", async () => {
  await open();
  await page.locator("#file").setInputFiles([
    { name: `gut-${mark}.pdf`, mimeType: "application/pdf", buffer: letter(4) },
    { name: `programm-${mark}.pdf`, mimeType: "application/pdf", buffer: Buffer.from("MZ\x90\x00 a program, whatever its name") },
    { name: `leer-${mark}.pdf`, mimeType: "application/pdf", buffer: Buffer.alloc(0) },
    { name: `kaputt-${mark}.pdf`, mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.7\n${mark}\n`) },
    { name: `auch-gut-${mark}.pdf`, mimeType: "application/pdf", buffer: letter(5) },
  ]);
  for (const bad of ["programm", "leer"]) {
    await reaches(`${bad}-${mark}.pdf`, "refused");
    assert.ok((await row(`${bad}-${mark}.pdf`).locator("[data-say]").textContent()).length > 15, `${bad}: no reason is given`);
    assert.equal((await inBasket(`${bad}-${mark}.pdf`)).length, 0);
  }
  assert.ok(!(await row(`leer-${mark}.pdf`).locator("[data-act=retry]").isVisible()), "an empty file can be sent again in vain");
  await reaches(`kaputt-${mark}.pdf`, "failed");
  assert.ok((await row(`kaputt-${mark}.pdf`).locator("[data-say]").textContent()).length > 15, "no reason is given");
  for (const good of ["gut", "auch-gut"]) await reaches(`${good}-${mark}.pdf`, "ready");
  assert.deepEqual(w.faults.splice(0).filter((f) => !/status of 415 .*\/api\/v1\/uploads\//.test(f)), []); // the refusal
  await look(w, "upload_refused");
});

test("a transfer pauses, goes on, and outlives a lost network", async () => {
  await open();
  const name = `gross-${mark}.pdf`;
  const bytes = Buffer.concat([letter(6), Buffer.alloc(6 << 20, `%${mark}\n`)]);
  let cdp = await network(1 << 20);
  await page.locator("#file").setInputFiles([{ name, mimeType: "application/pdf", buffer: bytes }]);
  await reaches(name, "sends");
  await row(name).locator("[data-act=pause]").click();
  await reaches(name, "paused");
  await look(w, "upload_paused");
  assert.equal((await inBasket(name)).length, 0, "it came although it was paused");
  await row(name).locator("[data-act=resume]").click();
  await reaches(name, "sends");
  await cdp.detach();
  cdp = await network(-1, true);
  await page.locator("#offline:not([hidden])").waitFor();
  await page.waitForTimeout(1500);
  assert.ok(!(await row(name).and(page.locator("[data-state=refused]")).count()), "a lost network is taken for a refusal");
  w.faults.length = 0; // the browser told that it was cut off
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await reaches(name, "received", "processing", "ready", "failed");
  const [item, ...more] = await inBasket(name);
  assert.equal(more.length, 0, "it came twice");
  assert.equal(item.size, bytes.length, "some of it is missing");
  await cdp.detach();
});

test("what was refused is sent again when it was put right", async () => {
  const { akte } = await newAkte(page);
  await open(`/akten/${akte}/add`);
  const name = `nachgebessert-${mark}.pdf`;
  await page.locator("#type").selectOption("sonstiges");
  await page.locator("#date").evaluate((d) => { d.type = "text"; d.value = "morgen"; });
  await page.locator("#file").setInputFiles([{ name, mimeType: "application/pdf", buffer: letter(7) }]);
  await page.locator("form[data-form] button[type=submit]").click();
  await reaches(name, "refused");
  await page.locator("#date").evaluate((d) => { d.value = "2026-01-02"; });
  await row(name).locator("[data-act=retry]").click();
  await reaches(name, "received", "processing", "ready");
  const { items } = await must(page, "GET", `/akten/${akte}/documents`);
  assert.deepEqual(items.map((d) => d.date), ["2026-01-02"]);
});

test("without scripts", async () => {
  const plain = await windowOf(browser, "abh.kaya", { scripts: false });
  await plain.page.goto("/inbox/upload");
  const names = [`schlicht-${mark}.pdf`, `auch-schlicht-${mark}.pdf`];
  await plain.page.locator("#file").setInputFiles(names.map((name, n) => ({ name, mimeType: "application/pdf", buffer: letter(8 + n) })));
  await go(plain.page, plain.page.locator("form[data-form] button[type=submit]"));
  assert.equal(new URL(plain.page.url()).pathname, "/inbox");
  for (const name of names) assert.equal((await inBasket(name)).length, 1, `${name} lies in the basket once`);
  await plain.page.goto("/inbox/upload");
  await plain.page.locator("#file").setInputFiles([{ name: `leer-${mark}.exe`, mimeType: "application/pdf", buffer: Buffer.from("MZ a program") }]);
  await go(plain.page, plain.page.locator("form[data-form] button[type=submit]"));
  assert.equal(plain.seen.status, 422);
  assert.ok(await plain.page.locator(".faults li, .fault").count(), "no reason is given");
  await plain.close();
});
