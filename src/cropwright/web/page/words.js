/** What went wrong, in a sentence, and what to do about it. */

import { size } from "./elements.js";
import { Problem } from "./service.js";

/** The picture formats that the service opens. */
export const readable = [];

const ADVICE = {
  key_missing: () => "Enter your API key.",
  key_rejected: () => "Check the key, or make a new one: cropwright keys create NAME.",
  limit_exceeded: (told) =>
    told.unit === "bytes"
      ? `This service takes files of up to ${size(told.limit)}. Send a smaller one.`
      : "Send a smaller picture.",
  unsupported_format: () => `Choose a picture in one of these formats: ${readable.join(", ")}.`,
  broken_picture: () => "Save it once more, or fetch it again from where it came from.",
  source_blocked: () =>
    "Links have to begin with http or https and lead to a public address. Or download the picture and drop it here.",
  quota_exceeded: () => "Delete links you no longer need, below.",
  overloaded: waiting,
  queue_full: waiting,
  rate_exceeded: waiting,
  storage_unavailable: waiting,
  upload_not_found: () => "It has expired. Choose the picture again.",
  subject_missing: () => "Try another model, or a picture in which one thing stands out.",
  model_missing: () => "Choose another model, or have this one installed: cropwright models pull.",
  deadline_exceeded: () => "Try a smaller picture.",
  output_format: () => "Choose another format.",
  output_too_large: () => "Choose a smaller size or another format.",
  rect_outside: () => "Make the rectangle smaller, or move it inside.",
  not_found: () => "This service does not offer it.",
};
/** Problems that may be gone when the same is asked again. */
const PASSING = new Set(["overloaded", "queue_full", "rate_exceeded", "storage_unavailable", "offline", "error"]);

function waiting(told) {
  const seconds = told.retry_after ?? 1;
  return `Wait ${seconds === 1 ? "a second" : `${seconds} seconds`} and try again.`;
}

/** `what` went wrong, what to `do`, and whether trying `again` may help. */
export function sentence(error) {
  if (!(error instanceof Problem)) {
    return { what: "The service does not answer.", do: "See that it still runs, and try again.", again: true };
  }
  const advice = ADVICE[error.code] ?? (() => "");
  const [said] = error.message.split("; supported are");
  return {
    what: `${said.charAt(0).toUpperCase()}${said.slice(1)}.`,
    do: advice(error.told),
    again: PASSING.has(error.code),
  };
}
