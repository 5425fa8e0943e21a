/** The studio: a picture, what is wished for, the rectangle, the result. */

import { quiet, tell, warn } from "./alerts.js";
import { copyText } from "./clipboard.js";
import { lookClosely } from "./closer.js";
import { Compare } from "./compare.js";
import { Controls } from "./controls.js";
import { byId, chip, choose, chosen, size } from "./elements.js";
import { takeIn } from "./intake.js";
import { Key } from "./key.js";
import { Links } from "./links.js";
import { Picture } from "./picture.js";
import { Result, extensionOf } from "./result.js";
import { mark, tellFacts } from "./seen.js";
import { Latest, Service } from "./service.js";
import { LANGUAGES } from "./snippets.js";
import { Stage } from "./stage.js";
import { tabs } from "./tabs.js";
import { cropWish, cutoutWish, decisionWish } from "./wish.js";
import { readable } from "./words.js";

/** So long nothing has to change before the result is made anew. */
const PAUSE_MS = 180;
const KEY_CODES = ["key_missing", "key_rejected"];

const key = new Key();
const service = new Service(() => key.text);
const stage = new Stage({ onHand: takenByHand, onFocal: pointed });
const controls = new Controls({ onChange: changed, onRect: typed });
const result = new Result();
const compare = new Compare();
const links = new Links((id) => service.remove(id), tell);
const deciding = new Latest();
const making = new Latest();

let about = null;
/** The picture on the desk, and the one that was chosen last and may still be on its way. */
let picture = null;
let taken = null;
let report = null;
let operation = "crop";
let pause = 0;
/** What was decided of this picture already, by the wish. */
let decisions = new Map();

key.check = () => service.check();
key.entered = changed;
tabs(byId("controls"), switched);
byId("seen-on").addEventListener("change", marked);
byId("link-make").addEventListener("click", linked);
byId("closer-open").addEventListener("click", looked);
byId("copy-button").addEventListener("click", copied);
byId("snippets").append(...Object.entries(LANGUAGES).map(([name, { title }]) => chip("snippet", name, title)));
byId("snippets").addEventListener("change", writeCall);
choose("snippet", "curl");
addEventListener("pagehide", () => picture?.leave());
addEventListener("resize", marked);
await start();

async function start() {
  try {
    about = await service.about();
  } catch (error) {
    return tell(error, start);
  }
  key.isNeeded = about.keys_required;
  key.show();
  readable.push(...about.formats.read);
  controls.offer(about);
  byId("version").textContent = about.version;
  byId("limits-hint").textContent = `${readable.join(", ")}; up to ${size(about.picture_bytes)}`;
  takeIn(take);
  document.body.dataset.ready = "yes";
  return null;
}

/** Take a picture in: a file or a link. */
async function take(given) {
  quiet();
  if (given instanceof File && given.size > about.picture_bytes) {
    const limit = size(about.picture_bytes);
    return warn(`${given.name} has ${size(given.size)}.`, `This service takes files of up to ${limit}. Choose a smaller one.`);
  }
  const next = new Picture(service, given);
  taken = next;
  if ((await next.showFile()) && taken === next) settle(next);
  if (key.isMissing && !(await key.ask())) {
    if (picture === next) result.clear("Enter your key to see the result.");
    return null;
  }
  try {
    if (!next.shown) await next.showCopy();
  } catch (error) {
    return failed(error, () => take(given));
  }
  if (taken !== next) return next.close(); // another one was faster
  if (picture !== next) settle(next);
  return changed();
}

/** A picture is on the desk: everything else is about it. */
function settle(next) {
  picture?.close();
  picture = next;
  report = null;
  decisions = new Map();
  document.querySelector("main").classList.add("busy");
  byId("intake").hidden = true;
  for (const id of ["work", "controls", "copy"]) byId(id).hidden = false;
  byId("picture-name").textContent = `${next.name} · ${next.width} × ${next.height}`;
  byId("facts").textContent = "";
  controls.pictureFormat = next.file?.type.split("/")[1] ?? "";
  if (controls.isByHand) choose("gravity", "center");
  stage.load(next);
  stage.show({ x: 0, y: 0, width: next.width, height: next.height });
  if (operation === "cutout") compare.begin(next);
  result.clear("Working…");
  if (!key.isMissing) result.work();
  mark(null);
  writeCall();
}

/** Something was wished for. */
function changed() {
  stage.lock(controls.ratio);
  stage.wantsPoint = operation === "crop" && chosen("gravity") === "focal_point";
  writeCall();
  if (!picture || key.isMissing) return;
  if (operation === "crop" && !controls.isByHand) decide();
  else {
    deciding.stop();
    soon();
  }
}

