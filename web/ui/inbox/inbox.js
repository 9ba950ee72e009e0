// Posteingang: suggestions and their places on the page, the order of pages, keys.
import { say } from "../shared/app.js";
import { watch } from "../shared/live.js";

for (const e of document.querySelectorAll(".intake [data-script]")) e.hidden = false;

// The open item is in sight in the queue, however far down it lies; the page itself stays where it is.
const queue = document.querySelector(".queue");
const here = queue?.querySelector("[data-queue] [aria-current]");
if (here) queue.scrollTop += Math.max(0, here.getBoundingClientRect().bottom - queue.getBoundingClientRect().bottom + 8);

const form = document.querySelector("[data-file]");

if (form) {
  // Enter in a field of the finder searches; elsewhere it files nothing by accident.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    if (event.target.closest(".finder")) form.querySelector("[data-locate]").click();
  });

  showHome();
  form.elements.type?.addEventListener("change", showHome);
}

// Register and classification say what the type brings with it where nothing else is chosen.
function showHome() {
  const entry = [...form.querySelectorAll("[data-homes] option")].find((o) => o.value === form.elements.type.value);
  for (const name of ["register", "classification"]) {
    const none = form.elements[name]?.options[0];
    if (!none) continue;
    none.dataset.usual ??= none.textContent;
    none.textContent = entry ? `${entry.dataset[name]} (${none.dataset.usual})` : none.dataset.usual;
  }
}

// Suggestions: shown where they stand, taken over by a click or Alt+Enter, never by themselves.
const offers = [...document.querySelectorAll("[data-accept]")];

function place(offer) {
  const leaf = document.querySelector(`[data-page="${offer.dataset.page}"] .viewer-leaf`);
  if (!leaf) return;
  const [x, y, w, h, width, height] = offer.dataset.box.split(" ").map(Number);
  if (!(width > 0 && height > 0)) return;
  const mark = document.createElement("span");
  mark.className = "stands";
  mark.style.left = `${(x / width) * 100 - 0.4}%`;
  mark.style.top = `${(y / height) * 100 - 0.3}%`;
  mark.style.width = `${(w / width) * 100 + 0.8}%`;
  mark.style.height = `${(h / height) * 100 + 0.6}%`;
  leaf.style.position = "relative";
  leaf.append(mark);
  const now = (on) => () => mark.classList.toggle("stands--now", on);
  for (const [name, on] of [["mouseenter", true], ["focus", true], ["mouseleave", false], ["blur", false]]) offer.addEventListener(name, now(on));
}

const taken = (offer) => (offer.type === "checkbox" ? offer.checked : offer.closest(".suggestion").hidden);

function accept(offer) {
  if (offer.type === "checkbox") { // an Akte: ticked beside those that are chosen already
    if (offer.disabled) return;
    offer.checked = true;
    for (const name of ["input", "change"]) offer.dispatchEvent(new Event(name, { bubbles: true }));
    offer.focus();
    say(offer.closest("label").textContent.trim());
    return;
  }
  const field = form.elements[offer.dataset.accept];
  if (!field || field.disabled) return;
  field.value = offer.dataset.value;
  offer.closest(".suggestion").hidden = true;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
  say(offer.textContent.trim());
}

for (const offer of offers) {
  place(offer);
  if (offer.type !== "checkbox") offer.addEventListener("click", () => accept(offer));
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown") {
    if (event.target.matches("select, input[type=date]")) return; // opens its list
    const next = document.querySelector("[data-next]");
    if (next) {
      event.preventDefault();
      next.click();
    }
  } else if (event.key === "Enter") {
    const open = offers.filter((o) => !taken(o) && o.checkVisibility());
    const mine = open.find((o) => o === event.target) ?? open.find((o) => o.dataset.accept === event.target.name && o.type !== "checkbox")
      ?? open.find((o) => !("tied" in o.dataset)); // between Akten that fit alike she looks
    if (mine) {
      event.preventDefault();
      accept(mine);
    }
  }
});

// The order of pages: buttons move the same fields that can be typed into.
const pages = document.querySelector("[data-arrange]");

