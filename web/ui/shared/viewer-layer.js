// The words of a page as text over its image, unseen, so that they can be selected and copied. It is
// made for pages in sight only.

const svg = "http://www.w3.org/2000/svg";

export class Layers {
  constructor(viewer) {
    this.viewer = viewer;
    this.made = new Map(); // by page
    this.seen = new IntersectionObserver((seen) => {
      for (const s of seen) this.turn(Number(s.target.dataset.page), s.isIntersecting);
    }, { root: viewer.images.area });
    for (const p of viewer.images.pages) if (p.drawn) this.seen.observe(p.figure);
    viewer.images.area.addEventListener("copy", (event) => this.copy(event), { signal: viewer.signal });
  }

  close() {
    this.seen.disconnect();
    for (const layer of this.made.values()) layer.node?.remove();
    this.made.clear();
  }

  /** Makes the layer of a page that came into sight and stays there; lets go of one that left. */
  turn(number, visible) {
    const layer = this.made.get(number);
    if (visible && !layer) {
      const fresh = { timer: setTimeout(() => this.fill(number, fresh), 250) };
      this.made.set(number, fresh);
    } else if (!visible && layer && !holdsSelection(layer.node)) {
      clearTimeout(layer.timer);
      layer.node?.remove();
      this.made.delete(number);
    }
  }

  async fill(number, layer) {
    try {
      const page = await (await this.viewer.ask(`/pages/${number}/words`)).json();
      if (this.made.get(number) !== layer) return;
      layer.node = draw(page);
      this.viewer.images.pages[number - 1].leaf.append(layer.node);
    } catch {
      this.made.delete(number); // the image is there all the same
    }
  }

  /** Copies selected words as lines of text: between texts of a picture a browser puts nothing. */
  copy(event) {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    let text = "";
    for (const word of this.viewer.images.area.querySelectorAll(".viewer-words text")) {
      if (!range.intersectsNode(word)) continue;
      const node = word.firstChild;
      const from = range.startContainer === node ? range.startOffset : 0;
      const to = range.endContainer === node ? range.endOffset : node.length;
      if (to > from) text += (text && (word.dataset.line !== undefined ? "\n" : " ")) + node.data.slice(from, to);
    }
    if (!text) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  }
}

function holdsSelection(node) {
  const selection = getSelection();
  return Boolean(node && selection.rangeCount && !selection.isCollapsed && selection.getRangeAt(0).intersectsNode(node));
}

/** Sets every word into its box. */
function draw(page) {
  const layer = document.createElementNS(svg, "svg");
  layer.setAttribute("class", "viewer-words");
  layer.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
  layer.setAttribute("preserveAspectRatio", "none");
  layer.setAttribute("aria-hidden", "true");
  let before = null;
  for (const word of page.words ?? []) {
    if (!word.text || !(word.w > 0) || !(word.h > 0)) continue;
    const text = document.createElementNS(svg, "text");
    for (const [name, value] of [["x", word.x], ["y", word.y + word.h * 0.8], ["font-size", word.h], ["textLength", word.w], ["lengthAdjust", "spacingAndGlyphs"]]) {
      text.setAttribute(name, value);
    }
    if (before && Math.abs(middle(word) - middle(before)) > before.h * 0.6) text.dataset.line = "";
    text.textContent = word.text;
    layer.append(text);
    before = word;
  }
  return layer;
}

function middle(word) { return word.y + word.h / 2; }
