// The editor of a draft: form and YAML follow each other, the phone answers by what is typed. Without this script
// every button works by its form.
"use strict";

const editor = document.getElementById("editor");
const WAIT = 600; // milliseconds after the last key
let timer = 0;
let asked = 0;
let dirty = false;

function bare(form) {
  const data = new FormData(form);
  data.delete("do");
  return new URLSearchParams(data);
}

async function answerOf(address, data) {
  const answer = await fetch(address, { method: "POST", body: data, headers: { "X-Hearback": "1" } });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function keepOpen(old, fresh) {
  for (const one of old.querySelectorAll("details[id]")) {
    const same = fresh.querySelector(`[id="${CSS.escape(one.id)}"]`);
    if (same) same.open = one.open || same.querySelector(".wrong:not([hidden])") !== null;
  }
}

function markWrong(fresh) {
  for (const place of editor.querySelectorAll("[data-wrong]")) {
    const same = fresh.querySelector(`[data-wrong="${CSS.escape(place.dataset.wrong)}"]`);
    place.textContent = same ? same.textContent : "";
    place.hidden = !place.textContent;
    const field = editor.querySelector(`[aria-describedby="${CSS.escape(place.id)}"]`);
    if (field) field.toggleAttribute("aria-invalid", !place.hidden);
  }
  for (const place of editor.querySelectorAll("[data-from]")) { // what is changed is the protocol's own from now on
    const same = fresh.querySelector(`[data-from="${CSS.escape(place.dataset.from)}"]`);
    if (!same) continue;
    [place.textContent, place.className, place.hidden] = [same.textContent, same.className, same.hidden];
  }
}

function goToField(link) {
  for (let id = link.hash.slice(1); id; id = id.slice(0, id.lastIndexOf("-"))) {
    const field = document.getElementById(id) || (id.startsWith("p-") && document.getElementById(`s-${id.slice(2)}`));
    if (!field) continue;
    for (let part = field; part; part = part.parentElement?.closest("details")) if (part.matches("details")) part.open = true;
    field.scrollIntoView({ block: "center" });
    (field.matches("input, select, textarea") ? field : field.querySelector("summary, input, select, textarea"))?.focus({ preventScroll: true });
    return;
  }
}

async function wakePhone() { // once the mistakes are mended it answers, without a save
  if (document.querySelector("#trying form") || document.querySelector("#problems .bad")) return;
  const data = bare(editor);
  data.set("last", "yaml");
  const fresh = (await answerOf(editor.dataset.try, data)).getElementById("trying");
  if (fresh) document.getElementById("trying").replaceWith(fresh);
}

async function draw(last) {
  const number = ++asked;
  editor.elements.last.value = last;
  let fresh;
  try {
    fresh = await answerOf(editor.dataset.draw, bare(editor));
  } catch {
    document.getElementById("saved").textContent = WORDS.noAnswer;
    return;
  }
  if (number !== asked) return; // something was typed meanwhile
  document.getElementById("saved").textContent = "";
  keepOpen(document.getElementById("problems"), fresh.getElementById("problems"));
  document.getElementById("problems").replaceWith(fresh.getElementById("problems"));
  if (last === "yaml") {
    const [old, parts] = [document.getElementById("parts"), fresh.getElementById("parts")];
    keepOpen(old, parts);
    old.replaceWith(parts);
    editor.elements.drawn.value = editor.elements.source.value;
  } else {
    const [box, text] = [editor.elements.source, fresh.getElementById("yaml").value];
    const top = box.scrollTop;
    box.value = text;
    box.scrollTop = top;
    editor.elements.drawn.value = text;
    markWrong(fresh);
  }
  editor.elements.last.value = "";
  wakePhone().catch(() => {});
}

function oneMore(select) { // behind the last question of a check-in there is room for another
  const all = select.parentElement.querySelectorAll("select");
  if (all[all.length - 1] !== select || !select.value || all.length > 5) return;
  const next = select.cloneNode(true);
  next.removeAttribute("id");
  next.value = "";
  select.after(next);
}

function changed(event) {
  const name = event.target.name || "";
  if (event.target.matches(".asks select")) oneMore(event.target);
  if (!name.startsWith("f:") && name !== "source") return;
  dirty = true;
  asked += 1;
  clearTimeout(timer);
  timer = setTimeout(() => draw(name === "source" ? "yaml" : "form"), WAIT);
}

function goToLine(button) {
  const box = editor.elements.source;
  const lines = box.value.split("\n");
  const before = lines.slice(0, Number(button.dataset.line) - 1).join("\n").length + 1;
  box.focus();
  box.setSelectionRange(before, before + (lines[Number(button.dataset.line) - 1] || "").length);
  box.scrollTop = (Number(button.dataset.line) - 6) * (box.scrollHeight / Math.max(lines.length, 1));
}

async function sayToPhone(event) {
  event.preventDefault();
  const form = event.target;
  const data = new URLSearchParams(new FormData(form, event.submitter));
  for (const name of ["source", "drawn"]) data.set(name, editor.elements.source.value);
  data.set("last", "yaml");
  try {
    const fresh = (await answerOf(form.action, data)).getElementById("trying");
    document.getElementById("trying").replaceWith(fresh);
    fresh.querySelectorAll("[data-newest]").forEach((one) => { one.scrollTop = one.scrollHeight; });
    fresh.querySelector("input[name=say]")?.focus({ preventScroll: true });
  } catch {
    document.getElementById("saved").textContent = WORDS.noAnswer;
  }
}

if (editor) {
  editor.addEventListener("input", changed);
  editor.addEventListener("click", (event) => {
    const line = event.target.closest("button.line");
    if (line) goToLine(line);
    const place = event.target.closest("a.place");
    if (place) { event.preventDefault(); goToField(place); }
  });
  editor.addEventListener("submit", () => { dirty = false; clearTimeout(timer); });
  document.addEventListener("submit", (event) => { if (event.target.closest("#trying")) sayToPhone(event); });
  document.addEventListener("change", (event) => {
    if (event.target.closest("#trying") && event.target.name !== "say") event.target.form.requestSubmit();
  });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  const open = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  for (let part = open; part; part = part.parentElement?.closest("details")) if (part.matches("details")) part.open = true;
  if (open) addEventListener("load", () => { // what was just added: to be written in at once
    open.scrollIntoView();
    open.querySelector("textarea, input:not([type=hidden])")?.focus({ preventScroll: true });
  });
}
