// What the page of an Akte does beside its links: columns that fold, a filter over the rows shown.
import { say } from "../shared/app.js";

const columns = document.querySelector(".akte-columns");

// Which columns are folded is kept in the browser: it says nothing of anybody. Two documents need the
// width of the list, so that it begins folded, and what was kept stays.
const narrow = columns.classList.contains("akte-columns--two") && innerWidth < 1700;
for (const button of document.querySelectorAll("[data-collapse]")) {
  const name = button.dataset.collapse;
  const key = `akte-${name}`;
  const fold = (closed) => {
    columns.classList.toggle(`is-${name}-closed`, closed);
    button.setAttribute("aria-expanded", String(!closed));
  };
  button.hidden = false;
  fold((narrow && name === "documents") || localStorage.getItem(key) === "closed");
  button.addEventListener("click", () => {
    const closed = button.getAttribute("aria-expanded") === "true";
    fold(closed);
    if (!narrow || name !== "documents") localStorage.setItem(key, closed ? "closed" : "");
  });
}

const filter = document.querySelector("[data-filter]");
if (filter) {
  filter.hidden = false;
  const rows = [...document.querySelectorAll(".doclist-row")];
  filter.querySelector("input").addEventListener("input", (event) => {
    const words = event.target.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLocaleLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    say(filter.dataset.say.replace("%s", shown).replace("%a", rows.length));
  });
}

document.querySelector(".doclist-row--open a")?.scrollIntoView({ block: "center" });

// Who came from a search goes on beyond the last hit of a document to the next one of the list she came from.
document.addEventListener("beyondhits", (event) => {
  if (event.target.id !== "viewer") return;
  const s = new URLSearchParams(location.search).get("hit");
  const kept = JSON.parse(sessionStorage.getItem("search-hits") ?? "null");
  if (!s || kept?.s !== s) return;
  const at = kept.hits.findIndex(([, id]) => location.pathname.endsWith(`/documents/${id}`));
  const next = at < 0 ? undefined : kept.hits[at + event.detail.by];
  if (!next) return;
  event.preventDefault();
  location.assign(`/akten/${next[0]}/documents/${next[1]}?hit=${encodeURIComponent(s)}${event.detail.by < 0 ? "#hit=last" : ""}`);
});
