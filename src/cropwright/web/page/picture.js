/** The picture on the desk: what the browser shows of it, and the copy that the service works on. */

const KEPT_SECONDS = 3600;
const PREVIEW = 1600;

export class Picture {
  /** `given` is a File or a link. */
  constructor(service, given) {
    this.service = service;
    this.file = given instanceof File ? given : null;
    this.link = given instanceof File ? null : given;
    this.name = this.file?.name || nameOf(this.link) || "picture";
    /** An image element, loaded. */
    this.shown = null;
    /** Pixels of the whole picture, upright. */
    this.width = 0;
    this.height = 0;
  }

  #id = null;

  /** Show it from the file itself; false if this browser cannot. */
  async showFile() {
    if (!this.file) return false;
    try {
      await this.#show(this.file);
    } catch {
      return false;
    }
    this.width = this.shown.naturalWidth;
    this.height = this.shown.naturalHeight;
    return true;
  }

  /** Show a reduced copy that the service makes, of links and of formats that browsers do not know. */
  async showCopy() {
    const wish = { resize: `${PREVIEW}x${PREVIEW}`, format: "webp" };
    const { blob, report } = await this.asked((id) =>
      this.service.render("crop", { upload: id, ...wish }),
    );
    await this.#show(blob);
    this.width = report.source.width;
    this.height = report.source.height;
  }

  /** What `work` comes to with the id of the service's copy, which is made first if there is none. */
  async asked(work) {
    try {
      return await work(await this.#kept());
    } catch (error) {
      if (error.code !== "upload_not_found") throw error;
      this.#id = null; // it had expired
      return work(await this.#kept());
    }
  }

  /** Have the service's copy deleted; the page goes on or is left. */
  leave() {
    const id = this.#id;
    this.#id = null;
    id?.then((known) => this.service.remove(known)).catch(() => {});
  }

  /** Take no more memory. */
  close() {
    this.leave();
    if (this.shown) URL.revokeObjectURL(this.shown.src);
  }

  #kept() {
    this.#id ??= this.#upload();
    return this.#id;
  }

  async #upload() {
    const source = this.file ? { image: this.file } : { url: this.link };
    try {
      return (await this.service.upload(source, KEPT_SECONDS)).id;
    } catch (error) {
      this.#id = null;
      throw error;
    }
  }

  async #show(blob) {
    const image = new Image();
    image.src = URL.createObjectURL(blob);
    await image.decode();
    this.shown = image;
  }
}

function nameOf(link) {
  try {
    return decodeURIComponent(new URL(link).pathname.split("/").pop());
  } catch {
    return "";
  }
}
