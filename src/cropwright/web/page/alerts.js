/** The one place on the page where it says what went wrong. */

import { byId } from "./elements.js";
import { sentence } from "./words.js";

let retry = null;

byId("alert-close").addEventListener("click", quiet);
byId("alert-again").addEventListener("click", () => {
  const again = retry;
  quiet();
  again?.();
});

/** Say what went wrong; `again` does the same once more, where that may help. */
export function tell(error, again = null) {
  const words = sentence(error);
  retry = words.again ? again : null;
  warn(words.what, words.do);
  byId("alert-again").hidden = retry === null;
}

/** Say what is wrong and what to do. */
export function warn(what, todo) {
  byId("alert-what").textContent = what;
  byId("alert-do").textContent = todo;
  byId("alert-again").hidden = true;
  byId("alert").hidden = false;
}

/** Take the message away. */
export function quiet() {
  byId("alert").hidden = true;
}