if (pages) {
  const list = pages.querySelector(".leaves");
  const leaves = () => [...list.children];
  const field = (leaf, name) => pages.elements[`${name}_${leaf.dataset.leaf}`];
  const pressed = (leaf, what) => leaf.querySelector(`[data-do=${what}]`).getAttribute("aria-pressed") === "true";

  // The fields follow from the order and the pressed buttons.
  const settle = () => {
    let part = 1;
    leaves().forEach((leaf, i) => {
      if (i > 0 && pressed(leaf, "split")) part++;
      field(leaf, "place").value = i + 1;
      field(leaf, "part").value = pressed(leaf, "drop") ? 0 : part;
    });
    show();
  };
  const show = () => {
    for (const leaf of leaves()) {
      const turn = field(leaf, "turn").value;
      for (const d of ["90", "180", "270"]) leaf.classList.toggle(`leaf--turn${d}`, turn === d);
      leaf.classList.toggle("leaf--dropped", field(leaf, "part").value === "0");
      leaf.classList.toggle("leaf--begins", pressed(leaf, "split"));
    }
  };
  const name = (leaf) => leaf.querySelector(".leaf-name").textContent;

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const leaf = button.closest(".leaf");
    switch (button.dataset.do) {
    case "before":
      leaf.previousElementSibling?.before(leaf);
      break;
    case "behind":
      leaf.nextElementSibling?.after(leaf);
      break;
    case "turn": {
      const turn = field(leaf, "turn");
      turn.value = String((Number(turn.value) + 90) % 360);
      say(pages.dataset.sayTurned.replace("%p", name(leaf)).replace("%d", turn.value));
      break;
    }
    default:
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    }
    settle();
    button.focus();
    if (["before", "behind"].includes(button.dataset.do)) {
      say(pages.dataset.sayMoved.replace("%p", name(leaf)).replace("%n", String(leaves().indexOf(leaf) + 1)));
    }
  });
  list.addEventListener("change", show);
  pages.addEventListener("reset", () => setTimeout(() => {
    for (const b of list.querySelectorAll("[aria-pressed]")) b.setAttribute("aria-pressed", "false");
    leaves().sort((a, b) => Number(a.dataset.leaf) - Number(b.dataset.leaf)).forEach((l) => list.append(l));
    show();
  }));
}

// Single pages of another item: boxes fill the field that can be typed into.
const from = pages?.elements.append;

if (from) {
  const picks = pages.querySelector("[data-picks]");
  const pick = pages.querySelector("[data-pick]").content.firstElementChild;
  const boxes = () => [...picks.querySelectorAll("input")];
  const offer = () => {
    for (const old of picks.querySelectorAll("label")) old.remove();
    const count = Number(from.selectedOptions[0].dataset.pages ?? 0);
    for (let n = 1; n <= count; n++) {
      const one = pick.cloneNode(true);
      one.querySelector("img").src = `/api/v1/inbox/${from.value}/pages/${n}/image?width=160`;
      one.lastElementChild.lastChild.data = one.lastElementChild.lastChild.data.replace("%n", n);
      picks.append(one);
    }
    picks.hidden = count === 0;
    pages.elements.append_pages.value = "";
  };
  from.addEventListener("change", offer);
  picks.addEventListener("change", () => {
    const chosen = boxes().flatMap((box, i) => (box.checked ? [i + 1] : []));
    if (chosen.length === 0) { // none of it: then it isn't appended
      from.value = "";
      offer();
      from.focus();
      return;
    }
    pages.elements.append_pages.value = chosen.length === boxes().length ? "" : chosen.join(", ");
  });
  pages.elements.append_pages.addEventListener("input", (event) => {
    const said = new Set(event.target.value.replaceAll("–", "-").split(/[,;]/).flatMap((part) => {
      const [first, last = first] = part.split("-").map(Number);
      return first > 0 ? Array.from({ length: Math.max(0, Math.min(last, boxes().length) - first + 1) }, (_, i) => first + i) : [];
    }));
    boxes().forEach((box, i) => { box.checked = said.size === 0 || said.has(i + 1); });
  });
  pages.addEventListener("reset", () => setTimeout(offer));
}

// The queue follows the basket by itself: focus and place stay.
let held = -1;
const rows = () => [...document.querySelectorAll(".queue-item")];
document.addEventListener("focusin", (event) => { held = rows().indexOf(event.target); });
document.addEventListener("live:renewed", (event) => {
  if (event.target.id !== "queue" || document.activeElement !== document.body || held < 0) return;
  rows()[Math.min(held, rows().length - 1)]?.focus({ preventScroll: true }); // hers was filed by somebody else
});

// Files that are dropped while the block is folded away unfold it, to show how far they are.
const adding = document.querySelector("[data-add]");
for (const name of ["dragover", "paste"]) {
  document.addEventListener(name, (event) => {
    const data = event.dataTransfer ?? event.clipboardData;
    if (adding && [...(data?.types ?? [])].includes("Files")) adding.open = true;
  });
}

// While the machine arranges pages the page follows how far it is, and is taken anew when it is done.
const busy = document.querySelector("[data-busy]");

if (busy) {
  watch(busy.dataset.busy, ({ state, progress }) => {
    if (state !== "arranging") return location.reload();
    if (progress?.total) busy.querySelector("[data-done]").textContent = `${progress.done}/${progress.total}`;
  });
}
