// A page that waits for the server: it asks whether that is back, and is loaded again then. Where something
// was sent, it only says so: sending it once more is for who sent it.

const page = document.querySelector("[data-wait]");
const pause = Number(page.dataset.wait) * 1000; // ms
const back = page.querySelector("[data-back]");
const patience = 10000; // ms until a question counts as unanswered

async function look() {
  const answer = await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(patience) }).catch(() => null);
  if (!answer?.ok) {
    setTimeout(look, pause);
    return;
  }
  if (page.dataset.sent === undefined) {
    location.reload();
    return;
  }
  back.hidden = false;
  page.querySelector("form button, .buttons a").focus();
}

setTimeout(look, pause);
