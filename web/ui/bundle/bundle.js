// Shows the documents to choose only where some are chosen, and refreshes the progress by itself.
import { say } from "../shared/app.js";

const choice = document.querySelector("[data-choice]");
if (choice) {
  const show = () => { choice.hidden = document.querySelector("input[name=what]:checked")?.value !== "some"; };
  for (const radio of document.querySelectorAll("input[name=what]")) radio.addEventListener("change", show);
  show();
}

const again = 1000; // milliseconds between looks

// The machine's state is asked for; the page is taken anew once, when there is something else to see.
async function look() {
  const job = document.getElementById("bundle-job");
  if (!job || !("refresh" in job.dataset)) return;
  try {
    const answer = await fetch(`/api/v1/jobs/${job.dataset.job}`);
    if (answer.status === 401 || answer.status === 404) return location.reload();
    if (answer.ok) {
      const state = await answer.json();
      if (state.state === "done" || state.state === "failed") return location.reload();
      show(job, state);
    }
  } catch {
    // The connection is lost: the next look tells whether it is back.
  }
  setTimeout(look, again);
}

function show(job, state) {
  if (!state.total) return;
  const bar = job.querySelector("progress");
  bar.max = state.total;
  bar.value = state.done;
  const said = job.dataset.progress.replace("%a", state.done).replace("%b", state.total);
  const line = document.getElementById("bundle-progress");
  if (line.textContent !== said) {
    line.textContent = said;
    say(said);
  }
}
setTimeout(look, again);
