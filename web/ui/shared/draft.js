// Keeps what is typed into a form with data-draft="KEY" on the server, a moment after the last key: a call, a
// colleague at the door, a closed window lose nothing. The server forgets it when the form is sent. Files are no
// part of it, and of hidden fields those alone that have data-kept.
import { say } from "./app.js";

const wait = 900; // milliseconds
const drop = "form[action='/drafts/drop']";

for (const form of document.querySelectorAll("form[data-draft]")) watch(form);

function watch(form) {
  const state = document.getElementById("draft-state");
  let timer = 0;
  let sent = false;
  let failed = false;

  async function save() {
    clearTimeout(timer);
    timer = 0;
    const answer = await fetch("/api/v1/me/drafts/" + form.dataset.draft, {
      method: "PUT",
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ values: valuesOf(form) }),
    }).catch(() => ({ ok: false }));
    if (!state) return;
    state.textContent = answer.ok ? state.dataset.saved : state.dataset.failed;
    if (!answer.ok && !failed) say(state.dataset.failed);
    failed = !answer.ok;
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  });
  const end = () => {
    sent = true; // what is sent, or thrown away, must not come back as a draft
    clearTimeout(timer);
  };
  form.addEventListener("submit", end);
  for (const f of document.querySelectorAll(drop)) f.addEventListener("submit", end);
  // Another form of the page leads back to it: what was typed here has to be there by then.
  document.addEventListener("submit", async (event) => {
    if (event.target === form || event.target.matches(drop) || !timer || sent || event.defaultPrevented) return;
    event.preventDefault();
    await save();
    event.target.requestSubmit(event.submitter);
  }, true); // before the page takes it for sent
  addEventListener("pagehide", () => {
    if ((timer || failed) && !sent) save();
  });
}

/** The fields of a form as they stand, by name. */
function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name || field.matches(":disabled") || ["file", "password", "submit", "button"].includes(field.type)) continue;
    if (field.type === "hidden" && !("kept" in field.dataset)) continue;
    if ((field.type === "checkbox" || field.type === "radio") && !field.checked) continue;
    (values[field.name] ??= []).push(field.value);
  }
  return values;
}
