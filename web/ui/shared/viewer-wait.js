// While the machine reads a document, the viewer asks how far it is, and takes itself anew from the
// page when there is more to show.

const soonest = 1000;
const latest = 8000;

export async function watchState(viewer) {
  const { waits, drawing } = viewer.dataset;
  if (waits === undefined && drawing === undefined) return;
  for (let pause = soonest; await sleep(pause, viewer.signal); pause = Math.min(latest, pause * 1.4)) {
    if (document.hidden) continue;
    try {
      const now = await (await viewer.ask("")).json();
      const state = now.state;
      const ended = state !== "received" && state !== "processing";
      if (ended || (waits !== undefined && now.pages > 0)) return await takeAnew(viewer);
    } catch {
      // the connection may come back
    }
  }
}

async function takeAnew(viewer) {
  const answer = await fetch(viewer.dataset.refresh || location.href, { signal: viewer.signal });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(viewer.id);
  if (fresh && !viewer.signal.aborted) viewer.replaceWith(document.adoptNode(fresh));
}

/** Sleeps; false when the viewer was left meanwhile. */
function sleep(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(() => done(true), ms);
    signal.addEventListener("abort", () => { clearTimeout(timer); done(false); }, { once: true });
  });
}
