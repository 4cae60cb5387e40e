// Rasterises one emoji art set to raw premultiplied RGBA squares.
// Usage: node rasterise.mjs NODE_MODULES SET SIDE OUT START
// Writes OUT.rgba and OUT.keys (one hex code a line); OUT.at holds the index under way, so that a caller can
// resume past a drawing that aborts the renderer: START continues the files.
import fs from "node:fs";
import { createRequire } from "node:module";

const [modules, set, sideText, out, startText] = process.argv.slice(2);
const side = Number(sideText);
const start = Number(startText);
const require = createRequire(fs.realpathSync(modules) + "/");
const { Resvg } = require("@resvg/resvg-js");
const emoji = require("emojibase-data/en/data.json");

const plain = (hex) => hex.toLowerCase().replace(/-fe0f/g, "");
const slug = (label) =>
  label.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[’'“”".!]/g, "")
    .replace(/&/g, "and").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

const known = new Map();
const bySlug = new Map();
for (const base of emoji) {
  for (const e of [base, ...(base.skins ?? [])]) {
    known.set(plain(e.hexcode), e.hexcode);
    bySlug.set(slug(e.label), e.hexcode);
  }
}
// Some sets carry no code points: their names are matched with those of the sets that do.
for (const other of ["openmoji", "fluent-emoji-flat", "noto-v1", "twemoji", "noto"]) {
  for (const [code, name] of Object.entries(require(`@iconify-json/${other}/chars.json`))) {
    if (known.has(plain(code))) bySlug.set(name, known.get(plain(code)));
  }
}
const squashed = new Map([...bySlug].map(([name, hex]) => [name.replace(/-/g, ""), hex]));

const icons = require(`@iconify-json/${set}/icons.json`);
const chars = require(`@iconify-json/${set}/chars.json`);
const jobs = [];
const taken = new Set();
const add = (hex, name) => {
  if (!hex || taken.has(hex)) return;
  let icon = icons.icons[name];
  for (let n = name, depth = 0; !icon && icons.aliases?.[n] && depth < 5; depth++) {
    n = icons.aliases[n].parent;
    icon = icons.icons[n];
  }
  if (!icon) return;
  taken.add(hex);
  jobs.push([hex, icon, name]);
};
if (Object.keys(chars).length > 0) {
  for (const [code, name] of Object.entries(chars)) add(known.get(plain(code)), name);
} else {
  for (const name of [...Object.keys(icons.icons), ...Object.keys(icons.aliases ?? {})]) {
    const flag = name.startsWith("flag-for-") ? bySlug.get("flag-" + name.slice(9)) : undefined;
    add(bySlug.get(name) ?? flag ?? squashed.get(name.replace(/-/g, "")), name);
  }
}

const pixels = fs.openSync(out + ".rgba", start ? "a" : "w");
const keys = fs.openSync(out + ".keys", start ? "a" : "w");
for (let i = start; i < jobs.length; i++) {
  const [hex, icon] = jobs[i];
  fs.writeFileSync(out + ".at", String(i));
  const w = icon.width ?? icons.width ?? 16;
  const h = icon.height ?? icons.height ?? 16;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `viewBox="${icon.left ?? 0} ${icon.top ?? 0} ${w} ${h}" width="${w}" height="${h}">${icon.body}</svg>`;
  try {
    const fitTo = { mode: w >= h ? "width" : "height", value: side };
    const r = new Resvg(svg, { fitTo, font: { loadSystemFonts: false } }).render();
    const drawn = r.pixels; // every read of this property copies the whole bitmap
    const square = Buffer.alloc(side * side * 4);
    const dx = Math.max(0, (side - r.width) >> 1);
    const dy = Math.max(0, (side - r.height) >> 1);
    for (let y = 0; y < Math.min(r.height, side); y++) {
      drawn.copy(square, ((y + dy) * side + dx) * 4, y * r.width * 4, (y * r.width + Math.min(r.width, side)) * 4);
    }
    fs.writeSync(pixels, square);
    fs.writeSync(keys, hex + "\n");
  } catch (e) {
    console.error(`${set}: ${hex}: ${String(e).slice(0, 80)}`);
  }
}
console.log(`${set}: ${jobs.length} drawings`);
