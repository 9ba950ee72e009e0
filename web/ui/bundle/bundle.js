// Shows the documents to choose only where some are chosen, and follows the progress.
import { say } from "../shared/app.js";
import { watch } from "../shared/live.js";

const choice = document.querySelector("[data-choice]");
if (choice) {
  const show = () => { choice.hidden = document.querySelector("input[name=what]:checked")?.value !== "some"; };
  for (const radio of document.querySelectorAll("input[name=what]")) radio.addEventListener("change", show);
  show();
}

// The page follows the machine, and is taken anew once, when there is something else to see.
const job = document.getElementById("bundle-job");
if (job?.dataset.job) {
  watch(`job/${job.dataset.job}`, ({ state, progress }) => {
    if (state === "done" || state === "failed") location.reload();
    else if (progress) show(job, progress);
  });
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
