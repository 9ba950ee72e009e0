// The story of a paper through the pages: it comes to the mail room, goes to a department, is filed, found
// by those who may see it and by nobody else, and every act is in the trail. Everybody has an account of
// her own, and finds what she works with as people do: by what the page calls it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { launch, noFaults, statePurpose, windowOf } from "./harness.mjs";
import { paper } from "./paper.mjs";

/** Letters that stand nowhere else: the story can be told twice to the same authority. */
function letters(n) {
  return Array.from({ length: n }, () => "bdfgklmnprstvwz"[Math.floor(Math.random() * 15)] + "aeiou"[Math.floor(Math.random() * 5)]).join("");
}

const mark = letters(4);
const told = {
  word: `Kurs${mark}`,
  file: `eingang-${mark}.pdf`,
  family: `Beispiel${letters(3)}`,
  given: `Ay${letters(2)}`,
  born: `${10 + Math.floor(Math.random() * 18)}.05.19${60 + Math.floor(Math.random() * 40)}`,
  type: "Sprachzertifikat (z. B. B1)", // in the register of education, of which Soziales sees nothing
  title: `Zertifikat ${letters(3)}`,
  changed: `Zeugnis ${letters(3)}`,
};

let browser, clerk, kaya, akte, number, document;
before(async () => {
  browser = await launch();
  [clerk, kaya] = [await windowOf(browser, "abh.registratur"), await windowOf(browser, "abh.kaya")];
});
after(() => browser?.close());

/** Presses what leads to another page, and waits for that. */
async function go(page, control) {
  await Promise.all([page.waitForNavigation(), control.click()]);
}

/** Words of a page may be asked for while the paper leaves the basket: that they are gone is no fault. */
function stays(fault) { return !/\/pages\/\d+\/(words|image)/.test(String(fault)); }

/** What the page says happened. */
async function says(page, text) {
  await page.getByRole("status").filter({ hasText: text }).first().waitFor();
}

/** Opens the paper in the basket. */
async function take(page) {
  await page.getByRole("navigation", { name: "Hauptnavigation" }).getByRole("link", { name: /^Posteingang/ }).click();
  await go(page, page.getByRole("link", { name: told.file }));
  await page.getByRole("heading", { name: "Angaben erfassen" }).waitFor();
}

/** Describes the paper and files it into the Akte that the finder finds. */
async function file(page) {
  const form = page.getByRole("region", { name: "Angaben erfassen" });
  await find(form, told.family);
  const candidate = form.getByRole("checkbox", { name: new RegExp(told.family) });
  await candidate.check();
  assert.match(await candidate.evaluate((c) => c.closest("label").textContent), new RegExp(number.replace("/", "\\/")));
  await form.getByLabel("Dokumentart").first().selectOption({ label: told.type });
  await form.getByLabel(/^(Titel|Bezeichnung)/).fill(told.title);
  await form.getByLabel("Datum des Schreibens").fill("2026-01-02");
  await go(page, form.getByRole("button", { name: "Ablegen und weiter" }));
  await says(page, "Abgelegt.");
}

/** Looks for an Akte by the family name and the birth date. */
async function find(form, family) {
  await form.getByLabel("Familienname").fill(family);
  await form.getByLabel("Geburtsdatum").fill(told.born);
  await form.getByRole("button", { name: "Suchen", exact: true }).click();
  await form.getByText(family === told.family ? "Eine Person gefunden" : "Niemand gefunden").waitFor();
}

