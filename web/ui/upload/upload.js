// The queue of files that are being sent: in pieces, so that a lost connection costs nothing. Without it
// the form sends them in one request.

import "../assets/tus.js";
import { say } from "../shared/app.js";
import { watch } from "../shared/live.js";
import { gather } from "./gather.js";
import { Memory, fingerprint } from "./memory.js";

const tus = window.tus;
const atOnce = 3; // transfers at a time
const endpoint = "/api/v1/uploads/";
const ended = new Set(["refused", "received", "processing", "ready", "failed", "quarantined", "password", "filed"]);
const stored = new Set(["received", "processing", "ready", "failed", "quarantined", "password", "filed"]);

/** Transfer is a file in the queue: waits, sends, paused, lost, refused, or the state of what was made of it. */
class Transfer {
  constructor(queue, file, meta) {
    this.queue = queue;
    this.file = file;
    this.meta = meta;
    this.sent = 0;
    this.row = queue.row(this);
    this.turn("waits");
  }

  /** turn shows a state; text is what is said of it where its own words aren't enough. */
  turn(state, text) {
    this.state = state;
    this.queue.show(this, text ?? this.queue.text(state, { p: this.percent() }));
    this.queue.next();
  }

  percent() { return this.file.size ? Math.floor((100 * this.sent) / this.file.size) : 0; }

  start() {
    this.state = "sends";
    this.queue.show(this, this.queue.text("sends", { p: this.percent() }));
    this.upload ??= this.prepare();
    this.upload.findPreviousUploads().then((found) => {
      if (this.state !== "sends") return;
      if (found.length > 0) this.upload.resumeFromPreviousUpload(found[0]);
      this.upload.start();
    });
  }

  prepare() {
    return new tus.Upload(this.file, {
      endpoint,
      metadata: { filename: this.file.name, ...this.meta },
      headers: { "Accept-Language": document.documentElement.lang },
      retryDelays: [500, 1000, 2000, 5000, 10000, 20000],
      fingerprint: () => fingerprint(this.file, this.meta),
      urlStorage: new Memory(),
      removeFingerprintOnSuccess: true,
      onAfterResponse: (_, answer) => {
        this.item = answer.getHeader("Eakte-Inbox-Item") || this.item;
        this.document = answer.getHeader("Eakte-Document") || this.document;
      },
      onProgress: (sent) => this.progress(sent),
      onSuccess: () => this.done(),
      onError: (error) => this.fail(error),
    });
  }

  progress(sent) {
    if (this.state !== "sends") return;
    this.sent = sent;
    const text = sent === this.file.size ? this.queue.text("records") : this.queue.text("sends", { p: this.percent() });
    this.queue.show(this, text);
  }

  /** done follows what was made of the file. */
  done() {
    this.sent = this.file.size;
    this.turn("received");
    const name = this.item ? "inbox/" + this.item : "document/" + this.document;
    this.stop = watch(name, (status) => this.follow(status));
  }

  follow(status) {
    const { queue } = this;
    let text = queue.text(status.state);
    if (status.state === "processing" && status.progress?.total) {
      text = queue.text("progress", { a: status.progress.done, b: status.progress.total });
    } else if (status.state === "failed" || status.state === "quarantined") {
      text += " " + (queue.text("why-" + status.reason) || "");
    }
    if (status.state !== this.state && ["failed", "quarantined", "password"].includes(status.state)) queue.tell(this, text);
    this.turn(status.state, text.trim());
    if (["ready", "failed", "quarantined", "password", "filed"].includes(status.state)) this.stop?.();
  }

  /** fail tells a refusal, which stays one, from a connection that may come back. */
  fail(error) {
    const answer = error.originalResponse;
    const status = answer?.getStatus() ?? 0;
    if (status === 0 || status >= 500 && status !== 507 || status === 423) {
      this.turn("lost");
      clearTimeout(this.again);
      this.again = setTimeout(() => { if (this.state === "lost" && navigator.onLine) this.turn("waits"); }, 15000);
      return;
    }
    if (status === 401) return location.reload(); // signed out: the sign-in leads back
    let text = "";
    try {
      const problem = JSON.parse(answer.getBody());
      text = problem.errors?.[0]?.message ? `${problem.detail} ${problem.errors[0].message}` : problem.detail;
    } catch {
      // not ours: said in general words
    }
    this.refuse(text || this.queue.text("unknown"));
  }

