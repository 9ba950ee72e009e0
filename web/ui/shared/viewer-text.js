// The document as text, for screen readers and for copying: pages with headings, paragraphs that each
// go in the direction of their script.

export class TextView {
  constructor(viewer) {
    this.viewer = viewer;
    this.area = viewer.querySelector("[data-text]");
    this.page = 1;
    this.size = 1;
    this.mode = "";
    let waiting = false;
    this.area.addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; this.look(); });
    }, { signal: viewer.signal, passive: true });
  }

  get percent() { return this.size * 100; }

  close() {
    this.area.replaceChildren();
    this.loaded = false;
  }

  async show(page) {
    this.page = page;
    this.area.hidden = false;
    if (!this.loaded) {
      this.area.setAttribute("aria-busy", "true");
      const text = await (await this.viewer.ask("/text")).text();
      this.area.removeAttribute("aria-busy");
      this.area.replaceChildren(...text.split("\f").map((t, i) => this.section(t, i + 1)));
      this.loaded = true;
    }
    this.go(page);
  }

  hide() { this.area.hidden = true; }

  section(text, number) {
    const section = document.createElement("section");
    const head = document.createElement("h3");
    head.textContent = this.viewer.words("sayPage", { p: number });
    section.append(head);
    const lang = this.viewer.querySelector(`[data-page="${number}"]`)?.dataset.lang;
    for (const paragraph of text.split(/\n\s*\n/)) {
      if (!paragraph.trim()) continue;
      const p = document.createElement("p");
      p.dir = "auto";
      if (lang) p.lang = lang;
      p.textContent = paragraph.trim();
      section.append(p);
    }
    if (section.childElementCount === 1) {
      const none = document.createElement("p");
      none.className = "muted";
      none.textContent = this.viewer.words("sayNotext");
      section.append(none);
    }
    return section;
  }

  zoom(by) {
    this.size = Math.max(0.6, Math.min(4, this.size * by));
    this.area.style.fontSize = `${this.size}em`;
  }

  fit() { this.zoom(1 / this.size); }

  turn() { return undefined; }

  go(page) {
    const section = this.area.children[page - 1];
    if (section) this.area.scrollTop += section.getBoundingClientRect().top - this.area.getBoundingClientRect().top;
    this.page = page;
    this.went = this.area.scrollTop;
  }

  look() {
    if (Math.abs(this.area.scrollTop - this.went) < 2) return; // a short text doesn't scroll as far as its last page
    this.went = -1;
    const top = this.area.getBoundingClientRect().top + 40;
    const at = [...this.area.children].findLastIndex((s) => s.getBoundingClientRect().top <= top);
    if (at < 0 || at + 1 === this.page) return;
    this.page = at + 1;
    this.viewer.dispatchEvent(new CustomEvent("pageshown"));
  }
}
