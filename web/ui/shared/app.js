// What every page does beside what its forms do by themselves: dialogs, keys, the session's end,
// a lost connection. Without it all pages still work.

import "./session.js";
import "./persons.js";

/** Says something to screen readers. */
export function say(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}

/** Reports whether the reader is typing, so that single keys are letters. */
export function typing(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
}

/** Reports whether single keys act: the reader can turn them off. */
export function singleKeys() {
  return "shortcuts" in document.body.dataset;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

/** The dialog that holds the page, if one does. */
function holding() {
  return [...document.querySelectorAll("dialog:modal")].at(-1);
}

// Behind a dialog no key acts, whoever listens: not those of this file, nor the viewer's, nor the inbox's.
addEventListener("keydown", (event) => {
  const dialog = holding();
  if (!dialog || event.key === "Escape" || event.key === "Tab") return;
  if (!dialog.contains(event.target)) event.stopImmediatePropagation();
  else dialog.addEventListener("keydown", inDialog, { once: true });
}, true);

function inDialog(event) {
  event.stopPropagation();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) {
    event.preventDefault();
    event.target.closest("form")?.requestSubmit();
  }
}

// A form is sent once, however often its button is pressed, until the page is there again or the answer
// is taken for lost.
const unanswered = 15000; // ms
const sent = new Map(); // form -> timer

function answered(form) {
  clearTimeout(sent.get(form));
  sent.delete(form);
  form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[method=post]:not([target])")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
  sent.set(form, setTimeout(answered, unanswered, form));
});
addEventListener("pageshow", () => { for (const form of [...sent.keys()]) answered(form); });

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form") ?? document.querySelector("form[data-primary]");
    if (form && !event.defaultPrevented) {
      event.preventDefault();
      form.requestSubmit();
    }
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || !singleKeys()) return;
  singleKey(event);
});

let going = false; // G was pressed just now

function singleKey(event) {
  const key = event.key.toLowerCase();
  if (going && /^[1-9]$/.test(key)) {
    document.querySelectorAll(".rail li a")[Number(key) - 1]?.click();
    event.preventDefault();
  }
  going = key === "g";
  if (key === "/") {
    event.preventDefault();
    (document.querySelector("[data-search]") ?? document.getElementById("quick"))?.focus();
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
  } else if (key === "j" || key === "k") {
    step(key === "j" ? 1 : -1);
  }
}

/** Moves the focus along the links marked as the entries of a list. */
function step(by) {
  const entries = [...document.querySelectorAll("[data-entry]")].filter((e) => e.checkVisibility());
  if (entries.length === 0) return;
  const at = entries.findIndex((e) => e === document.activeElement || e.contains(document.activeElement));
  const next = entries[Math.max(0, Math.min(entries.length - 1, at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

// A form that came back with faults: the first input at fault gets the focus, which says what is wrong with
// it; where none is, the summary.
for (const link of document.querySelectorAll(".faults a[data-unnamed]")) {
  const id = decodeURIComponent(link.hash.slice(1));
  const name = document.querySelector(`label[for="${CSS.escape(id)}"]`) ?? document.getElementById(id)?.closest("fieldset")?.querySelector("legend");
  const label = name?.firstChild?.textContent.trim();
  if (label) link.prepend(`${label}: `);
}
const faulty = document.querySelector('main [aria-invalid="true"], main .fault[tabindex]');
const folded = faulty?.closest("details:not([open])");
if (folded) folded.open = true;
(faulty ?? document.getElementById("faults"))?.focus();

// A lost connection is shown, and that it is back.
const offline = document.getElementById("offline");
addEventListener("offline", () => { offline.hidden = false; });
addEventListener("online", () => { offline.hidden = true; });

// Whoever signed out must not see the page again by going back.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