test("a paper through the pages", async (t) => {
  await t.test("a clerk enters a person and opens her Akte", async () => {
    const { page, faults } = clerk;
    await page.goto("/akten/new");
    await page.getByLabel("Familienname").fill(told.family);
    await page.getByLabel("Vornamen").fill(told.given);
    await page.getByLabel("Geburtsdatum").fill(told.born);
    await page.getByLabel("Federführender Fachbereich").selectOption({ label: "Ausländerbehörde" });
    await go(page, page.getByRole("main").getByRole("button", { name: "Akte anlegen" }).last());
    await statePurpose(page);
    await page.getByRole("heading", { level: 1, name: told.family }).waitFor();
    akte = new URL(page.url()).pathname;
    number = (await page.getByRole("navigation", { name: "Pfad" }).textContent()).match(/\d\S*\/20\d\d/)[0];
    noFaults(faults, "a new Akte");
  });

  await t.test("the mail room receives it and routes it", async () => {
    const { page, faults, close } = await windowOf(browser, "poststelle");
    await page.goto("/inbox/upload");
    const baskets = page.getByRole("main").getByLabel("Postkorb");
    if (await baskets.count()) await baskets.selectOption({ label: "Poststelle" });
    await page.getByLabel("Dateien auswählen").setInputFiles({ name: told.file, mimeType: "application/pdf", buffer: paper([[595, 842, "Sprachschule Muster", `Die Teilnahme am ${told.word} wird bescheinigt.`]]) });
    const row = page.getByRole("list", { name: "Übertragungen" }).getByRole("listitem").filter({ hasText: told.file });
    await row.getByText("Fertig", { exact: true }).waitFor();
    await go(page, row.getByRole("link", { name: "Öffnen" }));
    await page.getByText("Weiterleiten", { exact: true }).first().click();
    await page.getByLabel("An den Postkorb von").selectOption({ label: "Ausländerbehörde" });
    await go(page, page.getByRole("button", { name: "Weiterleiten" }));
    await says(page, "Der Eingang wurde weitergeleitet.");
    await page.goto("/inbox");
    assert.equal(await page.getByRole("link", { name: told.file }).count(), 0, "it still lies in the mail room's basket");
    noFaults(faults.filter(stays), "the mail room");
    await close();
  });

  await t.test("a clerk files it, takes that back, and files it again", async () => {
    const { page, faults } = clerk;
    await take(page);
    await find(page.getByRole("region", { name: "Angaben erfassen" }), "Zwetschgenbaum");
    await file(page);
    assert.equal(await page.getByRole("link", { name: told.file }).count(), 0, "what is filed still lies in the basket");
    await go(page, page.getByRole("status").getByRole("button", { name: "Rückgängig" }));
    await says(page, "Die Ablage wurde zurückgenommen");
    await page.goto(akte);
    await page.getByText("Hier liegt noch nichts").waitFor();
    await take(page);
    await file(page);
    noFaults(faults.filter(stays), "filing");
    await clerk.close();
  });

  await t.test("the caseworker finds it and reads it at the word", async () => {
    const { page, faults } = kaya;
    await page.goto("/");
    await page.getByRole("combobox", { name: /^Schnellsuche/ }).fill(told.word);
    await go(page, { click: () => page.getByRole("combobox", { name: /^Schnellsuche/ }).press("Enter") });
    assert.ok(!page.url().includes(told.word), "the word stands in the address");
    await page.getByRole("heading", { name: "1 Dokument", exact: true }).waitFor();
    assert.equal(await page.getByRole("main").locator("li mark").first().textContent(), told.word);
    await page.getByRole("main").getByRole("link", { name: told.title }).click();
    const preview = page.getByRole("region", { name: "Vorschau" });
    await preview.getByRole("heading", { name: "Wozu öffnen Sie diese Akte?" }).waitFor();
    await preview.getByLabel("Zweck").selectOption({ index: 1 });
    await go(page, preview.getByRole("button", { name: "Dokument zeigen" }));
    await go(page, preview.getByRole("link", { name: "In der Akte öffnen" }));
    document = new URL(page.url()).pathname;
    assert.ok(document.startsWith(`${akte}/documents/`), `the hit leads to ${document}`);
    await page.locator(".viewer-marks [data-current]").waitFor();
    await page.getByText("1 / 1", { exact: true }).waitFor();
    noFaults(faults, "finding and reading");
  });

  await t.test("she checks it and changes its title", async () => {
    const { page, faults } = kaya;
    const facts = page.getByRole("complementary", { name: "Angaben zum Dokument" });
    await go(page, facts.getByRole("button", { name: "Als geprüft vermerken" }));
    await says(page, "Als geprüft vermerkt.");
    await facts.getByText("von niemandem").waitFor({ state: "detached" });
    await go(page, facts.getByRole("link", { name: "Angaben ändern" }));
    await page.getByLabel("Titel").fill(told.changed);
    await go(page, page.getByRole("button", { name: "Speichern" }));
    await says(page, "Die Angaben wurden geändert.");
    await page.getByRole("region", { name: /Alles nach Datum/ }).getByRole("link", { name: told.changed }).waitFor();
    noFaults(faults, "checking and changing");
  });

  await t.test("she takes the Akte with her as a PDF", async () => {
    const { page, faults } = kaya;
    await page.goto(akte);
    await go(page, page.getByRole("link", { name: "Als PDF ausgeben" }));
    await go(page, page.getByRole("button", { name: "PDF erstellen" }));
    await page.getByRole("heading", { name: "Das PDF ist fertig" }).waitFor();
    const pdf = await download(page, page.getByRole("link", { name: "PDF herunterladen" }));
    assert.equal(pdf.subarray(0, 5).toString("latin1"), "%PDF-");
    assert.match(pdf.subarray(-32).toString("latin1"), /%%EOF/);
    noFaults(faults, "a PDF of the Akte");
    await kaya.close();
  });

  await t.test("another department finds nothing of it", async () => {
    const { page, faults, close } = await windowOf(browser, "soz.schmidt");
    for (const sought of [told.word, told.changed, told.family, number]) {
      await page.goto("/search");
      const box = page.getByRole("combobox", { name: /^Schnellsuche/ });
      await box.fill(sought);
      await go(page, { click: () => box.press("Enter") });
      await page.getByRole("heading", { name: "Nichts gefunden" }).waitFor();
      assert.equal(await page.getByRole("main").locator("a[data-entry]").count(), 0, `${sought} is found`);
    }
    noFaults(faults, "searching in vain");
    for (const path of [document, akte]) {
      assert.equal((await page.goto(path)).status(), 404, path);
      await page.getByRole("heading", { level: 1, name: "Nicht gefunden" }).waitFor();
      hides(await page.content(), "the refusal");
    }
    await close();
  });

  await t.test("the officer sees the acts and the refusal", async () => {
    const { page, faults, close } = await windowOf(browser, "datenschutz");
    await page.goto("/");
    await go(page, page.getByRole("navigation", { name: "Hauptnavigation" }).getByRole("link", { name: "Protokoll" }));
    await page.getByLabel("Person oder Akte").fill(number);
    await go(page, page.getByRole("button", { name: "Anwenden" }));
    const rows = page.getByRole("region", { name: "Ereignisse" }).getByRole("row");
    const codes = await rows.locator("dd.mono").evaluateAll((all) => all.map((dd) => dd.textContent));
    for (const op of ["akte.create", "file", "unfile", "search", "document.open", "document.read", "document.change"]) {
      assert.ok(codes.includes(op), `${op} is not in the trail: ${codes}`);
    }
    assert.ok(await rows.filter({ hasText: number }).count() >= 8, "acts lack the reference number");
    const refused = rows.filter({ hasText: "verweigert" });
    assert.ok(await refused.count() >= 2, "the refusals are not marked");
    assert.match(await refused.first().textContent(), /Soziales/);
    const csv = (await download(page, page.getByRole("link", { name: "Als Tabelle ausgeben (CSV)" }))).toString("utf8");
    assert.ok(csv.split("\n").filter((line) => line.includes(number)).length >= 8, "the table lacks acts");
    assert.match(csv, /deny|verweigert/);
    noFaults(faults, "the officer");
    await close();
  });

  await t.test("the administrator sees neither Akten nor names", async () => {
    const { page, faults, close } = await windowOf(browser, "verwaltung");
    await page.goto("/");
    const places = await page.getByRole("navigation", { name: "Hauptnavigation" }).getByRole("link").allTextContents();
    for (const place of ["Akten", "Suche", "Posteingang", "Protokoll"]) assert.ok(!places.some((p) => p.includes(place)), `${place} is offered`);
    for (const path of ["/operations", "/operations/queue", "/operations/users"]) {
      assert.equal((await page.goto(path)).status(), 200, path);
      hides(await page.content(), path);
    }
    noFaults(faults, "the administrator");
    for (const path of ["/akten", "/search", "/inbox", "/trail", akte, document]) {
      const status = (await page.goto(path)).status();
      const list = path === "/akten" || path === "/search"; // her own, which is empty
      assert.ok(status === 403 || status === 404 || list && status === 200, `${path} answers ${status}`);
      hides(await page.content(), path);
    }
    await close();
  });
});

/** The page may name nothing of the paper or of whose it is. */
function hides(html, where) {
  for (const secret of [told.word, told.title, told.changed, told.family, told.given, told.file, number]) {
    assert.ok(!html.includes(secret), `${where} tells ${secret}`);
  }
}

/** The bytes that a link gives. */
async function download(page, link) {
  const [got] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return readFile(await got.path());
}
