// One stream of states a page. What carries data-watch="inbox/ID" is taken anew from data-refresh (its own
// or that of what it is in; the page itself if there is none) when its state is another one; scripts follow with watch(). The server
// says how things are, not what changed, so that nothing is lost with a connection.

import { say } from "./app.js";
import { check } from "./session.js";

const base = "/api/v1/events";
const most = 100; // watches a stream may have
const gather = 250; // for new watches to come together, in ms
const patience = 4000; // without a stream before the reader is told
const rest = 60000; // how long a hidden page keeps its stream
const again = 5000; // after an answer that ends a stream for good

const followers = new Map(); // watch -> Set of functions
const last = new Map(); // watch -> what was said of it last
let stream = null;
let open = "";
let pending = 0;
let told = 0;

/** Calls fn with the state of something, at once if it is known, until the function returned is called. */
export function watch(name, fn) {
  if (!followers.has(name)) followers.set(name, new Set());
  followers.get(name).add(fn);
  if (last.has(name)) fn(last.get(name));
  later();
  return () => {
    followers.get(name)?.delete(fn);
    if (followers.get(name)?.size === 0) followers.delete(name);
    later();
  };
}

/** Looks for what a page marked, after something of it was put in. */
export function look() { later(); }

function later() {
  clearTimeout(pending);
  pending = setTimeout(connect, gather);
}

/** marked are the elements that want to be taken anew. */
function marked() { return [...document.querySelectorAll("[data-watch]")]; }

function wanted() {
  const names = new Set(followers.keys());
  for (const element of marked()) names.add(element.dataset.watch);
  return [...names].slice(0, most).sort();
}

function connect() {
  const names = document.hidden && !stream ? [] : wanted();
  const query = names.map((n) => "watch=" + encodeURIComponent(n)).join("&");
  if (query === open && stream) return;
  close();
  if (!query) {
    clearTimeout(told); // a stream that nobody wants isn't missed
    told = 0;
    return;
  }
  open = query;
  stream = new EventSource(base + "?" + query);
  stream.addEventListener("open", found);
  stream.addEventListener("state", (event) => tell(JSON.parse(event.data)));
  stream.addEventListener("error", lost);
}

function close() {
  stream?.close();
  stream = null;
  open = "";
}

function found() {
  clearTimeout(told);
  told = 0;
  const banner = document.getElementById("offline");
  if (banner && !banner.hidden && navigator.onLine) {
    banner.hidden = true;
    document.dispatchEvent(new Event("live:back"));
  }
}

/** lost is told of a stream that broke off, which the browser opens anew, or that was refused. */
function lost() {
  if (stream?.readyState === EventSource.CLOSED) {
    close();
    refused();
  }
  told ||= setTimeout(() => {
    const banner = document.getElementById("offline");
    if (!banner || document.hidden || !banner.hidden) return;
    banner.hidden = false;
    say(banner.textContent.trim());
  }, patience);
}

/** refused asks whether the session ended: then the page clears itself, and no stream is tried again. */
async function refused() {
  if (await check()) {
    setTimeout(later, again);
    return;
  }
  clearTimeout(told);
  told = 0;
}

function tell(status) {
  const before = last.get(status.watch);
  last.set(status.watch, status);
  for (const fn of followers.get(status.watch) ?? []) fn(status);
  for (const element of marked()) {
    if (element.dataset.watch === status.watch) renew(element, status, before);
  }
}

/** renew takes an element anew, unless it shows the state already. */
async function renew(element, status, before) {
  const shown = before ? JSON.stringify(before) : undefined;
  if (shown === JSON.stringify(status)) return;
  if (!before && (element.dataset.state === undefined || element.dataset.state === status.state) && !("count" in status)) return;
  if (!before && String(status.count) === element.dataset.count) return;
  const answer = await fetch(element.closest("[data-refresh]")?.dataset.refresh || location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(element.id);
  if (!fresh || !element.isConnected) return;
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  const node = document.adoptNode(fresh);
  element.replaceWith(node);
  window.htmx?.process(node);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  node.dispatchEvent(new CustomEvent("live:renewed", { bubbles: true, detail: status }));
  later();
}

// A hidden page gives its stream back after a while: browsers allow few to one server.
let hiding = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(() => { if (document.hidden) close(); }, rest);
  else later();
});
addEventListener("online", later);
addEventListener("pagehide", close);
document.addEventListener("session:over", () => {
  clearTimeout(told);
  followers.clear();
  close();
});
for (const event of ["htmx:after:swap", "htmx:afterSwap"]) document.addEventListener(event, later);
later();
