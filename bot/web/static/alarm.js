// The alarm: an emergency that nobody has is heard and seen, on every page of the console.
// Sound and notifications are off until a person turns them on, for this browser. Of several tabs one sounds.
"use strict";

(() => {
  const { watch, list, metronome, words: said } = document.currentScript.dataset;
  const words = JSON.parse(said);
  const AGAIN = 15000; // milliseconds between rings
  const PATIENCE = 6000; // out of touch for so long before that is heard
  const title = document.title;
  const kept = { sound: "hearback.alarm.sound", notify: "hearback.alarm.notify", hushed: "hearback.alarm.hushed", noted: "hearback.alarm.noted", rang: "hearback.alarm.rang" };
  const box = document.getElementById("alarm");
  const here = Object.values(document.querySelector(".oneflag")?.dataset || {}).join(" "); // names the flag that this page shows
  const ofList = () => document.getElementById("counts");

  let open = []; // ids of the emergencies that nobody has
  let lostSince = 0;
  let hushedLoss = false;
  let audio = null;
  let leads = false; // this is the tab that sounds
  let release = null;

  const read = (key) => { try { return localStorage.getItem(key) || ""; } catch { return ""; } };
  const write = (key, value) => { try { localStorage.setItem(key, value); } catch { /* for this page only, then */ } };
  const on = (what) => read(kept[what]) === "on";
  const ids = (what) => read(kept[what]).split(" ").filter(Boolean);
  const hushed = () => ids("hushed");
  const ringDue = () => Date.now() - Number(read(kept.rang)) >= AGAIN;

  // Sound

  function context() {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!audio && Context) audio = new Context();
    return audio;
  }

  async function wake() {
    const found = context();
    if (!found) return false;
    if (found.state === "suspended") await Promise.race([found.resume(), new Promise((done) => setTimeout(done, 300))]);
    return found.state === "running";
  }

  function beep(tones) {
    let at = audio.currentTime + 0.02;
    for (const tone of tones) {
      const source = audio.createOscillator();
      const loudness = audio.createGain();
      source.frequency.value = tone;
      loudness.gain.setValueAtTime(0.0001, at);
      loudness.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
      source.connect(loudness).connect(audio.destination);
      source.start(at);
      source.stop(at + 0.24);
      at += 0.27;
    }
  }

  async function lead() {
    if (leads || release || !on("sound") || !(await wake())) return;
    if (!navigator.locks) { leads = true; return; } // without them every tab sounds: too much rather than nothing
    release = () => {};
    navigator.locks.request("hearback-alarm", () => new Promise((done) => { leads = true; release = done; consider(); }));
  }

  function follow() {
    release?.();
    release = null;
    leads = false;
  }

  // What is wrong now, and telling it

  const elsewhere = () => open.filter((id) => !here.includes(id));
  const wanting = () => open.filter((id) => !hushed().includes(id));
  const outOfTouch = () => lostSince && !hushedLoss && Date.now() - lostSince >= PATIENCE;

  async function consider() {
    const ring = wanting().length || outOfTouch();
    strip();
    if (!ring || !on("sound") || !ringDue()) return;
    await lead();
    if (!leads || !(await wake()) || !ringDue()) return;
    write(kept.rang, String(Date.now()));
    beep(wanting().length ? [880, 660, 880, 660] : [440, 330]);
  }

  function notify(fresh) {
    if (!fresh.length || !on("notify") || window.Notification?.permission !== "granted") return;
    try {
      const note = new Notification(words.title, { body: words.body, tag: fresh[0], requireInteraction: true });
      note.onclick = () => { window.focus(); note.close(); if (!ofList()) location.href = list; };
    } catch { tell(words.noNotify); } // some phones show notifications of installed pages only
  }

  function heard(now) {
    const fresh = now.filter((id) => !ids("noted").includes(id));
    if (fresh.length) write(kept.rang, "0"); // a new one is heard at once, whenever the last ring was
    open = now;
    write(kept.noted, now.join(" "));
    write(kept.hushed, hushed().filter((id) => now.includes(id)).join(" "));
    if (!ofList()) document.title = now.length ? `(${now.length}) ${title}` : title;
    notify(fresh);
    consider();
  }

  function strip() {
    const ringing = on("sound") && (wanting().length || outOfTouch());
    const shown = ringing || (elsewhere().length && !ofList());
    let bar = document.getElementById("ringing");
    if (!shown) return bar?.remove();
    const text = outOfTouch() && !open.length ? words.lost : open.length === 1 ? words.one : words.many.replace("{n}", open.length);
    const mark = `${text}|${Boolean(ringing)}|${elsewhere().length}`;
    if (bar?.dataset.mark === mark) return undefined;
    bar?.remove();
    bar = document.createElement("div");
    bar.id = "ringing";
    bar.dataset.mark = mark;
    bar.setAttribute("role", "alert");
    bar.append(Object.assign(document.createElement("strong"), { textContent: text }));
    if (elsewhere().length && !ofList()) bar.append(Object.assign(document.createElement("a"), { href: list, textContent: words.look }));
    if (ringing) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.silence });
      button.addEventListener("click", hush);
      bar.append(button);
    }
    document.getElementById("main").before(bar);
    return undefined;
  }

  function hush() {
    write(kept.hushed, [...new Set([...hushed(), ...open])].join(" "));
    hushedLoss = Boolean(lostSince);
    tell(words.silenced);
    strip();
  }

  // In touch or not

  function inTouch(yes) {
    if (yes) { lostSince = 0; hushedLoss = false; } else if (!lostSince) lostSince = Date.now();
  }

  async function look() {
    try {
      const answer = await fetch(watch, { headers: { "X-Hearback": "1" }, signal: AbortSignal.timeout?.(8000) });
      inTouch(answer.ok);
      if (answer.ok) heard((await answer.json()).emergencies);
    } catch {
      inTouch(false);
    }
    consider();
  }

  function ofTheList() {
    heard((ofList().dataset.alarm || "").split(" ").filter(Boolean));
  }

  // The buttons

  function tell(text) {
    const told = box?.querySelector("[data-alarm-told]");
    if (told && told.textContent !== text) told.textContent = text;
  }

  async function paint(problem = "") {
    if (!box) return;
    box.hidden = false;
    for (const what of ["sound", "notify"]) {
      const button = box.querySelector(`[data-alarm-${what}]`);
      button.setAttribute("aria-pressed", String(on(what)));
      button.textContent = on(what) ? button.dataset.on : button.dataset.off;
    }
    const granted = window.Notification?.permission === "granted";
    let trouble = problem;
    if (on("notify") && !granted) trouble = window.Notification ? words.denied : words.noNotify;
    if (on("sound") && !(await wake())) trouble = context() ? words.blocked : words.noSound;
    box.querySelector("[data-alarm-state]").textContent = trouble && trouble !== words.tried ? trouble
      : on("sound") || on("notify") ? words.on : words.off;
    box.classList.toggle("troubled", Boolean(trouble) && trouble !== words.tried);
    tell(trouble);
  }

  async function turnNotify() {
    if (on("notify")) { write(kept.notify, "off"); return paint(); }
    if (!window.Notification) return paint(words.noNotify);
    const answer = await Notification.requestPermission();
    if (answer !== "granted") return paint(words.denied);
    write(kept.notify, "on");
    return paint();
  }

  box?.querySelector("[data-alarm-sound]").addEventListener("click", async () => {
    const turned = !on("sound");
    write(kept.sound, turned ? "on" : "off");
    if (turned && await wake()) beep([880, 660]);
    if (turned) lead(); else follow();
    await paint();
    consider();
  });
  box?.querySelector("[data-alarm-notify]").addEventListener("click", turnNotify);
  box?.querySelector("[data-alarm-test]").addEventListener("click", async () => {
    if (await wake()) { beep([880, 660, 880, 660]); paint(words.tried); } else paint(context() ? words.blocked : words.noSound);
  });
  document.addEventListener("click", (event) => { if (box?.open && !box.contains(event.target)) box.open = false; });
  document.addEventListener("keydown", (event) => { if (box?.open && event.key === "Escape") box.open = false; });
  window.addEventListener("storage", (event) => {
    if (event.key === kept.sound && !on("sound")) follow();
    if (Object.values(kept).includes(event.key)) { paint(); consider(); }
  });
  document.addEventListener("pointerdown", () => on("sound") && !leads && lead().then(() => paint()), { passive: true });
  document.addEventListener("keydown", () => on("sound") && !leads && lead().then(() => paint()));

  if (ofList()) {
    document.addEventListener("hearback:looked", (event) => { inTouch(event.detail.ok); ofTheList(); });
    ofTheList();
  } else {
    look();
    setInterval(look, 2000);
  }
  setInterval(consider, 1000);
  if (window.Worker) {
    const beats = new Worker(metronome);
    beats.onmessage = () => {
      if (!document.hidden) return;
      if (ofList()) document.querySelectorAll("[data-live]").forEach((part) => part.dispatchEvent(new Event("hearback:beat")));
      else look();
      consider();
    };
  }
  paint();
  lead();
})();
