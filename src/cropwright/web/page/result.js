/** The result as it would be downloaded: seen, weighed, timed. */

import { byId, make, size } from "./elements.js";

const EXTENSIONS = { "image/jpeg": "jpg" };

/** How files of a media type are called. */
export function extensionOf(mediaType) {
  return EXTENSIONS[mediaType] ?? mediaType.split("/")[1];
}

export class Result {
  /** What was made last: its bytes, the report, the milliseconds; null while there is nothing. */
  made = null;
  /** Whether a download waits for what is being made. */
  #isAwaited = false;

  constructor() {
    byId("download").addEventListener("click", (event) => {
      if (this.isThere) return;
      event.preventDefault();
      this.#isAwaited = this.#isBusy;
    });
  }

  /** Whether what was wished for last is made. */
  get isThere() {
    return this.made !== null && !this.#isBusy;
  }

  get #isBusy() {
    return byId("result").getAttribute("aria-busy") === "true";
  }

  /** Something new is being made; what is there stays until then. */
  work() {
    byId("result").setAttribute("aria-busy", "true");
    byId("link-make").disabled = true;
  }

  /** Show what was made; `name` is the source's. */
  show(made, name) {
    this.made = made;
    const { blob, report, milliseconds } = made;
    this.#picture(URL.createObjectURL(blob));
    const { width, height } = report.result;
    byId("result-facts").replaceChildren(
      make("strong", {}, `${width} × ${height}`),
      make("small", {}, `${extensionOf(blob.type)} · ${size(blob.size)} · ${Math.round(milliseconds)} ms`),
    );
    const download = byId("download");
    download.href = byId("result-picture").src;
    download.download = `${name.replace(/\.[^.]*$/, "")}-cropwright.${extensionOf(blob.type)}`;
    download.setAttribute("aria-disabled", "false");
    byId("link-make").disabled = false;
    byId("result").setAttribute("aria-busy", "false");
    if (this.#isAwaited) download.click();
    this.#isAwaited = false;
  }

  /** There is none; `why` in a few words. */
  clear(why) {
    this.made = null;
    this.#isAwaited = false;
    this.#picture(null);
    byId("result-facts").textContent = why;
    byId("download").removeAttribute("href");
    byId("download").setAttribute("aria-disabled", "true");
    byId("link-make").disabled = true;
    byId("result").setAttribute("aria-busy", "false");
  }

  /** A small picture of it, as text that can be kept. */
  async thumbnail(side) {
    const image = byId("result-picture");
    const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = make("canvas", {
      width: Math.max(1, Math.round(image.naturalWidth * scale)),
      height: Math.max(1, Math.round(image.naturalHeight * scale)),
    });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/webp", 0.8);
  }

  #picture(address) {
    const image = byId("result-picture");
    if (image.src) URL.revokeObjectURL(image.src);
    if (address) image.src = address;
    else image.removeAttribute("src");
  }
}
