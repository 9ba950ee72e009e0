// The viewer of documents: hits lie on the words, pages keep their proportions, the address keeps the
// place, two viewers don't disturb each other, and what was opened is let go of.
import test, { after, before } from "node:test";
import assert from "node:assert/strict";
import { accounts, axe, base, launch, noFaults, windowOf } from "./harness.mjs";
import { paper } from "./paper.mjs";

const word = "Zahnradgetriebe";
const login = accounts.find((a) => a.role === "leitung@auslaenderbehoerde")?.login ?? "abh.leitung";
let browser, akte, mixed, other;

before(async () => {
  browser = await launch();
  const { page, close } = await windowOf(browser, login);
  ({ akte, mixed, other } = await papers(page));
  await close();
});
after(() => browser?.close());

/** Brings two papers into an Akte: one of mixed sizes, and a letter. */
async function papers(page) {
  const letter = (n) => [595, 842, `Seite ${n}`, `Das ${word} wird bescheinigt.`, "Eine Zeile ohne das Wort.", ...(n % 2 ? [`Noch ein ${word} steht hier.`] : [])];
  const sheets = [letter(1), [243, 153, "Ausweis Muster", word], [1191, 842, "Plan in A3 quer", word], letter(4), letter(5), letter(6)];
  const akte = await page.evaluate(async () => (await (await fetch("/api/v1/akten?limit=1")).json()).items[0].id);
  await state(page, akte);
  const bring = async (title, pdf) => {
    const bytes = [...pdf];
    const id = await page.evaluate(async ({ akte, title, bytes }) => {
      const form = new FormData();
      form.append("file", new Blob([new Uint8Array(bytes)]), "papier.pdf");
      form.append("meta", JSON.stringify({ type: "sonstiges", title }));
      const made = await fetch(`/api/v1/akten/${akte}/documents`, { method: "POST", body: form });
      return (await made.json()).id;
    }, { akte, title, bytes });
    assert.ok(id, `${title} was not taken`);
    for (let i = 0; ; i++) {
      const now = await page.evaluate(async (id) => (await (await fetch(`/api/v1/documents/${id}`)).json()).state, id);
      if (now === "ready") return id;
      assert.ok(i < 120 && ["received", "processing"].includes(now), `${title} is ${now}`);
      await page.waitForTimeout(500);
    }
  };
  return { akte, mixed: await bring("Gemischte Seiten", paper(sheets)), other: await bring("Ein Brief", paper([letter(1), letter(2)])) };
}

/** States the purpose for which the Akte is opened in this session. */
async function state(page, akte) {
  const status = await page.evaluate(async (akte) => (await fetch(`/akten/${akte}/purpose`, { method: "POST", body: new URLSearchParams({ purpose: "bearbeitung" }), redirect: "manual" })).type, akte);
  assert.equal(status, "opaqueredirect", "the purpose was not taken");
}

async function open(query = "", options = {}) {
  const w = await windowOf(browser, login, options);
  await w.page.goto(`${base}/akten/${akte}/documents/${mixed}${query}`);
  await w.page.locator("#viewer .viewer-thumbs a").first().waitFor();
  return w;
}

async function find(page, text, id = "viewer") {
  await page.locator(`#${id}-q`).fill(text);
  await page.locator(`#${id}-q`).press("Enter");
  await page.locator(`#${id} [data-hits]`).waitFor();
}

test("Enter in the find box goes on, with Shift back", async () => {
  const { page, faults, close } = await open();
  await find(page, word);
  const bar = page.locator("#viewer [data-hits] [data-hit]");
  const box = page.locator("#viewer-q");
  for (const [key, told] of [["Enter", "2 / 8"], ["Enter", "3 / 8"], ["Shift+Enter", "2 / 8"], ["Shift+Enter", "1 / 8"], ["Shift+Enter", "8 / 8"]]) {
    await box.press(key);
    await bar.filter({ hasText: told }).waitFor();
  }
  await box.fill("Fahrradkette");
  await box.press("Enter");
  await bar.filter({ hasText: "Keine Fundstelle" }).waitFor();
  await box.fill(word);
  await box.press("Enter");
  await bar.filter({ hasText: "/ 8" }).waitFor();
  noFaults(faults, "finding by Enter");
  await close();
});

