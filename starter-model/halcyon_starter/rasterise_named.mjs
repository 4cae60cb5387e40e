// Rasterises drawings that carry names instead of code points: an icon set of Iconify or a folder of SVG files.
// Usage: node rasterise_named.mjs NODE_MODULES SET|FOLDER SIDE OUT START [SHELVES LEFT_OUT]
// SHELVES and LEFT_OUT: subfolders to take and names of folders to leave, each a comma-separated list.
// Writes OUT.rgba (premultiplied squares) and OUT.keys (one name a line) as rasterise.mjs does.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [modules, set, sideText, out, startText, shelves = "", leftOut = ""] = process.argv.slice(2);
const side = Number(sideText);
const start = Number(startText);
const require = createRequire(fs.realpathSync(modules) + "/");
const { Resvg } = require("@resvg/resvg-js");
const LARGEST = 60000; // bytes; a larger drawing takes seconds and is a scene more often than a thing

function* files(folder) {
  for (const e of fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const p = path.join(folder, e.name);
    if (e.isDirectory()) { if (!leftOut.split(",").includes(e.name)) yield* files(p); }
    else if (e.name.endsWith(".svg") && e.isFile() && fs.statSync(p).size <= LARGEST) yield p;
  }
}

const jobs = [];
if (set.startsWith("/")) {
  for (const shelf of shelves.split(",")) {
    for (const f of files(path.join(set, shelf))) jobs.push([path.relative(set, f), () => fs.readFileSync(f, "utf8")]);
  }
} else {
  const icons = require(`@iconify-json/${set}/icons.json`);
  for (const [name, icon] of Object.entries(icons.icons)) {
    const w = icon.width ?? icons.width ?? 16;
    const h = icon.height ?? icons.height ?? 16;
    jobs.push([name, () =>
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" color="#000" ` +
      `viewBox="${icon.left ?? 0} ${icon.top ?? 0} ${w} ${h}" width="${w}" height="${h}">${icon.body}</svg>`]);
  }
}

const pixels = fs.openSync(out + ".rgba", start ? "a" : "w");
const keys = fs.openSync(out + ".keys", start ? "a" : "w");
for (let i = start; i < jobs.length; i++) {
  const [name, source] = jobs[i];
  fs.writeFileSync(out + ".at", String(i));
  try {
    const svg = source();
    const probe = new Resvg(svg, { font: { loadSystemFonts: false } });
    const fitTo = { mode: probe.width >= probe.height ? "width" : "height", value: side };
    const r = new Resvg(svg, { fitTo, font: { loadSystemFonts: false } }).render();
    const drawn = r.pixels;
    const square = Buffer.alloc(side * side * 4);
    const dx = Math.max(0, (side - r.width) >> 1);
    const dy = Math.max(0, (side - r.height) >> 1);
    for (let y = 0; y < Math.min(r.height, side); y++) {
      drawn.copy(square, ((y + dy) * side + dx) * 4, y * r.width * 4, (y * r.width + Math.min(r.width, side)) * 4);
    }
    fs.writeSync(pixels, square);
    fs.writeSync(keys, name + "\n");
  } catch (e) {
    console.error(`${set}: ${name}: ${String(e).slice(0, 80)}`);
  }
}
console.log(`${set}: ${jobs.length} drawings`);
