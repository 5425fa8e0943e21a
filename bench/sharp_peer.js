// sharp, driven in-process over the same lines as the Python drivers (see loop.py).
// `settings` is "own" for sharp's default encoder settings, anything else for settings like ours.
'use strict';

const fs = require('fs');
const readline = require('readline');
const sharp = require(process.argv[2]);

sharp.cache(false); // every picture of a server is another one

const LIKE_OURS = {
  jpeg: { quality: 85, optimiseCoding: false },
  png: { compressionLevel: 3, adaptiveFiltering: false }, // it has no filter "sub" alone
  webp: { quality: 85, effort: 2 },
};
const OWN = { jpeg: { quality: 85 }, png: {}, webp: { quality: 85 } };
const POSITIONS = { center: 'centre', entropy: 'entropy', attention: 'attention' };

const pictures = new Map();

function crop(data, job, settings) {
  const options = (settings === 'own' ? OWN : LIKE_OURS)[job.format];
  const image = sharp(data);
  if (job.resize) {
    image.resize(job.resize, job.resize, { fit: 'cover', position: POSITIONS[job.gravity] });
  } else {
    image.extract({ left: job.x, top: job.y, width: job.width, height: job.height });
  }
  return image.toFormat(job.format, options).toBuffer();
}

async function timedCrop(request) {
  const data = pictures.get(request.case.picture);
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  const made = await crop(data, request.case, request.settings);
  const wallMs = Number(process.hrtime.bigint() - wall) / 1e6;
  const used = process.cpuUsage(cpu);
  if (request.keep) fs.writeFileSync(request.keep, made);
  return { wall_ms: wallMs, cpu_ms: (used.user + used.system) / 1e3, bytes: made.length };
}

function peakMb() {
  const line = fs.readFileSync('/proc/self/status', 'utf8').match(/^VmHWM:\s+(\d+)/m);
  return { peak_mb: line ? Number(line[1]) / 1024 : 0 };
}

function version() {
  const { sharp: own, vips } = sharp.versions;
  const threads = sharp.concurrency();
  const node = process.versions.node;
  return { version: `${own} (libvips ${vips}, libvips threads ${threads}, node ${node})` };
}

async function answer(request) {
  switch (request.do) {
    case 'version':
      return version();
    case 'load':
      pictures.set(request.key, fs.readFileSync(request.path));
      return {};
    case 'memory':
      return peakMb();
    default:
      return timedCrop(request);
  }
}

async function serve() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let said;
    try {
      said = await answer(JSON.parse(line));
    } catch (error) {
      said = { error: String(error.message) };
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}

serve();