/** How the ink of a page lies in a mark: whether there is some in both ends of it, and none just before and after. */
function inkOf(mark) {
  const img = mark.closest(".viewer-leaf").querySelector("img");
  const canvas = Object.assign(document.createElement("canvas"), { width: img.naturalWidth, height: img.naturalHeight });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(img, 0, 0);
  const view = mark.ownerSVGElement.viewBox.baseVal;
  const [fx, fy] = [canvas.width / view.width, canvas.height / view.height];
  const box = mark.getBBox();
  const ink = (x, w) => {
    const { data } = pen.getImageData(Math.round(x * fx), Math.round(box.y * fy), Math.max(1, Math.round(w * fx)), Math.round(box.height * fy));
    for (let i = 0; i < data.length; i += 4) if (data[i] < 110) return true;
    return false;
  };
  const thin = box.height * 0.06;
  return { head: ink(box.x, box.width * 0.1), tail: ink(box.x + box.width * 0.9, box.width * 0.1), before: ink(box.x - thin, thin), after: ink(box.x + box.width, thin) };
}

test("hits lie on the words, at any size and turned", async () => {
  const { page, faults, close } = await open();
  await find(page, word.toLowerCase());
  const bar = page.locator("#viewer [data-hits] [data-hit]");
  assert.equal(await bar.textContent(), "1 / 8");
  assert.match(await page.locator("#live").textContent(), /Fundstelle 1 von 8, Seite 1/);
  assert.deepEqual(await page.locator("#viewer .viewer-thumbs li").evaluateAll((all) => all.map((li) => li.querySelector("b")?.textContent ?? "")),
    [2, 1, 1, 1, 2, 1].map((n) => `Fundstellen: ${n}`));
  await page.locator("#viewer .viewer-pages").focus();
  const pages = [];
  for (let i = 0; i < 8; i++) {
    const mark = page.locator("#viewer .viewer-marks [data-current]");
    await mark.evaluate((m) => m.closest(".viewer-leaf").querySelector("img").decode());
    assert.deepEqual(await mark.evaluate(inkOf), { head: true, tail: true, before: false, after: false }, `hit ${i + 1}`);
    pages.push(await mark.evaluate((m) => Number(m.closest("[data-page]").dataset.page)));
    assert.ok(await inSight(mark), `hit ${i + 1} is out of sight`);
    if (i === 3) await page.keyboard.press("+");
    if (i === 5) await page.locator("#viewer [data-do=turn]").click();
    await page.keyboard.press("n");
  }
  assert.deepEqual(pages, [1, 1, 2, 3, 4, 5, 5, 6]);
  await page.keyboard.press("p"); // from the first, where n led in the end
  assert.equal(await bar.textContent(), "8 / 8");
  await find(page, "Fahrradkette");
  await page.locator("#viewer [data-hits] [data-hit]", { hasText: "Keine Fundstelle" }).waitFor();
  assert.equal(await page.locator("#viewer .viewer-marks").count(), 0, "marks of what was found before stay");
  noFaults(faults, "finding");
  await close();
});

/** Reports whether a mark lies within the area of the pages. */
function inSight(mark) {
  return mark.evaluate((m) => {
    const [a, b] = [m.closest("[data-pages]").getBoundingClientRect(), m.getBoundingClientRect()];
    return b.top >= a.top && b.bottom <= a.bottom && b.left >= a.left - 1 && b.right <= a.right + 1;
  });
}

test("pages of mixed sizes keep their proportions", async () => {
  const { page, close } = await open();
  for (const act of ["larger", "whole", "width"]) {
    await page.locator(`#viewer [data-do=${act}]`).click();
    const sizes = await page.locator("#viewer .viewer-sheet").evaluateAll((all) => all.slice(0, 3).map((s) => [s.offsetWidth, s.offsetHeight]));
    const scale = sizes[0][0] / 595;
    for (const [i, [w, h]] of [[595, 842], [243, 153], [1191, 842]].entries()) {
      assert.ok(Math.abs(sizes[i][0] - w * scale) < 2 && Math.abs(sizes[i][1] - h * scale) < 2, `${act}: page ${i + 1} is ${sizes[i]}, the first ${sizes[0]}`);
    }
  }
  await close();
});

test("the address keeps the place", async () => {
  const { page, close } = await open("#page=4");
  const here = () => page.locator("#viewer .viewer-thumbs a[aria-current]").getAttribute("data-to");
  assert.equal(await here(), "4");
  await page.locator("#viewer [data-do=page-next]").click();
  assert.equal(new URL(page.url()).hash, "#page=5");
  await page.reload();
  await page.locator("#viewer .viewer-thumbs a[aria-current]").waitFor();
  assert.equal(await here(), "5");
  await find(page, word);
  assert.equal(new URL(page.url()).hash, "#page=5&hit=6");
  await page.evaluate(() => { location.hash = "page=2"; });
  await page.locator('#viewer .viewer-thumbs a[data-to="2"][aria-current]').waitFor();
  await close();
});

