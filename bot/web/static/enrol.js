/* The enrolment form says at once what is odd; a list goes on by itself. Without script both wait for a press. */
"use strict";

{
  const form = document.querySelector("form[data-check]");
  if (form) {
    const say = async () => {
      const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form), headers: { "X-Hearback": "1" } });
      if (!answer.ok) return;
      const said = await answer.json();
      for (const place of form.querySelectorAll(".said")) {
        const found = said[place.id.replace("said-", "")];
        place.textContent = found ? found.text : "";
        place.classList.toggle("odd", Boolean(found && found.odd));
      }
    };
    form.addEventListener("change", (event) => {
      if (/^(child|caregiver|phone)/.test(event.target.name)) say().catch(() => {});
      if (event.target.name === "language") aloud();
    });
    const aloud = () => {
      const language = form.elements.language.value;
      for (const one of form.querySelectorAll(".aloud")) one.hidden = one.dataset.language !== language;
    };
    aloud();
  }

  const going = document.querySelector("form[data-goes-on]");
  if (going) going.requestSubmit();
}
