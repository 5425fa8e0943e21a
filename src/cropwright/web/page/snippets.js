/** The same call in other languages. Each is a function of what is called: text, and a note. */

/**
 * `call`: `operation` (crop or cutout), `wish` in the API's words, `name` of the source's file,
 * `link` to it if it came by one, `origin` of the service, `needsKey`, `report` if there is one,
 * `extension` of the result.
 */
export const LANGUAGES = {
  curl: { title: "curl", write: curl },
  library: { title: "Python", write: library },
  requests: { title: "Python, HTTP", write: requests },
  javascript: { title: "JavaScript", write: javascript },
  dpf: { title: "dpf job", write: dpf },
  cropphoto: { title: "Crop.photo", write: cropPhoto },
  modelslab: { title: "ModelsLab", write: modelsLab },
};

const DPF_GRAVITIES = ["center", "focal_point", "entropy"];

function curl(call) {
  const fields = Object.entries(words(call)).map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`);
  const files = Object.entries(filesOf(call)).map(([name, file]) => `-F ${quoted(`${name}=@${curlFile(file)}`)}`);
  const head = call.needsKey ? [` -H "Authorization: Bearer $KEY"`] : [];
  const address = `curl -sS --fail-with-body ${call.origin}/api/v1/${call.operation}${head}`;
  const lines = [address, ...rows([...files, ...fields]), `-o ${quoted(result(call))}`];
  const note = call.needsKey ? "Put your key into the variable KEY first: KEY=cw_…" : "";
  return { text: lines.join(" \\\n  "), note };
}

function library(call) {
  const { operation, wish } = call;
  const { format: _format, quality, lossless, ...rest } = wish;
  const how = [quality && `quality=${quality}`, lossless && "lossless=True"].filter(Boolean);
  const named = Object.entries(libraryWords(rest)).map(([name, value]) => `${name}=${value}`);
  const saved = [JSON.stringify(result(call)), ...how].join(", ");
  return {
    text: [
      "import cropwright", "",
      `picture = cropwright.open(${JSON.stringify(call.name)})`,
      `result = picture.${operation}(${named.join(", ")})`,
      `result.save(${saved})`,
    ].join("\n"),
    note: `Runs without the service: the library does the work itself.${call.link ? " Fetch the picture first." : ""}`,
  };
}

function libraryWords(wish) {
  const { focal_x: across, focal_y: down, ...rest } = wish;
  if (across !== undefined) {
    delete rest.gravity;
    rest.focal = `${across},${down}`;
  }
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name,
      value instanceof File ? `open(${JSON.stringify(value.name)}, "rb").read()` : python(value),
    ]),
  );
}

function requests(call) {
  const head = call.needsKey ? ['    headers={"Authorization": f"Bearer {os.environ[\'KEY\']}"},'] : [];
  const files = Object.entries(filesOf(call)).map(([name, file]) => `"${name}": open(${JSON.stringify(file)}, "rb")`);
  const fields = Object.entries(words(call)).map(([name, value]) => `"${name}": ${JSON.stringify(`${value}`)}`);
  return {
    text: [
      ...(call.needsKey ? ["import os", ""] : []), "import requests", "",
      "answer = requests.post(",
      `    "${call.origin}/api/v1/${call.operation}",`,
      ...head,
      ...(files.length ? [`    files={${files.join(", ")}},`] : []),
      `    data={${fields.join(", ")}},`,
      "    timeout=60,",
      ")",
      "answer.raise_for_status()",
      `with open(${JSON.stringify(result(call))}, "wb") as file:`,
      "    file.write(answer.content)",
    ].join("\n"),
    note: "With the requests package.",
  };
}

function javascript(call) {
  const inputs = Object.keys(filesOf(call)).map((name) => `form.set("${name}", ${name === "image" ? "file" : "backdrop"});`);
  const fields = Object.entries(words(call)).map(([name, value]) => `form.set("${name}", ${JSON.stringify(`${value}`)});`);
  const head = call.needsKey ? ["  headers: { Authorization: `Bearer ${key}` },"] : [];
  return {
    text: [
      "const form = new FormData();", ...inputs, ...fields,
      `const answer = await fetch("${call.origin}/api/v1/${call.operation}", {`,
      '  method: "POST",', ...head, "  body: form,", "});",
      "if (!answer.ok) throw new Error((await answer.json()).detail);",
      "const result = await answer.blob();",
    ].join("\n"),
    note: "file is a File, such as the one of an input; pages of any host may ask.",
  };
}

function dpf(call) {
  const { wish, report, operation } = call;
  const out = { operation, input: call.name, output: result(call) };
  if (operation === "cutout") {
    const { background_picture: _file, ...rest } = wish;
    const note = wish.background_picture ? "A picture as background cannot be said in a job." : "";
    return job({ ...out, ...rest }, note);
  }
  const isKnown = DPF_GRAVITIES.includes(wish.gravity) && !wish.aspect && !wish.margin && !wish.trim;
  const kept = !isKnown && report ? { rect: report.rect } : { gravity: wish.gravity ?? "center" };
  const { format, quality } = wish;
  const written = { ...(format ? { format } : {}), ...(quality ? { quality } : {}) };
  const notes = [];
  if (!isKnown && !wish.rect) notes.push("dpf has fewer words: the job names the rectangle that was chosen here.");
  if (wish.resize) notes.push("dpf's crop does not resize.");
  return job({ ...out, ...kept, ...written }, notes.join(" "));
}

function job(fields, note) {
  return { text: `cropwright process --job ${shell(JSON.stringify(fields))}`, note };
}

function cropPhoto(call) {
  if (call.operation === "crop") return { text: "", note: "Crop.photo has no call for a plain crop, but one for cut-outs." };
  const fields = { image_url: call.link ?? `https://…/${call.name}`, response_type: "stream" };
  const note = "It takes no other words than these; the background is always transparent.";
  return body("POST /v1/crop/remove-background", fields, note);
}

function modelsLab(call) {
  if (call.operation === "cutout") return { text: "", note: "ModelsLab's crop has no cut-outs." };
  const fields = { key: "…", image: "data:image/png;base64,…", crop: "true" };
  const note = "This contract can only ask for the largest square; where it goes is the service's setting CROPWRIGHT_SQUARE_GRAVITY.";
  return body("POST /api/v3/base64_crop", fields, note);
}

function body(request, fields, note) {
  return { text: `${request}\nContent-Type: application/json\n\n${JSON.stringify(fields, null, 2)}`, note };
}

/** The text fields of a request. */
function words({ wish, link }) {
  const { background_picture: _file, ...rest } = wish;
  return link ? { url: link, ...rest } : rest;
}

/** The files of a request, by field. */
function filesOf({ wish, link, name }) {
  const backdrop = wish.background_picture ? { background_picture: wish.background_picture.name } : {};
  return { ...(link ? {} : { image: name }), ...backdrop };
}

function result({ operation, extension }) {
  return `${operation}.${extension}`;
}

function rows(words) {
  const lines = [];
  for (const word of words) {
    const last = lines.length - 1;
    if (last >= 0 && `${lines[last]} ${word}`.length < 76) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}

function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : shell(text);
}

function shell(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A file's name as curl reads it behind "@": quoted where "," or ";" would end it. */
function curlFile(name) {
  return /^[\w./ -]+$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

function python(value) {
  if (value === true) return "True";
  return typeof value === "number" ? `${value}` : JSON.stringify(value);
}
