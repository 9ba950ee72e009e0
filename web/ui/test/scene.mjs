// What the tests of the pages bring in for themselves: papers, persons, Akten, by the interface for programs
// and with the session of a window.
import assert from "node:assert/strict";

/** What a browser says with a request of its own page: without it the server takes none with a session. */
const own = { "Sec-Fetch-Site": "same-origin" };

/** Asks the interface; the answer as {status, etag, body}. */
export async function api(page, method, path, data, headers = {}) {
  const answer = await page.request.fetch(`/api/v1${path}`, { method, headers: { ...own, ...headers }, data });
  return { status: answer.status(), etag: answer.headers().etag, body: await answer.json().catch(() => null) };
}

/** As api, where it must succeed; the body. */
export async function must(page, method, path, body, headers) {
  const answer = await api(page, method, path, body, headers);
  assert.ok(answer.status < 300, `${method} ${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Sends a file to "/inbox" or "/akten/ID/documents" and returns what was made of it. */
export async function send(page, path, name, bytes, meta = {}) {
  const file = { name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) };
  const answer = await page.request.post(`/api/v1${path}`, { headers: own, multipart: { file, meta: JSON.stringify(meta) } });
  const body = await answer.json();
  assert.equal(answer.status(), 201, `${name}: ${JSON.stringify(body)}`);
  return body;
}

/** Waits until what was sent is read, or can't be: then its state must be that. */
export async function settled(page, path, state = "ready") {
  for (let i = 0; ; i++) {
    const now = (await must(page, "GET", path)).state;
    if (now === state) return;
    assert.ok(i < 240 && ["received", "processing", "arranging"].includes(now), `${path} is ${now}, want ${state}`);
    await page.waitForTimeout(250);
  }
}

/** Waits until a search finds so many documents. */
export async function found(page, q, n) {
  for (let i = 0; i < 100; i++) {
    const { body } = await api(page, "POST", "/search", { q });
    if (body.total === n) return;
    await page.waitForTimeout(100);
  }
  assert.fail(`${q} isn't found ${n} times`);
}

/** Searches by the page. */
export async function search(page, text) {
  await page.goto("/search");
  await page.locator("#q").fill(text);
  await go(page, { click: () => page.locator("#q").press("Enter") });
}

/** Brings a paper into the basket of the reader and waits until it is read. */
export async function receive(page, name, bytes, { state, ...meta } = {}) {
  const item = await send(page, "/inbox", name, bytes, meta);
  await settled(page, `/inbox/${item.id}`, state);
  return item.id;
}

/** States the purpose for which an Akte is opened in this session. */
export async function state(page, akte) {
  const answer = await page.request.post(`/akten/${akte}/purpose`, { headers: own, form: { purpose: "bearbeitung" }, maxRedirects: 0 });
  assert.equal(answer.status(), 303, "the purpose was not taken");
}

/** Letters that stand nowhere else: what is told can be told twice to the same authority. */
export function letters(n) {
  return Array.from({ length: n }, () => "bdfgklmnprstvwz"[Math.floor(Math.random() * 15)] + "aeiou"[Math.floor(Math.random() * 5)]).join("");
}

/** Enters a person and opens an Akte for her, with the purpose stated: {person, akte, number, family}. */
export async function newAkte(page, more = {}) {
  const family = `Muster${letters(4)}`;
  const person = await must(page, "POST", "/persons", {
    names: [{ family, given: "Maria", kind: "official" }], birth_date: "1990-05-17", sex: "f", nationalities: ["SYR"],
  });
  const akte = await must(page, "POST", "/akten", { person_id: person.id, plan: "33.11", lead_department: "auslaenderbehoerde", ...more }, { "Eakte-Purpose": "bearbeitung" });
  await state(page, akte.id);
  return { person: person.id, akte: akte.id, number: akte.aktenzeichen, family };
}

/** Presses what leads to another page, and waits for that. */
export async function go(page, control) {
  await Promise.all([page.waitForNavigation(), control.click()]);
}
