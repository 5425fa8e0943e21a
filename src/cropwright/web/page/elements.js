/** Finding and making elements. */

export const byId = (id) => document.getElementById(id);

/** A new element with properties and children. */
export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** A new SVG element with attributes. */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A radio button that looks like a chip; `face` is its text or an element. */
export function chip(group, value, face, title = "") {
  const input = make("input", { type: "radio", name: group, value, title });
  return make("label", { className: "chip" }, input, make("span", {}, face));
}

/** The value of the chosen radio button of a group. */
export function chosen(group) {
  return document.querySelector(`input[name="${group}"]:checked`)?.value ?? "";
}

/** Choose a radio button of a group, without telling anybody. */
export function choose(group, value) {
  for (const input of document.querySelectorAll(`input[name="${group}"]`)) {
    input.checked = input.value === value;
  }
}

/** Have screen readers say something. */
export function say(text) {
  byId("said").textContent = text;
}

/** Bytes as people read them. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
