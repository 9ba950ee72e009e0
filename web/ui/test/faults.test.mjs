// What goes wrong: input at fault, a colleague who was first, what isn't there or not for this reader, and a
// session that has ended. Each is a page like others, says what to do, and loses nothing that was typed.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { axe, launch, noFaults, windowOf } from "./harness.mjs";
import { look } from "./look.mjs";
import { paper } from "./paper.mjs";
import { go, newAkte, receive, send, settled } from "./scene.mjs";

const nowhere = "01980000-0000-7000-8000-000000000000";
let browser, w, page, akte, doc, item;
before(async () => {
  browser = await launch();
  w = await windowOf(browser, "abh.kaya");
  page = w.page;
  akte = await newAkte(page);
  doc = (await send(page, `/akten/${akte.akte}/documents`, "brief.pdf", paper([[595, 842, "Ein Brief"]]), { type: "sonstiges", title: "Ein Brief" })).id;
  await settled(page, `/documents/${doc}`);
  item = await receive(page, "eingang.pdf", paper([[595, 842, `Ein Eingang ${Date.now()}`]]));
});
after(() => browser?.close());

/** Sends a form as it stands, whatever the browser would say against it. */
async function submit(page, form) {
  await go(page, { click: () => page.locator(form).evaluate((f) => { f.noValidate = true; f.requestSubmit(); }) });
}

/** The focus is at the first input at fault; every fault stands beside its input and leads there. */
async function told(page) {
  const at = await page.evaluate(() => {
    const here = document.activeElement;
    const links = [...document.querySelectorAll(".faults a")];
    const shown = here.matches(".fault") ? here : document.getElementById(here.getAttribute("aria-describedby")?.split(" ").pop());
    return {
      first: document.querySelector('main [aria-invalid="true"], main .fault[tabindex]') === here, // the latter for what has no one input
      described: shown?.matches(".fault") && shown.textContent.trim(),
      lost: links.filter((a) => !document.getElementById(decodeURIComponent(a.hash.slice(1)))).map((a) => a.hash),
      unnamed: links.filter((a) => a.textContent.indexOf(": ") < 2).map((a) => a.textContent),
      summary: document.querySelectorAll(".faults li").length,
    };
  });
  assert.ok(at.first, "the focus is not at the first input at fault");
  assert.ok(at.described, "the input isn't described by its fault");
  assert.deepEqual(at.lost, [], "faults lead nowhere");
  assert.deepEqual(at.unnamed, [], "faults don't name their inputs");
  assert.ok(at.summary > 0, "there is no summary");
}

test("input at fault", async (t) => {
  const forms = [
    ["a new person", "/akten/new", 'form[action="/akten/new"]', { birth_date: "gestern" }],
    ["what is recorded of a person", () => `/persons/${akte.person}/edit`, "form[data-primary]", { birth_date: "gestern" }],
    ["of a document", () => `/akten/${akte.akte}/documents/${doc}/edit`, "form[data-primary]", { title: "x".repeat(5000) }],
    ["where it lies", () => `/akten/${akte.akte}/documents/${doc}/move`, "form[data-primary]", { reason: "" }],
    ["how it is classified", () => `/akten/${akte.akte}/documents/${doc}/classify`, "form[data-primary]", { reason: "" }],
    ["filing", () => `/inbox/${item}`, "#filing", { title: "Getippt" }],
  ];
  for (const [name, path, form, values] of forms) {
    await t.test(name, async () => {
      await page.goto(typeof path === "string" ? path : path());
      for (const [id, value] of Object.entries(values)) {
        await page.locator(`${form} [id="${id}"]`).evaluate((input, value) => { input.removeAttribute("maxlength"); input.value = value; }, value);
      }
      await submit(page, form);
      await look(w, `fault ${name}`, { status: 422 });
      await told(page);
      for (const [id, value] of Object.entries(values)) {
        assert.equal(await page.locator(`[id="${id}"]`).inputValue(), value, "what was typed is lost");
      }
    });
  }
  await t.test("signing in", async () => {
    const stranger = await windowOf(browser, null);
    await stranger.page.goto("/sign-in");
    await stranger.page.locator('input[name="name"]').fill("niemand");
    await stranger.page.locator('input[name="password"]').fill("falsch");
    await submit(stranger.page, "main form");
    await look(stranger, "fault_signin", { status: 422 });
    await stranger.close();
  });
  await t.test("an account", async () => {
    const admin = await windowOf(browser, "verwaltung");
    await admin.page.goto("/operations/users");
    await admin.page.locator("details.users-new summary").click();
    await admin.page.locator("#name").fill("Kein Name");
    await submit(admin.page, "details.users-new form");
    await look(admin, "fault_user", { status: 422 });
    await told(admin.page);
    await admin.close();
  });
});

