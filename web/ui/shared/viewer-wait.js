// While the machine reads a document, the viewer follows how far it is, and takes itself anew from the
// page when there is more to show.

const taken = new Set(); // what was taken anew already as it stands now

export async function watchState(viewer) {
  const { waits, drawing, base } = viewer.dataset;
  if (waits === undefined && drawing === undefined) return;
  const name = base.replace("/api/v1/inbox/", "inbox/").replace("/api/v1/documents/", "document/");
  const { watch } = await import("./live.js"); // most documents are read already
  if (viewer.signal.aborted) return;
  const end = watch(name, ({ state, progress }) => {
    const reads = state === "received" || state === "processing";
    const works = reads || (waits === undefined && progress);
    const once = `${viewer.id} ${name} ${waits === undefined}`;
    if (works) taken.delete(once);
    else if (!taken.has(once)) {
      taken.add(once);
      takeAnew(viewer);
    }
  });
  viewer.signal.addEventListener("abort", end, { once: true });
}

async function takeAnew(viewer) {
  const answer = await fetch(viewer.dataset.refresh || location.href, { signal: viewer.signal }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(viewer.id);
  if (fresh && !viewer.signal.aborted) viewer.replaceWith(document.adoptNode(fresh));
}
