// Single keys for the console, never while somebody types; each person can turn them off in their browser.
"use strict";

const KEPT = "hearback-keys";
const GOES = { q: "/console/", f: "/console/families" };
const LIST = ".flag h3 a, .family h2 a, .hit h2 a, [data-item]";
const help = document.getElementById("keys-help");
const toggle = document.getElementById("keys-on");
let going = 0; // until when a letter after "g" is an address

function kept(value) {
  try {
    if (value !== undefined) localStorage.setItem(KEPT, value);
    return localStorage.getItem(KEPT);
  } catch {
    return value; // a browser that keeps nothing has them on
  }
}

function turn(on) {
  document.documentElement.classList.toggle("keyed", on);
  toggle.checked = on;
}

function typing(element) {
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input") && !["radio", "checkbox", "button", "submit"].includes(element.type);
}

function seen(selector) {
  return Array.from(document.querySelectorAll(selector)).find((one) => one.getClientRects().length && !one.disabled);
}

function press(selector) {
  const one = seen(selector);
  one?.click();
  return Boolean(one);
}

function move(by) {
  const list = Array.from(document.querySelectorAll(LIST)).filter((one) => one.getClientRects().length);
  const at = list.findIndex((one) => one === document.activeElement || one.closest("li")?.contains(document.activeElement));
  const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

function into(selector) {
  const one = seen(selector);
  if (!one) return false;
  one.focus();
  one.scrollIntoView({ block: "center" });
  return true;
}

function take() {
  const row = document.activeElement?.closest("li");
  const button = row?.querySelector("button[id^='take-']");
  if (button) button.click();
  return Boolean(button) || press("#take-it, #take-over");
}

function search() {
  const one = document.getElementById("go-search");
  if (one?.matches("input")) one.focus();
  else one?.click();
  return Boolean(one);
}

function ask() {
  if (!help.open) help.showModal();
  return true;
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  t: take,
  r: () => into("#body"),
  n: () => into("#note"),
  h: () => into("#to_id"),
  c: () => into("#close [name=outcome]:checked, #close [name=outcome]"),
  u: () => press("#undo-it") || into("#sent-already"),
  g: () => { going = Date.now() + 1500; return true; },
  "/": search,
  "?": ask,
};

function key(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
  if (!document.documentElement.classList.contains("keyed") || typing(event.target) || document.querySelector("dialog[open]")) return;
  const to = Date.now() < going ? GOES[event.key] : undefined;
  going = 0;
  if (to) {
    event.preventDefault();
    location.assign(to);
  } else if (Object.hasOwn(KEYS, event.key) && KEYS[event.key]()) {
    event.preventDefault();
  }
}

if (help) {
  const hint = document.getElementById("keys");
  hint.hidden = false;
  hint.addEventListener("click", ask);
  turn(kept() !== "off");
  toggle.addEventListener("change", () => { kept(toggle.checked ? "on" : "off"); turn(toggle.checked); });
  document.addEventListener("keydown", key);
}
