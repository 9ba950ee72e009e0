// Whether the session is there still. Pages of one browser share it: what one learns, it tells the others.
// When it ends, or somebody else signed in, a page clears itself; what was typed into it is handed over to
// the server first, which keeps it for who typed it alone.

const mark = document.body.dataset.session ?? ""; // tells accounts apart; "" is nobody
const warnBefore = 120; // seconds
const patience = 15000; // ms until a server that did not answer is asked again
const seldom = 5000; // ms between two questions that nobody's act made necessary
const warning = document.getElementById("session");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("eakte-session") : null;

let ends = 0; // when, by this clock, in ms
let timer = 0;
let asked = Date.now();
let over = false;
let cleared = false;
let typed = null; // the form that was typed into last

/** Asks the server, which lets the session live no longer for that; null where it didn't answer. */
async function ask() {
  asked = Date.now();
  const answer = await fetch("/session", { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  return answer?.ok ? answer.json().catch(() => null) : null;
}

/** Looks whether the session lives, and clears the page if not. False says that it doesn't. */
export async function check() {
  if (!mark || cleared) return !cleared;
  const state = await ask();
  if (!state) {
    if (Date.now() > ends) hide(); // for all that is known here it has ended
    later(patience);
    return true;
  }
  follow(state);
  return !over;
}

/** Takes over what is known of the session. */
function follow(state) {
  if (cleared) return;
  if (state.ends <= 0 || state.mark !== mark) {
    end();
    return;
  }
  ends = Date.now() + state.ends * 1000;
  if (over && !show()) return;
  if (state.ends <= warnBefore) {
    if (warning && !warning.open) warning.showModal();
    later(state.ends * 1000 + 1000);
  } else {
    warning?.close();
    later((state.ends - warnBefore) * 1000);
  }
}

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(check, Math.max(1000, ms));
}

const aside = []; // what was on the page while it is hidden

/** Takes the page out of sight, and puts the offer to sign in there. */
function hide() {
  if (over) return;
  over = true;
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  for (const child of [...document.body.children]) {
    if (child.id === "session-over") continue;
    if (!child.hidden) aside.push(child);
    child.hidden = true;
  }
  const panel = document.getElementById("session-over").content.firstElementChild.cloneNode(true);
  panel.id = "session-over-shown";
  document.body.append(panel);
  document.title = panel.dataset.title;
  panel.querySelector("h1").focus();
}

/** Shows the page again: the same person signed in elsewhere before anything was cleared. */
function show() {
  if (aside.length === 0) return false;
  over = false;
  document.getElementById("session-over-shown")?.remove();
  for (const child of aside.splice(0)) child.hidden = false;
  return true;
}

let ending = false;

/** Ends the page: nothing that it showed stays, but for what nobody keeps yet, which waits out of sight. */
async function end() {
  if (ending) return;
  ending = true;
  clearTimeout(timer);
  hide();
  const kept = typed?.isConnected ? await keep(typed) : location.pathname + location.search;
  ending = false;
  if (!kept) return later(patience);
  cleared = true;
  aside.length = 0;
  document.dispatchEvent(new Event("session:over"));
  const panel = document.getElementById("session-over-shown");
  const link = panel.querySelector("a");
  link.href = "/sign-in?to=" + encodeURIComponent(kept);
  link.removeAttribute("target"); // in a window of its own, while what was typed is here alone
  panel.querySelector("[data-kept]").hidden = !typed;
  document.body.replaceChildren(panel);
}

/** Hands what was typed over and returns where it will stand again; "" where it couldn't. */
async function keep(form) {
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && form.elements[name]?.type !== "password") values.append(name, value);
  }
  const at = new URL(form.getAttribute("action") ?? "", location.href);
  const answer = await fetch("/held?at=" + encodeURIComponent(at.pathname + at.search), { method: "POST", body: values }).catch(() => null);
  return answer?.ok ? (await answer.json()).to : "";
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[method=post]:not([role=search])")) typed = form;
});

if (channel) {
  channel.addEventListener("message", ({ data }) => {
    if (!mark) return;
    if (data.mark) follow(data);
    else check();
  });
}

if (mark) {
  const state = { ends: Number(document.body.dataset.sessionEnds), mark };
  follow(state);
  channel?.postMessage(state);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - asked > seldom) check();
  });
  document.querySelector("[data-session=stay]")?.addEventListener("click", async () => {
    const answer = await fetch("/session", { method: "POST" }).catch(() => null);
    if (!answer) return; // no connection: the warning stays
    const state = await ask();
    if (!state) return;
    follow(state);
    channel?.postMessage(state);
  });
} else {
  channel?.postMessage({}); // the sign-in: others look whether they are meant
}
