// Shows the documents to choose only where some are chosen, and refreshes the progress by itself.
import { say } from "../shared/app.js";

const choice = document.querySelector("[data-choice]");
if (choice) {
  const show = () => { choice.hidden = document.querySelector("input[name=what]:checked")?.value !== "some"; };
  for (const radio of document.querySelectorAll("input[name=what]")) radio.addEventListener("change", show);
  show();
}

const again = 1000; // milliseconds between looks

async function refresh() {
  const job = document.getElementById("bundle-job");
  if (!job || !("refresh" in job.dataset)) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("bundle-job");
    if (next && next.innerHTML !== job.innerHTML) {
      const typing = job.contains(document.activeElement);
      job.replaceWith(document.adoptNode(next));
      if (typing) document.getElementById("bundle-job").querySelector("a, button")?.focus();
      if (!("refresh" in next.dataset)) say(document.getElementById("bundle-state").textContent);
    }
  } catch {
    // The connection is lost: the next look tells whether it is back.
  }
  setTimeout(refresh, again);
}
setTimeout(refresh, again);
