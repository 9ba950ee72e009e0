// What was dropped: files, and those in dropped folders, however deep.

/** Returns all files of a drop. */
export async function gather(transfer) {
  const entries = [...transfer.items].filter((i) => i.kind === "file").map((i) => i.webkitGetAsEntry?.() ?? i.getAsFile());
  const found = await Promise.all(entries.filter(Boolean).map(below));
  return found.flat();
}

async function below(entry) {
  if (entry instanceof File) return [entry];
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader();
  const inside = [];
  for (;;) { // a reader hands out a hundred at a time
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map(below))).flat();
}
