// The column of small pages. One of them is reached by Tab, the others by arrows: a long document must
// not stand between the reader and what comes after it.

export class Thumbs {
  constructor(viewer, pages) {
    this.viewer = viewer;
    this.nav = viewer.querySelector(".viewer-thumbs");
    this.list = document.createElement("ol");
    this.links = pages.map((p) => this.link(p));
    this.nav.replaceChildren(this.list);
    this.nav.hidden = pages.length < 2;
    const on = { signal: viewer.signal };
    this.nav.addEventListener("click", (event) => this.press(event), on);
    this.nav.addEventListener("keydown", (event) => this.key(event), on);
  }

  close() { this.nav.replaceChildren(); }

  link(p) {
    const item = document.createElement("li");
    const a = document.createElement("a");
    a.href = `#${p.figure.id}`;
    a.dataset.to = p.number;
    a.tabIndex = -1;
    const img = document.createElement("img");
    Object.assign(img, { alt: "", loading: "lazy", decoding: "async", width: Math.round(p.width), height: Math.round(p.height), draggable: false });
    if (p.drawn) img.src = this.viewer.address(`/pages/${p.number}/image`, { width: 200 });
    const number = document.createElement("span");
    number.append(...spoken(this.viewer.dataset.sayPage, p.number));
    a.append(img, number);
    item.append(a);
    this.list.append(item);
    return a;
  }

  press(event) {
    const a = event.target.closest("[data-to]");
    if (!a || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.viewer.go(Number(a.dataset.to));
  }

  key(event) {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!by) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(this.links.length - 1, this.links.indexOf(document.activeElement) + by));
    this.links[to].focus();
    this.viewer.go(to + 1);
  }

  /** Marks the page in sight. */
  mark(page) {
    this.links.forEach((a, i) => {
      const here = i + 1 === page;
      a.tabIndex = here ? 0 : -1;
      if (here) a.setAttribute("aria-current", "page");
      else a.removeAttribute("aria-current");
    });
    const a = this.links[page - 1];
    const [box, nav] = [a.getBoundingClientRect(), this.nav.getBoundingClientRect()];
    if (box.top < nav.top || box.bottom > nav.bottom) this.nav.scrollTop += box.top - nav.top - nav.height / 3;
    if (box.left < nav.left || box.right > nav.right) this.nav.scrollLeft += box.left - nav.left - nav.width / 3;
  }

  /** Shows how many hits each page has: a map by page. */
  count(hits) {
    this.links.forEach((a, i) => {
      a.querySelector("b")?.remove();
      const n = hits.get(i + 1);
      if (!n) return;
      const count = document.createElement("b");
      count.append(...spoken(this.viewer.dataset.sayHits, n));
      a.append(count);
    });
  }
}

/** A sentence of which only the number is seen. */
function spoken(sentence, number) {
  return sentence.split(/%[abp]/).flatMap((words, i) => {
    const unseen = document.createElement("span");
    unseen.className = "kern-sr-only";
    unseen.textContent = words;
    return i ? [String(number), unseen] : [unseen];
  });
}
