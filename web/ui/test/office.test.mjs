// The places of those who answer for the system and its rules: administration, leads, data protection.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { launch, password, windowOf } from "./harness.mjs";
import { look, lookAt } from "./look.mjs";
import { go, letters, newAkte, receive, send } from "./scene.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("administration", async (t) => {
  const clerk = await windowOf(browser, "abh.kaya");
  await receive(clerk.page, "kaputt.pdf", `%PDF-1.7\n${letters(3)}\n`, { state: "failed" });
  await clerk.close();
  const w = await windowOf(browser, "verwaltung");
  const { page } = w;
  const name = `neu.${letters(3)}`;
  await t.test("the system", () => lookAt(w, "/operations", "operations"));
  await t.test("the queue with what failed", async () => {
    await page.goto("/operations/queue");
    assert.ok(await page.locator('form[action$="/retry"]').count(), "nothing has failed");
    await look(w, "queue_failed");
  });
  await t.test("a new account", async () => {
    await page.goto("/operations/users");
    await page.locator("details.users-new summary").click();
    await look(w, "users_new");
    await page.locator("#name").fill(name);
    await page.locator("#password").fill(password());
    await page.locator('main input[type=checkbox][value="registratur@auslaenderbehoerde"], main select option[value="registratur@auslaenderbehoerde"]').first()
      .evaluate((c) => { if (c.tagName === "OPTION") c.selected = true; else c.checked = true; });
    await go(page, page.locator("details.users-new button[type=submit]"));
    await look(w, "users_made");
  });
  await t.test("an account", async () => {
    await page.goto("/operations/users");
    await go(page, page.locator("a[data-entry]").filter({ hasNotText: "Verwaltung" }).first());
    await look(w, "user");
  });
  await t.test("her own account", async () => {
    await page.goto("/operations/users");
    await go(page, page.locator("tr").filter({ hasText: "verwaltung" }).locator("a[data-entry]"));
    await look(w, "user_own");
  });
  await t.test("a program's account with a token", async () => {
    await page.goto("/operations/users");
    await go(page, page.locator("tr").filter({ hasText: "scanner" }).locator("a[data-entry]"));
    await look(w, "user_program");
    await page.locator("#days").fill("7");
    await go(page, page.locator('form[action$="/tokens"] button'));
    await page.locator(".user-secret").waitFor();
    await look(w, "user_token");
    await go(page, page.locator('form[action$="/revoke"] button').last());
    await look(w, "user_revoked");
  });
  await w.close();
});

test("roles that wait for the lead", async () => {
  const w = await windowOf(browser, "abh.leitung");
  await w.page.goto("/proposals");
  const confirm = w.page.locator('button[value="confirm"]');
  assert.ok(await confirm.count(), "nothing waits");
  await look(w, "proposals");
  await go(w.page, confirm.first());
  await look(w, "proposals_confirmed");
  await w.close();
});

test("access rules", async (t) => {
  const admin = await windowOf(browser, "verwaltung");
  await admin.page.goto("/rules");
  const files = admin.page.locator("#file");
  await admin.page.locator("details.policies-new summary").click();
  await look(admin, "policies_new");
  const send = async (name, text) => {
    await admin.page.locator("#reason").fill("Beschluss der Runde");
    await files.setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
    await go(admin.page, admin.page.locator("details.policies-new button[type=submit]"));
  };
  const head = "id,eft,role,departments,registers,classifications,actions,purposes,case,brought,note\n";
  await t.test("rules with a fault", async () => {
    await send("haus.csv", `${head}haus/keller,allow,leitung,asyl,keller,normal,exist,*,any,any,\n`);
    assert.match(await admin.page.locator(".policies-wrong").innerText(), /access\/haus\.csv\s*:2 unknown register "keller"/);
    await look(admin, "policies_wrong", { status: 422 });
  });
  await t.test("a version of them", async () => {
    await send("haus.csv", `${head}haus/wohnen,allow,sachbearbeitung,integration,wohnen,normal,exist read,integration,any,any,agreed\n`);
    await look(admin, "policy_own");
  });
  const path = new URL(admin.page.url()).pathname;
  await admin.close();
  const lead = await windowOf(browser, "abh.leitung");
  await t.test("what it would change", async () => {
    await lead.page.goto(path);
    await look(lead, "policy");
    await go(lead.page, lead.page.locator(`main a[href="${path}/simulation"]`));
    await look(lead, "simulation");
  });
  await t.test("in force", async () => {
    await lead.page.goto(path);
    await go(lead.page, lead.page.locator('button[value="approve"]'));
    assert.match(await lead.page.locator(".policies-now").innerText(), /In Kraft ist Fassung/);
    await look(lead, "policies");
  });
  await lead.close();
  const clerk = await windowOf(browser, "abh.kaya");
  const { number } = await newAkte(clerk.page);
  await clerk.close();
  const officer = await windowOf(browser, "datenschutz");
  await t.test("who may do what, and why", async () => {
    await officer.page.goto("/rules/explain");
    await officer.page.locator("#user").selectOption("abh.kaya");
    await officer.page.locator("#akte").fill(number);
    await look(officer, "explain");
    await go(officer.page, officer.page.locator("form.explain-form button[type=submit]"));
    assert.ok(await officer.page.locator("main tbody tr").count() > 30, "not every register is there");
    await look(officer, "explained");
  });
  await t.test("what is processed, and who sees it", async () => {
    await officer.page.goto("/rules/processing");
    await officer.page.locator("details.processing-register summary").first().click();
    assert.ok(await officer.page.locator("details.processing-register tbody tr:visible").count() > 3, "nobody sees anything");
    await look(officer, "processing");
  });
  await officer.close();
});

