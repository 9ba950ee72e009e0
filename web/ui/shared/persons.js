// Persons while a name is being typed: a combobox over the search boxes (WAI-ARIA, list autocomplete with manual
// selection). What is typed is posted and stands in no address. Without it the boxes search as before.
import { say } from "./app.js";

const pause = 220; // ms without a key before it asks
const least = 2; // letters

let made = 0;

class Typed {
  constructor(input) {
    this.input = input;
    const box = document.getElementById("persons-typed").content.firstElementChild.cloneNode(true);
    this.box = box;
    this.list = box.querySelector("ul");
    this.list.id = `typed-list-${++made}`;
    input.parentElement.classList.add("typed-room");
    input.parentElement.append(box);
    input.type = "text"; // a search field may not be a combobox
    input.enterKeyHint = "search";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    this.close();
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.stop());
    input.form.addEventListener("submit", () => this.stop());
    box.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the box
    box.addEventListener("click", (event) => this.open(event.target.closest("[role=option]")));
  }

  get options() { return [...this.list.children]; }

  /** Asks when no key was pressed for a moment; what was asked before doesn't matter any more. */
  later() {
    this.stop();
    if (this.input.value.trim().length < least) return;
    this.timer = setTimeout(() => this.ask(), pause);
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.timer = this.asking = undefined;
    this.close();
  }

  async ask() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.asking?.abort();
    const asking = this.asking = new AbortController();
    const text = this.input.value;
    const body = new URLSearchParams({ q: text });
    const of = this.input.form.elements.namedItem("page_of");
    if (of) body.set("page_of", of.value);
    try {
      const answer = await fetch("/search/persons", { method: "POST", body, signal: asking.signal, redirect: "error" });
      const found = answer.ok ? await answer.text() : "";
      if (this.asking !== asking || asking.signal.aborted || this.input.value !== text) return;
      this.show(found, answer.ok);
    } catch {
      // another letter came, or the line is down: the search itself will tell
    } finally {
      if (this.asking === asking) this.asking = undefined;
    }
  }

  show(found, answered) {
    this.close();
    const parsed = new DOMParser().parseFromString(found, "text/html");
    for (const option of parsed.querySelectorAll("[role=option]")) {
      option.id = `${this.list.id}-${option.id}`;
      this.list.append(document.importNode(option, true));
    }
    const n = this.list.childElementCount;
    const said = document.getElementById("persons-said").dataset;
    if (answered) say(n === 0 ? said.none : n === 1 ? said.one : said.some.replace("#", n));
    if (n === 0 || document.activeElement !== this.input) return;
    this.box.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  close() {
    this.box.hidden = true;
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  get chosen() { return this.list.querySelector('[aria-selected="true"]'); }

  choose(option) {
    for (const o of this.options) o.setAttribute("aria-selected", String(o === option));
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  /** Goes up or down; beyond either end nothing is chosen, and Enter searches. */
  move(by) {
    const options = this.options;
    const at = options.indexOf(this.chosen);
    const next = at < 0 ? (by > 0 ? 0 : options.length - 1) : at + by;
    this.choose(options[next] ?? null);
  }

  open(option) {
    if (option) location.assign(option.dataset.href);
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!this.box.hidden) this.move(key === "ArrowDown" ? 1 : -1);
      else if (this.input.value.trim().length >= least) this.ask();
    } else if (key === "Enter" && this.chosen) {
      event.preventDefault();
      this.open(this.chosen);
    } else if (key === "Escape" && (!this.box.hidden || this.timer || this.asking)) { // what is about to be shown, too
      event.preventDefault();
      event.stopPropagation();
      this.stop();
    }
  }
}

// The template stands behind the boxes; modules run when all of the page is there.
if (document.getElementById("persons-typed")) {
  for (const input of document.querySelectorAll("input[data-persons]")) new Typed(input);
}
