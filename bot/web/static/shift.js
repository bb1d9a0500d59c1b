// The print button of the hand-over sheet; without this script the browser's own menu prints it.
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
