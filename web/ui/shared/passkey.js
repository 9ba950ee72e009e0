// Passkeys: asks the server what to ask the browser, asks the browser, and sends its answer in the form whose button was pressed.
// The form is hidden until it is known that this can be done here.

const able = "credentials" in navigator && "PublicKeyCredential" in window;

/** Bytes of base64url, and the other way round. */
function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

function text(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function named(list) {
  return (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
}

/** What the browser takes, made of what the server says. */
function creation(options) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const user = { ...options.user, id: bytes(options.user.id) };
  return { ...options, challenge: bytes(options.challenge), user, excludeCredentials: named(options.excludeCredentials) };
}

function request(options) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
}

/** What the server takes, made of what the browser answers. */
function plain(credential) {
  if (credential.toJSON) return credential.toJSON();
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {}, response };
}

/** Asks the server; null where the session has to be proven first, or it didn't answer. */
async function ask(path) {
  const answer = await fetch(path, { method: "POST", headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
  return answer?.ok ? answer.json().catch(() => null) : null;
}

async function answer(form) {
  const options = await ask(form.dataset.ask);
  if (!options && form.dataset.passkey === "make") {
    location.assign(location.pathname);
    return false;
  }
  if (!options) return false;
  const got = form.dataset.passkey === "make"
    ? await navigator.credentials.create({ publicKey: creation(options) })
    : await navigator.credentials.get({ publicKey: request(options) });
  if (!got) return false;
  form.elements.namedItem("answer").value = JSON.stringify(plain(got));
  return true;
}

function prepare(form) {
  const fault = form.querySelector("[data-fault]");
  let busy = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.namedItem("answer").value) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    fault.hidden = true;
    const good = await answer(form).catch(() => false);
    busy = false;
    if (good) form.requestSubmit();
    else fault.hidden = false;
  });
  form.hidden = false;
}

// Who comes back by the browser's button finds the answer that was sent: it is good no more.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-passkey]")) form.elements.namedItem("answer").value = "";
});

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!able || location.origin !== form.dataset.origin) continue;
  prepare(form);
  document.querySelector("[data-no-passkey]")?.remove();
}