  refuse(text) {
    this.turn("refused", text);
    this.queue.tell(this, text);
  }

  pause() {
    this.upload?.abort();
    this.turn("paused");
  }

  resume() {
    this.turn("waits");
  }

  retry() {
    this.upload = undefined;
    this.meta = this.queue.meta(); // what was refused may have been corrected
    this.sent = 0;
    this.turn("waits");
  }

  /** remove gives the transfer up; what is stored stays stored. */
  remove() {
    clearTimeout(this.again);
    this.stop?.();
    if (!stored.has(this.state)) this.upload?.abort(true).catch(() => {}); // else it expires by itself
    this.queue.drop(this);
  }
}

/** Queue is the block on the page. */
class Queue {
  constructor(root) {
    this.root = root;
    this.form = root.querySelector("[data-form]");
    this.list = root.querySelector("[data-list]");
    this.input = root.querySelector("input[type=file]");
    this.target = root.dataset.target;
    this.limit = Number(root.dataset.limit);
    this.transfers = [];
    this.chosen = []; // for targets that wait for the form
    root.classList.add("upload--script");
    for (const part of root.querySelectorAll("[data-script]")) part.hidden = false;
    for (const part of root.querySelectorAll("[data-plain]")) part.hidden = true;
    this.listen();
  }

  part(template, key) {
    return this.root.querySelector(`template[data-${template}]`).content.querySelector(`[data-for="${CSS.escape(key)}"]`);
  }

  /** text is a sentence with its blanks filled. */
  text(key, values = {}) {
    const said = this.part("texts", key)?.textContent.trim() ?? "";
    return said.replace(/%([a-z])/g, (all, name) => values[name] ?? all);
  }

