/** Taking a picture in: chosen, dropped, pasted, or by a link. */

import { byId } from "./elements.js";

/** `take` gets a File or a link's text. */
export function takeIn(take) {
  const file = byId("file");
  file.addEventListener("change", () => {
    if (file.files.length) take(file.files[0]);
    file.value = "";
  });
  byId("link-form").addEventListener("submit", (event) => {
    event.preventDefault();
    take(byId("link").value.trim());
  });
  addEventListener("paste", (event) => {
    if (event.target.closest?.("input, dialog")) return;
    const given = found(event.clipboardData);
    if (given) take(given);
  });
  watchDrops(take);
}

function watchDrops(take) {
  const mark = (on) => document.body.classList.toggle("dropping", on);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark(false);
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const given = found(event.dataTransfer);
    if (given) take(given);
  });
}

/** The file, else the link, in what was dropped or pasted. */
function found(data) {
  if (data.files.length) return data.files[0];
  const text = (data.getData("text/uri-list") || data.getData("text/plain")).trim();
  return /^https?:\/\/\S+$/.test(text) ? text : null;
}
