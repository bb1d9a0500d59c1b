// The page of a flag: phrases fill the box, a sign that is corrected says "no" by itself, a flag that somebody
// closed elsewhere turns the forms off. Without this script the same is done by forms and reloading.
"use strict";

const oneFlag = document.querySelector(".oneflag");
const box = document.getElementById("body");

// Ready phrases, in the language of whoever is texted

document.addEventListener("click", (event) => {
  const phrase = event.target.closest("button[name=phrase]");
  if (!phrase || !box) return;
  event.preventDefault();
  const before = box.value.trim();
  box.value = before ? `${before} ${phrase.value}` : phrase.value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  phrase.closest("details").open = false;
  box.focus();
});

const to = document.getElementById("to");

function theirs() {
  const adult = to?.selectedOptions[0];
  if (!adult) return;
  for (const list of document.querySelectorAll(".phrases ul")) {
    list.hidden = list.dataset.language !== adult.dataset.language;
  }
  const clock = document.getElementById("their-clock");
  if (clock) clock.dataset.clock = adult.dataset.zone;
  tick();
}

to?.addEventListener("change", theirs);
theirs();

const leaves = document.getElementById("leaves");

function sendWords() {
  const button = document.getElementById("send");
  if (button && leaves) write(button, leaves.value ? button.dataset.later : button.dataset.now);
}

leaves?.addEventListener("input", sendWords);
sendWords();

// Correcting: whoever presses a sign or a level says that it was read wrongly

document.getElementById("close")?.addEventListener("change", (event) => {
  if (!["right_signs", "right_level"].includes(event.target.name)) return;
  const no = event.currentTarget.querySelector("[name=read_rightly][value=no]");
  if (no) no.checked = true;
});

document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches(".acts textarea");
  if (!sends || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit(document.getElementById("send")?.form === event.target.form ? document.getElementById("send") : null);
});

// A second click on a form that is on its way does nothing; the server would do its act once all the same.

document.addEventListener("submit", (event) => {
  if (!oneFlag?.contains(event.target)) return;
  const sent = Number(event.target.dataset.sent || 0);
  if (Date.now() - sent < 3000) return event.preventDefault();
  event.target.dataset.sent = String(Date.now());
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

// What others do meanwhile

function tell(acts, words) {
  let told = document.getElementById("closed-elsewhere");
  if (!words) return told?.remove();
  if (!told) {
    told = document.createElement("p");
    told.id = "closed-elsewhere";
    told.className = "problem";
    acts.prepend(told);
  }
  write(told, words);
}

function together() {
  const closed = document.getElementById("take")?.dataset.closed;
  const acts = oneFlag.querySelector(".acts");
  if (acts) {
    const off = closed !== undefined;
    acts.classList.toggle("off", off);
    acts.querySelectorAll("button, select, input").forEach((field) => { field.disabled = off; });
    acts.querySelectorAll("textarea").forEach((field) => { field.readOnly = off; });
    tell(acts, off ? closed : "");
  }
  const words = (acts && closed) || document.querySelector(".together")?.textContent.trim() || "";
  write(document.getElementById("said"), words);
}

if (oneFlag) {
  const changes = new MutationObserver(together);
  for (const parts of [oneFlag, oneFlag.parentElement]) changes.observe(parts, { childList: true });
  together();
}
