/** The picture with the rectangle over it: shown, dragged, resized, moved by keys. */

import "./vendor/cropperjs.js";
import { byId } from "./elements.js";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** An arrow key goes a hundredth of the picture's longer side. */
const STEPS = 100;

export class Stage {
  /** `onHand` gets every rectangle that was made by hand, `onFocal` every point, as fractions. */
  constructor({ onHand, onFocal }) {
    this.onHand = onHand;
    this.plate = byId("plate");
    this.selection = byId("selection");
    this.image = byId("picture");
    this.ratio = null;
    this.rect = null;
    this.picture = null;
    this.selection.addEventListener("change", (event) => this.#changed(event));
    this.selection.addEventListener("keydown", (event) => this.#pressed(event));
    this.plate.addEventListener("wheel", (event) => event.stopPropagation(), { capture: true, passive: true });
    this.plate.addEventListener("pointerdown", (event) => {
      if (this.wantsPoint) onFocal(this.#fractions(event));
    });
    new ResizeObserver(() => this.#place()).observe(this.plate);
  }

  #placing = false;

  /** Source pixels to those of the screen. */
  get scale() {
    return this.picture ? this.plate.clientWidth / this.picture.width : 1;
  }

  /** Put a picture on the stage; its rectangle is still to come. */
  load(picture) {
    this.picture = picture;
    this.rect = null;
    this.image.src = picture.shown.src;
    this.image.alt = picture.name;
    this.selection.hidden = true;
  }

  /** Draw the rectangle, in pixels of the picture. */
  show(rect) {
    this.selection.classList.toggle("moving", this.rect !== null);
    this.rect = rect;
    this.#place();
  }

  /** Hold width ÷ height while it is changed by hand; null leaves it free. */
  lock(ratio) {
    this.ratio = ratio;
    this.selection.aspectRatio = ratio ?? NaN;
  }

  /** Whether a click says where the focal point is, instead of drawing a rectangle. */
  set wantsPoint(on) {
    byId("canvas").disabled = on;
  }

  get wantsPoint() {
    return byId("canvas").disabled;
  }

  /** Take a rectangle that was made by hand, or typed into a field, as far as the picture reaches. */
  take(rect, typedInto = null) {
    this.selection.classList.remove("moving");
    this.rect = within(rect, this.picture);
    this.#place();
    this.onHand(this.rect, typedInto);
  }

  #place() {
    if (!this.rect || !this.scale) return;
    const { scale } = this;
    this.#placing = true;
    const sides = ["x", "y", "width", "height"].map((side) => this.rect[side] * scale);
    this.selection.$change(...sides, NaN, true);
    this.#placing = false;
  }

  #changed(event) {
    if (this.#placing) return;
    event.preventDefault();
    if (!this.picture || !this.rect) return;
    const { scale, rect } = this;
    const next = {};
    for (const side of ["x", "y", "width", "height"]) next[side] = event.detail[side] / scale;
    const isMove = Math.abs(next.width - rect.width) < 0.5 && Math.abs(next.height - rect.height) < 0.5;
    if (!isMove && this.ratio && !fits(next, this.picture)) return;
    this.take(next);
  }

  #pressed(event) {
    const step = KEYS[event.key];
    if (!step || !this.rect) return;
    event.preventDefault();
    const { width, height } = this.picture;
    const far = event.altKey ? 1 : Math.max(1, Math.round(Math.max(width, height) / STEPS));
    const [across, down] = step.map((one) => one * far);
    const next = { ...this.rect };
    if (event.shiftKey) grow(next, across, down, this.ratio);
    else Object.assign(next, { x: next.x + across, y: next.y + down });
    if (event.shiftKey && this.ratio && !fits(next, this.picture)) return;
    this.take(next);
  }

  #fractions(event) {
    const box = this.plate.getBoundingClientRect();
    const part = (at, start, length) => Math.min(1, Math.max(0, (at - start) / length));
    return { x: part(event.clientX, box.left, box.width), y: part(event.clientY, box.top, box.height) };
  }
}

function grow(rect, across, down, ratio) {
  rect.width = Math.max(1, rect.width + (ratio && !across ? down * ratio : across));
  rect.height = Math.max(1, ratio ? rect.width / ratio : rect.height + down);
}

function fits(rect, picture) {
  const slack = 1;
  return (
    rect.x >= -slack && rect.y >= -slack && rect.width >= 1 && rect.height >= 1 &&
    rect.x + rect.width <= picture.width + slack && rect.y + rect.height <= picture.height + slack
  );
}

/** A rectangle in whole pixels, inside the picture: moved if that is enough, else cut. */
function within(rect, picture) {
  const width = Math.min(picture.width, Math.max(1, Math.round(rect.width)));
  const height = Math.min(picture.height, Math.max(1, Math.round(rect.height)));
  return {
    x: Math.min(picture.width - width, Math.max(0, Math.round(rect.x))),
    y: Math.min(picture.height - height, Math.max(0, Math.round(rect.y))),
    width,
    height,
  };
}
