// The page: the pen draws, the network reads what is drawn, all that it makes of it is shown.

import { layersInto } from "./maps.js";
import { forward, probabilities, readNetwork } from "./network.js";
import { Drawing, SIDE } from "./pen.js";
import { listen } from "./hand.js";
import { Collection } from "./collection.js";
import { prepare } from "./prepare.js";

const find = (id) => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");
/** Paper and ink. */
const colours = () => (dark.matches ? [[29, 33, 39], [228, 231, 234]] : [[255, 255, 255], [29, 33, 38]]);

const encoded = atob(find("reseau").textContent.trim());
const bytes = new Uint8Array(encoded.length);
for (let i = 0; i < bytes.length; i++) bytes[i] = encoded.charCodeAt(i);
const network = readNetwork(bytes);
const drawing = new Drawing();
const showLayers = layersInto(find("couches"), network.layers);
const bars = barsInto(find("barres"));
let seen = null;
let read = null;
let waiting = false;

/** The probabilities for the 784 grey levels (0 to 255, as in MNIST) of an image. */
function probabilitiesOf(image) {
  return probabilities(network, forward(network, Float32Array.from(image, (level) => level / 255)));
}

/** Shows everything anew, at most once a frame. */
function refresh() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    const start = performance.now();
    const [paper, ink] = colours();
    paint(find("dessin"), drawing.grey, (level) => 1 - level / 255, paper, ink);
    seen = prepare(drawing.grey, SIDE);
    const image = seen ?? new Uint8Array(784);
    paint(find("image"), image, (level) => level / 255, paper, ink);
    const outputs = forward(network, Float32Array.from(image, (level) => level / 255));
    const chances = probabilities(network, outputs);
    read = seen && chances.indexOf(chances.reduce((a, b) => Math.max(a, b), -Infinity));
    bars(seen && chances, read);
    showLayers(outputs, paper);
    for (const id of ["annuler", "effacer"]) find(id).disabled = drawing.empty;
    collection.enable(seen !== null);
    if (!seen) say();
    find("duree").textContent = `${(performance.now() - start).toFixed(0)}\u00a0ms`;
  });
}

/** Says in words what the network reads, once a stroke has ended. */
function say() {
  requestAnimationFrame(() => {
    if (!seen) return void (find("lecture").textContent = "Le papier est vide.");
    const share = Number(bars.last[read]).toLocaleString("fr-FR", { style: "percent", maximumFractionDigits: 1 });
    find("lecture").textContent = `Le réseau lit un ${read} (${share}).`;
  });
}

/** Values of a square picture on a canvas, between two colours. */
function paint(canvas, values, part, paper, ink) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, i) => {
    const t = part(value);
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = paper[k] + (ink[k] - paper[k]) * t;
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

/** A row for each digit; gives the function that shows probabilities (null: none yet). */
function barsInto(body) {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const row = body.insertRow();
    row.innerHTML = `<th scope="row">${digit}</th><td class="barre" aria-hidden="true"><span></span></td><td></td>`;
    return row;
  });
  const show = (chances, best) => {
    show.last = chances;
    rows.forEach((row, digit) => {
      const chance = chances ? chances[digit] : 0;
      row.className = digit === best ? "lue" : "";
      row.cells[1].firstChild.style.width = `${100 * chance}%`;
      row.cells[2].textContent = chances
        ? chance.toLocaleString("fr-FR", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 })
        : "–";
    });
  };
  return show;
}

const collection = new Collection(find, () => ({ image: seen, read }), clear);

function clear() {
  drawing.clear();
  refresh();
}

function undo() {
  drawing.undo();
  refresh();
  say();
}

listen(find("dessin"), find("curseur"), drawing, {
  changed: refresh,
  ended: say,
  undo,
  clear,
  label: (digit) => collection.keep(digit),
});
find("annuler").addEventListener("click", undo);
find("effacer").addEventListener("click", clear);
dark.addEventListener("change", refresh);
addEventListener("resize", refresh);
// For the curious, in the browser's console: `chiffres.probabilites(image)`.
globalThis.chiffres = { network, drawing, prepare: () => prepare(drawing.grey, SIDE), probabilities: probabilitiesOf };
refresh();
