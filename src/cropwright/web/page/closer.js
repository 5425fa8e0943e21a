/** The picture in every detail, tile by tile: OpenSeadragon on the IIIF door, loaded when asked for. */

import { byId, make } from "./elements.js";

const LIBRARY = new URL("./vendor/openseadragon.js", import.meta.url).href;
const IIIF = `${location.origin}/iiif/3`;
const STEP = 1.6;

let viewer = null;
let library = null;

byId("closer-in").addEventListener("click", () => viewer?.viewport.zoomBy(STEP));
byId("closer-out").addEventListener("click", () => viewer?.viewport.zoomBy(1 / STEP));
byId("closer-whole").addEventListener("click", () => viewer?.viewport.goHome());
byId("closer-close").addEventListener("click", () => byId("closer").close());
byId("closer").addEventListener("close", () => {
  viewer?.destroy();
  viewer = null;
});

/** Open the picture of an upload, with the rectangle that is kept. */
export async function lookClosely(service, id, rect) {
  const [seadragon, information] = await Promise.all([loaded(), service.picture(id)]);
  const source = { ...information, id: `${IIIF}/${id}` }; // here, whatever others call it
  byId("closer").showModal();
  viewer = seadragon({
    element: byId("closer-view"),
    tileSources: source,
    drawer: "canvas",
    showNavigationControl: false,
    animationTime: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.6,
    maxZoomPixelRatio: 4,
  });
  viewer.addOnceHandler("open", () => {
    const { x: px, y: py, width, height } = rect;
    viewer.addOverlay({ element: make("div", { className: "kept" }), px, py, width, height });
  });
}

/** The library is no module: it is loaded as pages did before there were any. */
function loaded() {
  library ??= new Promise((resolve, reject) => {
    const script = make("script", { src: LIBRARY });
    script.addEventListener("load", () => resolve(window.OpenSeadragon));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return library;
}
