/** What was seen in the picture, drawn over it, and who decided, in a sentence. */

import { byId, draw, make } from "./elements.js";

/** Height of a box's name, in pixels of the screen. */
const TAG = 18;

/** The boxes of a report with what they are, in pixels of the picture. */
function boxes({ cutout, people }) {
  const subject = cutout?.subject ? [{ name: "subject", box: cutout.subject }] : [];
  const faces = (people?.faces ?? []).map(({ box, head }) => ({ name: "face", box, around: head }));
  const persons = (people?.persons ?? []).map(({ box }) => ({ name: "person", box }));
  return [...subject, ...persons, ...faces];
}

/** Draw marks over the stage: boxes, and the focal point if there is one. */
export function mark(report, scale, focal) {
  const home = byId("seen");
  home.replaceChildren();
  if (!byId("seen-on").checked || !report) return;
  for (const { name, box, around } of boxes(report)) {
    if (around) home.append(draw("rect", { class: "around", ...scaled(around, scale), rx: 2 }));
    home.append(...tagged(name, scaled(box, scale)));
  }
  if (focal) {
    const { width, height } = report.source;
    home.append(draw("circle", { cx: focal.x * width * scale, cy: focal.y * height * scale, r: 7 }));
  }
}

function scaled({ x, y, width, height }, scale) {
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}

/** A box with its name on its upper edge, where that is inside the picture. */
function tagged(name, box) {
  const top = Math.max(0, box.y - TAG);
  const tag = draw("rect", { class: "tag", x: box.x, y: top, width: name.length * 7 + 10, height: TAG });
  const label = draw("text", { x: box.x + 5, y: top + 13 }, name);
  return [draw("rect", { ...box, rx: 2 }), tag, label];
}

/** Say who decided and what was tried. */
export function tellFacts(report) {
  const { rect, decided_by: decider, tried, source, cutout, people } = report;
  const sizes = `${rect.width} × ${rect.height} pixels`;
  const parts =
    decider === "whole"
      ? [make("b", {}, "The whole picture"), ` is kept: ${sizes}.`]
      : [
          make("b", {}, wordOf(decider)),
          ` keeps ${sizes} at ${rect.x}, ${rect.y} of ${source.width} × ${source.height}.`,
        ];
  const others = tried.slice(0, -1).map((one) => `${wordOf(one.decider)}: ${one.outcome}`);
  if (others.length) parts.push(` Tried before: ${others.join("; ")}.`);
  if (cutout) parts.push(` ${modelSentence(cutout)}`);
  if (people?.models.length) parts.push(` ${peopleSentence(people)}`);
  byId("facts").replaceChildren(...parts);
}

function modelSentence(seen) {
  const sure = `${Math.round(seen.confidence * 100)} % sure`;
  const instead = seen.instead_of ? ` instead of ${seen.instead_of}, which is not installed` : "";
  return `${wordOf(seen.model)} looked for ${seen.milliseconds} ms${instead}, ${sure}.`;
}

function peopleSentence({ models, milliseconds }) {
  const names = models.map(({ model }) => wordOf(model));
  return `${names.join(" and ")} looked for ${milliseconds} ms.`;
}

function wordOf(name) {
  if (name === "rect") return "Your rectangle";
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
}
