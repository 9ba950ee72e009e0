// Follows the machine while the package is made; the page is taken anew once, when there is something else to see.
import { say } from "../shared/app.js";
import { watch } from "../shared/live.js";

const part = document.getElementById("inquiry-job");
if (part?.dataset.job) {
  watch(`job/${part.dataset.job}`, ({ state, progress }) => {
    if (state === "done" || state === "failed") location.reload();
    else if (progress?.total) show(progress);
  });
}

function show({ done, total }) {
  const bar = part.querySelector("progress");
  bar.max = total;
  bar.value = done;
  const said = part.dataset.progress.replace("%a", done).replace("%b", total);
  const line = document.getElementById("inquiry-progress");
  if (line.textContent !== said) {
    line.textContent = said;
    say(said);
  }
}
