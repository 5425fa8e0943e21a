/** What the controls say, in the API's words. */

export const BY_HAND = "rect";

/** The fields of a crop. */
export function cropWish(said) {
  return { ...windowWords(said), ...resultWords(said), ...onlyTrue({ animate: said.animate }) };
}

/** The fields that decide the rectangle; nothing else has to be asked for to see it. */
export function decisionWish(said) {
  const resize = said.resizeMode === "fill" ? resizeWords(said) : {};
  return { ...windowWords(said), ...resize };
}

/** The fields of a cut-out. */
export function cutoutWish(said) {
  const kept = {
    "": {},
    subject: { gravity: "subject" },
    rect: said.rect ? { rect: rectText(said.rect) } : {},
  }[said.cutoutKeep];
  const { background, backdrop } = said;
  const behind = {
    transparent: {},
    white: { background: "#ffffff" },
    colour: { background: said.colour },
    blur: { background: "blur" },
    picture: backdrop ? { background_picture: backdrop } : {},
  }[background];
  const words = { ...kept, ...(said.model ? { model: said.model } : {}) };
  const rest = onlyTrue({ shadow: said.shadow && !said.onlyMask, only_mask: said.onlyMask });
  return { ...words, ...(said.onlyMask ? {} : behind), ...rest, ...resultWords(said) };
}

/** "10,20,300,200" */
function rectText({ x, y, width, height }) {
  return [x, y, width, height].join(",");
}

/** Width ÷ height of "4:5", "4/5" or "0.8"; null if it is none. */
export function ratioOf(text) {
  const sides = text.split(/[:/]/).map(Number);
  const ratio = sides.length === 2 ? sides[0] / sides[1] : sides[0];
  return sides.length <= 2 && ratio > 0 && Number.isFinite(ratio) ? ratio : null;
}

function windowWords(said) {
  const margin = said.margin ? { margin: said.margin } : {};
  if (said.gravity === BY_HAND) return { ...(said.rect ? { rect: rectText(said.rect) } : {}), ...margin };
  const focal = said.gravity === "focal_point" ? { focal_x: said.focal.x, focal_y: said.focal.y } : {};
  const aspect = said.aspect ? { aspect: said.aspect } : {};
  return { gravity: said.gravity, ...focal, ...aspect, ...margin, ...onlyTrue({ trim: said.trim }) };
}

function resizeWords(said) {
  const { resizeWidth: width, resizeHeight: height, resizeMode: mode } = said;
  if (!width && !height) return {};
  const how = mode === "fit" ? {} : { resize_mode: mode };
  return { resize: `${width || ""}x${height || ""}`, ...how, ...onlyTrue({ enlarge: said.enlarge }) };
}

function resultWords(said) {
  const format = said.format ? { format: said.format } : {};
  const quality = said.quality === 85 ? {} : { quality: said.quality };
  return { ...resizeWords(said), ...format, ...quality, ...onlyTrue({ lossless: said.lossless }) };
}

function onlyTrue(flags) {
  return Object.fromEntries(Object.entries(flags).filter(([, on]) => on));
}