/** Ask where the rectangle goes, show it, then make the result. */
async function decide() {
  hold();
  const wish = decisionWish(controls.said());
  const name = JSON.stringify(wish);
  const asked = picture;
  try {
    const told = await deciding.run(async (signal) =>
      decisions.get(name) ?? asked.asked((id) => service.decide({ upload: id, ...wish }, signal)),
    );
    if (!told) return;
    decisions.set(name, told);
    decided(told);
    soon();
  } catch (error) {
    result.clear("No result.");
    failed(error, changed);
  }
}

function decided(told) {
  quiet();
  report = told;
  stage.show(told.rect);
  controls.showRect(told.rect);
  tellFacts(told);
  marked();
  writeCall();
}

/** Make the result once nothing changes for a moment. */
function soon() {
  hold();
  pause = setTimeout(render, PAUSE_MS);
}

/** What is being made is no longer what is wished for. */
function hold() {
  clearTimeout(pause);
  making.stop();
  result.work();
}

async function render() {
  const wish = wished();
  const asked = picture;
  try {
    const made = await making.run((signal) =>
      asked.asked((id) => service.render(operation, { upload: id, ...wish }, signal)),
    );
    if (!made) return;
    quiet();
    result.show(made, asked.name);
    report = made.report;
    tellFacts(report);
    marked();
    if (operation === "cutout") compare.show(asked, made);
    writeCall();
  } catch (error) {
    result.clear("No result.");
    failed(error, render);
  }
}

function wished() {
  const said = controls.said();
  return operation === "crop" ? cropWish(said) : cutoutWish(said);
}

/** A rectangle was drawn, dragged or moved by keys. */
function takenByHand(rect, typedInto) {
  controls.goByHand();
  controls.showRect(rect, typedInto);
  deciding.stop();
  mark(null);
  writeCall();
  if (!key.isMissing) soon();
}

/** A rectangle's numbers were typed. */
function typed(rect, field) {
  if (picture && rect.width && rect.height) stage.take(rect, field);
}

function pointed(point) {
  controls.showFocal(point);
  changed();
}

function switched(name) {
  operation = name;
  byId("stage").hidden = name !== "crop";
  byId("compare").hidden = name !== "cutout";
  byId("seen-switch").hidden = name !== "crop";
  if (picture && name === "cutout") compare.begin(picture);
  byId("facts").textContent = "";
  changed();
}

function marked() {
  const focal = chosen("gravity") === "focal_point" ? controls.focal : null;
  mark(controls.isByHand ? null : report, stage.scale, focal);
}

async function looked() {
  try {
    await picture.asked((id) => lookClosely(service, id, controls.rect));
  } catch (error) {
    failed(error, looked);
  }
}

async function linked() {
  const seconds = Number(byId("link-time").value);
  byId("link-make").disabled = true;
  try {
    const wish = wished();
    const upload = await picture.asked((id) => service.link(operation, { upload: id, ...wish }, seconds));
    const { width, height } = result.made.report.result;
    const words = `${picture.name}, ${operation === "crop" ? "crop" : "cut-out"}, ${width} × ${height}`;
    links.add(upload, await result.thumbnail(128), words);
  } catch (error) {
    failed(error, linked);
  } finally {
    byId("link-make").disabled = !result.isThere;
  }
}

/** Write the call anew in the language that is chosen. */
function writeCall() {
  if (!picture) return;
  const call = {
    operation,
    wish: wished(),
    name: picture.name,
    link: picture.link,
    origin: location.origin,
    needsKey: key.isNeeded,
    report,
    extension: result.made ? extensionOf(result.made.blob.type) : "jpg",
  };
  const { text, note } = LANGUAGES[chosen("snippet")].write(call);
  byId("snippet").textContent = text;
  byId("snippet-note").textContent = note;
  byId("copy-button").disabled = !text;
}

async function copied() {
  await copyText(byId("snippet").textContent, byId("snippet"));
  byId("copy-button").textContent = "Copied";
  setTimeout(() => (byId("copy-button").textContent = "Copy"), 2000);
}

/** Something went wrong: ask for the key if it is that, else say so. */
async function failed(error, again) {
  if (!KEY_CODES.includes(error.code)) return tell(error, again);
  key.forget();
  if (await key.ask(error.code === "key_rejected" ? "The service does not know this key." : "")) again();
  return null;
}
