// Fetches the PDF without leaving the page, so that it shows that it is being made; what kept it from being made
// is the same page once more, with the words. Without this the form does the same by itself.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-copy]");
  if (!form) return;
  event.preventDefault();
  const part = (name) => document.querySelector(`.copy-${name}`);
  const button = form.querySelector("button");
  if (button.disabled) return;
  for (const name of ["done", "lost"]) part(name).hidden = true;
  part("making").hidden = false;
  button.disabled = true;
  const counting = count(form.dataset.copy);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.headers.get("Content-Type")?.startsWith("application/pdf")) {
      await save(answer);
      part("done").hidden = false;
    } else show(answer, await answer.text());
  } catch {
    part("lost").hidden = false;
  }
  clearInterval(counting);
  part("making").hidden = true;
  if (button.isConnected) button.disabled = false;
});

/** Shows how many pages are done, as far as the server knows, until it is stopped. */
function count(address) {
  const bar = document.querySelector(".copy-making progress");
  const pages = document.querySelector(".copy-pages");
  bar.removeAttribute("value");
  pages.hidden = true;
  return setInterval(async () => {
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return;
    const { done, all } = await answer.json();
    if (!done || !bar.isConnected) return;
    [bar.max, bar.value] = [all, done];
    pages.querySelector("b").textContent = `${done} / ${all}`;
    pages.hidden = false;
  }, 400);
}

/** Keeps the file under the name it came with. */
async function save(answer) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  const said = answer.headers.get("Content-Disposition") ?? "";
  const name = /filename\*=UTF-8''([^;]+)/i.exec(said);
  link.download = name ? decodeURIComponent(name[1]) : /filename="?([^";]+)/i.exec(said)?.[1] ?? "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Takes over what the page says now; another page than this one is gone to. */
function show(answer, text) {
  const said = new DOMParser().parseFromString(text, "text/html").getElementById("copy");
  if (!said) {
    location.assign(answer.redirected ? answer.url : location.href);
    return;
  }
  document.getElementById("copy").replaceWith(document.adoptNode(said));
  document.getElementById("copy-state").focus();
}
