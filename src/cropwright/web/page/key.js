/** The API key: entered once, kept by this tab until it is closed. */

import { byId } from "./elements.js";
import { sentence } from "./words.js";

const KEPT = "cropwright.key";

export class Key {
  /** Whether the service asks for one at all. */
  isNeeded = true;
  text = sessionStorage.getItem(KEPT) ?? "";
  /** Checks the key with the service; set by who can. */
  check = async () => {};
  /** Told when a key was entered that nothing waited for; set by who has something to do then. */
  entered = () => {};
  #waiting = [];

  constructor() {
    byId("key-open").addEventListener("click", async () => {
      if (await this.ask()) this.entered();
    });
    byId("key-cancel").addEventListener("click", () => byId("key-dialog").close());
    byId("key-dialog").addEventListener("close", () => this.#settle());
    byId("key-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#take(byId("key").value.trim());
    });
    this.show();
  }

  get isMissing() {
    return this.isNeeded && !this.text;
  }

  /** Ask for the key: whether there is one afterwards. */
  ask(why = "") {
    byId("key-error").textContent = why;
    byId("key").value = "";
    if (!byId("key-dialog").open) byId("key-dialog").showModal();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Forget a key that was refused. */
  forget() {
    this.text = "";
    sessionStorage.removeItem(KEPT);
    this.show();
  }

  show() {
    byId("key-open").hidden = !this.isNeeded;
    byId("key-open").textContent = this.text ? "Change key" : "Enter key";
  }

  async #take(text) {
    const before = this.text;
    this.text = text;
    try {
      await this.check();
    } catch (error) {
      this.text = before;
      const words = sentence(error);
      byId("key-error").textContent = `${words.what} ${words.do}`;
      byId("key").setAttribute("aria-invalid", "true");
      byId("key").focus();
      return;
    }
    byId("key").removeAttribute("aria-invalid");
    sessionStorage.setItem(KEPT, text);
    this.show();
    byId("key-dialog").close();
  }

  #settle() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(!this.isMissing);
  }
}
