/** The links that this tab has made: how long they still live, and their end. */

import { copyText } from "./clipboard.js";
import { byId, make, say } from "./elements.js";

const KEPT = "cropwright.links";
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

export class Links {
  /** `remove` ends a link by its id; `failed` is told what went wrong. */
  constructor(remove, failed) {
    this.remove = remove;
    this.failed = failed;
    this.rows = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    this.#draw();
    setInterval(() => this.#tick(), 1000);
  }

  /** One more: the upload as the service told of it, a thumbnail, a few words. */
  add(upload, thumbnail, words) {
    this.rows.unshift({ id: upload.id, url: upload.url, ends: upload.expires_at, thumbnail, words });
    this.#keep();
    say("The link is ready.");
    byId("links-list").querySelector("a").focus({ preventScroll: true });
  }

  async #end(row) {
    try {
      await this.remove(row.id);
    } catch (error) {
      if (error.code !== "upload_not_found") return this.failed(error);
    }
    this.rows = this.rows.filter((one) => one !== row);
    this.#keep();
    say("The link is deleted.");
    return byId("links-title").scrollIntoView({ block: "nearest" });
  }

  #keep() {
    sessionStorage.setItem(KEPT, JSON.stringify(this.rows));
    this.#draw();
  }

  #draw() {
    byId("links").hidden = this.rows.length === 0;
    byId("links-list").replaceChildren(...this.rows.map((row) => this.#item(row)));
    this.#tick();
  }

  #item(row) {
    const copy = make("button", { type: "button", textContent: "Copy", ariaLabel: `Copy the link to ${row.words}` });
    const end = make("button", { type: "button", textContent: "Delete", ariaLabel: `Delete the link to ${row.words}` });
    end.addEventListener("click", () => this.#end(row));
    const link = make("a", { href: row.url, title: row.url, target: "_blank", rel: "noopener", textContent: row.words });
    const address = make("span", { className: "unseen", textContent: row.url });
    copy.addEventListener("click", async () => {
      await copyText(row.url, address);
      copy.textContent = "Copied";
    });
    const text = make("div", {}, link, address, make("small", { className: "left" }));
    const buttons = make("div", { className: "row-buttons" }, copy, end);
    return make("li", {}, make("img", { src: row.thumbnail, alt: "" }), text, buttons);
  }

  #tick() {
    const items = byId("links-list").children;
    this.rows.forEach((row, at) => {
      const seconds = row.ends === null ? null : (Date.parse(row.ends) - Date.now()) / 1000;
      items[at].querySelector(".left").textContent = left(seconds);
      items[at].classList.toggle("ended", seconds !== null && seconds <= 0);
    });
  }
}

/** The time left, in its two largest units. */
export function left(seconds) {
  if (seconds === null) return "until deleted";
  if (seconds <= 0) return "ended";
  let rest = Math.ceil(seconds);
  const at = UNITS.findIndex(([, length]) => rest >= length);
  const told = UNITS.slice(at, at + 2).map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count ? `${count} ${unit}${count === 1 ? "" : "s"}` : "";
  });
  return `${told.filter(Boolean).join(" ")} left`;
}
