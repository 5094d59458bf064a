// Runs the page's modules in node on what the library stored: `node check.mjs FOLDER`.
//
// FOLDER/NAME.safetensors with NAME.json ({"x": [[784 levels]], "y": [[10]]}): networks
// and what they answer. FOLDER/strokes.json: strokes of the pen; what comes of each is
// written to FOLDER/drawn.json ({"grey": base64, "image": [784]}), for the library to read.
// One JSON line: the largest differences by network.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const modules = new URL("../../src/web/page/", import.meta.url);
const load = (name) => import(new URL(`${name}.js`, modules));
const [{ forward, probabilities, readNetwork }, { Drawing, SIDE }, { prepare }, { png, sheet }] =
  await Promise.all(["network", "pen", "prepare", "sheet"].map(load));
const json = (name) => JSON.parse(readFileSync(join(folder, name)));

const differences = {};
for (const file of readdirSync(folder).filter((name) => name.endsWith(".safetensors"))) {
  const name = file.replace(".safetensors", "");
  const network = readNetwork(new Uint8Array(readFileSync(join(folder, file))));
  const { x, y } = json(`${name}.json`);
  differences[name] = 0;
  x.forEach((image, i) => {
    const found = probabilities(network, forward(network, Float32Array.from(image, (v) => v / 255)));
    if (found.length !== y[i].length) throw new Error(`${name}: ${found.length} values`);
    // A NaN is as far away as can be.
    found.forEach((v, k) => (differences[name] = Math.max(differences[name], Math.abs(v - y[i][k]) || 0, v === v ? 0 : 9)));
  });
}

const kept = [];
const drawn = json("strokes.json").map(({ strokes, label }) => {
  const drawing = new Drawing();
  for (const [first, ...others] of strokes) {
    drawing.begin(...first);
    for (const point of others) drawing.extend(...point);
  }
  // A stroke taken back leaves nothing.
  drawing.begin(20, 260);
  drawing.undo();
  const image = prepare(drawing.grey, SIDE);
  kept.push({ image, label, read: 0 });
  return { grey: Buffer.from(drawing.grey).toString("base64"), image: Array.from(image) };
});
writeFileSync(join(folder, "drawn.json"), JSON.stringify(drawn));
writeFileSync(join(folder, "sheet.png"), png(sheet(kept)));
if (prepare(new Drawing().grey, SIDE) !== null) throw new Error("an image of no drawing");
console.log(JSON.stringify(differences));