test("the trail", async (t) => {
  const clerk = await windowOf(browser, "abh.kaya");
  await clerk.page.goto("/");
  await clerk.page.evaluate(async (ids) => { for (const id of ids) await fetch(`/api/v1/akten/${id}`); }, [randomUUID(), randomUUID(), randomUUID()]);
  clerk.faults.length = 0;
  const { number, akte } = await newAkte(clerk.page);
  await clerk.page.goto(`/akten/${akte}`);
  await clerk.close();
  const w = await windowOf(browser, "datenschutz");
  const { page } = w;
  await t.test("as it is", () => lookAt(w, "/trail", "trail"));
  await t.test("an event with all of it", async () => {
    const fold = page.locator("main table details summary").first();
    if (await fold.count()) await fold.click();
    await look(w, "trail_event");
  });
  await t.test("the proof of an event", async () => {
    await go(page, page.locator('main table a[href^="/trail/proofs/"]').first());
    assert.match(await page.locator(".proof-text").first().innerText(), /c2sp\.org\/tlog-proof@v1/);
    await look(w, "proof");
    await page.goto("/trail");
  });
  await t.test("of one Akte", async () => {
    await page.locator("#subject").fill(number);
    await go(page, page.getByRole("button", { name: "Anwenden" }));
    assert.ok(await page.locator("main tbody tr").count(), "nothing of it is there");
    await look(w, "trail_akte");
  });
  await t.test("of nobody", async () => {
    await page.goto("/trail");
    await page.locator("#subject").fill("Niemand heisst so");
    await go(page, page.getByRole("button", { name: "Anwenden" }));
    await look(w, "trail_nobody", { status: 422 });
  });
  await t.test("who accessed a person's data", async () => {
    await page.goto("/trail");
    await page.locator("#subject").fill(number);
    await go(page, page.getByRole("button", { name: "Anwenden" }));
    await go(page, page.locator('a[href^="/trail/persons/"]'));
    await page.locator(".accesses-by summary").first().click();
    assert.match(await page.locator("main").innerText(), /Kaya/);
    await look(w, "accesses");
    const pdf = await page.locator('a[href*="accesses.pdf"]').getAttribute("href");
    const got = await page.evaluate(async (at) => { const r = await fetch(at); return [r.status, r.headers.get("content-type")]; }, pdf);
    assert.deepEqual(got, [200, "application/pdf"]);
  });
  await t.test("figures of days", () => lookAt(w, "/trail/activity", "activity"));
  await t.test("what is unusual", async () => {
    const found = page.getByRole("link", { name: "Nach Verweigerungen" }).first();
    for (let n = 0; n < 60; n++) { // it is looked for every ten seconds
      await page.goto("/trail/findings");
      if (await found.count()) break;
      await page.waitForTimeout(500);
    }
    await look(w, "findings");
    await go(page, found);
    assert.match(await page.locator(".pagehead").innerText(), /\d+ Zugriffe desselben Kontos verweigert/);
    await page.locator("#outcome").selectOption("lawful");
    await page.locator("#note").fill("Tippfehler im Aktenzeichen, mit ihr gesprochen");
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    assert.match(await page.locator("main").innerText(), /Außer Ihnen kann das zurzeit niemand abschließen/);
    await look(w, "finding");
  });
  await t.test("kept beyond its term", async () => {
    await page.goto("/trail/holds");
    await page.locator("#year").selectOption({ index: 0 });
    await page.locator("form[data-primary] #reason").fill("Prüfung läuft");
    await go(page, page.getByRole("button", { name: "Behalten" }));
    assert.equal(await page.locator(".holds-list > li").count(), 1);
    await look(w, "holds");
  });
  await t.test("no deserted seals", () => lookAt(w, "/seals/deserted", "deserted_none"));
  await t.test("an Akte that she inspects", async () => {
    await page.goto("/inspections");
    await look(w, "inspections");
    await page.locator("#aktenzeichen").fill(number);
    await page.locator("#reason").fill("Stichprobe");
    await go(page, page.getByRole("button", { name: "Akte zur Kontrolle öffnen" }));
    assert.match(await page.locator(".akte-away").first().innerText(), /Kontrolle durch die Datenschutzstelle: Sie lesen/);
    await look(w, "akte_inspected");
    await page.goto("/inspections");
    assert.ok((await page.locator(".inspections-list > li").first().innerText()).includes(number), "it isn't listed");
  });
  await t.test("accounts", () => lookAt(w, "/operations/users", "users_officer"));
  await t.test("an account", async () => {
    await go(page, page.locator("a[data-entry]").first());
    await look(w, "user_officer");
  });
  await w.close();
});

