// The viewer of documents: <page-viewer> of viewer.tmpl. It shows the pages as images, as text, or the
// received PDF itself; finds words and marks them on the pages. Whatever it began ends with it: a day
// of documents in one tab must not fill the memory.
import { say, singleKeys, typing } from "./app.js";
import { Pages } from "./viewer-pages.js";
import { Hits } from "./viewer-hits.js";
import { Layers } from "./viewer-layer.js";
import { TextView } from "./viewer-text.js";
import { watchState } from "./viewer-wait.js";
import { printPages } from "./viewer-print.js";

const zoomStep = 1.2;

class PageViewer extends HTMLElement {
  connectedCallback() {
    this.left = new AbortController();
    this.signal = this.left.signal;
    this.base = this.dataset.base;
    for (const part of this.querySelectorAll("[data-script]")) part.hidden = false;
    if (this.querySelector("[data-pages]")) this.open();
    watchState(this);
  }

  disconnectedCallback() {
    this.left.abort();
    for (const view of [this.images, this.text, this.exact, this.hits, this.layers]) view?.close();
    this.images = this.text = this.exact = this.hits = this.layers = this.shown = null;
  }

  open() {
    this.images = new Pages(this);
    this.text = new TextView(this);
    this.layers = new Layers(this);
    this.shown = this.images;
    if (this.querySelector("[data-find]")) this.hits = new Hits(this);
    const on = { signal: this.signal };
    this.addEventListener("click", (event) => this.press(event), on);
    this.addEventListener("pageshown", () => this.follow(), on);
    document.addEventListener("keydown", (event) => this.key(event), on);
    this.goto = this.querySelector("[data-goto]");
    this.goto.addEventListener("change", () => this.go(Number(this.goto.value)), on);
    if (this.main) addEventListener("hashchange", (event) => this.obey(event), on);
    this.start();
  }

  /** Shows what the address asks for, or the caller. */
  async start() {
    const asked = this.asked();
    this.images.start(asked.page || Number(this.dataset.open) || 1);
    this.follow();
    const back = this.closest("[data-hits-from=end]"); // one came to it backwards
    if (back) delete back.dataset.hitsFrom;
    await this.hits?.start(back ? Infinity : asked.hit);
    if (asked.print) {
      history.replaceState(history.state, "", location.pathname + location.search); // once
      await printPages(this).catch((error) => this.failed(error));
    }
  }

  /** The one viewer whose place the address keeps. */
  get main() { return this.id === "viewer"; }

  /** What the address asks for: #page=3&hit=2, #hit=last, or #print. */
  asked(address = location.href) {
    const hash = new URLSearchParams(this.main ? new URL(address).hash.slice(1) : "");
    const hit = hash.get("hit") === "last" ? Infinity : Number(hash.get("hit")) || 0;
    return { page: Number(hash.get("page")) || 0, hit, print: hash.has("print") };
  }

  /** Follows an address that was changed; the one of now may tell where the browser scrolled to since. */
  obey(event) {
    const { page, hit } = this.asked(event.newURL);
    if (hit && this.hits?.count) this.hits.go(hit - 1);
    else if (page) this.go(page);
  }

  /** The address of something under the content: "/text". Pages of an older version keep its number. */
  address(path, values = {}) {
    const query = new URLSearchParams(values);
    if (Number(this.dataset.version)) query.set("version", this.dataset.version);
    return this.base + path + (query.size ? `?${query}` : "");
  }

  /** Asks the server; the request ends with the viewer. */
  async ask(path, { values, ...init } = {}) {
    const answer = await fetch(this.address(path, values), { ...init, signal: this.signal });
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    return answer;
  }

  /** A sentence of the template, with values for its placeholders. */
  words(name, values = {}) {
    return (this.dataset[name] ?? "").replace(/%[abp]/g, (mark) => values[mark[1]] ?? mark);
  }

  /** Tells that something went wrong, unless the viewer is gone. */
  failed(error) {
    if (!this.signal.aborted && error?.name !== "AbortError") say(this.words("sayFailed"));
  }

  press(event) {
    const button = event.target.closest("[data-do]");
    if (!button || button.disabled || button.closest("page-viewer") !== this) return;
    this.act(button.dataset.do);
  }

