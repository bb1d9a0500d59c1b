// What pages do beyond showing: refresh their parts, turn their clocks, send a text without a reload.
// Without this script every page works by forms and reloading.
"use strict";

const HEADERS = { "X-Hearback": "1" };
const WORDS = JSON.parse(document.currentScript.dataset.words); // in the page's language
const opened = Date.now();

// Whether somebody touched this page since it last refreshed itself: only that keeps a session in use.
let touched = false;
for (const kind of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(kind, () => { touched = true; }, { capture: true, passive: true });
}

// A sentence of WORDS with its holes filled.
function say(name, holes = {}) {
  return WORDS[name].replace(/%\((\w+)\)s/g, (_, hole) => holes[hole]);
}

function pageNow() {
  const { now, speed } = document.body.dataset;
  return now ? new Date(now).getTime() + (Date.now() - opened) * Number(speed || 1) : Date.now();
}

// Parts that refresh themselves

function atNewest(element) {
  return element.scrollHeight - element.scrollTop - element.clientHeight < 80;
}

function toNewest(root) {
  for (const element of root.querySelectorAll("[data-newest]")) element.scrollTop = element.scrollHeight;
}

function inSight(element) {
  return element.getBoundingClientRect().top >= 0;
}

function replace(part) {
  const old = document.getElementById(part.id);
  if (!old || old.isEqualNode(part)) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const held = scrollY > 0 && !("newest" in old.dataset) ? [...old.querySelectorAll("li a[id]")].find(inSight) : null;
  const heldAt = held?.getBoundingClientRect().top;
  const follow = !("newest" in part.dataset) || atNewest(old);
  const top = old.scrollTop;
  old.replaceWith(part);
  if ("newest" in part.dataset) part.scrollTop = follow ? part.scrollHeight : top;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const again = held && document.getElementById(held.id); // what is being read stays where it is
  if (again) scrollBy({ top: again.getBoundingClientRect().top - heldAt, behavior: "instant" });
  if (part.dataset.title) document.title = part.dataset.title;
}

function live(box) {
  const every = Number(box.dataset.every);
  let timer = 0;
  let hurry = 0;
  let asking = false;
  const rest = "steady" in box.dataset ? 1 : 4; // a hidden page rests, unless its alarm must be heard
  const tell = (ok) => document.dispatchEvent(new CustomEvent("hearback:looked", { detail: { ok } }));
  async function look() {
    clearTimeout(timer);
    if (asking) return;
    asking = true;
    try {
      const url = new URL(box.dataset.live, location.href);
      url.searchParams.set("seen", box.dataset.stamp || "");
      const used = touched ? { "X-Hearback-Used": "1" } : {};
      touched = false;
      const answer = await fetch(url, { headers: { ...HEADERS, ...used }, signal: AbortSignal.timeout?.(8000) });
      const token = answer.headers.get("X-Hearback-Token");
      if (token) document.querySelectorAll("input[name=csrf_token]").forEach((input) => { input.value = token; });
      if (answer.status === 401) {
        tell(false);
        return lost(WORDS.signedOut);
      }
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      if (answer.status === 200) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        page.querySelectorAll("[data-part]").forEach((part) => replace(document.adoptNode(part)));
        box.dataset.stamp = answer.headers.get("X-Hearback-Stamp") || "";
        tick();
      }
      lost(answer.headers.get("X-Hearback-Resting") ? WORDS.away : "");
      tell(true);
    } catch {
      tell(false);
      lost(WORDS.lost);
    } finally {
      asking = false;
      hurry = Math.max(0, hurry - 1);
      timer = setTimeout(look, document.hidden ? every * rest : hurry ? 150 : every);
    }
  }
  timer = setTimeout(look, every);
  box.addEventListener("hearback:beat", look);
  box.addEventListener("hearback:look", () => { hurry = 12; look(); });
}