/** Types something, or chooses the nth of a list. */
function put(page, field, n) {
  return page.locator(field).evaluate((f, n) => {
    if (f.tagName === "SELECT") f.selectedIndex = n;
    else f.value = ["", "Erste", "Zweite"][n];
    return { value: f.value, text: f.tagName === "SELECT" ? f.options[n].textContent.trim() : f.value };
  }, n);
}

test("a colleague was first", async (t) => {
  const forms = [
    ["the Akte", () => `/akten/${akte.akte}/edit`, 'form[action$="/edit"]', "responsible"],
    ["a document", () => `/akten/${akte.akte}/documents/${doc}/edit`, "form[data-primary]", "title"],
    ["a person", () => `/persons/${akte.person}/edit`, "form[data-primary]", "names/0/given"],
  ];
  for (const [name, path, form, field] of forms) {
    await t.test(name, async () => {
      w.faults.length = 0;
      const other = await w.context.newPage();
      await Promise.all([page.goto(path()), other.goto(path())]);
      for (const ground of [page, other].map((p) => p.locator("#ground"))) {
        if (await ground.count()) await ground.selectOption("written");
      }
      const theirs = await put(other, `${form} [id="${field}"]`, 1);
      await submit(other, form);
      await other.close();
      const typed = await put(page, `${form} [id="${field}"]`, 2);
      await submit(page, form);
      await look(w, `stale ${name}`, { status: 412 });
      assert.equal(await page.locator(`[id="${field}"]`).inputValue(), typed.value, "what was typed is lost");
      assert.ok((await page.locator(".stale, .kept").allTextContents()).some((text) => text.includes(theirs.text)), "what the colleague stored isn't shown");
    });
  }
});

test("what isn't there, and what isn't for this reader", async (t) => {
  for (const path of [`/akten/${nowhere}`, "/nirgends", `/inbox/${nowhere}`, "/akten/keine-id"]) {
    await t.test(`404 ${path}`, async () => {
      w.faults.length = 0;
      await page.goto(path);
      await look(w, `missing ${path}`, { status: 404 });
    });
  }
  await t.test("403", async () => {
    w.faults.length = 0;
    await page.goto("/operations");
    await look(w, "denied", { status: 403 });
  });
  await t.test("another department's Akte", async () => {
    const other = await windowOf(browser, "asyl.neumann");
    await other.page.goto(`/akten/${akte.akte}`);
    await look(other, "foreign_akte", { status: 404 });
    assert.ok(!(await other.page.content()).includes(akte.family), "the refusal names her");
    await other.close();
  });
});

test("the session ends", async (t) => {
  await t.test("it is announced, and can be prolonged", async () => {
    const own = await windowOf(browser, "abh.kaya");
    await own.page.clock.install();
    await own.page.goto("/profile");
    let stays = false;
    await own.page.route("**/session", async (route) => { // the server tells the true end, whatever this clock says
      stays ||= route.request().method() === "POST";
      if (stays) return route.continue();
      const answer = await route.fetch();
      return route.fulfill({ response: answer, json: { ...(await answer.json()), ends: 60 } });
    });
    await own.page.clock.fastForward("29:00");
    const dialog = own.page.locator("dialog#session[open]");
    await dialog.waitFor();
    assert.deepEqual(await axe(own.page, "session_ends"), []);
    await own.page.locator("[data-session=stay]").click();
    await dialog.waitFor({ state: "hidden" });
    noFaults(own.faults, "prolonging the session");
    await own.close();
  });
  await t.test("the way back is kept", async () => {
    const own = await windowOf(browser, "abh.kaya");
    await own.page.goto("/profile");
    await own.context.clearCookies();
    await own.page.goto(`/akten/${akte.akte}`);
    await look(own, "signed_out");
    assert.equal(new URL(own.page.url()).searchParams.get("to"), `/akten/${akte.akte}`);
    await own.close();
  });
  await t.test("a script's question is answered by the sign-in", async () => {
    const own = await windowOf(browser, "abh.kaya");
    await own.page.goto("/search");
    await own.page.locator("#q").fill(akte.family);
    await go(own.page, { click: () => own.page.locator("#q").press("Enter") });
    await own.context.clearCookies();
    await go(own.page, { click: () => own.page.locator("#q").press("Enter") });
    assert.equal(new URL(own.page.url()).pathname, "/sign-in");
    assert.ok(!own.page.url().includes(akte.family), "the word stands in the address");
    await own.close();
  });
});

test("the list of keys", async () => {
  await page.goto("/");
  await page.keyboard.press("?");
  await page.locator("dialog#keys[open]").waitFor();
  assert.deepEqual(await axe(page, "keys"), []);
  await page.keyboard.press("Escape");
});