  listen() {
    this.input.addEventListener("change", () => {
      this.add([...this.input.files]);
      this.input.value = "";
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    const place = "wide" in this.root.dataset ? document : this.root;
    place.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      this.root.classList.add("upload--over");
    });
    place.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) this.root.classList.remove("upload--over");
    });
    place.addEventListener("drop", async (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      this.root.classList.remove("upload--over");
      this.add(await gather(event.dataTransfer));
    });
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      this.add(files);
    });
    this.root.addEventListener("click", (event) => this.press(event));
    const goOn = () => this.each("lost", (t) => t.turn("waits")); // a few at a time
    addEventListener("online", goOn);
    document.addEventListener("live:back", goOn);
    addEventListener("beforeunload", (event) => {
      if (this.transfers.some((t) => !ended.has(t.state))) event.preventDefault();
    });
  }

  press(event) {
    const act = event.target.closest("[data-act]");
    if (act) return this.transfers.find((t) => t.row.contains(act))?.[act.dataset.act]?.();
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (what === "pause-all") this.transfers.filter((t) => ["waits", "sends", "lost"].includes(t.state)).forEach((t) => t.pause());
    if (what === "resume-all") this.each("paused", (t) => t.resume());
    if (what === "clear") this.transfers.filter((t) => ["ready", "filed", "received", "processing"].includes(t.state)).forEach((t) => t.remove());
    if (what === "folder") this.folder();
  }

  each(state, fn) { this.transfers.filter((t) => t.state === state).forEach(fn); }

  folder() {
    const input = Object.assign(document.createElement("input"), { type: "file", multiple: true, webkitdirectory: true });
    input.addEventListener("change", () => this.add([...input.files]));
    input.click();
  }

  /** add takes files: into a basket at once, elsewhere when the form is sent. */
  add(files) {
    if (files.length === 0) return;
    if (this.target === "document" && (files.length > 1 || this.chosen.length > 0)) {
      this.chosen.forEach((t) => this.drop(t));
      files = files.slice(-1);
      say(this.text("one-only"));
    }
    const meta = this.target === "inbox" ? this.meta() : undefined;
    for (const file of files) {
      const transfer = new Transfer(this, file, meta);
      this.transfers.push(transfer);
      transfer.hopeless = file.size === 0 || file.size > this.limit;
      if (transfer.hopeless) transfer.refuse(this.text(file.size === 0 ? "empty" : "large"));
      else if (!meta) this.chosen.push(transfer);
    }
    this.next();
  }

  /** send starts what was chosen, with what the form says now. */
  send() {
    if (this.chosen.length === 0) {
      say(this.text("none"));
      this.input.focus();
      return;
    }
    const meta = this.meta();
    for (const transfer of this.chosen) transfer.meta = meta;
    this.chosen = [];
    this.next();
  }

  /** meta is what goes with each file, as the interface wants it. */
  meta() {
    const said = {};
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && value !== "" && !name.startsWith("page_")) said[name.replace(/^up_/, "")] = value;
    }
    const meta = { meta: JSON.stringify(said) };
    if (this.target !== "inbox") meta[this.target] = this.root.dataset.id;
    return meta;
  }

  /** next starts what may go, and sums up. */
  next() {
    let going = this.transfers.filter((t) => t.state === "sends").length;
    for (const t of this.transfers) {
      if (going >= atOnce) break;
      if (t.state !== "waits" || !t.meta) continue;
      going++;
      t.start();
    }
    this.sum();
  }

  sum() {
    const all = this.transfers.length;
    const bad = this.transfers.filter((t) => t.state === "refused").length;
    const done = this.transfers.filter((t) => stored.has(t.state)).length;
    this.root.querySelector("[data-queue]").hidden = all === 0;
    let text = this.text("sum", { a: done, b: all });
    if (bad > 0) text += " · " + this.text("sum-bad", { c: bad });
    this.root.querySelector("[data-sum]").textContent = text;
    const has = (...states) => this.transfers.some((t) => states.includes(t.state) && t.meta);
    this.root.querySelector("[data-do=pause-all]").hidden = !has("waits", "sends", "lost");
    this.root.querySelector("[data-do=resume-all]").hidden = !has("paused");
    this.root.querySelector("[data-do=clear]").hidden = done === 0;
    if (all > 0 && done === all && !this.over) say(this.text("all-done"));
    this.over = all > 0 && done === all;
  }

  /** tell says to everybody what went wrong with a file. */
  tell(transfer, text) { say(this.text("named", { n: transfer.file.name, t: text })); }

  row(transfer) {
    const row = this.root.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = transfer.file.name;
    row.querySelector("[data-size]").textContent = bytes(transfer.file.size);
    for (const control of row.querySelectorAll("button, progress")) {
      control.setAttribute("aria-label", `${control.title || this.list.getAttribute("aria-label")}: ${transfer.file.name}`);
    }
    this.list.append(row);
    return row;
  }

  show(transfer, text) {
    const { row, state } = transfer;
    if (!row) return; // not there yet
    if (row.dataset.state !== state || !row.querySelector("[data-mark]").firstChild) {
      row.dataset.state = state;
      row.querySelector("[data-mark]").replaceChildren(...(this.part("marks", state)?.cloneNode(true).childNodes ?? []));
      const focused = row.contains(document.activeElement);
      const shown = {
        pause: (state === "waits" && transfer.meta) || state === "sends" || state === "lost", resume: state === "paused",
        retry: state === "refused" && !transfer.hopeless, remove: state !== "sends", open: Boolean(this.link(transfer)) && stored.has(state),
      };
      for (const [act, on] of Object.entries(shown)) row.querySelector(`[data-act=${act}]`).hidden = !on;
      if (shown.open) row.querySelector("[data-act=open]").href = this.link(transfer);
      if (focused && !row.contains(document.activeElement)) row.querySelector(":is(a, button):not([hidden])")?.focus();
    }
    row.querySelector("[data-say]").textContent = text;
    row.querySelector("[data-progress]").value = transfer.percent();
  }

  link(transfer) {
    if (transfer.item) return "/inbox/" + transfer.item;
    const akte = location.pathname.match(/^\/akten\/[^/]+/);
    return transfer.document && akte ? `${akte[0]}/documents/${transfer.document}` : "";
  }

  drop(transfer) {
    const at = this.transfers.indexOf(transfer);
    this.transfers = this.transfers.filter((t) => t !== transfer);
    this.chosen = this.chosen.filter((t) => t !== transfer);
    const focused = transfer.row.contains(document.activeElement);
    transfer.row.remove();
    if (focused) (this.transfers[Math.min(at, this.transfers.length - 1)]?.row.querySelector("button:not([hidden])") ?? this.input).focus();
    this.next();
  }
}

/** bytes writes a size as the page's language does. */
function bytes(n) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const at = Math.min(units.length - 1, n < 1 ? 0 : Math.floor(Math.log10(n) / 3));
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[at], unitDisplay: "short", maximumFractionDigits: at > 1 ? 1 : 0 }).format(n / 1000 ** at);
}

for (const root of document.querySelectorAll(".upload")) new Queue(root);
