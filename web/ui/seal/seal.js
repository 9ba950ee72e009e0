// The form for a seal: the ground of law stands only where processing is restricted, and readers are picked by name.
const ground = document.querySelector("[data-ground]");
const kinds = [...document.querySelectorAll('input[name="kind"]')];

function show() {
  ground.hidden = !kinds.some((k) => k.checked && k.value === "restriction");
}

if (ground && kinds.length) {
  kinds.forEach((k) => k.addEventListener("change", show));
  show();
}

const filter = document.querySelector("[data-readers]");
if (filter) {
  const rows = [...document.querySelectorAll(".seal-readers li")];
  filter.closest("label").hidden = rows.length < 8;
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) { // who is chosen stays in sight
      const text = row.textContent.toLowerCase();
      row.hidden = !row.querySelector("input").checked && !words.every((w) => text.includes(w));
    }
  });
  filter.addEventListener("keydown", (e) => {
    if (e.key === "Enter") e.preventDefault(); // it finds, it doesn't send
  });
}
