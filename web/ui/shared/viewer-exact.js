// The received PDF itself, drawn by pdf.js: for what images can't give, sharp lines at any size and
// links. It reads only the ranges it needs.
import * as pdfjs from "../assets/pdfjs/pdf.min.mjs";

const at = (path) => new URL(`../assets/pdfjs/${path}`, import.meta.url).href;

export class Exact {
  constructor(viewer) {
    this.viewer = viewer;
    this.area = viewer.querySelector("[data-exact]");
    this.mode = "width";
    this.wanted = 1;
  }

  get page() { return this.ready ? this.drawn.currentPageNumber : this.wanted; }

  get percent() { return this.drawn?.pagesCount ? this.drawn.currentScale * 100 : 0; }

  async show(page) {
    this.wanted = page;
    this.area.hidden = false;
    this.opening ??= this.open();
    await this.opening;
    this.go(this.wanted);
  }

  hide() { this.area.hidden = true; }

  async open() {
    globalThis.pdfjsLib = pdfjs;
    const { EventBus, PDFLinkService, PDFViewer, LinkTarget } = await import("../assets/pdfjs/web/pdf_viewer.mjs");
    await style(at("web/pdf_viewer.css"));
    if (this.viewer.signal.aborted) return;
    pdfjs.GlobalWorkerOptions.workerSrc = at("pdf.worker.min.mjs");
    this.loading = pdfjs.getDocument({
      url: new URL(this.viewer.address("/original"), location.href).href,
      disableAutoFetch: true, disableStream: true, rangeChunkSize: 65536, isEvalSupported: false, enableXfa: false,
      cMapUrl: at("cmaps/"), cMapPacked: true, standardFontDataUrl: at("standard_fonts/"), wasmUrl: at("wasm/"), iccUrl: at("iccs/"),
    });
    const box = document.createElement("div");
    box.className = "viewer-exact-area";
    const pages = document.createElement("div");
    pages.className = "pdfViewer";
    box.append(pages);
    this.area.replaceChildren(box);
    const bus = new EventBus();
    const links = new PDFLinkService({ eventBus: bus, externalLinkTarget: LinkTarget.BLANK, externalLinkRel: "noopener noreferrer" });
    this.drawn = new PDFViewer({ container: box, viewer: pages, eventBus: bus, linkService: links, annotationEditorMode: -1 });
    links.setViewer(this.drawn);
    bus.on("pagechanging", () => this.tell());
    bus.on("scalechanging", () => this.tell());
    const ready = new Promise((done) => bus.on("pagesinit", done));
    const file = await this.loading.promise;
    this.drawn.setDocument(file);
    links.setDocument(file);
    await ready;
    this.fit("width");
    this.ready = true;
    this.resized = new ResizeObserver(() => { if (this.mode && !this.area.hidden) this.fit(this.mode); });
    this.resized.observe(this.area);
  }

  tell() {
    if (this.viewer.shown === this) this.viewer.dispatchEvent(new CustomEvent("pageshown"));
  }

  /** Ends the worker and lets go of everything drawn. */
  close() {
    this.resized?.disconnect();
    this.drawn?.setDocument(null);
    this.drawn?.cleanup();
    this.loading?.destroy();
    this.area.replaceChildren();
    this.ready = false;
    this.drawn = this.loading = this.opening = null;
  }

  zoom(by) {
    if (!this.drawn) return;
    this.mode = "";
    this.drawn.currentScale = Math.max(0.1, Math.min(8, this.drawn.currentScale * by));
  }

  fit(mode) {
    this.mode = mode;
    if (this.drawn) this.drawn.currentScaleValue = mode === "whole" ? "page-fit" : "page-width";
  }

  turn() {
    if (!this.drawn) return undefined;
    this.drawn.pagesRotation = (this.drawn.pagesRotation + 90) % 360;
    return this.drawn.pagesRotation;
  }

  go(page) {
    this.wanted = page;
    if (this.ready) this.drawn.currentPageNumber = page;
  }
}

/** Loads a style once. */
function style(href) {
  if (document.querySelector(`link[href="${CSS.escape(href)}"]`)) return undefined;
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href });
  return new Promise((done, failed) => {
    link.onload = done;
    link.onerror = () => failed(new Error("style"));
    document.head.append(link);
  });
}