test("seals", async (t) => {
  const clerk = await windowOf(browser, "abh.kaya");
  const { akte } = await newAkte(clerk.page);
  const doc = await send(clerk.page, `/akten/${akte}/documents`, "brief.txt", "Ein Brief", { type: "reisepass" });
  const lead = await windowOf(browser, "abh.leitung");
  const { page } = clerk;
  await t.test("of a document", async () => {
    await page.goto(`/akten/${akte}/documents/${doc.id}`);
    assert.ok(await page.locator(`a[href="/akten/${akte}/documents/${doc.id}/seal"]`).count(), "the document offers no seal");
    await lookAt(clerk, `/akten/${akte}/documents/${doc.id}/seal`, "seal_document");
  });
  await t.test("asked for", async () => {
    await page.goto(`/akten/${akte}/seal`);
    await page.locator('input[name="kind"][value="restriction"]').check();
    await page.locator("#ground").selectOption("claims");
    await page.locator("#reason").fill("Streit um die Anschrift");
    await page.locator("#until").fill(new Date(Date.now() + 10 * 864e5).toISOString().slice(0, 10));
    const send = page.locator("form[data-primary] button[type=submit]");
    await go(page, send);
    await look(clerk, "seal_alone", { status: 422 });
    assert.equal(await page.locator("#reason").inputValue(), "Streit um die Anschrift", "what was typed is lost");
    await page.locator(".seal-readers li", { hasText: "Amtmann" }).locator("input").check();
    await go(page, send);
    await look(clerk, "seal_asked");
  });
  await t.test("what waits for the lead", async () => {
    await lookAt(lead, "/seals", "seals");
    const decline = lead.page.locator('button[value="decline"]').first();
    await go(lead.page, decline);
    await look(lead, "seals_reason", { status: 422 });
    await go(lead.page, lead.page.locator('button[value="grant"]').first());
    await look(lead, "seals_granted");
    await lookAt(lead, "/seals?list=held", "seals_held");
  });
  await t.test("in force", async () => {
    await lookAt(clerk, `/akten/${akte}/seal`, "seal_held");
    const other = await windowOf(browser, "abh.lorenz");
    other.faults.length = 0;
    await other.page.goto(`/akten/${akte}`);
    assert.equal(other.seen.status, 404, "somebody who isn't named opens it");
    await other.close();
  });
  await clerk.close();
  await lead.close();
});

