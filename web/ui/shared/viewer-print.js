// Prints the page images of one viewer, each on a sheet of its own.

export async function printPages(viewer) {
  const { pages } = viewer.images;
  if (viewer.shown !== viewer.images) await viewer.show("image");
  viewer.images.near.disconnect(); // nothing is let go of before it is printed
  try {
    for (const p of pages) {
      if (!p.img || viewer.signal.aborted) continue;
      p.img.loading = "eager";
      p.hold(true);
      p.figure.toggleAttribute("data-wide", p.width > p.height);
      await p.img.decode();
    }
    if (viewer.signal.aborted) return;
    viewer.dataset.printing = "";
    window.print();
  } finally {
    delete viewer.dataset.printing;
    for (const p of pages) viewer.images?.near.observe(p.figure);
  }
}
