// Switches pages on in this browser: asks it for a place to push to, and gives that to the server by the page's own form.
"use strict";

const push = document.querySelector("form[data-push]");

function keyBytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function subscribe(event) {
  event.preventDefault();
  const button = push.querySelector("button");
  button.disabled = true;
  try {
    const worker = await navigator.serviceWorker.register(push.dataset.worker);
    if (await Notification.requestPermission() !== "granted") throw new Error("refused");
    let one = await worker.pushManager.getSubscription();
    if (!one) {
      const key = keyBytes(push.dataset.push);
      await navigator.serviceWorker.getRegistration(push.dataset.worker);
      one = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    }
    push.elements.address.value = JSON.stringify(one);
    push.submit();
  } catch {
    let said = push.parentNode.querySelector("[data-said]");
    if (!said) {
      said = document.createElement("p");
      said.className = "problem";
      said.dataset.said = "";
      said.setAttribute("role", "alert");
      push.before(said);
    }
    said.textContent = push.dataset.refused;
    button.disabled = false;
  }
}

if (push && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  push.hidden = false;
  document.querySelector("[data-no-push]").hidden = true;
  push.addEventListener("submit", subscribe);
}
