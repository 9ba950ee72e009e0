// The search page: filters act at once, the chosen hit is marked, and the focus is where it was after
// the answer has come. Without it there is a button to apply filters.
import { say } from "../shared/app.js";

const form = document.getElementById("search");
const focusKey = "search-focus";

document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-send]");
  if (!field || field.form !== form) return;
  if (field.type === "date" && !field.validity.valid) return;
  sessionStorage.setItem(focusKey, field.id); // an id of the page, never what was typed
  form.requestSubmit();
});

// The answer to a filter is a new page: its reader goes on where she was.
const last = sessionStorage.getItem(focusKey);
sessionStorage.removeItem(focusKey);
if (last) document.getElementById(last)?.focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest(".search-hit a[hx-get]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!onward) delete room.dataset.hitsFrom; // she came here herself
  choose(link.closest(".search-hit"));
  history.replaceState(history.state, "", link.getAttribute("href"));
});

/** Marks the hit whose document the preview shows. */
function choose(hit) {
  for (const other of document.querySelectorAll(".search-hit")) {
    const chosen = other === hit;
    other.toggleAttribute("data-chosen", chosen);
    const link = other.querySelector("[data-hit]");
    if (chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// Where the panes stand one under another, a preview that was opened comes into sight. One that asks for a purpose
// first is answered by keys where one came to it by keys.
let onward = false;
new MutationObserver((changes) => {
  for (const change of changes) {
    for (const added of change.addedNodes) {
      if (added.id !== "preview") continue;
      if (innerWidth <= 1180) added.scrollIntoView({ block: "nearest" });
      if (onward) added.querySelector("#why")?.focus();
      if (!added.querySelector("page-viewer")) delete room.dataset.hitsFrom; // nothing begins at its end
      onward = false;
    }
  }
}).observe(document.querySelector(".search"), { childList: true });

document.querySelector(".search-hit[data-chosen]")?.scrollIntoView({ block: "nearest" });

// Beyond the last hit in a document comes the first one in the next, and beyond the last document of the list the
// next part of the list.
const onwardKey = "search-onward";
const listKey = "search-hits"; // ids, for who goes on from a document that she opened in its Akte
const room = document.querySelector(".search");

room.addEventListener("beyondhits", (event) => {
  const { by } = event.detail;
  const hits = [...document.querySelectorAll(".search-hit")];
  const at = hits.findIndex((hit) => hit.hasAttribute("data-chosen"));
  const next = at < 0 ? undefined : hits[at + by];
  if (next) {
    event.preventDefault();
    if (by < 0) room.dataset.hitsFrom = "end";
    open(next);
    return;
  }
  const more = document.querySelector(".search-pages a[rel=next]");
  if (at >= 0 && by > 0 && more) {
    event.preventDefault();
    sessionStorage.setItem(onwardKey, "1");
    location.assign(more.href);
  }
});

/** Opens the preview of a hit as a click on it does, and tells those who don't see it. */
function open(hit) {
  const link = hit.querySelector("[data-hit]");
  onward = true;
  link.click();
  hit.scrollIntoView({ block: "nearest" });
  say(link.textContent.trim());
}

const shown = new URLSearchParams(location.search).get("s");
const list = [...document.querySelectorAll("a[data-hit]")].map((link) => new URL(link.href).searchParams);
if (shown && list.length) {
  sessionStorage.setItem(listKey, JSON.stringify({ s: shown, hits: list.map((q) => [q.get("a"), q.get("d")]) }));
}

if (sessionStorage.getItem(onwardKey)) {
  sessionStorage.removeItem(onwardKey);
  const hit = document.querySelector(".search-hit");
  if (hit) addEventListener("load", () => open(hit), { once: true }); // htmx listens by then
}