  act(name) {
    switch (name) {
      case "smaller": return this.zoom(1 / zoomStep);
      case "larger": return this.zoom(zoomStep);
      case "width": case "whole": return this.fit(name);
      case "turn": return this.turn();
      case "link": return this.copyLink();
      case "print": return printPages(this).catch((error) => this.failed(error));
      case "hit-next": return this.hits?.step(1);
      case "hit-back": return this.hits?.step(-1);
      case "page-next": return this.go(this.shown.page + 1);
      case "page-back": return this.go(this.shown.page - 1);
      case "as-image": return this.show("image");
      case "as-text": return this.show("text");
      case "as-exact": return this.show("exact");
    }
  }

  zoom(by) { this.shown.zoom(by); this.follow(); }

  fit(mode) { this.shown.fit(mode); this.follow(); }

  turn() {
    const degrees = this.shown.turn();
    if (degrees !== undefined) say(this.words("sayTurned", { a: degrees }));
  }

  go(number) {
    const page = Math.max(1, Math.min(this.images.count, Math.round(number) || this.shown.page));
    this.shown.go(page);
    this.follow();
  }

  /** Shows the document as "image", "text" or "exact". */
  async show(mode) {
    const page = this.shown.page;
    if (mode === "exact") await this.readyExact();
    if (this.signal.aborted) return;
    const next = { image: this.images, text: this.text, exact: this.exact }[mode];
    for (const view of [this.images, this.text, this.exact]) if (view && view !== next) view.hide();
    this.shown = next;
    this.dataset.mode = mode;
    for (const b of this.querySelectorAll("[data-do^=as-]")) b.setAttribute("aria-pressed", String(b.dataset.do === `as-${mode}`));
    try {
      await next.show(page);
    } catch (error) {
      this.failed(error);
    }
    this.follow();
  }

  /** Loads what draws the received file, when it is first asked for. */
  async readyExact() {
    const kind = this.querySelector("[data-exact]").dataset.exact;
    const { Exact } = kind === "application/pdf" ? await import("./viewer-exact.js") : await import("./viewer-picture.js");
    if (!this.signal.aborted) this.exact ??= new Exact(this);
  }

  /** Brings everything that tells the place up to it. */
  follow() {
    if (!this.shown) return;
    const { page, percent, mode } = this.shown;
    if (document.activeElement !== this.goto) this.goto.value = page;
    if (percent) this.querySelector("[data-zoom]").value = `${Math.round(percent)}\u202f%`;
    for (const b of this.querySelectorAll("[data-do=width], [data-do=whole]")) b.setAttribute("aria-pressed", String(b.dataset.do === mode));
    this.querySelector("[data-do=page-back]").disabled = page <= 1;
    this.querySelector("[data-do=page-next]").disabled = page >= this.images.count;
    this.images.thumbs.mark(page);
    this.keepPlace(page);
  }

  /** Writes the place into the address, so that it survives a reload. */
  keepPlace(page) {
    if (!this.main || (page === this.kept?.page && this.hits?.at === this.kept?.hit)) return;
    const first = !this.kept;
    this.kept = { page, hit: this.hits?.at };
    if (first && !location.hash) return;
    const hit = this.hits?.pageOf(this.hits.at) === page ? `&hit=${this.hits.at + 1}` : "";
    if (!first) history.replaceState(history.state, "", `#page=${page}${hit}`);
  }

  async copyLink() {
    const link = new URL(location.href);
    link.searchParams.delete("s"); // a search of this session only
    link.hash = `page=${this.shown.page}`;
    try {
      await navigator.clipboard.writeText(link.href);
    } catch {
      if (!copyOldWay(link.href)) return this.failed();
    }
    say(this.words("sayCopied"));
  }

  /** Reports whether a key is meant for this viewer: it has the focus, or no other has and it is the first. */
  meant() {
    const focused = document.activeElement?.closest("page-viewer");
    return focused ? focused === this : document.querySelector("page-viewer") === this;
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const name = keys[event.key] ?? (singleKeys() && this.meant() ? letters[event.key.toLowerCase()] : undefined);
    if (!name || (keys[event.key] && !this.contains(document.activeElement)) || !this.checkVisibility()) return;
    if (name.startsWith("page-") && !this.shown.turnsPages?.()) return; // scrolls by itself
    event.preventDefault();
    this.act(name);
  }
}

// Keys that act where the focus is in the viewer, and letters that act on the whole page.
const keys = { "+": "larger", "-": "smaller", "0": "width", PageDown: "page-next", PageUp: "page-back" };
const letters = { n: "hit-next", p: "hit-back" };

/** Copies where the browser has no clipboard for pages: it wants a secure origin. */
function copyOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

customElements.define("page-viewer", PageViewer);