function lost(words) {
  let strip = document.getElementById("lost");
  if (!words) return strip?.remove();
  if (!strip) {
    strip = document.createElement("p");
    strip.id = "lost";
    strip.className = "problem";
    strip.setAttribute("role", "alert");
    document.getElementById("main").prepend(strip);
  }
  if (strip.textContent !== words) strip.textContent = words;
}

// Clocks

function span(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60000);
  if (minutes < 1) return WORDS.minute;
  if (minutes < 60) return say("min", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 10 && minutes % 60) return say("hMin", { n: hours, min: minutes % 60 });
  return hours < 48 ? say("h", { n: hours }) : say("days", { n: Math.floor(hours / 24) });
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function clock(now, timeZone, long) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, hour: "numeric", minute: "2-digit" }).formatToParts(now);
  const { hour, minute, dayPeriod } = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  const text = say(dayPeriod.toLowerCase(), { clock: `${hour}:${minute}` });
  if (!long) return text;
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone, weekday: "long" }).format(now);
  return `${day}, ${text}`;
}

function tick() {
  const now = pageNow();
  for (const element of document.querySelectorAll("[data-until]")) {
    if (Date.parse(element.dataset.until) <= now) element.remove();
  }
  for (const element of document.querySelectorAll("time[data-ago]")) {
    write(element, span(now - Date.parse(element.dateTime)));
  }
  for (const element of document.querySelectorAll("time[data-due]")) {
    const left = Date.parse(element.dateTime) - now;
    element.classList.toggle("late", left <= 0);
    write(element, say(left > 0 ? "left" : "late", { span: span(left) }));
  }
  for (const element of document.querySelectorAll("time[data-clock]")) {
    write(element, clock(now, element.dataset.clock, !("short" in element.dataset)));
  }
}

// Texting from a phone

function fresh() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function name(once) {
  document.querySelectorAll("input[name=once]").forEach((input) => { input.value = once; });
}

async function send(form, submitter) {
  const body = new FormData(form, submitter);
  const problem = form.querySelector(".problem") || document.querySelector(".compose .problem");
  const typed = form.querySelector("textarea");
  const words = typed ? typed.value : "";
  name(fresh()); // the next text is another one, though this is still on its way
  retype(typed, "");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: HEADERS });
    if (!answer.ok) throw new Error(answer.status === 422 ? await answer.text() : WORDS.notSent);
    problem.hidden = true;
    toNewest(document);
    document.querySelectorAll("[data-live]").forEach((box) => box.dispatchEvent(new Event("hearback:look")));
  } catch (error) {
    name(body.get("once")); // sent again it is the same text, in case this one arrived
    if (typed && !typed.value) retype(typed, words);
    problem.textContent = error instanceof TypeError ? WORDS.noAnswer : error.message;
    problem.hidden = false;
  }
}

function retype(area, words) {
  if (!area) return;
  area.value = words;
  grow(area);
}

function grow(area) {
  area.rows = Math.min(5, Math.max(1, Math.ceil(area.value.length / 28), area.value.split("\n").length));
}

// The coordinator's text: how many segments it takes

function count(area) {
  const told = document.getElementById("segments");
  let timer = 0;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const body = new FormData();
      body.set("csrf_token", area.form.elements.csrf_token.value);
      body.set("body", area.value);
      const answer = await fetch(area.dataset.segments, { method: "POST", body, headers: HEADERS });
      if (!answer.ok) return;
      const { count: parts, costly } = await answer.json();
      const extra = costly.length ? ` ${say("longer", { signs: costly.join(" ") })}` : "";
      write(told, parts ? say(parts === 1 ? "segment" : "segments", { n: parts }) + extra : "");
    }, 300);
  });
  if (area.value) area.dispatchEvent(new Event("input")); // typed before this script was there
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-send]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-enter]") || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector("button.send"));
});
document.addEventListener("input", (event) => event.target.matches("[data-enter]") && grow(event.target));
document.querySelectorAll("[data-live]").forEach(live);
document.querySelectorAll("[data-segments]").forEach(count);
toNewest(document);
tick();
setInterval(tick, 1000);
