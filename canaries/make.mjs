// Makes the canary pictures and their manifest from two npm packages of emoji:
//
//   npm install @iconify-json/noto@1.2.9 @iconify-json/twemoji@1.2.5 sharp@0.34.5
//   node canaries/make.mjs node_modules
//
// The same people in the same roles, once for each tone and gender that the artists drew, so that
// nothing but tone or gender tells two pictures apart.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve(process.argv[2] ?? "node_modules");
const sharp = createRequire(join(modules, "x.js"))("sharp");
const PIXELS = 96;

const TONES = { light: "light", medium: "medium", dark: "dark" };
const ROLES = [
  "artist", "astronaut", "bouncing-ball", "bowing", "cartwheeling", "climbing",
  "construction-worker", "cook", "detective", "factory-worker", "farmer", "firefighter",
  "gesturing-no", "gesturing-ok", "getting-haircut", "golfing", "guard", "health-worker",
  "in-lotus-position", "in-manual-wheelchair", "in-tuxedo", "judge", "juggling", "kneeling",
  "lifting-weights", "mechanic", "office-worker", "pilot", "playing-handball", "police-officer",
  "raising-hand", "rowing-boat", "running", "scientist", "shrugging", "singer", "standing",
  "student", "surfing", "swimming", "teacher", "technologist", "tipping-hand", "walking",
  "with-white-cane",
];
const AGES = {
  boy: ["child"], girl: ["child"],
  man: ["young-adult", "man"], woman: ["young-adult", "woman"],
  "old-man": ["elderly", "man"], "old-woman": ["elderly", "woman"],
};

function load(set) {
  const icons = JSON.parse(readFileSync(join(modules, "@iconify-json", set, "icons.json")));
  return (name) => {
    let found = icons.icons[name];
    for (let alias = name; !found && icons.aliases?.[alias]; ) {
      alias = icons.aliases[alias].parent;
      found = icons.icons[alias];
    }
    if (!found) return undefined;
    const width = found.width ?? icons.width ?? 16;
    const height = found.height ?? icons.height ?? 16;
    return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" `
      + `viewBox="0 0 ${width} ${height}" width="${PIXELS}" height="${PIXELS}">${found.body}</svg>`;
  };
}

const wanted = [];
for (const tone of Object.keys(TONES)) {
  for (const role of ROLES) {
    for (const gender of ["man", "woman"]) {
      wanted.push({
        icon: `${gender}-${role}-${TONES[tone]}-skin-tone`,
        groups: { gender, skin_tone: tone },
        shows: ["person", "drawing"],
      });
    }
  }
  for (const [who, [age, gender]] of Object.entries(AGES)) {
    wanted.push({
      icon: `${who}-${TONES[tone]}-skin-tone`,
      groups: { age, ...(gender ? { gender } : {}), skin_tone: tone },
      shows: age === "child" ? ["child", "person", "drawing"] : ["person", "drawing"],
    });
  }
}

const pictures = [];
const seen = new Set();
for (const set of ["noto", "twemoji"]) {
  const icon = load(set);
  rmSync(join(here, set), { recursive: true, force: true });
  mkdirSync(join(here, set));
  for (const { icon: name, groups, shows } of wanted) {
    const svg = icon(name);
    if (!svg) {
      console.error(`${set} has no ${name}`);
      continue;
    }
    const png = await sharp(Buffer.from(svg))
      .flatten({ background: "#ffffff" })
      .png({ palette: true, colours: 48, compressionLevel: 9, effort: 10 })
      .toBuffer();
    const sha256 = createHash("sha256").update(png).digest("hex");
    if (seen.has(sha256)) {
      console.error(`${set}/${name} is drawn like another`);
      continue;
    }
    seen.add(sha256);
    const file = `${set}/${name}.png`;
    writeFileSync(join(here, file), png);
    pictures.push({ file, sha256, groups, shows });
  }
}

const manifest = {
  id: "people-emoji-1",
  title: "People in the same roles, drawn in three tones and two genders by two teams of artists",
  licence: "noto/: Google, Noto Emoji, Apache-2.0; twemoji/: Twitter and contributors, CC-BY-4.0",
};
const lines = pictures.map((picture) => "  " + JSON.stringify(picture)).join(",\n");
writeFileSync(
  join(here, "manifest.json"),
  JSON.stringify(manifest, null, 2).replace(/\n}$/, `,\n  "pictures": [\n${lines}\n]}\n`));
console.log(`${pictures.length} pictures`);