test("a deserted seal", async (t) => {
  const name = `fort.${letters(3)}`;
  const admin = await windowOf(browser, "verwaltung");
  const lead = await windowOf(browser, "abh.leitung");
  const officer = await windowOf(browser, "datenschutz");
  const clerk = await windowOf(browser, "abh.kaya");
  const { akte, number } = await newAkte(clerk.page);
  const { page } = officer;
  const shut = async (to) => {
    await admin.page.goto("/operations/users");
    await go(admin.page, admin.page.locator("tr").filter({ hasText: name }).locator("a[data-entry]"));
    await admin.page.locator('input[name="disabled"]').setChecked(to);
    await go(admin.page, admin.page.locator("form[data-primary] button[type=submit]"));
  };
  const ask = async () => {
    await page.locator("#because").fill("Ihre Nachfolge");
    await page.locator(".seal-readers li", { hasText: "Kaya" }).locator("input").check();
    await go(page, page.locator("form[data-primary] button[type=submit]"));
  };
  await t.test("one of its two readers leaves", async () => {
    await admin.page.goto("/operations/users");
    await admin.page.locator("details.users-new summary").click();
    await admin.page.locator("#name").fill(name);
    await admin.page.locator("#password").fill(password());
    await admin.page.locator('main input[type=checkbox][value="registratur@auslaenderbehoerde"], main select option[value="registratur@auslaenderbehoerde"]').first()
      .evaluate((c) => { if (c.tagName === "OPTION") c.selected = true; else c.checked = true; });
    await go(admin.page, admin.page.locator("details.users-new button[type=submit]"));
    await lead.page.goto("/proposals");
    await go(lead.page, lead.page.locator("tr", { hasText: name }).locator('button[value="confirm"]'));
    await clerk.page.goto(`/akten/${akte}/seal`);
    await clerk.page.locator("#reason").fill("Streit um die Anschrift");
    await clerk.page.locator("#until").fill(new Date(Date.now() + 100 * 864e5).toISOString().slice(0, 10));
    await clerk.page.locator(".seal-readers input:checked").uncheck();
    for (const who of ["Amtmann", name]) await clerk.page.locator(".seal-readers li", { hasText: who }).locator("input").check();
    await go(clerk.page, clerk.page.locator("form[data-primary] button[type=submit]"));
    await lead.page.goto("/seals");
    await go(lead.page, lead.page.locator("li", { hasText: number }).locator('button[value="grant"]'));
    await shut(true);
  });
  await t.test("the officer asks for another", async () => {
    await lookAt(officer, "/seals/deserted", "deserted");
    await go(page, page.locator("li.card", { hasText: number }).locator("a[data-entry]"));
    await look(officer, "naming");
    assert.doesNotMatch(await page.locator("main").innerText(), /Streit um die Anschrift/, "the officer is told why it was sealed");
    await page.locator("#because").fill("Ihre Nachfolge");
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await look(officer, "naming_nobody", { status: 422 });
    assert.equal(await page.locator("#because").inputValue(), "Ihre Nachfolge", "what was typed is lost");
    await ask();
    await look(officer, "naming_asked");
  });
  await t.test("who left comes back, and leaves again", async () => {
    await shut(false);
    await lookAt(lead, "/seals", "seals_outdated");
    const asked = lead.page.locator("li.card", { hasText: number });
    assert.match(await asked.innerText(), /Der Antrag ist überholt: .* wieder genügend benannte Personen/);
    assert.deepEqual(await asked.locator("button[name=decision]").evaluateAll((b) => b.map((one) => one.value)), ["decline"]);
    await lookAt(officer, "/seals/deserted", "deserted_over");
    const card = page.locator("li.card", { hasText: number });
    assert.match(await card.innerText(), /Ihr Antrag hat sich erledigt/);
    await go(page, card.locator('button[value="withdraw"]'));
    assert.equal(await page.locator("li.card", { hasText: number }).count(), 0, "what was withdrawn is listed still");
    await shut(true);
    await page.goto("/seals/deserted");
    await go(page, page.locator("li.card", { hasText: number }).locator("a[data-entry]"));
    await ask();
  });
  await t.test("the administrator has no word where a lead is", () => lookAt(admin, "/seals", "seals_admin"));
  await t.test("the lead agrees", async () => {
    await lookAt(lead, "/seals", "seals_naming");
    await go(lead.page, lead.page.locator("li", { hasText: number }).locator('button[value="grant"]'));
    await lookAt(clerk, `/akten/${akte}/seal`, "seal_again");
    assert.match(await clerk.page.locator("main").innerText(), /Die Datenschutzstelle hat weitere Personen benennen lassen/);
    await page.goto("/seals/deserted");
    assert.equal(await page.locator("li.card", { hasText: number }).count(), 0, "it is deserted still");
  });
  for (const w of [clerk, lead, officer, admin]) await w.close();
});

