// The search page: filters act at once, the chosen hit is marked, and the focus is where it was after
// the answer has come. Without it there is a button to apply filters.
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

// Where the panes stand one under another, a preview that was opened comes into sight.
new MutationObserver((changes) => {
  for (const change of changes) {
    for (const added of change.addedNodes) {
      if (added.id === "preview" && innerWidth <= 1180) added.scrollIntoView({ block: "nearest" });
    }
  }
}).observe(document.querySelector(".search"), { childList: true });

document.querySelector(".search-hit[data-chosen]")?.scrollIntoView({ block: "nearest" });
