// Passkeys, copying and printing. Without this script the password and the codes work by forms alone.
"use strict";

function toBytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function asked(options) {
  const named = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));
  const publicKey = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) publicKey.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.allowCredentials) publicKey.allowCredentials = named(options.allowCredentials);
  if (options.excludeCredentials) publicKey.excludeCredentials = named(options.excludeCredentials);
  return { publicKey };
}

function answered(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: toText(credential.rawId), type, response, clientExtensionResults: {} });
}

async function passkey(form) {
  const problem = form.querySelector(".problem");
  const options = asked(JSON.parse(form.dataset.options));
  problem.hidden = true;
  try {
    const credential = await navigator.credentials[form.dataset.passkey](options);
    (form.querySelector("[data-answer]") || form.elements.passkey).value = answered(credential);
    form.submit();
  } catch (error) {
    const known = error.name === "InvalidStateError";
    problem.textContent = known ? form.dataset.known || WORDS.passkeyKnown : WORDS.passkeyFailed;
    problem.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      passkey(form);
    });
  }
  document.querySelectorAll("[data-without]").forEach((words) => { words.hidden = true; });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.copy);
    from.select();
    await navigator.clipboard.writeText(from.value);
    button.textContent = `${button.textContent.replace(/ ✓$/, "")} ✓`;
  });
}