test("conflicts of interest", async (t) => {
  const clerk = await windowOf(browser, "abh.kaya");
  const lead = await windowOf(browser, "abh.leitung");
  const { akte, number } = await newAkte(clerk.page);
  await t.test("in words", async () => {
    await lookAt(clerk, "/conflicts/report", "conflict_words");
    await clerk.page.locator("#about").fill(number);
    await clerk.page.locator("#reason").fill("Meine Schwester");
    await go(clerk.page, clerk.page.locator("form[data-primary] button[type=submit]"));
  });
  await t.test("of an Akte before her", async () => {
    await clerk.page.goto(`/akten/${akte}`);
    assert.ok(await clerk.page.locator(`a[href="/akten/${akte}/conflict"]`).count(), "the Akte offers no report");
    await lookAt(clerk, `/akten/${akte}/conflict`, "conflict_akte");
    await clerk.page.locator("#kind").selectOption("relative");
    await clerk.page.locator("#reason").fill("Meine Schwester");
    await go(clerk.page, clerk.page.locator("form[data-primary] button[type=submit]"));
    await look(clerk, "conflict_reported");
    clerk.faults.length = 0;
    await clerk.page.goto(`/akten/${akte}`);
    assert.equal(clerk.seen.status, 404, "she opens it still");
  });
  await t.test("the lead's list", async () => {
    await lookAt(lead, "/conflicts", "conflicts");
    const why = lead.page.locator('form[action$="/dismiss"] input[name="reason"]').first();
    await why.fill("steht schon da");
    await go(lead.page, lead.page.locator('form[action$="/dismiss"] button').first());
    await lead.page.locator(".conflicts-end summary").first().click();
    await lead.page.locator('.conflicts-end input[name="reason"]').first().fill("verwechselt");
    await go(lead.page, lead.page.locator('button[value="end"]').first());
    await look(lead, "conflicts_ending");
  });
  await clerk.close();
  await lead.close();
});

test("access requests", async (t) => {
  const clerk = await windowOf(browser, "abh.kaya");
  const { akte, number } = await newAkte(clerk.page);
  await send(clerk.page, `/akten/${akte}/documents`, "pass.txt", "Ein Pass", { type: "reisepass", title: "Reisepass" });
  await send(clerk.page, `/akten/${akte}/documents`, "brief.txt", "Ein Hinweis", { type: "reisepass", title: "Hinweis aus der Nachbarschaft", sender: "Nachbarin Meier" });
  await clerk.close();
  const officer = await windowOf(browser, "datenschutz");
  const lead = await windowOf(browser, "abh.leitung");
  const { page } = officer;
  await t.test("none", () => lookAt(officer, "/inquiries", "inquiries"));
  await t.test("begun", async () => {
    await page.locator("#number").fill("33.11-999999/2001");
    await page.locator("#received_on").fill(new Date(Date.now() - 864e5).toISOString().slice(0, 10));
    await page.locator("#identity").fill("persönlich vorgesprochen, mit Pass");
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    await look(officer, "inquiries_unknown", { status: 422 });
    await page.locator("#number").fill(number);
    await go(page, page.locator("form[data-primary] button[type=submit]"));
    assert.match(await page.locator("main").innerText(), /kommt von Dritten/);
    await look(officer, "inquiry");
  });
  const at = new URL(page.url()).pathname;
  await t.test("a piece is looked at", async () => {
    const got = await page.evaluate(async (at) => (await fetch(at)).text(), await page.locator(".inquiry-pieces h3 a").first().getAttribute("href"));
    assert.equal(got, "Ein Hinweis");
  });
  await t.test("decided", async () => {
    await page.locator('.inquiry-decide input[value="withhold"]').first().check();
    await go(page, page.getByRole("button", { name: "Entscheidungen speichern" }));
    await look(officer, "inquiry_reason", { status: 422 });
    await page.locator("#reason").fill("nennt die Nachbarin");
    await go(page, page.getByRole("button", { name: "Entscheidungen speichern" }));
    assert.match(await page.locator("main").innerText(), /herausgegeben 1, zurückgehalten 1/);
    await lookAt(officer, `${at}?all=1`, "inquiry_all");
    await page.goto(at);
    await go(page, page.getByRole("button", { name: "Vorlegen" }));
    assert.match(await page.locator("main").innerText(), /freigeben muss jemand anderes/);
    await look(officer, "inquiry_proposed");
  });
  await t.test("prolonged", async () => {
    await page.getByText("Frist verlängern …").click();
    await page.locator("#told_on").fill("2001-01-01");
    await page.locator("#reasons").fill("sehr viele Schriftstücke");
    await go(page, page.getByRole("button", { name: "Verlängern" }));
    await look(officer, "inquiry_told_early", { status: 422 });
    await page.locator("#told_on").fill(new Date().toISOString().slice(0, 10));
    await go(page, page.getByRole("button", { name: "Verlängern" }));
    assert.match(await page.locator("main").innerText(), /verlängert, mitgeteilt am/);
    assert.equal(await page.getByText("Frist verlängern …").count(), 0, "it can be prolonged once more");
    await look(officer, "inquiry_prolonged");
  });
  await t.test("released by a second person", async () => {
    await lookAt(lead, "/inquiries", "inquiries_lead");
    await go(lead.page, lead.page.locator(`a[href="${at}"]`));
    await look(lead, "inquiry_release");
    await go(lead.page, lead.page.getByRole("button", { name: "Freigeben" }));
    const take = lead.page.getByRole("button", { name: "Paket herunterladen" });
    for (let n = 0; n < 60 && !await take.count(); n++) {
      await lead.page.waitForTimeout(500);
      await lead.page.goto(at);
    }
    await look(lead, "inquiry_ready");
    await lead.page.locator("#recipient").fill("die Person selbst");
    const [file] = await Promise.all([lead.page.waitForEvent("download"), take.click()]);
    assert.equal(file.suggestedFilename(), "auskunft.zip");
    await file.delete();
  });
  await t.test("given back", async () => {
    await page.goto(at);
    await page.locator("summary", { hasText: "zurückgeben" }).click();
    await page.locator("#note").fill("Ein Brief fehlt");
    await go(page, page.getByRole("button", { name: "Zurückgeben" }));
    await look(officer, "inquiry_returned");
  });
  await officer.close();
  await lead.close();
});

