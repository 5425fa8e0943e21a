/** Copying text: also on plain http, where browsers do not hand out the clipboard itself. */

import { say } from "./elements.js";

/** Copy the text of an element, and say so. */
export async function copyText(text, element) {
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else copySelected(element);
  say("Copied.");
}

function copySelected(element) {
  const selection = getSelection();
  selection.selectAllChildren(element);
  document.execCommand("copy");
}
