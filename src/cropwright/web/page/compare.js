/** Before and after a cut-out: a slider between them, and a glass over the edges. */

import { byId } from "./elements.js";

const TIMES = 5;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Compare {
  constructor() {
    this.plate = byId("compare-plate");
    this.at = { x: 0.5, y: 0.3 };
    byId("slider").addEventListener("input", () => this.#slide());
    byId("loupe-on").addEventListener("change", () => this.#toggle());
    this.plate.addEventListener("pointermove", (event) => this.#follow(event));
    this.plate.addEventListener("pointerdown", (event) => this.#follow(event));
    byId("loupe").addEventListener("keydown", (event) => this.#pressed(event));
    byId("after").addEventListener("load", () => this.#look());
    this.#slide();
  }

  /** Show a picture whose cut-out is still to come. */
  begin(picture) {
    const { width, height } = picture;
    this.#before(picture, { x: 0, y: 0, width, height }, { width, height });
    if (byId("after").src) URL.revokeObjectURL(byId("after").src);
    byId("after").removeAttribute("src");
  }

  /** Show what `made` a picture: the part of it that was kept, and the result. */
  show(picture, made) {
    const { rect, result } = made.report;
    const before = this.#before(picture, rect, result);
    const after = byId("after");
    if (after.src) URL.revokeObjectURL(after.src);
    after.width = before.width;
    after.height = before.height;
    after.src = URL.createObjectURL(made.blob);
  }

  /** Draw the part of a picture that is kept, as large as the result. */
  #before(picture, rect, result) {
    const scale = Math.min(1, 1600 / Math.max(result.width, result.height));
    const before = byId("before");
    before.width = Math.max(1, Math.round(result.width * scale));
    before.height = Math.max(1, Math.round(result.height * scale));
    const shrunk = picture.shown.naturalWidth / picture.width;
    const [x, y, width, height] = [rect.x, rect.y, rect.width, rect.height].map((side) => side * shrunk);
    before.getContext("2d").drawImage(picture.shown, x, y, width, height, 0, 0, before.width, before.height);
    return before;
  }

  #slide() {
    this.plate.style.setProperty("--shown", `${byId("slider").value}%`);
  }

  #toggle() {
    const loupe = byId("loupe");
    loupe.hidden = !byId("loupe-on").checked;
    loupe.tabIndex = 0;
    this.#look();
  }

  #follow(event) {
    const box = this.plate.getBoundingClientRect();
    this.#move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  #pressed(event) {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    this.#move(this.at.x + step[0] / 50, this.at.y + step[1] / 50);
  }

  #move(x, y) {
    this.at = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
    this.#look();
  }

  /** Draw what is under the glass. */
  #look() {
    const [loupe, after] = [byId("loupe"), byId("after")];
    if (loupe.hidden || !after.naturalWidth) return;
    loupe.style.left = `${this.at.x * 100}%`;
    loupe.style.top = `${this.at.y * 100}%`;
    const side = loupe.width / TIMES;
    const pen = loupe.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.clearRect(0, 0, loupe.width, loupe.height);
    const [x, y] = [this.at.x * after.naturalWidth - side / 2, this.at.y * after.naturalHeight - side / 2];
    pen.drawImage(after, x, y, side, side, 0, 0, loupe.width, loupe.height);
  }
}