test("incidents", async (t) => {
  const clerk = await windowOf(browser, "abh.kaya");
  await newAkte(clerk.page);
  await clerk.close();
  const w = await windowOf(browser, "datenschutz");
  const { page } = w;
  const local = (hours) => new Date(Date.now() + hours * 36e5).toLocaleString("sv", { timeZone: "Europe/Berlin" }).slice(0, 16).replace(" ", "T");
  await t.test("none", () => lookAt(w, "/incidents", "incidents_none"));
  await t.test("noted", async () => {
    await page.locator("#title").fill("Akten ohne Anlass geöffnet");
    await page.locator("#what").fill("Ein Konto öffnete mehrere Akten ohne Vorgang.");
    await page.locator("#known_since").fill(local(-5));
    await page.locator("#from").fill(local(-2));
    await page.locator("#to").fill(local(-3));
    const send = page.locator("form[data-primary] button[type=submit]").first();
    await go(page, send);
    await look(w, "incidents_fault", { status: 422 });
    assert.equal(await page.locator("#title").inputValue(), "Akten ohne Anlass geöffnet", "what was typed is lost");
    await page.locator("#to").fill("");
    await go(page, send);
    assert.match(await page.locator("main").innerText(), /noch 6[67] Stunden/);
    assert.ok(await page.locator("main tbody tr").count(), "it affects nobody");
    await look(w, "incident");
  });
  await t.test("proposed", async () => {
    await go(page, page.getByRole("button", { name: "Zum Abschluss vorlegen" }));
    await look(w, "incident_unsaid", { status: 422 });
    await page.locator("#measures").fill("Zugang gesperrt");
    await page.locator("#assessment").fill("Es wurde nichts weitergegeben.");
    await page.locator("#risk").selectOption("unlikely");
    await go(page, page.getByRole("button", { name: "Zum Abschluss vorlegen" }));
    assert.match(await page.locator("main").innerText(), /Außer Ihnen kann das zurzeit niemand abschließen/);
    await look(w, "incident_proposed");
    const got = await page.evaluate(async (at) => { const r = await fetch(at); return [r.status, r.headers.get("content-type")]; }, await page.locator('a[href$="report.pdf"]').getAttribute("href"));
    assert.deepEqual(got, [200, "application/pdf"]);
    await lookAt(w, "/incidents", "incidents");
  });
  await w.close();
});
