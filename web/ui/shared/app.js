// What every page does beside what its forms do by themselves: dialogs, keys, the session's end,
// a lost connection. Without it all pages still work.

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
  for (const menu of document.querySelectorAll("details.user[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.user[open]");
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

// The session's end is announced; staying asks the server once.
const ends = Number(document.body.dataset.sessionEnds ?? 0);
const warnBefore = 120;
let warning = 0;

function watchSession(seconds) {
  clearTimeout(warning);
  warning = setTimeout(() => document.getElementById("session")?.showModal(), Math.max(0, seconds - warnBefore) * 1000);
}

if (ends > 0) watchSession(ends);
document.querySelector("[data-session=stay]")?.addEventListener("click", async () => {
  const answer = await fetch("/session", { method: "POST" }).catch(() => null);
  if (!answer) return; // no connection: the warning stays
  if (!answer.ok || answer.redirected) return location.reload(); // it has ended: the sign-in answered
  document.getElementById("session").close();
  watchSession(ends);
});

// A lost connection is shown, and that it is back.
const offline = document.getElementById("offline");
addEventListener("offline", () => { offline.hidden = false; });
addEventListener("online", () => { offline.hidden = true; });

// Whoever signed out must not see the page again by going back.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
