// Finds words in the document and marks them exactly where they stand: the server knows the boxes.
import { say } from "./app.js";

const svg = "http://www.w3.org/2000/svg";

export class Hits {
  constructor(viewer) {
    this.viewer = viewer;
    this.form = viewer.querySelector("[data-find]");
    this.input = this.form.querySelector("input");
    this.bar = viewer.querySelector("[data-hits]");
    this.asked = ""; // what the caller asked for
    this.clear();
    const on = { signal: viewer.signal };
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(1); }, on);
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      this.submit(-1);
    }, on);
    this.input.addEventListener("search", () => { if (!this.input.value) this.find(""); }, on);
  }

  close() {
    this.clear();
    for (const marks of this.viewer.querySelectorAll(".viewer-marks")) marks.remove();
  }

  clear() {
    this.found = new Map(); // what the server said, by page
    this.flat = []; // every hit: its page and its number on it
    this.at = -1;
    this.query = "";
  }

  get count() { return this.flat.length; }

  /** The page of a hit; undefined where there is none. */
  pageOf(at) { return this.flat[at]?.page; }

  /** Finds what the caller asked for. */
  async start(hit) {
    this.asked = this.input.value.trim();
    if (this.asked) await this.find(this.asked, hit);
  }

  /** Enter finds; again, it goes on. */
  async submit(by) {
    if (this.input.value.trim() === this.query && this.count) this.step(by);
    else await this.find(this.input.value);
  }

  async find(query, hit = 0) {
    query = query.trim();
    this.clear();
    this.query = query;
    try {
      if (query) await this.load({ q: query });
    } catch (error) {
      this.query = "";
      this.tell();
      return this.viewer.failed(error);
    }
    if (this.query !== query) return; // another one was typed meanwhile
    this.draw();
    this.viewer.images.thumbs.count(new Map([...this.found].map(([page, p]) => [page, p.count])));
    if (this.count) return this.go(hit ? hit - 1 : this.nearest());
    this.tell();
    if (query) say(this.viewer.words("sayNone"));
  }

  /** Asks for hits: of all pages, or of one that has too many for an answer about all. */
  async load(body) {
    const { version } = this.viewer.dataset;
    if (Number(version)) body.version = Number(version);
    const answer = await this.viewer.ask("/hits", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    const { pages } = await answer.json();
    if (body.q !== this.query) return;
    for (const p of pages ?? []) this.found.set(p.page, p);
    this.flat = [...this.found.values()].sort((a, b) => a.page - b.page)
      .flatMap((p) => Array.from({ length: p.count }, (_, hit) => ({ page: p.page, hit })));
  }

  /** The first hit on the page in sight or after it. */
  nearest() {
    const at = this.flat.findIndex((h) => h.page >= this.viewer.shown.page);
    return Math.max(0, at);
  }

  /**
   * Goes on or back. Beyond the last hit of what the caller asked for she may know another document: she is asked
   * first. Who looks for something else stays in this one.
   */
  step(by) {
    const next = this.at + by;
    if ((next < 0 || next >= this.count) && this.query === this.asked) {
      const beyond = new CustomEvent("beyondhits", { bubbles: true, cancelable: true, detail: { by } });
      if (!this.viewer.dispatchEvent(beyond)) return;
    }
    if (this.count) this.go((next + this.count) % this.count);
  }

  async go(at) {
    at = Math.max(0, Math.min(this.count - 1, at));
    this.at = at;
    const { page, hit } = this.flat[at];
    if (this.found.get(page).partial) {
      await this.load({ q: this.query, page }).catch((error) => this.viewer.failed(error));
      this.drawPage(page);
    }
    if (this.at !== at) return;
    for (const mark of this.viewer.querySelectorAll(".viewer-marks [data-current]")) delete mark.dataset.current;
    const marks = this.viewer.querySelectorAll(`[data-page="${page}"] .viewer-marks [data-hit="${hit}"]`);
    for (const mark of marks) mark.dataset.current = "";
    if (this.viewer.shown === this.viewer.images && marks[0]) {
      this.viewer.images.reveal(marks[0], page);
    } else {
      this.viewer.shown.go(page);
    }
    this.tell();
    this.viewer.follow();
    say(this.viewer.words("sayHit", { a: at + 1, b: this.count, p: page }));
  }

  /** Shows "2 / 5" beside the buttons. */
  tell() {
    this.bar.hidden = !this.query;
    this.bar.querySelector("[data-hit]").textContent = this.count ? `${this.at + 1} / ${this.count}` : this.viewer.words("sayNone");
    for (const b of this.bar.querySelectorAll("button")) b.disabled = !this.count;
  }

  draw() {
    for (const p of this.viewer.images.pages) this.drawPage(p.number);
  }

  /** Marks the hits of a page over its image. */
  drawPage(number) {
    const { leaf } = this.viewer.images.pages[number - 1];
    leaf.querySelector(".viewer-marks")?.remove();
    const found = this.found.get(number);
    if (!found) return;
    const marks = document.createElementNS(svg, "svg");
    marks.setAttribute("class", "viewer-marks");
    marks.setAttribute("viewBox", `0 0 ${found.width} ${found.height}`);
    marks.setAttribute("preserveAspectRatio", "none");
    marks.setAttribute("aria-hidden", "true");
    for (const box of found.boxes) {
      const rect = document.createElementNS(svg, "rect");
      const [dx, dy] = [box.h * 0.08, box.h * 0.06]; // a mark needs air around the letters
      for (const [name, value] of [["x", box.x - dx], ["y", box.y - dy], ["width", box.w + 2 * dx], ["height", box.h + 2 * dy], ["rx", box.h * 0.1]]) {
        rect.setAttribute(name, value);
      }
      rect.dataset.hit = box.hit;
      marks.append(rect);
    }
    leaf.append(marks);
  }
}
