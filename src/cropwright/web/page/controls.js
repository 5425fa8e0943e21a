/** Everything on the page that says what is wished for. */

import { byId, chip, choose, chosen, draw } from "./elements.js";
import { BY_HAND, ratioOf } from "./wish.js";

const COMPASS = [
  "northwest", "north", "northeast", "west", "center", "east", "southwest", "south", "southeast",
];
/** Names for the gravities we know, in this order; others are shown by their own. */
const GRAVITIES = {
  auto: ["Auto", "Faces, else the subject, else what draws the eye"],
  face: ["Faces", "Keeps faces in"],
  person: ["Person", "Keeps a person in"],
  subject: ["Subject", "Keeps what the picture shows"],
  attention: ["Attention", "What people look at first"],
  entropy: ["Busiest", "Where brightness varies most (entropy)"],
  focal_point: ["A point", "Click the picture to say which (focal point)"],
};
const FAVOURITES = ["auto", "attention", "center"];
const ASPECTS = ["1:1", "4:5", "3:2", "16:9", "9:16"];
const BACKGROUNDS = { transparent: "None", white: "White", colour: "Colour", blur: "Blurred", picture: "Picture" };
const LOSSY = ["jpeg", "webp", "avif"];

export class Controls {
  /** `onChange` is called after every change by hand, `onRect` with numbers that were typed. */
  constructor({ onChange, onRect }) {
    this.focal = { x: 0.5, y: 0.5 };
    this.rect = null;
    this.sourceFormat = "";
    byId("controls").addEventListener("input", (event) => {
      if (event.target.id.startsWith("rect-")) return onRect(this.#typedRect(), event.target);
      if (event.target.id === "link-time") return null;
      this.#settle(event.target);
      return onChange();
    });
    byId("controls").addEventListener("change", (event) => {
      if (event.target.id.startsWith("rect-") && this.rect) this.showRect(this.rect);
    });
    for (const side of ["x", "y"]) {
      byId(`focal-${side}`).addEventListener("input", () => {
        this.focal = { ...this.focal, [side]: Math.min(1, Math.max(0, number(`focal-${side}`) / 100 || 0)) };
      }, { capture: true });
    }
  }

  /** Offer what the service has. */
  offer(about) {
    const others = about.gravities.filter((name) => !COMPASS.includes(name));
    const rank = Object.keys(GRAVITIES);
    others.sort((one, two) => place(rank, one) - place(rank, two));
    byId("gravity-chips").replaceChildren(
      ...others.map((name) => chip("gravity", name, ...(GRAVITIES[name] ?? [name]))),
      chip("gravity", BY_HAND, "By hand", "Drag the rectangle, or type its numbers"),
    );
    byId("gravity-compass").replaceChildren(
      ...COMPASS.filter((name) => about.gravities.includes(name)).map(compassChip),
    );
    byId("aspects").replaceChildren(
      chip("aspect", "", "Free"),
      ...ASPECTS.map((ratio) => chip("aspect", ratio, ratio)),
      chip("aspect", "own", "Own"),
    );
    byId("backgrounds").replaceChildren(...Object.entries(BACKGROUNDS).map(swatch));
    byId("format").replaceChildren(new Option("As the picture", ""), ...about.formats.written.map((name) => new Option(name)));
    byId("model").replaceChildren(new Option("Default", ""), ...about.cutout_models.map((name) => new Option(name)));
    choose("gravity", FAVOURITES.find((name) => about.gravities.includes(name)));
    choose("aspect", "1:1");
    choose("background", "transparent");
    this.#settle();
  }

  /** Everything, as plain values. */
  said() {
    return {
      gravity: chosen("gravity"),
      focal: this.focal,
      rect: this.rect,
      aspect: this.aspect,
      margin: byId("margin").value.trim(),
      trim: byId("trim").checked,
      animate: byId("animate").checked,
      format: byId("format").value,
      quality: number("quality"),
      lossless: byId("lossless").checked,
      resizeWidth: number("resize-width"),
      resizeHeight: number("resize-height"),
      resizeMode: byId("resize-mode").value,
      enlarge: byId("enlarge").checked,
      background: chosen("background"),
      colour: byId("colour").value,
      backdrop: byId("backdrop").files[0] ?? null,
      model: byId("model").value,
      cutoutKeep: byId("cutout-keep").value,
      shadow: byId("shadow").checked,
      onlyMask: byId("only-mask").checked,
    };
  }

  /** The shape as the API reads it; "" for any. */
  get aspect() {
    const picked = chosen("aspect");
    if (picked !== "own") return picked;
    const text = byId("aspect-text").value.trim();
    return ratioOf(text) ? text : "";
  }

  /** Width ÷ height; null for any. */
  get ratio() {
    return this.aspect ? ratioOf(this.aspect) : null;
  }

  get isByHand() {
    return chosen("gravity") === BY_HAND;
  }

  /** Show a rectangle's numbers, but not in the field that is being typed into. */
  showRect(rect, typedInto = null) {
    this.rect = rect;
    for (const side of ["x", "y", "width", "height"]) {
      const field = byId(`rect-${side}`);
      if (field !== typedInto) field.value = rect[side];
    }
  }

  /** From now on the rectangle is what was made by hand. */
  goByHand() {
    choose("gravity", BY_HAND);
    this.#settle();
  }

  /** Show where the focal point is. */
  showFocal(point) {
    this.focal = { x: Number(point.x.toFixed(3)), y: Number(point.y.toFixed(3)) };
    byId("focal-x").value = Math.round(point.x * 100);
    byId("focal-y").value = Math.round(point.y * 100);
  }

  /** What is written when the picture's own format is kept. */
  set pictureFormat(name) {
    this.sourceFormat = name;
    this.#settle();
  }

  #typedRect() {
    const rect = {};
    for (const side of ["x", "y", "width", "height"]) rect[side] = number(`rect-${side}`);
    return rect;
  }