test("keys reach pages and small pages, and lead out again", async () => {
  const { page, close } = await open();
  const area = page.locator("#viewer .viewer-pages");
  await area.focus();
  const zoom = () => page.locator("#viewer [data-zoom]").textContent();
  const fitted = await zoom();
  await page.keyboard.press("+");
  assert.notEqual(await zoom(), fitted);
  await page.keyboard.press("0");
  assert.equal(await zoom(), fitted);
  await page.locator("#viewer [data-do=whole]").click();
  await area.focus();
  await page.keyboard.press("PageDown");
  assert.equal(await page.locator("#viewer [data-goto]").inputValue(), "2");
  assert.equal(await page.locator('#viewer .viewer-thumbs a[tabindex="0"]').count(), 1);
  await page.locator('#viewer .viewer-thumbs a[tabindex="0"]').focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.to), "3");
  await page.keyboard.press("Tab");
  assert.ok(await area.evaluate((a) => a === document.activeElement), "Tab goes on to the pages");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  assert.ok(await page.evaluate(() => !document.activeElement.closest(".viewer-thumbs, .viewer-pages")), "Shift+Tab leads out");
  await close();
});

test("two viewers each obey their own focus", async () => {
  const { page, faults, close } = await open(`?beside=${other}`);
  const second = page.locator("page-viewer").nth(1);
  const id = await second.getAttribute("id");
  assert.notEqual(id, "viewer");
  await find(page, word);
  await find(page, word, id);
  await second.locator(".viewer-pages").focus();
  const before = await page.locator("#viewer [data-zoom]").textContent();
  await page.keyboard.press("n");
  await page.keyboard.press("+");
  assert.equal(await page.locator("#viewer [data-hits] [data-hit]").textContent(), "1 / 8");
  assert.equal(await second.locator("[data-hits] [data-hit]").textContent(), "2 / 3");
  assert.equal(await page.locator("#viewer [data-zoom]").textContent(), before);
  assert.deepEqual(await axe(page, "viewer-beside"), []);
  noFaults(faults, "side by side");
  await close();
});

test("text and original can be seen, and are free of faults", async () => {
  const { page, faults, close } = await open("#page=3");
  await page.locator("#viewer [data-do=as-text]").click();
  await page.locator("#viewer .viewer-text h3").nth(2).waitFor();
  assert.match(await page.locator("#viewer .viewer-text section").nth(2).textContent(), /Seite 3.*Plan in A3 quer/s);
  assert.deepEqual(await axe(page, "viewer-text"), []);
  await page.locator("#viewer [data-do=as-exact]").click();
  await page.locator("#viewer .viewer-exact canvas").first().waitFor();
  assert.equal(await page.locator("#viewer [data-goto]").inputValue(), "3");
  assert.deepEqual(await axe(page, "viewer-original"), []);
  await page.locator("#viewer [data-do=as-image]").click();
  assert.deepEqual(await axe(page, "viewer"), []);
  noFaults(faults, "views");
  await close();
});

test("selected words are copied as lines", async () => {
  const { page, context, close } = await open();
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: base });
  const words = page.locator('#viewer [data-page="1"] .viewer-words text');
  await words.nth(5).waitFor({ state: "attached" });
  const [a, b] = [await words.nth(0).boundingBox(), await words.nth(5).boundingBox()];
  await page.mouse.move(a.x + 1, a.y + a.height / 2);
  await page.mouse.down();
  await page.mouse.move(b.x + b.width - 1, b.y + b.height / 2, { steps: 6 });
  await page.mouse.up();
  await page.keyboard.press("Control+c");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `Seite 1\nDas ${word} wird bescheinigt.`);
  await close();
});

test("a viewer that is left lets go of everything", async () => {
  const { page, faults, close } = await open();
  for (let i = 0; i < 5; i++) {
    await page.locator("#viewer [data-do=as-exact]").click();
    await page.locator("#viewer .viewer-exact canvas").first().waitFor();
    assert.ok(page.workers().length <= 1, `${page.workers().length} workers`);
    await page.evaluate(async () => {
      const old = document.getElementById("viewer");
      const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html").getElementById("viewer");
      old.replaceWith(document.adoptNode(fresh));
      globalThis.left = { old, clean: ["images", "text", "exact", "hits", "layers"].every((part) => old[part] === null) };
    });
    assert.ok(await page.evaluate(() => left.clean && left.old.signal.aborted), "something is kept");
  }
  await page.waitForTimeout(300);
  assert.equal(page.workers().length, 0, "a worker is left behind");
  noFaults(faults, "leaving");
  await close();
});

test("it works in 320 pixels", async () => {
  const { page, close } = await open("", { width: 320, height: 640 });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  assert.ok(await page.locator("#viewer .viewer-pages").evaluate((a) => a.clientHeight > 120), "the pages have room");
  await close();
});
