// The pages as images, in true proportion to each other, and the small ones beside them.
import { Thumbs } from "./viewer-thumbs.js";

const screen = 96 / 72; // pixels of a point at 100 %
const smallest = 0.1 * screen;
const largest = 8 * screen;
const border = 12; // pixels kept free on each side; viewer.css says so too

export class Pages {
  constructor(viewer) {
    this.viewer = viewer;
    this.area = viewer.querySelector("[data-pages]");
    this.pages = [...this.area.querySelectorAll("[data-page]")].map(pageOf);
    this.scale = screen;
    this.mode = "width";
    this.turned = 0;
    this.page = 1;
    this.thumbs = new Thumbs(viewer, this.pages);
    this.usual = usualWidth(this.pages);
    this.fitted = 1; // the page that was fitted to the width
    this.went = -1; // where the area was scrolled to for a page
    this.watch();
  }

  get count() { return this.pages.length; }

  get percent() { return this.scale / screen * 100; }

  watch() {
    const on = { signal: this.viewer.signal, passive: true };
    let waiting = false;
    this.area.addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; this.look(); });
    }, on);
    this.resized = new ResizeObserver(() => { if (!this.area.hidden && this.mode) this.lay(); });
    this.resized.observe(this.area);
    // Images far away are let go of: a browser keeps what has a source.
    this.near = new IntersectionObserver((seen) => {
      for (const s of seen) this.pages[Number(s.target.dataset.page) - 1].hold(s.isIntersecting);
    }, { root: this.area, rootMargin: "300% 0%" });
    for (const p of this.pages) this.near.observe(p.figure);
  }

  close() {
    this.resized.disconnect();
    this.near.disconnect();
    this.thumbs.close();
  }

  start(page) {
    this.page = Math.max(1, Math.min(this.count, page));
    this.fitted = this.page;
    this.lay();
    this.go(this.page);
  }

  show(page) {
    this.area.hidden = false;
    this.lay();
    this.go(page);
  }

  hide() { this.area.hidden = true; }

  /** The scale at which the pages fit. */
  fitting() {
    const p = this.pages[(this.mode === "whole" ? this.page : this.fitted) - 1];
    const style = getComputedStyle(this.area);
    const width = this.area.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 2;
    const height = this.area.clientHeight - 2 * border;
    const flat = this.turned % 180 !== 0;
    const [w, h] = flat ? [p.height, p.width] : [p.width, p.height];
    const across = width / Math.max(w, flat ? 0 : this.usual);
    return this.mode === "whole" ? Math.min(width / w, height / h) : across;
  }

  /** Gives every page its size; the place that was in sight stays there. */
  lay() {
    if (this.area.clientWidth === 0) return;
    const place = this.place();
    if (this.mode) this.scale = this.fitting();
    this.scale = Math.max(smallest, Math.min(largest, this.scale));
    for (const p of this.pages) p.size(this.scale, this.turned);
    this.back(place);
    if (this.went >= 0) this.went = this.area.scrollTop;
    this.viewer.dispatchEvent(new CustomEvent("pageshown"));
  }

  /** Where the middle of the area lies on its page, as a share of it. */
  place() {
    const p = this.pages[this.page - 1];
    const box = p.sheet.getBoundingClientRect();
    const area = this.area.getBoundingClientRect();
    if (!box.height) return null;
    return { p, x: (area.left + area.width / 2 - box.left) / box.width, y: (area.top - box.top) / box.height };
  }

  back(place) {
    if (!place) return;
    const box = place.p.sheet.getBoundingClientRect();
    const area = this.area.getBoundingClientRect();
    const top = place.y <= 0.02 ? -border : place.y * box.height;
    this.area.scrollBy({ top: box.top + top - area.top, left: box.left + place.x * box.width - area.left - area.width / 2, behavior: "instant" });
  }

  zoom(by) {
    this.mode = "";
    this.scale *= by;
    this.lay();
  }

  fit(mode) {
    this.mode = mode;
    this.fitted = this.page;
    this.lay();
    if (mode === "whole") this.go(this.page);
  }

  turn() {
    this.turned = (this.turned + 90) % 360;
    this.lay();
    return this.turned;
  }

  go(page) {
    const p = this.pages[page - 1];
    const box = p.figure.getBoundingClientRect();
    this.area.scrollBy({ top: box.top - this.area.getBoundingClientRect().top - border, behavior: "instant" });
    this.page = page;
    this.went = this.area.scrollTop;
  }

  /** Reports whether a whole page fits, so that turning pages is more than scrolling. */
  turnsPages() { return this.pages[this.page - 1].figure.offsetHeight <= this.area.clientHeight + 2; }

  /** Finds the page in sight: the one that fills most of the area. */
  look() {
    if (Math.abs(this.area.scrollTop - this.went) < 2) return; // a small page may not fill most of it
    this.went = -1;
    const area = this.area.getBoundingClientRect();
    let best = this.page, most = 0;
    for (const p of this.pages) {
      const box = p.figure.getBoundingClientRect();
      if (box.bottom <= area.top) continue;
      if (box.top >= area.bottom) break;
      const share = Math.min(box.bottom, area.bottom) - Math.max(box.top, area.top);
      if (share > most + 1) [best, most] = [p.number, share];
    }
    if (this.area.scrollTop <= 2) best = 1;
    else if (this.area.scrollTop + this.area.clientHeight >= this.area.scrollHeight - 2) best = this.count;
    if (best === this.page) return;
    this.page = best;
    this.viewer.dispatchEvent(new CustomEvent("pageshown"));
  }

  /** Brings a mark on a page into sight. */
  reveal(mark, page) {
    this.page = page;
    const box = mark.getBoundingClientRect();
    const area = this.area.getBoundingClientRect();
    const inside = box.top >= area.top + 24 && box.bottom <= area.bottom - 24 && box.left >= area.left && box.right <= area.right;
    const aside = box.left < area.left || box.right > area.right;
    if (!inside) this.area.scrollBy({ top: box.top - area.top - area.height / 3, left: aside ? box.left - area.left - area.width / 3 : 0, behavior: "instant" });
    this.went = this.area.scrollTop;
  }
}

/** A page with what belongs to it. */
function pageOf(figure) {
  const img = figure.querySelector("img");
  const sheet = figure.querySelector(".viewer-sheet");
  const leaf = figure.querySelector(".viewer-leaf");
  const p = {
    figure, sheet, leaf, img, number: Number(figure.dataset.page), drawn: "drawn" in figure.dataset,
    width: Number(figure.dataset.width) || 595, height: Number(figure.dataset.height) || 842, src: img?.getAttribute("src"),
  };
  p.size = (scale, turned) => {
    const [w, h] = [p.width * scale, p.height * scale];
    const flat = turned % 180 !== 0;
    Object.assign(sheet.style, { width: `${flat ? h : w}px`, height: `${flat ? w : h}px` });
    Object.assign(leaf.style, { width: `${w}px`, height: `${h}px`, transform: `translate(-50%, -50%) rotate(${turned}deg)` });
  };
  p.hold = (near) => {
    if (!img) return;
    if (!near) img.removeAttribute("src");
    else if (!img.hasAttribute("src")) img.src = p.src;
  };
  return p;
}

/** The width that most pages have: an identity card among letters keeps its size. */
function usualWidth(pages) {
  const counted = new Map();
  for (const p of pages) {
    const w = Math.round(p.width / 20);
    counted.set(w, (counted.get(w) ?? 0) + 1);
  }
  const [most] = [...counted].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return most[0] * 20;
}