  /** Show the controls that apply to what is chosen, and those only. */
  #settle() {
    byId("aspect-own").hidden = chosen("aspect") !== "own";
    byId("focal").hidden = chosen("gravity") !== "focal_point";
    byId("background-colour").hidden = chosen("background") !== "colour";
    byId("background-file").hidden = chosen("background") !== "picture";
    byId("quality-shown").textContent = byId("quality").value;
    byId("quality").disabled = !LOSSY.includes(byId("format").value || this.sourceFormat || "jpeg");
    byId("trim").disabled = this.isByHand;
    byId("shadow").disabled = byId("only-mask").checked;
    const isCutout = byId("tab-cutout").getAttribute("aria-selected") === "true";
    for (const one of document.querySelectorAll(".crop-only")) one.hidden = isCutout;
  }
}

function number(id) {
  return Number(byId(id).value) || 0;
}

function place(rank, name) {
  const at = rank.indexOf(name);
  return at < 0 ? rank.length : at;
}

function compassChip(name) {
  const at = COMPASS.indexOf(name);
  const [across, down] = [(at % 3) - 1, Math.floor(at / 3) - 1];
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  const made = chip("gravity", name, arrow(across, down), title);
  made.firstChild.setAttribute("aria-label", title);
  return made;
}

function arrow(across, down) {
  const icon = draw("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" });
  if (!across && !down) icon.append(draw("circle", { r: 3 }));
  else {
    const turn = (Math.atan2(down, across) * 180) / Math.PI;
    icon.append(draw("path", { d: "M-6 0H6M1-5l5 5-5 5", transform: `rotate(${turn})` }));
  }
  return icon;
}

function swatch([name, title]) {
  const made = chip("background", name, document.createElement("i"));
  made.classList.add(`swatch-${name}`);
  made.lastChild.append(title);
  return made;
}
