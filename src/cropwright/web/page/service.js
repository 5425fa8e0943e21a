/** The service's own API, as the page uses it. */

const API = "/api/v1";

/** What the service answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  constructor(told) {
    super(told.detail);
    this.told = told;
    this.code = told.code;
  }
}

export class Service {
  /** `key` is asked for the key at every call. */
  constructor(key) {
    this.key = key;
  }

  /** What this service takes and can do. */
  async about() {
    return (await this.ask("GET", "/about")).json();
  }

  /** Nothing, if the key is a valid one. */
  async check() {
    await this.ask("GET", "/usage");
  }

  /** Keep a picture for so many seconds: its facts, with its id. */
  async upload(source, seconds) {
    return (await this.ask("POST", "/uploads", { ...source, expires_seconds: seconds })).json();
  }

  /** End an upload or a link; also while the page is being left. */
  async remove(id) {
    await this.ask("DELETE", `/uploads/${id}`, null, { keepalive: true });
  }

  /** What a wish would keep and why; nothing is made. */
  async decide(wish, signal) {
    const answer = await this.ask("POST", "/crop", { ...wish, dry_run: true }, { signal });
    return (await answer.json()).explain;
  }

  /** Follow a wish: the result's bytes, the report and the milliseconds it took from here. */
  async render(operation, wish, signal) {
    const begun = performance.now();
    const answer = await this.ask("POST", `/${operation}`, { ...wish, explain: true }, { signal });
    const blob = await answer.blob();
    const report = JSON.parse(answer.headers.get("cropwright-explain"));
    return { blob, report, milliseconds: performance.now() - begun };
  }

  /** Follow a wish and host the result: its facts, with its link. */
  async link(operation, wish, seconds) {
    const words = { ...wish, answer: "link", expires_seconds: seconds };
    return (await this.ask("POST", `/${operation}`, words)).json();
  }

  /** What the IIIF door says of an upload. */
  async picture(id) {
    return (await answered(await fetch(`/iiif/3/${id}/info.json`))).json();
  }

  async ask(method, path, fields = null, options = {}) {
    const headers = this.key() ? { authorization: `Bearer ${this.key()}` } : {};
    const body = fields && form(fields);
    return answered(await fetch(`${API}${path}`, { method, headers, body, ...options }));
  }
}

async function answered(answer) {
  if (answer.ok) return answer;
  throw new Problem(await told(answer));
}

function form(fields) {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  return made;
}

async function told(answer) {
  const kind = answer.headers.get("content-type") ?? "";
  if (kind.includes("json")) return answer.json();
  return { code: "error", status: answer.status, detail: `the answer was ${answer.status}` };
}

/** Runs one thing at a time: a new one ends the one before. */
export class Latest {
  #controller = new AbortController();

  /** What `work` comes to; undefined if something newer began meanwhile. */
  async run(work) {
    this.#controller.abort();
    const controller = new AbortController();
    this.#controller = controller;
    try {
      const result = await work(controller.signal);
      return controller.signal.aborted ? undefined : result;
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    }
  }

  stop() {
    this.#controller.abort();
  }
}
