// The received picture itself, where a document is one: its own pixels, for stamps and small print.

const screen = 96 / 72;

export class Exact {
  constructor(viewer) {
    this.viewer = viewer;
    this.area = viewer.querySelector("[data-exact]");
    this.page = 1;
    this.mode = "width";
    this.scale = 1;
    this.turned = 0;
  }

  get percent() { return this.width ? this.scale * 100 : 0; }

  async show() {
    this.area.hidden = false;
    this.opening ??= this.open();
    await this.opening;
    this.lay();
  }

  hide() { this.area.hidden = true; }

  async open() {
    this.box = document.createElement("div");
    this.box.className = "viewer-exact-area";
    this.sheet = document.createElement("div");
    this.sheet.className = "viewer-picture";
    this.img = new Image();
    this.img.src = this.viewer.address("/original");
    this.img.alt = this.area.getAttribute("aria-label");
    this.sheet.append(this.img);
    this.box.append(this.sheet);
    this.area.replaceChildren(this.box);
    await this.img.decode();
    // As large on the screen as its page: a photograph has many times the pixels.
    const page = this.viewer.images.pages[0];
    const flat = (this.img.naturalWidth > this.img.naturalHeight) !== (page.width > page.height);
    this.width = (flat ? page.height : page.width) * screen;
    this.height = this.width * this.img.naturalHeight / this.img.naturalWidth;
    this.turned = flat ? 90 : 0;
    this.resized = new ResizeObserver(() => { if (this.mode && !this.area.hidden) this.lay(); });
    this.resized.observe(this.area);
  }

  close() {
    this.resized?.disconnect();
    this.img?.removeAttribute("src");
    this.area.replaceChildren();
    this.opening = this.width = null;
  }

  lay() {
    if (!this.width) return;
    const flat = this.turned % 180 !== 0;
    const [w, h] = flat ? [this.height, this.width] : [this.width, this.height];
    const across = (this.area.clientWidth - 24) / w;
    if (this.mode) this.scale = this.mode === "whole" ? Math.min(across, (this.area.clientHeight - 24) / h) : across;
    this.scale = Math.max(0.1, Math.min(8, this.scale));
    Object.assign(this.sheet.style, { width: `${w * this.scale}px`, height: `${h * this.scale}px` });
    Object.assign(this.img.style, {
      width: `${this.width * this.scale}px`, height: `${this.height * this.scale}px`, transform: `translate(-50%, -50%) rotate(${this.turned}deg)`,
    });
    this.viewer.dispatchEvent(new CustomEvent("pageshown"));
  }

  zoom(by) {
    this.mode = "";
    this.scale *= by;
    this.lay();
  }

  fit(mode) {
    this.mode = mode;
    this.lay();
  }

  turn() {
    this.turned = (this.turned + 90) % 360;
    this.lay();
    return this.turned;
  }

  go() {}
}
