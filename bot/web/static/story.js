// "Earlier" brings the page before to the top of the story, in place. Without this script it is a link.
"use strict";

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("#earlier");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  const here = document.getElementById("story");
  const box = document.getElementById("talk");
  try {
    const answer = await fetch(link.href, { headers: { "X-Hearback": "1" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const older = page.getElementById("story");
    const next = page.getElementById("earlier");
    const first = here.firstElementChild;
    const was = first ? first.getBoundingClientRect().top : 0;
    here.prepend(...Array.from(older.children, (each) => document.adoptNode(each)));
    if (next) link.href = next.href;
    else link.parentElement.remove();
    // What was in sight stays where it was.
    if (first) box.scrollTop += first.getBoundingClientRect().top - was;
    if (!next) first?.scrollIntoView({ block: "nearest" });
    link.removeAttribute("aria-busy");
    if (next) link.focus({ preventScroll: true });
    else box.focus({ preventScroll: true });
  } catch {
    location.assign(link.href); // signed out, or no network: the page itself says what is wrong
  }
});
